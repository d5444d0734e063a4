//! Signature algorithms: how they are named in ASN.1, and which key checks which.
//!
//! The arithmetic is not here: `aws-lc-rs` does RSA, ECDSA, Ed25519 and SHA-2, `sm2` and `sm3` do theirs.

mod policy;
mod public_key;
mod sm2;

use std::fmt;

use der::Tag;

use crate::encoding::{self, Asn1Result, Input, context};
use crate::{Oid, oid};

pub use policy::AlgorithmPolicy;
pub(crate) use public_key::write_spki;
pub use public_key::{KeyAlgorithm, PublicKey};
pub(crate) use sm2::SM2_ID;

/// A message digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// SHA-1, for old archives only.
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

/// A signature algorithm with its parameters.
///
/// ```text
/// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// ECDSA (RFC 5758); the curve is the key's.
    Ecdsa(Digest),
    /// Ed25519 (RFC 8410)
    Ed25519,
    /// RSASSA-PKCS1-v1_5 (RFC 4055 §5)
    RsaPkcs1(Digest),
    /// RSASSA-PSS (RFC 4055 §3), MGF1 with the same digest, salt as long as the digest.
    RsaPss(Digest),
    /// SM2 with SM3 (GM/T 0003, GM/T 0009), signer id 1234567812345678.
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
    (oid::SHA384_WITH_RSA, Alg::RsaPkcs1(Digest::Sha384)),
    (oid::SHA512_WITH_RSA, Alg::RsaPkcs1(Digest::Sha512)),
    (oid::ECDSA_WITH_SHA384, Alg::Ecdsa(Digest::Sha384)),
    (oid::ECDSA_WITH_SHA512, Alg::Ecdsa(Digest::Sha512)),
    (oid::SHA1_WITH_RSA, Alg::RsaPkcs1(Digest::Sha1)),
    (oid::ECDSA_WITH_SHA1, Alg::Ecdsa(Digest::Sha1)),
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

    /// RSA wants NULL (RFC 4055 §5; absent is read too), ECDSA and Ed25519 nothing (RFC 5758 §3.2, RFC 8410 §3),
    /// SM2 either, as GM/T 0015-2023 says NULL and older certificates leave it out.
    fn with_parameters(self, parameters: Option<&[u8]>) -> Asn1Result<Self> {
        match (self, parameters) {
            (_, None) | (Self::RsaPkcs1(_) | Self::Sm2Sm3, Some([5, 0])) => Ok(self),
            _ => encoding::refuse(format!("parameters that {self} does not have")),
        }
    }

    /// The AlgorithmIdentifier; `sm2_null` writes NULL parameters for SM2 (GM/T 0015-2023).
    pub(crate) fn write(self, sm2_null: bool) -> Vec<u8> {
        let null = encoding::null();
        match self {
            Self::RsaPss(digest) => encoding::sequence(&[&encoding::oid(&oid::RSA_PSS), &write_pss(digest)]),
            Self::RsaPkcs1(_) => encoding::sequence(&[&encoding::oid(&self.oid()), &null]),
            Self::Sm2Sm3 if sm2_null => encoding::sequence(&[&encoding::oid(&self.oid()), &null]),
            _ => encoding::sequence(&[&encoding::oid(&self.oid())]),
        }
    }

    /// The object identifier of the algorithm.
    pub fn oid(self) -> Oid {
        match self {
            Self::RsaPss(_) => oid::RSA_PSS,
            Self::Unsupported(kind) => kind,
            _ => PLAIN.iter().find(|(_, known)| *known == self).map_or(oid::ANY_POLICY, |(kind, _)| *kind),
        }
    }

    /// The digest, where it is one of the SHA family.
    pub fn digest(self) -> Option<Digest> {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss(digest) | Self::Ecdsa(digest) => Some(digest),
            _ => None,
        }
    }
}

impl Digest {
    fn oid(self) -> Oid {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    fn from_oid(kind: &Oid) -> Option<Self> {
        [Self::Sha256, Self::Sha384, Self::Sha512, Self::Sha1].into_iter().find(|digest| digest.oid() == *kind)
    }

    fn length(self) -> u32 {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    fn identifier(self) -> Vec<u8> {
        encoding::sequence(&[&encoding::oid(&self.oid()), &encoding::null()])
    }
}

/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///      hashAlgorithm     [0] HashAlgorithm DEFAULT sha1Identifier,
///      maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
///      saltLength        [2] INTEGER DEFAULT 20,
///      trailerField      [3] INTEGER DEFAULT 1 }
/// ```
fn read_pss(parameters: Option<&[u8]>) -> Asn1Result<SignatureAlgorithm> {
    let Some(parameters) = parameters else {
        return encoding::refuse("RSASSA-PSS in a signature without parameters (RFC 4055 §3.1)");
    };
    Input::all(parameters, |input| {
        input.in_sequence(|input| {
            let digest = input.optional(context(0, true))?.map(digest_identifier).transpose()?;
            let mask = input.optional(context(1, true))?.map(mask_digest).transpose()?;
            let salt = input.optional(context(2, true))?.map(explicit_counter).transpose()?;
            let trailer = input.optional(context(3, true))?.map(explicit_counter).transpose()?;
            let digest = digest.unwrap_or(Some(Digest::Sha1));
            let same_mask = mask.unwrap_or(Some(Digest::Sha1)) == digest;
            let plain = same_mask && trailer.unwrap_or(1) == 1;
            let salted = digest.filter(|digest| plain && salt.unwrap_or(20) == digest.length());
            Ok(salted.map_or(Alg::Unsupported(oid::RSA_PSS), Alg::RsaPss))
        })
    })
}

fn explicit_counter(content: &[u8]) -> Asn1Result<u32> {
    Input::all(content, |input| encoding::counter(input.integer()?))
}

fn digest_identifier(content: &[u8]) -> Asn1Result<Option<Digest>> {
    Input::all(content, |input| {
        input.in_sequence(|input| {
            let kind = input.oid()?;
            input.optional(Tag::Null)?;
            Ok(Digest::from_oid(&kind))
        })
    })
}

fn mask_digest(content: &[u8]) -> Asn1Result<Option<Digest>> {
    Input::all(content, |input| {
        input.in_sequence(|input| match input.oid()? {
            oid::MGF1 => digest_identifier(input.raw()?),
            _ => input.raw().map(|_| None),
        })
    })
}

fn write_pss(digest: Digest) -> Vec<u8> {
    let mask = encoding::sequence(&[&encoding::oid(&oid::MGF1), &digest.identifier()]);
    encoding::sequence(&[
        &encoding::tlv(context(0, true), &digest.identifier()),
        &encoding::tlv(context(1, true), &mask),
        &encoding::tlv(context(2, true), &encoding::unsigned(u64::from(digest.length()))),
    ])
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ecdsa(digest) => write!(f, "ECDSA with {digest}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::RsaPkcs1(digest) => write!(f, "RSA with {digest}"),
            Self::RsaPss(digest) => write!(f, "RSA-PSS with {digest}"),
            Self::Sm2Sm3 => f.write_str("SM2 with SM3"),
            Self::Unsupported(kind) if *kind == oid::DSA_WITH_SHA1 => f.write_str("DSA with SHA-1"),
            Self::Unsupported(kind) if *kind == oid::RSA_PSS => f.write_str("RSA-PSS with unusual parameters"),
            Self::Unsupported(kind) => write!(f, "algorithm {kind}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_read_as_it_is_written() {
        let pss = [Digest::Sha256, Digest::Sha384, Digest::Sha512].map(Alg::RsaPss);
        for algorithm in PLAIN.iter().map(|(_, algorithm)| *algorithm).chain(pss) {
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
