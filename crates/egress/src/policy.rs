//! Which addresses may be dialled: the public ones, and the networks that the operator allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// An address that must not be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a public address")]
pub struct Refused(pub IpAddr);

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, third: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), prefix)
}

/// IPv4 that is not public (IANA's special-purpose registry), and metadata services that stand
/// inside public space.
const NOT_PUBLIC_V4: &[Ipv4Net] = &[
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    v4(168, 63, 129, 16, 32),
];

/// IPv6 is refused but for global unicast, of which these are not public either.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);
const NOT_PUBLIC_V6: &[Ipv6Net] =
    &[v6(0x2001, 0, 0, 23), v6(0x2001, 0xdb8, 0, 32), v6(0x2002, 0, 0, 16), v6(0x3fff, 0, 0, 20)];

/// Addresses of IPv4 hosts behind a NAT64 gateway.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// The IPv4 address in an ISATAP address, which a router of its site takes out of it again.
fn isatap(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., global, mark, high, low] = ip.segments();
    let embedded = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    (matches!(global, 0 | 0x200) && mark == 0x5efe).then_some(embedded)
}

/// Ports where another protocol listens, which could take lines of a request for commands: the
/// ones that browsers do not dial either (the Fetch standard's list), and none at all.
const FOREIGN_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
    515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
    2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Whether a port is another protocol's.
pub(crate) fn is_foreign_port(port: u16) -> bool {
    FOREIGN_PORTS.contains(&port)
}

/// What may be dialled.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    allow: Vec<IpNet>,
}

impl Policy {
    /// Public addresses, and these networks beside them.
    pub fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    /// Whether this very address may be dialled.
    ///
    /// An address for IPv4 inside IPv6 is judged as that IPv4 address; inside ISATAP it must be
    /// public as well. Behind a NAT64 gateway, its
    /// network must be allowed and the embedded address must pass too: else the gateway would be
    /// a way around everything above.
    pub fn check(&self, ip: IpAddr) -> Result<(), Refused> {
        let canonical = ip.to_canonical();
        let allowed = self.allow.iter().any(|net| net.contains(&canonical));
        let passes = match canonical {
            IpAddr::V6(v6) if NAT64.contains(&v6) => {
                let [.., a, b, c, d] = v6.octets();
                allowed && self.check(IpAddr::from([a, b, c, d])).is_ok()
            }
            other => allowed || is_public(other),
        };
        if passes { Ok(()) } else { Err(Refused(ip)) }
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => {
            GLOBAL_V6.contains(&ip)
                && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&ip))
                && isatap(ip).is_none_or(|embedded| is_public(embedded.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(policy: &Policy, ip: &str) -> bool {
        policy.check(ip.parse().unwrap()).is_err()
    }

    #[test]
    fn public_addresses_pass() {
        for ip in ["1.1.1.1", "8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(!refused(&Policy::default(), ip), "{ip}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for ip in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(refused(&Policy::default(), ip), "{ip}");
        }
    }

    #[test]
    fn an_operator_allows_a_network_and_no_more() {
        let policy = Policy::new(vec!["127.0.0.0/8".parse().unwrap()]);
        assert!(!refused(&policy, "127.0.0.1"));
        assert!(!refused(&policy, "::ffff:127.0.0.1"));
        assert!(refused(&policy, "10.0.0.1"));
        assert!(refused(&policy, "::1"));
    }

    #[test]
    fn behind_nat64_the_embedded_address_counts() {
        for allow in ["64:ff9b::/96", "64:ff9b::/32", "::/0"] {
            let policy = Policy::new(vec![allow.parse().unwrap()]);
            assert!(!refused(&policy, "64:ff9b::808:808"), "{allow}");
            assert!(refused(&policy, "64:ff9b::7f00:1"), "{allow}");
            assert!(refused(&policy, "64:ff9b::a00:1"), "{allow}");
        }
        let both = ["64:ff9b::/96", "10.0.0.0/8"].map(|net| net.parse().unwrap());
        assert!(!refused(&Policy::new(both.to_vec()), "64:ff9b::a00:1"));
        assert!(refused(&Policy::new(vec!["10.0.0.0/8".parse().unwrap()]), "64:ff9b::a00:1"));
    }

    #[test]
    fn inside_isatap_the_embedded_address_counts() {
        for ip in ["2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "2a00:1450:1:2:0:5efe:a9fe:a9fe"] {
            assert!(refused(&Policy::default(), ip), "{ip}");
        }
        assert!(!refused(&Policy::default(), "2606:4700::200:5efe:808:808"));
        assert!(!refused(&Policy::default(), "2606:4700::100:5efe:7f00:1"));
        let policy = Policy::new(vec!["2606:4700::/32".parse().unwrap()]);
        assert!(!refused(&policy, "2606:4700::5efe:7f00:1"));
        let policy = Policy::new(vec!["127.0.0.0/8".parse().unwrap()]);
        assert!(refused(&policy, "2606:4700::5efe:7f00:1"));
    }

    #[test]
    fn http_has_its_ports() {
        for port in [80, 443, 444, 3000, 8000, 8080, 8443, 9000, 49152] {
            assert!(!is_foreign_port(port), "{port}");
        }
        for port in [0, 22, 25, 110, 143, 465, 587, 993, 2049, 6667] {
            assert!(is_foreign_port(port), "{port}");
        }
    }
}
