//! "CAs … SHOULD use caution in adopting any critical extensions": one that RFC 5280 does not define locks out
//! everybody who does not know it.

use super::{Lint, Severity};
use crate::Certificate;

pub(super) const LINT: Lint =
    Lint { name: "critical_extensions", severity: Severity::Warning, citation: "RFC 5280 §4.2", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    let critical = certificate.extensions().all().filter(|extension| extension.critical);
    // Every extension of RFC 5280 §4.2.1 is in the arc id-ce.
    let foreign = critical.map(|extension| extension.oid.to_string()).find(|oid| !oid.starts_with("2.5.29."));
    foreign.map(|oid| format!("extension {oid} is critical, but not one of RFC 5280 §4.2.1"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::oid;

    #[test]
    fn a_foreign_critical_extension_is_found() {
        let key = key();
        assert!(!objects(&LINT, &ca(key)));
        assert!(!objects(&LINT, &leaf(key)));
        assert!(objects(&LINT, &leaf(key).extension(oid::DSA, true, vec![5, 0])));
    }
}
