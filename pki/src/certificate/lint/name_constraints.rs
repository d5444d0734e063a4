//! "The name constraints extension, which MUST be used only in a CA certificate", MUST be critical.

use super::{Lint, Severity};
use crate::{Certificate, oid};

pub(super) const LINT: Lint =
    Lint { name: "name_constraints", severity: Severity::Error, citation: "RFC 5280 §4.2.1.10", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    certificate.extensions().name_constraints.as_ref()?;
    match (certificate.is_ca(), certificate.extensions().is_critical(&oid::NAME_CONSTRAINTS)) {
        (false, _) => Some("the subject is no CA".into()),
        (true, false) => Some("it is not critical".into()),
        (true, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::name::GeneralName;

    #[test]
    fn constraints_on_somebody_who_is_no_ca_are_found() {
        let key = key();
        assert!(!objects(&LINT, &ca(key).name_constraints(vec![GeneralName::Dns("example.org".into())], vec![])));
        assert!(objects(&LINT, &leaf(key).name_constraints(vec![GeneralName::Dns("example.org".into())], vec![])));
    }
}
