//! The authority key identifier names the issuer's key.

use super::{Certificate, Lint, Severity};

/// RFC 5280 §4.2.1.1: keyIdentifier MUST be there but for self-signed certificates, and is the issuer's
/// subjectKeyIdentifier.
pub(super) const LINT: Lint = Lint {
    name: "authority_key_id",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.1",
    check,
};

fn check(certificate: &Certificate, issuer: &Certificate) -> Option<String> {
    let expected = issuer.extensions().subject_key_id.as_ref()?;
    let found = certificate
        .extensions()
        .authority_key_id
        .as_ref()
        .and_then(|id| id.key_id.as_ref());
    match found {
        None if certificate.is_self_issued() => None,
        None => Some("there is no key identifier of the issuer".to_owned()),
        Some(found) if *found == expected.0 => None,
        Some(_) => Some("the key identifier is not the one that the issuer's certificate has".to_owned()),
    }
}
