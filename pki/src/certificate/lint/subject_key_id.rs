//! "To facilitate certification path construction, this extension MUST appear in all conforming CA certificates",
//! and MUST NOT be critical.

use super::{Lint, Severity};
use crate::{Certificate, oid};

pub(super) const LINT: Lint =
    Lint { name: "subject_key_id", severity: Severity::Error, citation: "RFC 5280 §4.2.1.2", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    match &certificate.extensions().subject_key_id {
        None if certificate.is_ca() => Some("a CA without it".into()),
        Some(id) if id.0.is_empty() => Some("it is empty".into()),
        Some(_) if certificate.extensions().is_critical(&oid::SUBJECT_KEY_IDENTIFIER) => Some("it is critical".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::oid;

    #[test]
    fn an_empty_or_critical_key_identifier_is_found() {
        let key = key();
        assert!(!objects(&LINT, &ca(key)));
        assert!(!objects(&LINT, &leaf(key)));
        assert!(objects(&LINT, &leaf(key).extension(oid::SUBJECT_KEY_IDENTIFIER, true, vec![4, 1, 1])));
        assert!(objects(&LINT, &ca(key).subject_key_id_of(vec![])));
    }
}
