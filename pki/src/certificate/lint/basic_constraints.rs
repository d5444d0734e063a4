//! "Conforming CAs MUST include this extension in all CA certificates that contain public keys used to validate
//! digital signatures on certificates and MUST mark the extension as critical", and no path length where cA is not
//! asserted.

use super::{Lint, Severity};
use crate::certificate::extension::{BasicConstraints, KeyUsage};
use crate::{Certificate, oid};

pub(super) const LINT: Lint =
    Lint { name: "basic_constraints", severity: Severity::Error, citation: "RFC 5280 §4.2.1.9", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    let extensions = certificate.extensions();
    let signs_certificates = extensions.key_usage.is_some_and(|usage| usage.contains(KeyUsage::KEY_CERT_SIGN));
    match extensions.basic_constraints {
        None | Some(BasicConstraints { ca: false, .. }) if signs_certificates => {
            Some("the key may sign certificates, but cA is not asserted".into())
        }
        Some(BasicConstraints { ca: true, .. }) if !extensions.is_critical(&oid::BASIC_CONSTRAINTS) => {
            Some("it is not critical".into())
        }
        Some(BasicConstraints { ca: false, path_len: Some(_) }) => Some("a path length without cA".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::oid;

    #[test]
    fn a_ca_that_does_not_say_so_is_found() {
        let key = key();
        assert!(!objects(&LINT, &ca(key)));
        assert!(!objects(&LINT, &leaf(key)));
        assert!(objects(&LINT, &ca(key).basic_constraints(false, None)));
        assert!(objects(&LINT, &ca(key).extension(oid::BASIC_CONSTRAINTS, false, vec![0x30, 3, 1, 1, 0xff])));
        assert!(objects(&LINT, &leaf(key).basic_constraints(false, Some(1))));
    }
}
