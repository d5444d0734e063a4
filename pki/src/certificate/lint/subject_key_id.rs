//! A CA names its key.

use super::{Certificate, Lint, Severity};

/// RFC 5280 §4.2.1.2: MUST be in every CA certificate.
pub(super) const LINT: Lint = Lint {
    name: "subject_key_id",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.2",
    check,
};

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    let missing = certificate.is_ca() && certificate.extensions().subject_key_id.is_none();
    missing.then(|| "a CA without a subject key identifier".to_owned())
}
