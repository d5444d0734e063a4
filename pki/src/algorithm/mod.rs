//! Signature algorithms: how they are named in ASN.1, and which key checks which.
//!
//! The arithmetic is not here: `aws-lc-rs` does RSA, ECDSA, Ed25519, ML-DSA and SHA-2, `sm2` and `sm3` do theirs,
//! `sm2-verify` (our own) checks SM2 signatures, `ed448-goldilocks` does Ed448, `dsa` and `crypto-bigint` do what only
//! old archives hold.

mod digest;
mod dsa;
mod ed448;
mod policy;
mod pss;
mod public_key;
mod raw_key;
mod rsa;
mod sm2;
mod verifying_key;

use std::fmt;

use crate::encoding::{self, Asn1Result, Input};
use crate::{Oid, oid};

pub use digest::Digest;
pub use policy::AlgorithmPolicy;
pub use pss::PssParameters;
pub(crate) use public_key::write_spki;
pub use public_key::{KeyAlgorithm, PublicKey};
pub(crate) use sm2::SM2_ID;
pub use verifying_key::{Sm2Ids, VerifyingKey};

/// A signature algorithm with its parameters.
///
/// ```text
/// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// DSA (RFC 3279 §2.2.2, RFC 5758 §3.1), for old archives only.
    Dsa(Digest),
    /// ECDSA (RFC 5758); the curve is the key's.
    Ecdsa(Digest),
    /// Ed25519 (RFC 8410)
    Ed25519,
    /// Ed448 (RFC 8410)
    Ed448,
    /// ML-DSA-44 (FIPS 204, RFC 9881), without context
    MlDsa44,
    /// ML-DSA-65
    MlDsa65,
    /// ML-DSA-87
    MlDsa87,
    /// RSASSA-PKCS1-v1_5 (RFC 4055 §5)
    RsaPkcs1(Digest),
    /// RSASSA-PSS (RFC 4055 §3), MGF1 with the same digest, salt as long as the digest.
    RsaPss(Digest),
    /// RSASSA-PSS with any other parameters.
    RsaPssUnusual(PssParameters),
    /// SM2 with SM3 (GM/T 0003, GM/T 0009); the signer's id is the policy's ([`Sm2Ids`]).
    Sm2Sm3,
    /// Whatever else; it can be named but not checked.
    Unsupported(Oid),
}

use SignatureAlgorithm as Alg;

const PLAIN: &[(Oid, SignatureAlgorithm)] = &[
    (oid::SHA256_WITH_RSA, Alg::RsaPkcs1(Digest::Sha256)),
    (oid::ECDSA_WITH_SHA256, Alg::Ecdsa(Digest::Sha256)),
    (oid::SM2_WITH_SM3, Alg::Sm2Sm3),
    (oid::ED25519, Alg::Ed25519),
    (oid::ML_DSA_44, Alg::MlDsa44),
    (oid::ML_DSA_65, Alg::MlDsa65),
    (oid::ML_DSA_87, Alg::MlDsa87),
    (oid::ED448, Alg::Ed448),
    (oid::SHA384_WITH_RSA, Alg::RsaPkcs1(Digest::Sha384)),
    (oid::SHA512_WITH_RSA, Alg::RsaPkcs1(Digest::Sha512)),
    (oid::ECDSA_WITH_SHA384, Alg::Ecdsa(Digest::Sha384)),
    (oid::ECDSA_WITH_SHA512, Alg::Ecdsa(Digest::Sha512)),
    (oid::SHA1_WITH_RSA, Alg::RsaPkcs1(Digest::Sha1)),
    (oid::ECDSA_WITH_SHA1, Alg::Ecdsa(Digest::Sha1)),
    (oid::SHA224_WITH_RSA, Alg::RsaPkcs1(Digest::Sha224)),
    (oid::ECDSA_WITH_SHA224, Alg::Ecdsa(Digest::Sha224)),
    (oid::DSA_WITH_SHA1, Alg::Dsa(Digest::Sha1)),
    (oid::DSA_WITH_SHA224, Alg::Dsa(Digest::Sha224)),
    (oid::DSA_WITH_SHA256, Alg::Dsa(Digest::Sha256)),
];

impl SignatureAlgorithm {
    /// Reads an AlgorithmIdentifier. Parameters that its standard forbids are refused; an algorithm or PSS
    /// parameters that we do not know are [`SignatureAlgorithm::Unsupported`].
    pub(crate) fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let kind = input.oid()?;
            let parameters = if input.is_empty() { None } else { Some(input.raw()?) };
            if kind == oid::RSA_PSS {
                return read_pss(parameters);
            }
            let known = PLAIN.iter().find(|(known, _)| *known == kind).map(|(_, algorithm)| *algorithm);
            known.map_or(Ok(Self::Unsupported(kind)), |algorithm| algorithm.with_parameters(parameters))
        })
    }

    /// RSA wants NULL (RFC 4055 §5; absent is read too), DSA, ECDSA, Ed25519, Ed448 and ML-DSA nothing (RFC 3279
    /// §2.2.2, RFC 5758 §3, RFC 8410 §3, RFC 9881 §2), SM2 either, as GM/T 0015-2023 says NULL and older certificates leave it out.
    fn with_parameters(self, parameters: Option<&[u8]>) -> Asn1Result<Self> {
        match (self, parameters) {
            (_, None) | (Self::RsaPkcs1(_) | Self::Sm2Sm3, Some([5, 0])) => Ok(self),
            _ => encoding::refuse(format!("parameters that {self} does not have")),
        }
    }

    /// The AlgorithmIdentifier; `sm2_null` writes NULL parameters for SM2 (GM/T 0015-2023).
    pub(crate) fn write(self, sm2_null: bool) -> Vec<u8> {
        let null = encoding::null();
        let pss = |parameters: PssParameters| encoding::sequence(&[&encoding::oid(&oid::RSA_PSS), &parameters.write()]);
        match self {
            Self::RsaPss(digest) => pss(PssParameters::usual(digest)),
            Self::RsaPssUnusual(parameters) => pss(parameters),
            Self::RsaPkcs1(_) => encoding::sequence(&[&encoding::oid(&self.oid()), &null]),
            Self::Sm2Sm3 if sm2_null => encoding::sequence(&[&encoding::oid(&self.oid()), &null]),
            _ => encoding::sequence(&[&encoding::oid(&self.oid())]),
        }
    }

    /// The object identifier of the algorithm.
    pub fn oid(self) -> Oid {
        match self {
            Self::RsaPss(_) | Self::RsaPssUnusual(_) => oid::RSA_PSS,
            Self::Unsupported(kind) => kind,
            _ => PLAIN.iter().find(|(_, known)| *known == self).map_or(oid::ANY_POLICY, |(kind, _)| *kind),
        }
    }

    /// The digest, where it is one of the SHA family.
    pub fn digest(self) -> Option<Digest> {
        match self {
            Self::Dsa(digest) | Self::Ecdsa(digest) | Self::RsaPkcs1(digest) | Self::RsaPss(digest) => Some(digest),
            Self::RsaPssUnusual(parameters) => Some(parameters.digest),
            _ => None,
        }
    }
}

/// "The parameters … MUST be present" in a signature (RFC 4055 §3.1).
fn read_pss(parameters: Option<&[u8]>) -> Asn1Result<SignatureAlgorithm> {
    let Some(parameters) = parameters else {
        return encoding::refuse("RSASSA-PSS in a signature without parameters (RFC 4055 §3.1)");
    };
    Ok(match PssParameters::read(parameters)? {
        Some(usual) if usual == PssParameters::usual(usual.digest) => Alg::RsaPss(usual.digest),
        Some(unusual) => Alg::RsaPssUnusual(unusual),
        None => Alg::Unsupported(oid::RSA_PSS),
    })
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dsa(digest) => write!(f, "DSA with {digest}"),
            Self::Ecdsa(digest) => write!(f, "ECDSA with {digest}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
            Self::MlDsa44 => f.write_str("ML-DSA-44"),
            Self::MlDsa65 => f.write_str("ML-DSA-65"),
            Self::MlDsa87 => f.write_str("ML-DSA-87"),
            Self::RsaPkcs1(digest) => write!(f, "RSA with {digest}"),
            Self::RsaPss(digest) => write!(f, "RSA-PSS with {digest}"),
            Self::RsaPssUnusual(parameters) => write!(f, "{parameters}"),
            Self::Sm2Sm3 => f.write_str("SM2 with SM3"),
            Self::Unsupported(kind) if *kind == oid::RSA_PSS => f.write_str("RSA-PSS with unknown parameters"),
            Self::Unsupported(kind) => write!(f, "algorithm {kind}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_read_as_it_is_written() {
        let pss = [Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512].map(Alg::RsaPss);
        let (digest, mask_digest) = (Digest::Sha256, Digest::Sha1);
        let unusual =
            [0, 20, 222].map(|salt_length| Alg::RsaPssUnusual(PssParameters { digest, mask_digest, salt_length }));
        for algorithm in PLAIN.iter().map(|(_, algorithm)| *algorithm).chain(pss).chain(unusual) {
            for null in [false, true] {
                let der = algorithm.write(null);
                assert_eq!(Input::all(&der, Alg::read), Ok(algorithm));
            }
        }
    }

    #[test]
    fn ecdsa_with_null_parameters_is_refused() {
        let der = encoding::sequence(&[&encoding::oid(&oid::ECDSA_WITH_SHA256), &encoding::null()]);
        assert!(Input::all(&der, Alg::read).is_err());
    }
}
