//! Serial numbers are positive and short enough.

use super::{Certificate, Lint, Severity};

/// RFC 5280 §4.1.2.2: positive, and at most 20 octets.
pub(super) const LINT: Lint = Lint {
    name: "serial_number",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.2",
    check,
};

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    (!certificate.serial().is_acceptable())
        .then(|| format!("serial number {} is not positive or too long", certificate.serial()))
}
