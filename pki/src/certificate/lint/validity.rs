//! A validity period that ends before it begins is none, and one that outlives the issuer's promises more than can
//! be kept.

use super::{Lint, Severity};
use crate::Certificate;

pub(super) const LINT: Lint =
    Lint { name: "validity", severity: Severity::Error, citation: "RFC 5280 §4.1.2.5", check };

fn check(certificate: &Certificate, issuer: &Certificate) -> Option<String> {
    match () {
        () if certificate.not_after() < certificate.not_before() => Some("it ends before it begins".into()),
        () if certificate.not_after() > issuer.not_after() => {
            Some(format!("it ends at {}, its issuer at {}", certificate.not_after(), issuer.not_after()))
        }
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::Serial;

    #[test]
    fn a_period_that_outlives_its_issuer_is_found() {
        let key = key();
        assert!(!objects(&LINT, &leaf(key)));
        assert!(objects(&LINT, &plain_as(Serial::from_unsigned(&[7; 16]), key, "CN=a", (END, START))));
        assert!(objects(&LINT, &plain_as(Serial::from_unsigned(&[7; 16]), key, "CN=a", (START, END.plus_seconds(1)))));
    }
}
