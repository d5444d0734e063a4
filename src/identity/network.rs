//! The networks that an address is in, from the one that a single subscriber has to those that one party may well have
//! the whole of.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network of one subscriber: for IPv6 the /64, of which each may use any address (RFC 6177 §2); for IPv4 the address.
pub(super) fn of(address: &str) -> String {
    around(address).swap_remove(0).0
}

/// The networks around an address, the narrowest first, and how many subscribers' worth of tries each has.
///
/// A site is given anything from a /64 to a /48 (RFC 6177 §2), which is 65 536 networks to try from. Few enough tries for
/// one party, and more than for one subscriber where a provider has put many below the same prefix: the /56 counts as
/// four, the /48 as sixteen. An IPv4 /24 is the smallest block that is routed, so the least that a party comes by: four.
pub(crate) fn around(address: &str) -> Vec<(String, i64)> {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => [(64, 1), (56, 4), (48, 16)].map(|(bits, times)| (v6(address, bits), times)).into(),
        Ok(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            vec![(address.to_string(), 1), (format!("{}/24", Ipv4Addr::new(a, b, c, 0)), 4)]
        }
        Err(_) => vec![(address.to_owned(), 1)],
    }
}

/// The part of the world that an address is in, as coarsely as providers hold networks: a /16 of IPv4, a /32 of IPv6.
pub(super) fn region(address: &str) -> String {
    let host = address.split('/').next().unwrap_or_default();
    match host.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => v6(address, 32),
        Ok(IpAddr::V4(address)) => format!("{}.{}", address.octets()[0], address.octets()[1]),
        Err(_) => host.to_owned(),
    }
}

/// The first `bits` of an address, of 1 to 128.
fn v6(address: Ipv6Addr, bits: u32) -> String {
    format!("{}/{bits}", Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_an_ipv6_subscriber_are_one_network() {
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn wider_networks_count_as_few_subscribers() {
        let networks = [("2001:db8:1:1200::/64", 1), ("2001:db8:1:1200::/56", 4), ("2001:db8:1::/48", 16)];
        assert_eq!(around("2001:db8:1:1200::9"), networks.map(|(network, times)| (network.to_owned(), times)));
        assert_eq!(around("192.0.2.1"), [("192.0.2.1".to_owned(), 1), ("192.0.2.0/24".to_owned(), 4)]);
    }
}
