//! A certificate signed now must not stand on what is broken: SHA-1, RSA under 2048 bits, or an algorithm that
//! nobody here can check.

use super::{Lint, Severity};
use crate::Certificate;
use crate::algorithm::{AlgorithmPolicy, SignatureAlgorithm};

pub(super) const LINT: Lint = Lint {
    name: "signature_algorithm",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.1.2, NIST SP 800-131A",
    check,
};

fn check(certificate: &Certificate, issuer: &Certificate) -> Option<String> {
    let algorithm = certificate.signature_algorithm();
    if matches!(algorithm, SignatureAlgorithm::Unsupported(_)) {
        return Some(format!("{algorithm} is not supported"));
    }
    let (policy, at) = (AlgorithmPolicy::dated(), certificate.not_before());
    let signed = policy.accepts(algorithm, issuer.public_key().algorithm(), at);
    signed.and_then(|()| policy.accepts_key(certificate.public_key().algorithm(), at)).err()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::algorithm::PublicKey;
    use crate::{CertificateBuilder, Name, Serial, encoding, oid};

    /// A certificate for an RSA key of this many octets.
    fn for_rsa(octets: usize) -> CertificateBuilder {
        let modulus = [&[0, 0x80][..], &vec![1; octets - 1]].concat();
        let key = encoding::sequence(&[&encoding::tlv(der::Tag::Integer, &modulus), &encoding::unsigned(65_537)]);
        let spki = crate::algorithm::write_spki(&oid::RSA_ENCRYPTION, &encoding::null(), &key);
        let name = Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "Root")]);
        let key = PublicKey::from_spki_der(&spki).unwrap();
        CertificateBuilder::new(Serial::from_unsigned(&[7; 16]), name.clone(), name, (START, END), key)
    }

    #[test]
    fn a_short_rsa_key_is_found() {
        assert!(!objects(&LINT, &leaf(key())));
        assert!(!objects(&LINT, &for_rsa(256)));
        assert!(objects(&LINT, &for_rsa(128)));
    }
}
