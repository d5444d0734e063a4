//! keyCertSign and CA go together.

use super::{Certificate, Lint, Severity};
use crate::certificate::extension::KeyUsage;

/// RFC 5280 §4.2.1.3, §4.2.1.9: a CA certificate has keyCertSign, and no other may have it.
pub(super) const LINT: Lint = Lint {
    name: "ca_key_usage",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.3, §4.2.1.9",
    check,
};

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    let signs = certificate
        .extensions()
        .key_usage
        .is_some_and(|usage| usage.contains(KeyUsage::KEY_CERT_SIGN));
    match (certificate.is_ca(), signs) {
        (true, false) => Some("a CA without keyCertSign".to_owned()),
        (false, true) => Some("keyCertSign in a certificate that is not a CA's".to_owned()),
        _ => None,
    }
}
