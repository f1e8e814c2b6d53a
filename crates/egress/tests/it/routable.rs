//! The policy against a second opinion: what IANA's registries call globally reachable, written
//! down once more, in another form.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use jetbridge_egress::Policy;
use proptest::prelude::*;

/// First and last address of what is not public.
const NOT_PUBLIC: [(u32, u32); 16] = [
    (0x0000_0000, 0x00ff_ffff),
    (0x0a00_0000, 0x0aff_ffff),
    (0x6440_0000, 0x647f_ffff),
    (0x7f00_0000, 0x7fff_ffff),
    (0xa83f_8110, 0xa83f_8110),
    (0xa9fe_0000, 0xa9fe_ffff),
    (0xac10_0000, 0xac1f_ffff),
    (0xc000_0000, 0xc000_00ff),
    (0xc000_0200, 0xc000_02ff),
    (0xc058_6300, 0xc058_63ff),
    (0xc0a8_0000, 0xc0a8_ffff),
    (0xc612_0000, 0xc613_ffff),
    (0xc633_6400, 0xc633_64ff),
    (0xcb00_7100, 0xcb00_71ff),
    (0xe000_0000, 0xefff_ffff),
    (0xf000_0000, 0xffff_ffff),
];

fn routable_v4(n: u32) -> bool {
    NOT_PUBLIC.iter().all(|(first, last)| n < *first || n > *last)
}

fn routable_v6(n: u128) -> bool {
    let hextet = |i: u32| (n >> (112 - 16 * i)) & 0xffff;
    if n >> 32 == 0xffff {
        return routable_v4(u32::try_from(n & 0xffff_ffff).unwrap());
    }
    // ISATAP: 5efe and then the IPv4 address.
    if (n >> 32) & 0xfdff_ffff == 0x5efe && !routable_v4(u32::try_from(n & 0xffff_ffff).unwrap()) {
        return false;
    }
    match hextet(0) {
        0x2001 => hextet(1) >= 0x0200 && hextet(1) != 0x0db8,
        0x2002 => false,
        0x3fff => hextet(1) >= 0x1000,
        first => (0x2000..=0x3fff).contains(&first),
    }
}

fn any_v4() -> impl Strategy<Value = u32> {
    let edge = (prop::sample::select(NOT_PUBLIC.to_vec()), any::<bool>(), 0..4u32).prop_map(
        |((first, last), low, off)| if low { first } else { last }.wrapping_add(off).wrapping_sub(2),
    );
    prop_oneof![any::<u32>(), edge]
}

/// Anything, and more often what lies near an edge or has IPv4 in it.
fn any_v6() -> impl Strategy<Value = u128> {
    let firsts = vec![
        0, 0x64, 0x100, 0x1fff, 0x2000, 0x2001, 0x2002, 0x2003, 0x2606, 0x3ffe, 0x3fff, 0x4000, 0x5f00,
        0xfc00, 0xfdff, 0xfe80, 0xfec0, 0xff02,
    ];
    let seconds = vec![0, 1, 0x1ff, 0x200, 0xdb7, 0xdb8, 0xdb9, 0xfff, 0x1000, 0xff9b, 0xffff];
    let near = (prop::sample::select(firsts), prop::sample::select(seconds), any::<u128>())
        .prop_map(|(first, second, rest): (u128, u128, u128)| first << 112 | second << 96 | rest >> 32);
    let mapped = any_v4().prop_map(|n| 0xffff_0000_0000 | u128::from(n));
    let isatap = (any::<u64>(), any::<bool>(), any_v4()).prop_map(|(site, global, n)| {
        let mark = if global { 0x0200_5efe } else { 0x5efe };
        u128::from(site >> 3 | 1 << 61) << 64 | mark << 32 | u128::from(n)
    });
    let compatible = any_v4().prop_map(u128::from);
    prop_oneof![
        any::<u128>(),
        any::<u128>().prop_map(|n| n >> 3 | 1 << 125),
        near,
        mapped,
        compatible,
        isatap
    ]
}

fn v4(n: u32) -> IpAddr {
    Ipv4Addr::from(n).into()
}

fn v6(n: u128) -> IpAddr {
    Ipv6Addr::from(n).into()
}

#[test]
fn every_edge_of_the_table_is_an_edge_of_the_policy() {
    let policy = Policy::default();
    for (first, last) in NOT_PUBLIC {
        for n in [first.wrapping_sub(1), first, last, last.wrapping_add(1)] {
            assert_eq!(policy.check(v4(n)).is_ok(), routable_v4(n), "{}", v4(n));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ipv4_is_judged_as_the_registry_does(n in any_v4()) {
        prop_assert_eq!(Policy::default().check(v4(n)).is_ok(), routable_v4(n));
    }

    #[test]
    fn ipv6_is_judged_as_the_registry_does(n in any_v6()) {
        prop_assert_eq!(Policy::default().check(v6(n)).is_ok(), routable_v6(n));
    }

    #[test]
    fn a_mapped_address_is_judged_as_what_it_maps(n in any_v4()) {
        let policy = Policy::default();
        let mapped = v6(0xffff_0000_0000 | u128::from(n));
        prop_assert_eq!(policy.check(mapped).is_ok(), policy.check(v4(n)).is_ok());
    }

    #[test]
    fn behind_nat64_both_must_pass(n in any_v4()) {
        let inside = v6(0x0064_ff9b << 96 | u128::from(n));
        prop_assert!(Policy::default().check(inside).is_err());
        let gateway = Policy::new(vec!["64:ff9b::/96".parse().unwrap()]);
        prop_assert_eq!(gateway.check(inside).is_ok(), routable_v4(n));
    }

    #[test]
    fn what_the_operator_allows_is_added_and_nothing_else(n in any_v4(), net in any_v4(), prefix in 0..=32u8) {
        let allowed = IpNet::new(v4(net), prefix).unwrap();
        let within = prefix == 0 || n >> (32 - prefix) == net >> (32 - prefix);
        prop_assert_eq!(Policy::new(vec![allowed]).check(v4(n)).is_ok(), within || routable_v4(n));
    }
}
