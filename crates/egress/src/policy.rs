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
    pub fn check(&self, ip: IpAddr) -> Result<(), Refused> {
        let canonical = ip.to_canonical();
        let nat64 = IpNet::V6(NAT64);
        if let IpAddr::V6(v6) = canonical
            && NAT64.contains(&v6)
            && self.allow.contains(&nat64)
        {
            let [.., a, b, c, d] = v6.octets();
            return self.check(IpAddr::from([a, b, c, d])).map_err(|_| Refused(ip));
        }
        let allowed = self.allow.iter().any(|net| net.contains(&canonical));
        if allowed || is_public(canonical) { Ok(()) } else { Err(Refused(ip)) }
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => GLOBAL_V6.contains(&ip) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&ip)),
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
        let policy = Policy::new(vec!["64:ff9b::/96".parse().unwrap()]);
        assert!(!refused(&policy, "64:ff9b::808:808"));
        assert!(refused(&policy, "64:ff9b::7f00:1"));
        assert!(refused(&policy, "64:ff9b::a00:1"));
    }

    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn a_mapped_address_is_judged_as_what_it_maps(n: u32) {
                let v4 = Ipv4Addr::from(n);
                let policy = Policy::default();
                prop_assert_eq!(
                    policy.check(IpAddr::V4(v4)).is_ok(),
                    policy.check(IpAddr::V6(v4.to_ipv6_mapped())).is_ok()
                );
            }

            #[test]
            fn nothing_the_standard_library_calls_special_passes(n: u32) {
                let v4 = Ipv4Addr::from(n);
                let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast()
                    || v4.is_broadcast() || v4.is_documentation() || v4.is_unspecified();
                prop_assert!(!special || Policy::default().check(IpAddr::V4(v4)).is_err());
            }

            #[test]
            fn only_global_unicast_passes(n: u128) {
                let v6 = Ipv6Addr::from(n);
                if Policy::default().check(IpAddr::V6(v6)).is_ok() && v6.to_ipv4_mapped().is_none() {
                    prop_assert_eq!(v6.octets()[0] >> 5, 1);
                }
            }
        }
    }
}
