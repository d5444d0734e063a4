//! "The serial number MUST be a positive integer … Conforming CAs MUST NOT use serialNumber values longer than 20
//! octets"; under 8 octets it cannot hold the 64 random bits that keep it unguessable.

use super::{Lint, Severity};
use crate::Certificate;

pub(super) const LINT: Lint =
    Lint { name: "serial_number", severity: Severity::Error, citation: "RFC 5280 §4.1.2.2", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    let content = certificate.serial().content();
    let negative = content.first().is_some_and(|octet| octet & 0x80 != 0);
    match content.len() {
        _ if negative => Some("it is negative".into()),
        _ if !certificate.serial().is_acceptable() => Some("it is zero or longer than 20 octets".into()),
        ..8 => Some("it is too short to be unguessable".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::Serial;

    #[test]
    fn a_serial_number_of_zero_or_too_short_or_too_long_is_found() {
        let key = key();
        assert!(!objects(&LINT, &leaf(key)));
        assert!(objects(&LINT, &plain_as(Serial::from_unsigned(&[0]), key, "CN=a", (START, END))));
        assert!(objects(&LINT, &plain_as(Serial::from_unsigned(&[9; 21]), key, "CN=a", (START, END))));
        assert!(objects(&LINT, &plain_as(Serial::from_unsigned(&[9; 4]), key, "CN=a", (START, END))));
    }
}
