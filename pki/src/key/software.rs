//! Private keys in memory, read from and written to PKCS#8.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    self as lc, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, PqdsaKeyPair, PqdsaSigningAlgorithm,
    RsaKeyPair,
};
use sm2::SecretKey;
use sm2::dsa::signature::Signer as _;
use sm2::dsa::{Signature, SigningKey};
use sm2::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use zeroize::Zeroizing;

use super::{KeySpec, Signer};
use crate::algorithm::{Digest, KeyAlgorithm, PublicKey, SM2_ID, SignatureAlgorithm, write_spki};
use crate::encoding::{self, Asn1Result, Input};
use crate::{Error, Oid, oid};

/// A private key in memory, wiped when dropped as far as its libraries do so.
pub struct SoftwareKey {
    secret: Secret,
    public: PublicKey,
    algorithm: SignatureAlgorithm,
    pkcs8: Zeroizing<Vec<u8>>,
}

enum Secret {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Digest, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    MlDsa(SignatureAlgorithm, Box<PqdsaKeyPair>),
    Sm2(Box<SigningKey>),
}

impl SoftwareKey {
    /// Makes a key. SM2 draws from `random`; the others from the generator inside `aws-lc-rs`, which takes no other.
    pub fn generate(spec: KeySpec, random: &mut dyn FnMut(&mut [u8])) -> Result<Self, Error> {
        let pkcs8 = match spec {
            KeySpec::Rsa2048 => generate_rsa(KeySize::Rsa2048)?,
            KeySpec::Rsa3072 => generate_rsa(KeySize::Rsa3072)?,
            KeySpec::Rsa4096 => generate_rsa(KeySize::Rsa4096)?,
            KeySpec::EcdsaP256 => generate_ecdsa(&lc::ECDSA_P256_SHA256_ASN1_SIGNING)?,
            KeySpec::EcdsaP384 => generate_ecdsa(&lc::ECDSA_P384_SHA384_ASN1_SIGNING)?,
            KeySpec::EcdsaP521 => generate_ecdsa(&lc::ECDSA_P521_SHA512_ASN1_SIGNING)?,
            KeySpec::Ed25519 => Ed25519KeyPair::generate()
                .and_then(|key| key.to_pkcs8v1())
                .map(|document| Zeroizing::new(document.as_ref().to_vec()))
                .map_err(|_| Error::key("Ed25519 key generation failed"))?,
            KeySpec::MlDsa44 => generate_ml_dsa(&lc::ML_DSA_44_SIGNING)?,
            KeySpec::MlDsa65 => generate_ml_dsa(&lc::ML_DSA_65_SIGNING)?,
            KeySpec::MlDsa87 => generate_ml_dsa(&lc::ML_DSA_87_SIGNING)?,
            KeySpec::Sm2 => generate_sm2(random)?,
        };
        Self::from_pkcs8_der(&pkcs8)
    }

    /// Reads an unencrypted PKCS#8 PrivateKeyInfo (RFC 5958), as `openssl genpkey` writes it, SM2 included.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, Error> {
        let (kind, curve) = read_algorithm(der).map_err(|why| Error::key(&why.0))?;
        let secret = match (kind, curve) {
            (oid::RSA_ENCRYPTION, _) => Secret::Rsa(Box::new(RsaKeyPair::from_pkcs8(der).map_err(rejected)?)),
            (oid::EC_PUBLIC_KEY, Some(oid::P256)) => ecdsa(Digest::Sha256, &lc::ECDSA_P256_SHA256_ASN1_SIGNING, der)?,
            (oid::EC_PUBLIC_KEY, Some(oid::P384)) => ecdsa(Digest::Sha384, &lc::ECDSA_P384_SHA384_ASN1_SIGNING, der)?,
            (oid::EC_PUBLIC_KEY, Some(oid::P521)) => ecdsa(Digest::Sha512, &lc::ECDSA_P521_SHA512_ASN1_SIGNING, der)?,
            (oid::EC_PUBLIC_KEY, Some(oid::SM2)) => read_sm2(der)?,
            (oid::ED25519, _) => Secret::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(rejected)?),
            (oid::ML_DSA_44, _) => ml_dsa(SignatureAlgorithm::MlDsa44, &lc::ML_DSA_44_SIGNING, der)?,
            (oid::ML_DSA_65, _) => ml_dsa(SignatureAlgorithm::MlDsa65, &lc::ML_DSA_65_SIGNING, der)?,
            (oid::ML_DSA_87, _) => ml_dsa(SignatureAlgorithm::MlDsa87, &lc::ML_DSA_87_SIGNING, der)?,
            (kind, curve) => {
                return Err(Error::UnsupportedAlgorithm { name: curve.unwrap_or(kind).to_string() });
            }
        };
        let public = PublicKey::from_spki_der(&secret.spki())?;
        Ok(Self { algorithm: secret.algorithm(), public, secret, pkcs8: Zeroizing::new(der.to_vec()) })
    }

    /// The PKCS#8 PrivateKeyInfo, unencrypted.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.pkcs8.clone()
    }

    /// Signs by another algorithm than the usual one of its kind of key: an RSA key by RSA-PSS or with a longer
    /// digest. For what the key cannot do, signing fails.
    pub fn with_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }
}

impl Signer for SoftwareKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::key("signing failed");
        match (&self.secret, self.algorithm) {
            (Secret::Rsa(key), algorithm) => sign_rsa(key, algorithm, message),
            (Secret::Ecdsa(digest, key), SignatureAlgorithm::Ecdsa(asked)) if asked == *digest => {
                key.sign(&SystemRandom::new(), message).map(|signature| signature.as_ref().to_vec()).map_err(failed)
            }
            (Secret::Ed25519(key), SignatureAlgorithm::Ed25519) => Ok(key.sign(message).as_ref().to_vec()),
            (Secret::MlDsa(made_for, key), algorithm) if *made_for == algorithm => sign_ml_dsa(key, message),
            (Secret::Sm2(key), SignatureAlgorithm::Sm2Sm3) => sign_sm2(key, message),
            (_, algorithm) => Err(cannot_sign(algorithm)),
        }
    }
}

impl Secret {
    fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Rsa(_) => SignatureAlgorithm::RsaPkcs1(Digest::Sha256),
            Self::Ecdsa(digest, _) => SignatureAlgorithm::Ecdsa(*digest),
            Self::Ed25519(_) => SignatureAlgorithm::Ed25519,
            Self::MlDsa(algorithm, _) => *algorithm,
            Self::Sm2(_) => SignatureAlgorithm::Sm2Sm3,
        }
    }

    fn spki(&self) -> Vec<u8> {
        match self {
            Self::Rsa(key) => write_spki(&oid::RSA_ENCRYPTION, &encoding::null(), key.public_key().as_ref()),
            Self::Ecdsa(digest, key) => {
                let curve = match digest {
                    Digest::Sha384 => oid::P384,
                    Digest::Sha512 => oid::P521,
                    _ => oid::P256,
                };
                write_spki(&oid::EC_PUBLIC_KEY, &encoding::oid(&curve), key.public_key().as_ref())
            }
            Self::Ed25519(key) => write_spki(&oid::ED25519, &[], key.public_key().as_ref()),
            Self::MlDsa(algorithm, key) => write_spki(&algorithm.oid(), &[], key.public_key().as_ref()),
            Self::Sm2(key) => {
                let point = key.verifying_key().to_sec1_bytes();
                write_spki(&oid::EC_PUBLIC_KEY, &encoding::oid(&oid::SM2), &point)
            }
        }
    }
}

/// ```text
/// PrivateKeyInfo ::= SEQUENCE { version INTEGER, privateKeyAlgorithm AlgorithmIdentifier, privateKey OCTET STRING, … }
/// ```
fn read_algorithm(der: &[u8]) -> Asn1Result<(Oid, Option<Oid>)> {
    let mut info = Input::new(der)?.sequence()?;
    info.integer()?;
    let mut algorithm = info.sequence()?;
    let kind = algorithm.oid()?;
    let curve = if algorithm.next_is(der::Tag::ObjectIdentifier) { Some(algorithm.oid()?) } else { None };
    Ok((kind, curve))
}

fn rejected(why: aws_lc_rs::error::KeyRejected) -> Error {
    Error::key(&why.to_string())
}

fn ecdsa(digest: Digest, algorithm: &'static EcdsaSigningAlgorithm, der: &[u8]) -> Result<Secret, Error> {
    Ok(Secret::Ecdsa(digest, EcdsaKeyPair::from_pkcs8(algorithm, der).map_err(rejected)?))
}

/// RFC 9881 §6: the seed, the expanded key, or both.
fn ml_dsa(algorithm: SignatureAlgorithm, signing: &'static PqdsaSigningAlgorithm, der: &[u8]) -> Result<Secret, Error> {
    Ok(Secret::MlDsa(algorithm, Box::new(PqdsaKeyPair::from_pkcs8(signing, der).map_err(rejected)?)))
}

fn read_sm2(der: &[u8]) -> Result<Secret, Error> {
    let secret = SecretKey::from_pkcs8_der(der).map_err(|why| Error::key(&why.to_string()))?;
    let key = SigningKey::new(SM2_ID, &secret).map_err(|why| Error::key(&why.to_string()))?;
    Ok(Secret::Sm2(Box::new(key)))
}

fn generate_rsa(size: KeySize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let failed = |_| Error::key("RSA key generation failed");
    let key = RsaKeyPair::generate(size).map_err(failed)?;
    let document: Pkcs8V1Der<'_> = key.as_der().map_err(failed)?;
    Ok(Zeroizing::new(document.as_ref().to_vec()))
}

fn generate_ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> Result<Zeroizing<Vec<u8>>, Error> {
    let document = EcdsaKeyPair::generate(algorithm).and_then(|key| key.to_pkcs8v1());
    document
        .map(|document| Zeroizing::new(document.as_ref().to_vec()))
        .map_err(|_| Error::key("ECDSA key generation failed"))
}

fn generate_ml_dsa(algorithm: &'static PqdsaSigningAlgorithm) -> Result<Zeroizing<Vec<u8>>, Error> {
    let document = PqdsaKeyPair::generate(algorithm).and_then(|key| key.to_pkcs8v1());
    document
        .map(|document| Zeroizing::new(document.as_ref().to_vec()))
        .map_err(|_| Error::key("ML-DSA key generation failed"))
}

/// Draws until the number is in [1, n-2] (GB/T 32918.1 §6.1); a draw is outside once in 2³².
fn generate_sm2(random: &mut dyn FnMut(&mut [u8])) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut drawn = Zeroizing::new([0u8; 32]);
    for _ in 0..64 {
        random(&mut *drawn);
        // `SigningKey` refuses n-1, for which 1 + d has no inverse.
        let key = SecretKey::from_slice(&*drawn).ok().filter(|key| SigningKey::new(SM2_ID, key).is_ok());
        if let Some(key) = key {
            let document = key.to_pkcs8_der().map_err(|why| Error::key(&why.to_string()))?;
            return Ok(Zeroizing::new(document.as_bytes().to_vec()));
        }
    }
    Err(Error::key("the source of randomness does not give numbers below the order of the SM2 group"))
}

fn sign_rsa(key: &RsaKeyPair, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, Error> {
    let padding: &'static dyn lc::RsaEncoding = match algorithm {
        SignatureAlgorithm::RsaPkcs1(Digest::Sha256) => &lc::RSA_PKCS1_SHA256,
        SignatureAlgorithm::RsaPkcs1(Digest::Sha384) => &lc::RSA_PKCS1_SHA384,
        SignatureAlgorithm::RsaPkcs1(Digest::Sha512) => &lc::RSA_PKCS1_SHA512,
        SignatureAlgorithm::RsaPss(Digest::Sha256) => &lc::RSA_PSS_SHA256,
        SignatureAlgorithm::RsaPss(Digest::Sha384) => &lc::RSA_PSS_SHA384,
        SignatureAlgorithm::RsaPss(Digest::Sha512) => &lc::RSA_PSS_SHA512,
        other => return Err(cannot_sign(other)),
    };
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(padding, &SystemRandom::new(), message, &mut signature).map_err(|_| Error::key("signing failed"))?;
    Ok(signature)
}

fn sign_ml_dsa(key: &PqdsaKeyPair, message: &[u8]) -> Result<Vec<u8>, Error> {
    let mut signature = vec![0; key.algorithm().signature_len()];
    key.sign(message, &mut signature).map_err(|_| Error::key("signing failed"))?;
    Ok(signature)
}

/// The nonce is derived from key and message (RFC 6979), so that no weak generator can give the key away.
fn sign_sm2(key: &SigningKey, message: &[u8]) -> Result<Vec<u8>, Error> {
    let signature: Signature = key.try_sign(message).map_err(|_| Error::key("signing failed"))?;
    let bytes = signature.to_bytes();
    let (r, s) = bytes.split_at(32);
    Ok(encoding::sequence(&[&unsigned_integer(r), &unsigned_integer(s)]))
}

fn unsigned_integer(octets: &[u8]) -> Vec<u8> {
    let octets = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
    let sign = if octets.first().is_none_or(|octet| octet & 0x80 != 0) { &[0u8][..] } else { &[] };
    encoding::tlv(der::Tag::Integer, &[sign, octets].concat())
}

fn cannot_sign(algorithm: SignatureAlgorithm) -> Error {
    Error::key(&format!("this key does not sign by {algorithm}"))
}

impl std::fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SoftwareKey({}, secret)", self.public.algorithm())
    }
}

impl KeySpec {
    /// The kind of key that this is, as certificates show it.
    pub fn key_algorithm(self) -> KeyAlgorithm {
        match self {
            Self::Rsa2048 => KeyAlgorithm::Rsa { bits: 2048 },
            Self::Rsa3072 => KeyAlgorithm::Rsa { bits: 3072 },
            Self::Rsa4096 => KeyAlgorithm::Rsa { bits: 4096 },
            Self::EcdsaP256 => KeyAlgorithm::EcdsaP256,
            Self::EcdsaP384 => KeyAlgorithm::EcdsaP384,
            Self::EcdsaP521 => KeyAlgorithm::EcdsaP521,
            Self::Ed25519 => KeyAlgorithm::Ed25519,
            Self::MlDsa44 => KeyAlgorithm::MlDsa44,
            Self::MlDsa65 => KeyAlgorithm::MlDsa65,
            Self::MlDsa87 => KeyAlgorithm::MlDsa87,
            Self::Sm2 => KeyAlgorithm::Sm2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fixed, poor generator: enough to make keys in tests.
    fn random() -> impl FnMut(&mut [u8]) {
        let mut state = 7u8;
        move |out: &mut [u8]| {
            out.iter_mut().for_each(|octet| {
                state = state.wrapping_mul(29).wrapping_add(71);
                *octet = state;
            })
        }
    }

    #[test]
    fn every_kind_of_key_comes_back_from_pkcs8_and_checks_its_own_signature() {
        for spec in KeySpec::ALL {
            let key = SoftwareKey::generate(spec, &mut random()).unwrap();
            let again = SoftwareKey::from_pkcs8_der(&key.to_pkcs8_der()).unwrap();
            assert_eq!((key.public_key(), key.public_key().algorithm()), (again.public_key(), spec.key_algorithm()));
            let signature = again.sign(b"message").unwrap();
            assert_eq!(key.public_key().verify(key.algorithm(), b"message", &signature), Ok(()));
            let refused = key.public_key().verify(key.algorithm(), b"massage", &signature);
            assert_eq!(refused, Err(Error::SignatureInvalid { algorithm: key.algorithm() }));
        }
    }

    #[test]
    fn an_rsa_key_signs_by_pss_when_asked_to() {
        for digest in [Digest::Sha256, Digest::Sha384, Digest::Sha512] {
            let key = SoftwareKey::generate(KeySpec::Rsa2048, &mut random()).unwrap();
            let key = key.with_algorithm(SignatureAlgorithm::RsaPss(digest));
            let signature = key.sign(b"message").unwrap();
            assert_eq!(key.public_key().verify(key.algorithm(), b"message", &signature), Ok(()));
        }
    }
}
