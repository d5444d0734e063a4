//! SubjectPublicKeyInfo: reading a key, and checking signatures with it.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::signature::{self as lc, ParsedPublicKey, VerificationAlgorithm};

use super::pss::PssParameters;
use super::rsa::RsaKey;
use super::{Digest, SignatureAlgorithm, Sm2Ids, VerifyingKey, dsa, ed448, sm2};
use crate::encoding::{self, Asn1Result, Input, position, refuse};
use crate::{Error, Fingerprint, Oid, oid};

/// What kind of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// DSA
    Dsa {
        /// Bits of p; `None` where the parameters are those of the certificate's issuer (RFC 3279 §2.3.2).
        bits: Option<u32>,
    },
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
    /// Ed448
    Ed448,
    /// ML-DSA-44
    MlDsa44,
    /// ML-DSA-65
    MlDsa65,
    /// ML-DSA-87
    MlDsa87,
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
    /// Where the content of subjectPublicKey stands in it.
    key: Range<usize>,
    rsa_use: RsaUse,
    /// The key made ready for the algorithm that a good signature first came with: a CA's key checks many signatures.
    prepared: OnceLock<Prepared>,
    fingerprint: OnceLock<Fingerprint>,
}

/// What an RSA key may be used for (RFC 4055 §1.2).
enum RsaUse {
    /// rsaEncryption, or no RSA key at all.
    Any,
    /// id-RSASSA-PSS, by these parameters where there are any.
    Pss(Option<PssParameters>),
}

/// A key made ready for one algorithm.
struct Prepared {
    algorithm: SignatureAlgorithm,
    key: ReadyKey,
}

enum ReadyKey {
    AwsLc(ParsedPublicKey),
    Dsa(Digest, Box<::dsa::VerifyingKey>),
    Ed448(Box<ed448_goldilocks::VerifyingKey>),
    Rsa(RsaKey),
    Sm2(Box<sm2::Key>),
    /// ECDSA with a digest that `aws-lc-rs` does not pair with the curve.
    Widened(Digest, ParsedPublicKey),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo. Whether an elliptic point lies on its curve shows at the first use.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(der).map_err(|why| Error::malformed("public key", why))
    }

    pub(crate) fn read(der: &[u8]) -> Asn1Result<Self> {
        let Parts { kind, parameters, key } = Input::all(der, Parts::read)?;
        let (algorithm, rsa_use) = key_algorithm(kind, parameters, key)?;
        Ok(Self(Arc::new(Inner {
            spki: der.into(),
            algorithm,
            key: position(der, key),
            rsa_use,
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
        &self.0.spki[self.0.key.clone()]
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

    /// Checks a signature over `message`; of SM2, under the standard id.
    pub fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        VerifyingKey::from(self).verify(algorithm, message, signature)
    }

    pub(super) fn check(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
        ids: &Sm2Ids,
    ) -> Result<(), Error> {
        let checked = match self.0.prepared.get() {
            Some(ready) if ready.algorithm == algorithm => ready.verify(message, signature, ids),
            _ => self.check_first(algorithm, message, signature, ids)?,
        };
        if checked { Ok(()) } else { Err(Error::SignatureInvalid { algorithm }) }
    }

    /// Makes the key ready, and keeps it so if the signature is good: whoever can name a CA as his issuer does not decide
    /// for which algorithm its key is kept.
    fn check_first(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
        ids: &Sm2Ids,
    ) -> Result<bool, Error> {
        let ready = self.prepare(algorithm).ok_or_else(|| self.cannot_check(algorithm))?;
        let good = ready.verify(message, signature, ids);
        if good {
            // If another was quicker, its is as good.
            let _ = self.0.prepared.set(ready);
        }
        Ok(good)
    }

    fn prepare(&self, algorithm: SignatureAlgorithm) -> Option<Prepared> {
        let bits = self.key_bits();
        let key = match (self.0.algorithm, algorithm) {
            (KeyAlgorithm::Dsa { .. }, SignatureAlgorithm::Dsa(digest)) => {
                let parameters = self.parameters()?;
                ReadyKey::Dsa(digest, Box::new(dsa::read_key(&parameters, bits)?))
            }
            (KeyAlgorithm::Ed448, SignatureAlgorithm::Ed448) => ReadyKey::Ed448(Box::new(ed448::read_key(bits)?)),
            (KeyAlgorithm::Sm2, SignatureAlgorithm::Sm2Sm3) => ReadyKey::Sm2(Box::new(sm2::Key::read(bits)?)),
            (KeyAlgorithm::Rsa { .. }, _) if !self.0.rsa_use.permits(algorithm) => return None,
            (key, _) => match (verification(key, algorithm), algorithm) {
                (Some(verification), _) => ReadyKey::AwsLc(ParsedPublicKey::new(verification, bits).ok()?),
                (None, SignatureAlgorithm::Ecdsa(digest)) => {
                    ReadyKey::Widened(digest, ParsedPublicKey::new(wider(key, digest)?, bits).ok()?)
                }
                (None, _) if is_rsa(key, algorithm) => ReadyKey::Rsa(RsaKey::read(bits)?),
                (None, _) => return None,
            },
        };
        Some(Prepared { algorithm, key })
    }

    /// The parameters of the AlgorithmIdentifier (DER), where they are not NULL.
    fn parameters(&self) -> Option<Vec<u8>> {
        let parts = Input::all(&self.0.spki, Parts::read).ok()?;
        parts.parameters.filter(|parameters| *parameters != NULL).map(<[u8]>::to_vec)
    }

    /// Whether the key is one at all: a point on its curve, numbers in their range.
    pub(crate) fn is_well_formed(&self) -> bool {
        let usual = match self.algorithm() {
            KeyAlgorithm::Dsa { .. } => SignatureAlgorithm::Dsa(Digest::Sha256),
            KeyAlgorithm::EcdsaP256 | KeyAlgorithm::EcdsaP384 | KeyAlgorithm::EcdsaP521 => {
                SignatureAlgorithm::Ecdsa(Digest::Sha256)
            }
            KeyAlgorithm::Ed25519 => SignatureAlgorithm::Ed25519,
            KeyAlgorithm::Ed448 => SignatureAlgorithm::Ed448,
            KeyAlgorithm::MlDsa44 => SignatureAlgorithm::MlDsa44,
            KeyAlgorithm::MlDsa65 => SignatureAlgorithm::MlDsa65,
            KeyAlgorithm::MlDsa87 => SignatureAlgorithm::MlDsa87,
            KeyAlgorithm::Rsa { .. } => return RsaKey::read(self.key_bits()).is_some(),
            KeyAlgorithm::Sm2 => SignatureAlgorithm::Sm2Sm3,
            KeyAlgorithm::Unsupported(_) => return true,
        };
        self.inherits_parameters() || self.prepare(usual).is_some()
    }

    /// Whether this is a DSA key without parameters, so that those of the certificate's issuer apply.
    pub(crate) fn inherits_parameters(&self) -> bool {
        self.0.algorithm == KeyAlgorithm::Dsa { bits: None }
    }

    /// This key with the DSA parameters of the issuer's; `None` if that has none either.
    pub(crate) fn with_parameters_of(&self, issuer: &Self) -> Option<Self> {
        let parameters = issuer.parameters().filter(|_| matches!(issuer.algorithm(), KeyAlgorithm::Dsa { .. }))?;
        Self::read(&write_spki(&oid::DSA, &parameters, self.key_bits())).ok()
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

impl Prepared {
    fn verify(&self, message: &[u8], signature: &[u8], ids: &Sm2Ids) -> bool {
        match &self.key {
            ReadyKey::AwsLc(key) => key.verify_sig(message, signature).is_ok(),
            ReadyKey::Dsa(digest, key) => dsa::verify(key, *digest, message, signature),
            ReadyKey::Ed448(key) => ed448::verify(key, message, signature),
            ReadyKey::Rsa(key) => key.verify(self.algorithm, message, signature),
            ReadyKey::Sm2(key) => key.verify_under(ids.listed(), message, signature),
            ReadyKey::Widened(digest, key) => verify_widened(key, *digest, message, signature),
        }
    }
}

impl RsaUse {
    fn permits(&self, algorithm: SignatureAlgorithm) -> bool {
        let used = match algorithm {
            SignatureAlgorithm::RsaPss(digest) => Some(PssParameters::usual(digest)),
            SignatureAlgorithm::RsaPssUnusual(parameters) => Some(parameters),
            _ => None,
        };
        match self {
            Self::Any => true,
            Self::Pss(limits) => used.is_some_and(|used| limits.is_none_or(|limits| limits.permit(&used))),
        }
    }
}

/// ECDSA takes the leftmost bits of a digest for a number (FIPS 186-5 §6.4.2), so that a digest shorter than the
/// curve is the same number with zeros in front, which is as long as the digest that `aws-lc-rs` expects.
fn verify_widened(key: &ParsedPublicKey, digest: Digest, message: &[u8], signature: &[u8]) -> bool {
    let mut wide = [0; 32];
    let digest = digest.of(message);
    // `wider` lets no digest of more than 28 octets come here.
    wide[32 - digest.as_ref().len()..].copy_from_slice(digest.as_ref());
    let wide = aws_lc_rs::digest::Digest::import_less_safe(&wide, &aws_lc_rs::digest::SHA256);
    wide.is_ok_and(|wide| key.verify_digest_sig(&wide, signature).is_ok())
}

/// NULL in DER.
const NULL: &[u8] = &[5, 0];

/// The parts of a SubjectPublicKeyInfo.
struct Parts<'a> {
    kind: Oid,
    /// DER
    parameters: Option<&'a [u8]>,
    key: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(input: &mut Input<'a>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let (kind, parameters) = input.in_sequence(|input| {
                let kind = input.oid()?;
                Ok((kind, if input.is_empty() { None } else { Some(input.raw()?) }))
            })?;
            Ok(Self { kind, parameters, key: input.octets_in_bit_string()? })
        })
    }
}

fn key_algorithm(kind: Oid, parameters: Option<&[u8]>, key: &[u8]) -> Asn1Result<(KeyAlgorithm, RsaUse)> {
    check_parameters(&kind, parameters)?;
    let parameters = parameters.filter(|parameters| *parameters != NULL);
    if kind == oid::RSA_PSS {
        return Ok(match parameters.map(PssParameters::read).transpose()? {
            Some(None) => (KeyAlgorithm::Unsupported(kind), RsaUse::Any),
            limits => (KeyAlgorithm::Rsa { bits: modulus_bits(key)? }, RsaUse::Pss(limits.flatten())),
        });
    }
    let curve = parameters.and_then(|parameters| Input::all(parameters, Input::oid).ok());
    let algorithm = match (kind, curve) {
        (oid::RSA_ENCRYPTION, _) => KeyAlgorithm::Rsa { bits: modulus_bits(key)? },
        (oid::EC_PUBLIC_KEY, Some(oid::P256)) => KeyAlgorithm::EcdsaP256,
        (oid::EC_PUBLIC_KEY, Some(oid::P384)) => KeyAlgorithm::EcdsaP384,
        (oid::EC_PUBLIC_KEY, Some(oid::P521)) => KeyAlgorithm::EcdsaP521,
        (oid::EC_PUBLIC_KEY, Some(oid::SM2)) => KeyAlgorithm::Sm2,
        (oid::DSA, _) => KeyAlgorithm::Dsa { bits: dsa::bits(parameters)? },
        (oid::ED25519, _) => of_length(KeyAlgorithm::Ed25519, 32, key)?,
        (oid::ED448, _) => of_length(KeyAlgorithm::Ed448, 57, key)?,
        (oid::ML_DSA_44, _) => of_length(KeyAlgorithm::MlDsa44, 1312, key)?,
        (oid::ML_DSA_65, _) => of_length(KeyAlgorithm::MlDsa65, 1952, key)?,
        (oid::ML_DSA_87, _) => of_length(KeyAlgorithm::MlDsa87, 2592, key)?,
        (_, curve) => KeyAlgorithm::Unsupported(curve.unwrap_or(kind)),
    };
    Ok((algorithm, RsaUse::Any))
}

/// RSA wants NULL (RFC 3279 §2.3.1; absent is read too). Of Ed25519, Ed448 (RFC 8410 §3) and ML-DSA (RFC 9881 §2) "the
/// parameters … MUST be absent".
fn check_parameters(kind: &Oid, parameters: Option<&[u8]>) -> Asn1Result<()> {
    let fits = match *kind {
        oid::RSA_ENCRYPTION => parameters.is_none_or(|parameters| parameters == NULL),
        oid::ED25519 | oid::ED448 | oid::ML_DSA_44 | oid::ML_DSA_65 | oid::ML_DSA_87 => parameters.is_none(),
        _ => true,
    };
    if fits { Ok(()) } else { refuse(format!("parameters that a key of {kind} does not have")) }
}

/// Keys that are their octets and nothing else (RFC 8410 §4, RFC 9881 §4).
fn of_length(algorithm: KeyAlgorithm, octets: usize, key: &[u8]) -> Asn1Result<KeyAlgorithm> {
    let fits = key.len() == octets;
    if fits { Ok(algorithm) } else { refuse(format!("an {algorithm} key that is not {octets} octets")) }
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
        (KeyAlgorithm::Rsa { bits }, SignatureAlgorithm::RsaPss(digest)) if bits >= 2048 => rsa_pss(digest),
        (KeyAlgorithm::Ed25519, SignatureAlgorithm::Ed25519) => Some(&lc::ED25519),
        (KeyAlgorithm::MlDsa44, SignatureAlgorithm::MlDsa44) => Some(&lc::ML_DSA_44),
        (KeyAlgorithm::MlDsa65, SignatureAlgorithm::MlDsa65) => Some(&lc::ML_DSA_65),
        (KeyAlgorithm::MlDsa87, SignatureAlgorithm::MlDsa87) => Some(&lc::ML_DSA_87),
        (curve, SignatureAlgorithm::Ecdsa(digest)) => ecdsa(curve, digest),
        _ => None,
    }
}

fn rsa_pkcs1(bits: u32, digest: Digest) -> Option<&'static dyn VerificationAlgorithm> {
    match (digest, bits >= 2048) {
        (Digest::Sha1, _) => Some(&lc::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        (Digest::Sha256, false) => Some(&lc::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        (Digest::Sha256, true) => Some(&lc::RSA_PKCS1_2048_8192_SHA256),
        (Digest::Sha384, true) => Some(&lc::RSA_PKCS1_2048_8192_SHA384),
        (Digest::Sha512, false) => Some(&lc::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        (Digest::Sha512, true) => Some(&lc::RSA_PKCS1_2048_8192_SHA512),
        (Digest::Sha224, _) | (Digest::Sha384, false) => None,
    }
}

fn rsa_pss(digest: Digest) -> Option<&'static dyn VerificationAlgorithm> {
    match digest {
        Digest::Sha1 | Digest::Sha224 => None,
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
        (KeyAlgorithm::EcdsaP521, Digest::Sha224) => Some(&lc::ECDSA_P521_SHA224_ASN1),
        (KeyAlgorithm::EcdsaP521, Digest::Sha256) => Some(&lc::ECDSA_P521_SHA256_ASN1),
        (KeyAlgorithm::EcdsaP521, Digest::Sha384) => Some(&lc::ECDSA_P521_SHA384_ASN1),
        (KeyAlgorithm::EcdsaP521, Digest::Sha512) => Some(&lc::ECDSA_P521_SHA512_ASN1),
        _ => None,
    }
}

/// The same curve with a digest of 32 octets, for a shorter one.
fn wider(curve: KeyAlgorithm, digest: Digest) -> Option<&'static dyn VerificationAlgorithm> {
    ecdsa(curve, Digest::Sha256).filter(|_| matches!(digest, Digest::Sha1 | Digest::Sha224))
}

fn is_rsa(key: KeyAlgorithm, algorithm: SignatureAlgorithm) -> bool {
    use SignatureAlgorithm::{RsaPkcs1, RsaPss, RsaPssUnusual};
    matches!((key, algorithm), (KeyAlgorithm::Rsa { .. }, RsaPkcs1(_) | RsaPss(_) | RsaPssUnusual(_)))
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
            Self::Dsa { bits: Some(bits) } => write!(f, "DSA-{bits}"),
            Self::Dsa { bits: None } => f.write_str("DSA"),
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
            Self::EcdsaP256 => f.write_str("ECDSA P-256"),
            Self::EcdsaP384 => f.write_str("ECDSA P-384"),
            Self::EcdsaP521 => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
            Self::MlDsa44 => f.write_str("ML-DSA-44"),
            Self::MlDsa65 => f.write_str("ML-DSA-65"),
            Self::MlDsa87 => f.write_str("ML-DSA-87"),
            Self::Sm2 => f.write_str("SM2"),
            Self::Unsupported(kind) => write!(f, "algorithm {kind}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_have_no_parameters_are_refused_with_any() {
        let numbers = encoding::sequence(&[&encoding::unsigned(0xc5), &encoding::unsigned(3)]);
        for (kind, key, null) in [
            (oid::ED25519, vec![7; 32], false),
            (oid::ED448, vec![7; 57], false),
            (oid::ML_DSA_44, vec![7; 1312], false),
            (oid::ML_DSA_65, vec![7; 1952], false),
            (oid::ML_DSA_87, vec![7; 2592], false),
            (oid::RSA_ENCRYPTION, numbers, true),
        ] {
            let is_read = |parameters: &[u8]| PublicKey::read(&write_spki(&kind, parameters, &key)).is_ok();
            assert_eq!([is_read(&[]), is_read(NULL), is_read(&[0x30, 0])], [true, null, false], "{kind}");
        }
    }
}
