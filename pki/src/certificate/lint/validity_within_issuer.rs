//! No certificate outlives its issuer.

use super::{Certificate, Lint, Severity};

/// RFC 5280 §4.1.2.5 leaves nesting open; a certificate that outlives its issuer cannot be validated at its end.
pub(super) const LINT: Lint = Lint {
    name: "validity_within_issuer",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.5",
    check,
};

fn check(certificate: &Certificate, issuer: &Certificate) -> Option<String> {
    if certificate.not_before() > certificate.not_after() {
        return Some("the period ends before it begins".to_owned());
    }
    let outlives = certificate.not_after() > issuer.not_after();
    outlives.then(|| {
        format!(
            "valid until {}, but its issuer only until {}",
            certificate.not_after(),
            issuer.not_after()
        )
    })
}
