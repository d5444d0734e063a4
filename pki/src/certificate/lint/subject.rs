//! "If the subject is a CA … then the subject field MUST be populated with a non-empty distinguished name matching
//! the contents of the issuer field … in all certificates issued by the subject CA". So must the issuer be named
//! here.

use super::{Lint, Severity};
use crate::{Certificate, oid};

pub(super) const LINT: Lint =
    Lint { name: "subject", severity: Severity::Error, citation: "RFC 5280 §4.1.2.4, §4.1.2.6", check };

fn check(certificate: &Certificate, issuer: &Certificate) -> Option<String> {
    let empty = certificate.subject().is_empty();
    let named_elsewhere = certificate.extensions().is_critical(&oid::SUBJECT_ALT_NAME);
    match () {
        () if certificate.issuer().der() != issuer.subject().der() => Some("issuer is not the issuer's subject".into()),
        () if empty && certificate.is_ca() => Some("a CA without a name".into()),
        () if empty && !named_elsewhere => Some("neither a subject nor a critical subjectAltName".into()),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::name::GeneralName;

    #[test]
    fn a_subject_without_any_name_is_found() {
        let key = key();
        assert!(!objects(&LINT, &leaf(key)));
        assert!(!objects(&LINT, &plain(key, "").subject_alt_names([GeneralName::Dns("example.org".into())])));
        assert!(objects(&LINT, &plain(key, "")));
        assert!(objects(&LINT, &plain(key, "").basic_constraints(true, None)));
    }
}
