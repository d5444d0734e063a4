//! "Conforming CAs MUST include this extension in certificates that contain public keys that are used to validate
//! digital signatures on other public key certificates or CRLs"; it SHOULD be critical.

use super::{Lint, Severity};
use crate::certificate::extension::KeyUsage;
use crate::{Certificate, oid};

pub(super) const LINT: Lint =
    Lint { name: "key_usage", severity: Severity::Error, citation: "RFC 5280 §4.2.1.3", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    match certificate.extensions().key_usage {
        None if certificate.is_ca() => Some("a CA without key usage".into()),
        Some(usage) if certificate.is_ca() && !usage.contains(KeyUsage::KEY_CERT_SIGN) => {
            Some("a CA without keyCertSign".into())
        }
        Some(usage) if usage.names().next().is_none() => Some("no bit is set".into()),
        Some(_) if !certificate.extensions().is_critical(&oid::KEY_USAGE) => Some("it is not critical".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::certificate::extension::KeyUsage;
    use crate::oid;

    #[test]
    fn a_ca_without_its_usage_is_found() {
        let key = key();
        assert!(!objects(&LINT, &ca(key)));
        assert!(!objects(&LINT, &leaf(key)));
        assert!(objects(&LINT, &plain(key, "CN=a").basic_constraints(true, None)));
        assert!(objects(&LINT, &ca(key).key_usage(KeyUsage::CRL_SIGN)));
        assert!(objects(&LINT, &leaf(key).extension(oid::KEY_USAGE, true, vec![3, 1, 0])));
        assert!(objects(&LINT, &leaf(key).extension(oid::KEY_USAGE, false, vec![3, 2, 7, 0x80])));
    }
}
