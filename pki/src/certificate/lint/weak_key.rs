//! A subject's key that anybody can use must not be certified: a CA "SHALL reject a certificate request if … the key
//! has a known weakness".

use super::{Lint, Severity};
use crate::Certificate;
use crate::key::weakness;

pub(super) const LINT: Lint = Lint {
    name: "weak_key",
    severity: Severity::Error,
    citation: "CA/Browser Forum BR §6.1.1.3, §6.1.6; CVE-2017-15361",
    check,
};

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    weakness(certificate.public_key()).map(|weakness| weakness.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::algorithm::PublicKey;
    use crate::key::Signer;
    use crate::{CertificateBuilder, Name, Serial, oid};

    #[test]
    fn a_key_that_is_none_is_found() {
        assert!(!objects(&LINT, &leaf(key())));
        let mut spki = key().public_key().spki_der().to_vec();
        *spki.last_mut().unwrap() ^= 1;
        let name = Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "Root")]);
        let off_curve = PublicKey::from_spki_der(&spki).unwrap();
        let serial = Serial::from_unsigned(&[7; 16]);
        assert!(objects(&LINT, &CertificateBuilder::new(serial, name.clone(), name, (START, END), off_curve)));
    }
}
