//! Keys of algorithms that only sign: in keyUsage "keyEncipherment, dataEncipherment, keyAgreement, encipherOnly,
//! decipherOnly … MUST NOT" be set.

use super::{Lint, Severity};
use crate::Certificate;
use crate::algorithm::KeyAlgorithm;
use crate::certificate::extension::KeyUsage;

pub(super) const LINT: Lint = Lint {
    name: "signing_key_usage",
    severity: Severity::Error,
    citation: "RFC 8410 §5, RFC 9295, RFC 9881 §5",
    check,
};

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    use KeyAlgorithm::{Ed448, Ed25519, MlDsa44, MlDsa65, MlDsa87};
    let key = certificate.public_key().algorithm();
    if !matches!(key, Ed25519 | Ed448 | MlDsa44 | MlDsa65 | MlDsa87) {
        return None;
    }
    let signing =
        KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION | KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
    let other = certificate.extensions().key_usage?.without(signing).names().next()?;
    Some(format!("{other} for a key of {key}"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::certificate::extension::KeyUsage;
    use crate::key::{KeySpec, Signer, SoftwareKey};
    use crate::{CertificateBuilder, Name, Serial, oid};

    #[test]
    fn encipherment_by_a_key_that_only_signs_is_found() {
        for spec in [KeySpec::Ed25519, KeySpec::MlDsa44] {
            let subject = SoftwareKey::generate(spec, &mut |_| ()).unwrap();
            let name = Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "Root")]);
            let (serial, key) = (Serial::from_unsigned(&[7; 16]), subject.public_key().clone());
            let builder = CertificateBuilder::new(serial, name.clone(), name, (START, END), key);
            assert!(!objects(&LINT, &builder.clone().key_usage(KeyUsage::DIGITAL_SIGNATURE)));
            assert!(objects(&LINT, &builder.key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT)));
        }
        let both = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT;
        assert!(!objects(&LINT, &leaf(key()).key_usage(both)));
    }
}
