//! Most attributes of a name may be written in UTF-8; a few have one string type and an upper bound of their own.
//! Readers that go by the module of Appendix A do not recognise them otherwise.
//!
//! ```text
//! X520countryName  ::= PrintableString (SIZE (2))
//! X520SerialNumber ::= PrintableString (SIZE (1..ub-serial-number))   -- 64
//! X520dnQualifier  ::= PrintableString
//! EmailAddress     ::= IA5String (SIZE (1..ub-emailaddress-length))   -- 255
//! DomainComponent  ::= IA5String
//! ```

use super::{Lint, Severity};
use crate::name::{Attribute, string};
use crate::{Certificate, Oid, oid};

pub(super) const LINT: Lint =
    Lint { name: "subject_strings", severity: Severity::Error, citation: "RFC 5280, Appendix A.1", check };

const STRINGS: [(Oid, u8, std::ops::RangeInclusive<usize>); 5] = [
    (oid::COUNTRY, string::PRINTABLE, 2..=2),
    (oid::SERIAL_NUMBER, string::PRINTABLE, 1..=64),
    (oid::DN_QUALIFIER, string::PRINTABLE, 0..=usize::MAX),
    (oid::EMAIL_ADDRESS, string::IA5, 1..=255),
    (oid::DOMAIN_COMPONENT, string::IA5, 0..=usize::MAX),
];

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    certificate.subject().rdns().iter().flatten().find_map(wrong)
}

fn wrong(attribute: &Attribute<'_>) -> Option<String> {
    let (kind, tag, size) = STRINGS.iter().find(|(kind, ..)| *kind == attribute.kind)?;
    match () {
        () if attribute.tag != *tag => {
            Some(format!("{kind} must be a {}, and is a {}", string::type_name(*tag), string::type_name(attribute.tag)))
        }
        () if !size.contains(&attribute.value.len()) => Some(format!("{kind} has {} letters", attribute.value.len())),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;

    #[test]
    fn a_serial_number_country_or_address_of_another_type_or_size_is_found() {
        let key = key();
        for good in ["CN=张伟,C=CN", "SERIALNUMBER=a-1,CN=x,C=HK", "E=a@example.org,DC=example"] {
            assert!(!objects(&LINT, &plain(key, good)), "{good}");
        }
        let long = format!("SERIALNUMBER={}", "a".repeat(65));
        for bad in
            ["SERIALNUMBER=a_1", "SERIALNUMBER=", &long, "C=CHN", "C=中国", "2.5.4.46=号", "E=张@example.org", "DC=例"]
        {
            assert!(objects(&LINT, &plain(key, bad)), "{bad}");
        }
    }
}
