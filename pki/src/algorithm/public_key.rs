//! SubjectPublicKeyInfo: reading a key, and checking signatures with it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use ::sm2::dsa::VerifyingKey;
use aws_lc_rs::signature::{self as lc, ParsedPublicKey, VerificationAlgorithm};
use der::Tag;

use super::{Digest, SignatureAlgorithm, sm2};
use crate::encoding::{self, Asn1Result, Input, refuse};
use crate::{Error, Fingerprint, Oid, oid};

/// What kind of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// RSA, and the length of its modulus.
    Rsa {
        /// Bits of the modulus.
        bits: u32,
    },
    /// ECDSA on P-256
    EcdsaP256,
    /// ECDSA on P-384
    EcdsaP384,
    /// ECDSA on P-521
    EcdsaP521,
    /// Ed25519
    Ed25519,
    /// SM2
    Sm2,
    /// Whatever else: its algorithm, or its curve.
    Unsupported(Oid),
}

/// A public key as certificates hold it (RFC 5280 §4.1.2.7). Cheap to clone; equal when its encoding is.
///
/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    spki: Box<[u8]>,
    algorithm: KeyAlgorithm,
    key: Box<[u8]>,
    /// The key made ready for the algorithm that it was first used with: a CA's key checks many signatures.
    prepared: OnceLock<Option<Prepared>>,
    fingerprint: OnceLock<Fingerprint>,
}

enum Prepared {
    AwsLc(SignatureAlgorithm, ParsedPublicKey),
    Sm2(Box<VerifyingKey>),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo. Whether an elliptic point lies on its curve shows at the first use.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(der).map_err(|why| Error::malformed("public key", why))
    }

    pub(crate) fn read(der: &[u8]) -> Asn1Result<Self> {
        let (kind, curve, key) = Input::all(der, |input| {
            input.in_sequence(|input| {
                let (kind, curve) = input.in_sequence(algorithm_and_curve)?;
                Ok((kind, curve, input.octets_in_bit_string()?))
            })
        })?;
        let algorithm = key_algorithm(kind, curve, key)?;
        Ok(Self(Arc::new(Inner {
            spki: der.into(),
            algorithm,
            key: key.into(),
            prepared: OnceLock::new(),
            fingerprint: OnceLock::new(),
        })))
    }

    /// The whole SubjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// The SHA-256 of the whole SubjectPublicKeyInfo.
    pub fn fingerprint(&self) -> Fingerprint {
        *self.0.fingerprint.get_or_init(|| Fingerprint::of(&self.0.spki))
    }

    /// The content of subjectPublicKey: what key identifiers (RFC 5280 §4.2.1.2) are a digest of.
    pub fn key_bits(&self) -> &[u8] {
        &self.0.key
    }

    /// Modulus and exponent of an RSA key, big-endian without leading zeros.
    ///
    /// ```text
    /// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
    /// ```
    pub fn rsa_components(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        if !matches!(self.algorithm(), KeyAlgorithm::Rsa { .. }) {
            return None;
        }
        let unsigned = |content: &[u8]| content.iter().copied().skip_while(|octet| *octet == 0).collect();
        let read = |input: &mut Input<'_>| Ok((unsigned(input.integer()?), unsigned(input.integer()?)));
        Input::all(self.key_bits(), |input| input.in_sequence(read)).ok()
    }

    /// What kind of key it is.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.0.algorithm
    }

    /// The key identifier of RFC 7093 §2 method 1: the leftmost 160 bits of the SHA-256 of the key.
    pub fn key_identifier(&self) -> Vec<u8> {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.key_bits());
        digest.as_ref()[..20].to_vec()
    }

    /// Checks a signature over `message`.
    pub fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let checked = match self.0.prepared.get_or_init(|| self.prepare(algorithm)) {
            Some(Prepared::Sm2(key)) if algorithm == SignatureAlgorithm::Sm2Sm3 => sm2::verify(key, message, signature),
            Some(Prepared::AwsLc(ready, key)) if *ready == algorithm => key.verify_sig(message, signature).is_ok(),
            _ => self.verify_unprepared(algorithm, message, signature)?,
        };
        if checked { Ok(()) } else { Err(Error::SignatureInvalid { algorithm }) }
    }

    fn prepare(&self, algorithm: SignatureAlgorithm) -> Option<Prepared> {
        if algorithm == SignatureAlgorithm::Sm2Sm3 && self.0.algorithm == KeyAlgorithm::Sm2 {
            return sm2::read_key(&self.0.key).map(|key| Prepared::Sm2(Box::new(key)));
        }
        let verification = verification(self.0.algorithm, algorithm)?;
        ParsedPublicKey::new(verification, &self.0.key).ok().map(|key| Prepared::AwsLc(algorithm, key))
    }

    fn verify_unprepared(&self, algorithm: SignatureAlgorithm, message: &[u8], sig: &[u8]) -> Result<bool, Error> {
        match self.prepare(algorithm) {
            Some(Prepared::Sm2(key)) => Ok(sm2::verify(&key, message, sig)),
            Some(Prepared::AwsLc(_, key)) => Ok(key.verify_sig(message, sig).is_ok()),
            None => Err(self.cannot_check(algorithm)),
        }
    }

    /// Unsupported, or a key of another kind than the signature, or a point that is not on its curve.
    fn cannot_check(&self, algorithm: SignatureAlgorithm) -> Error {
        let supported = !matches!(algorithm, SignatureAlgorithm::Unsupported(_))
            && !matches!(self.0.algorithm, KeyAlgorithm::Unsupported(_));
        match supported {
            true => Error::SignatureInvalid { algorithm },
            false => Error::UnsupportedAlgorithm { name: format!("{algorithm} by a key of {}", self.0.algorithm) },
        }
    }
}

fn algorithm_and_curve(input: &mut Input<'_>) -> Asn1Result<(Oid, Option<Oid>)> {
    let kind = input.oid()?;
    if kind == oid::EC_PUBLIC_KEY && input.next_is(Tag::ObjectIdentifier) {
        return Ok((kind, Some(input.oid()?)));
    }
    while !input.is_empty() {
        input.raw()?;
    }
    Ok((kind, None))
}

fn key_algorithm(kind: Oid, curve: Option<Oid>, key: &[u8]) -> Asn1Result<KeyAlgorithm> {
    Ok(match (kind, curve) {
        (oid::RSA_ENCRYPTION | oid::RSA_PSS, _) => KeyAlgorithm::Rsa { bits: modulus_bits(key)? },
        (oid::EC_PUBLIC_KEY, Some(oid::P256)) => KeyAlgorithm::EcdsaP256,
        (oid::EC_PUBLIC_KEY, Some(oid::P384)) => KeyAlgorithm::EcdsaP384,
        (oid::EC_PUBLIC_KEY, Some(oid::P521)) => KeyAlgorithm::EcdsaP521,
        (oid::EC_PUBLIC_KEY, Some(oid::SM2)) => KeyAlgorithm::Sm2,
        (oid::ED25519, _) if key.len() == 32 => KeyAlgorithm::Ed25519,
        (oid::ED25519, _) => return refuse("an Ed25519 key that is not 32 octets"),
        (_, curve) => KeyAlgorithm::Unsupported(curve.unwrap_or(kind)),
    })
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
fn modulus_bits(key: &[u8]) -> Asn1Result<u32> {
    let modulus = Input::all(key, |input| {
        input.in_sequence(|input| {
            let modulus = input.integer()?;
            input.integer().map(|_| modulus)
        })
    })?;
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let leading = modulus.first().map_or(0, |octet| octet.leading_zeros());
    Ok((modulus.len() as u32).saturating_mul(8) - leading)
}

fn verification(key: KeyAlgorithm, algorithm: SignatureAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match (key, algorithm) {
        (KeyAlgorithm::Rsa { bits }, SignatureAlgorithm::RsaPkcs1(digest)) => rsa_pkcs1(bits, digest),
        (KeyAlgorithm::Rsa { .. }, SignatureAlgorithm::RsaPss(digest)) => rsa_pss(digest),
        (KeyAlgorithm::Ed25519, SignatureAlgorithm::Ed25519) => Some(&lc::ED25519),
        (curve, SignatureAlgorithm::Ecdsa(digest)) => ecdsa(curve, digest),
        _ => None,
    }
}

fn rsa_pkcs1(bits: u32, digest: Digest) -> Option<&'static dyn VerificationAlgorithm> {
    match (digest, bits >= 2048) {
        (Digest::Sha1, _) => Some(&lc::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        (Digest::Sha256, false) => Some(&lc::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        (Digest::Sha256, true) => Some(&lc::RSA_PKCS1_2048_8192_SHA256),
        (Digest::Sha384, _) => Some(&lc::RSA_PKCS1_2048_8192_SHA384),
        (Digest::Sha512, false) => Some(&lc::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        (Digest::Sha512, true) => Some(&lc::RSA_PKCS1_2048_8192_SHA512),
    }
}

fn rsa_pss(digest: Digest) -> Option<&'static dyn VerificationAlgorithm> {
    match digest {
        Digest::Sha1 => None,
        Digest::Sha256 => Some(&lc::RSA_PSS_2048_8192_SHA256),
        Digest::Sha384 => Some(&lc::RSA_PSS_2048_8192_SHA384),
        Digest::Sha512 => Some(&lc::RSA_PSS_2048_8192_SHA512),
    }
}

fn ecdsa(curve: KeyAlgorithm, digest: Digest) -> Option<&'static dyn VerificationAlgorithm> {
    match (curve, digest) {
        (KeyAlgorithm::EcdsaP256, Digest::Sha1) => Some(&lc::ECDSA_P256_SHA1_ASN1),
        (KeyAlgorithm::EcdsaP256, Digest::Sha256) => Some(&lc::ECDSA_P256_SHA256_ASN1),
        (KeyAlgorithm::EcdsaP256, Digest::Sha384) => Some(&lc::ECDSA_P256_SHA384_ASN1),
        (KeyAlgorithm::EcdsaP256, Digest::Sha512) => Some(&lc::ECDSA_P256_SHA512_ASN1),
        (KeyAlgorithm::EcdsaP384, Digest::Sha256) => Some(&lc::ECDSA_P384_SHA256_ASN1),
        (KeyAlgorithm::EcdsaP384, Digest::Sha384) => Some(&lc::ECDSA_P384_SHA384_ASN1),
        (KeyAlgorithm::EcdsaP384, Digest::Sha512) => Some(&lc::ECDSA_P384_SHA512_ASN1),
        (KeyAlgorithm::EcdsaP521, Digest::Sha1) => Some(&lc::ECDSA_P521_SHA1_ASN1),
        (KeyAlgorithm::EcdsaP521, Digest::Sha256) => Some(&lc::ECDSA_P521_SHA256_ASN1),
        (KeyAlgorithm::EcdsaP521, Digest::Sha384) => Some(&lc::ECDSA_P521_SHA384_ASN1),
        (KeyAlgorithm::EcdsaP521, Digest::Sha512) => Some(&lc::ECDSA_P521_SHA512_ASN1),
        _ => None,
    }
}

/// A SubjectPublicKeyInfo of an algorithm, its parameters (DER) and the key.
pub(crate) fn write_spki(kind: &Oid, parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = encoding::sequence(&[&encoding::oid(kind), parameters]);
    encoding::sequence(&[&algorithm, &encoding::bit_string(key)])
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.spki == other.0.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.algorithm())
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
            Self::EcdsaP256 => f.write_str("ECDSA P-256"),
            Self::EcdsaP384 => f.write_str("ECDSA P-384"),
            Self::EcdsaP521 => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Sm2 => f.write_str("SM2"),
            Self::Unsupported(kind) if *kind == oid::DSA => f.write_str("DSA"),
            Self::Unsupported(kind) => write!(f, "algorithm {kind}"),
        }
    }
}
