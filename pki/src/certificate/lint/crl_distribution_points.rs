//! Where a certificate does not say where its status is published, nobody can find out: "This profile RECOMMENDS
//! support for this extension by CAs". Self-issued roots have no status.

use super::{Lint, Severity};
use crate::Certificate;

pub(super) const LINT: Lint =
    Lint { name: "crl_distribution_points", severity: Severity::Warning, citation: "RFC 5280 §4.2.1.13", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    let extensions = certificate.extensions();
    let crl = extensions.crl_distribution_points.as_ref().is_some_and(|points| points.uris().next().is_some());
    let ocsp = extensions.authority_info_access.as_ref().is_some_and(|access| access.ocsp().next().is_some());
    let silent = !crl && !ocsp && !certificate.is_self_issued();
    silent.then(|| "neither a CRL nor an OCSP responder is named".into())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;

    #[test]
    fn a_certificate_whose_status_is_nowhere_is_found() {
        let key = key();
        assert!(!objects(&LINT, &ca(key)));
        assert!(!objects(&LINT, &leaf(key)));
        assert!(!objects(&LINT, &plain(key, "CN=a").authority_info_access(&[], &["http://example.org"])));
        assert!(objects(&LINT, &plain(key, "CN=a")));
    }
}
