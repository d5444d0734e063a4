//! Compact JWE (RFC 7516) towards clients that registered a key for it: we encrypt and never decrypt.
//!
//! Primitives are aws-lc-rs'; here is what RFC 7518 puts between them: the Concat KDF (§4.6.2), AES-CBC with HMAC (§5.2.3),
//! and the order of the five parts. No kept JOSE crate does JWE over aws-lc-rs.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::cipher::{AES_128, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::{hmac, iv::FixedLength};
use pki::algorithm::{KeyAlgorithm, PublicKey};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::jwk;
use crate::id::{base64url, sha256};
use crate::rng;

/// How the content key gets to who may read (RFC 7518 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyManagement {
    /// RSAES-OAEP with SHA-256
    RsaOaep256,
    /// Diffie-Hellman with a key of the moment; its result is the content key
    EcdhEs,
    /// The same; its result wraps the content key
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// All of them, by the names of RFC 7518 §4.1.
    pub const NAMES: [&str; 3] = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW"];

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "RSA-OAEP-256" => Some(Self::RsaOaep256),
            "ECDH-ES" => Some(Self::EcdhEs),
            "ECDH-ES+A256KW" => Some(Self::EcdhEsA256Kw),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// Whether a key of a kind can do it.
    fn fits(self, key: KeyAlgorithm) -> bool {
        match self {
            Self::RsaOaep256 => matches!(key, KeyAlgorithm::Rsa { bits } if bits >= 2048),
            Self::EcdhEs | Self::EcdhEsA256Kw => key == KeyAlgorithm::EcdsaP256,
        }
    }
}

/// How the content is encrypted (RFC 7518 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentEncryption {
    /// AES-128-CBC with HMAC-SHA-256
    A128CbcHs256,
    /// AES-128-GCM
    A128Gcm,
    /// AES-256-GCM
    A256Gcm,
}

impl ContentEncryption {
    /// All of them, by the names of RFC 7518 §5.1; the first is the default of OpenID Connect Registration §2.
    pub const NAMES: [&str; 3] = ["A128CBC-HS256", "A128GCM", "A256GCM"];

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "A128CBC-HS256" => Some(Self::A128CbcHs256),
            "A128GCM" => Some(Self::A128Gcm),
            "A256GCM" => Some(Self::A256Gcm),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// Bytes of its key.
    fn key_length(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A128CbcHs256 | Self::A256Gcm => 32,
        }
    }

    /// Initialisation vector, ciphertext and tag (RFC 7516 §5.1 (14), (15)).
    fn seal(self, key: &[u8], header: &[u8], plain: &[u8]) -> Result<[Vec<u8>; 3], Unspecified> {
        match self {
            Self::A128CbcHs256 => cbc_hs256(key, rng::bytes(), header, plain),
            Self::A128Gcm | Self::A256Gcm => {
                let algorithm = if self == Self::A128Gcm { &AES_128_GCM } else { &AES_256_GCM };
                let iv = rng::bytes::<12>();
                let (key, mut text) = (LessSafeKey::new(UnboundKey::new(algorithm, key)?), plain.to_vec());
                let nonce = Nonce::assume_unique_for_key(iv);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(header), &mut text)?;
                Ok([iv.to_vec(), text, tag.as_ref().to_vec()])
            }
        }
    }
}

/// Somebody's public key to encrypt for.
#[derive(Clone, Debug)]
pub struct EncryptionKey {
    kid: Option<String>,
    key: PublicKey,
}

impl EncryptionKey {
    /// Reads a JWK that is meant for `management`, or for nothing in particular.
    fn read(value: &Value, management: KeyManagement) -> Option<Self> {
        let object = value.as_object()?;
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        let meant = text("use").is_none_or(|purpose| purpose == "enc");
        let named = text("alg").is_none_or(|name| name == management.name());
        if !meant || !named {
            return None;
        }
        let key = jwk::read_public(object).ok().filter(|key| management.fits(key.algorithm()))?;
        Some(Self { kid: text("kid").map(str::to_owned), key })
    }

    /// Whether a JWK says that it is for encryption.
    pub fn is_meant(value: &Value) -> bool {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        text("use") == Some("enc") || text("alg").is_some_and(|name| KeyManagement::NAMES.contains(&name))
    }

    /// Checks a key that is meant for encryption.
    ///
    /// # Errors
    /// That it can do none of it.
    pub fn check(value: &Value) -> Result<(), String> {
        let mut all = KeyManagement::NAMES.iter().filter_map(|name| KeyManagement::from_name(name));
        match all.any(|management| Self::read(value, management).is_some()) {
            true => Ok(()),
            false => Err(format!("the key is for encryption, and fits none of {}", KeyManagement::NAMES.join(", "))),
        }
    }

    /// The key of a set to encrypt for: the first that says it is for that, else the first that may be.
    pub fn of_set(set: &Value, management: KeyManagement) -> Option<Self> {
        let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let keys = keys.iter().take(jwk::LARGEST_SET);
        let (said, unsaid): (Vec<&Value>, Vec<&Value>) = keys.partition(|key| key.get("use").is_some());
        said.into_iter().chain(unsaid).find_map(|key| Self::read(key, management))
    }

    /// Encrypts `plain`, which is of the media type `content` (RFC 7516 §4.1.12: `JWT` for a signed one).
    ///
    /// # Errors
    /// The primitives', which cannot happen to a key that was read here.
    pub fn encrypt(
        &self,
        management: KeyManagement,
        content: ContentEncryption,
        kind: Option<&str>,
        plain: &[u8],
    ) -> Result<String, Unspecified> {
        let mut header = Map::new();
        header.insert("alg".to_owned(), json!(management.name()));
        header.insert("enc".to_owned(), json!(content.name()));
        header.extend(kind.map(|kind| ("cty".to_owned(), json!(kind))));
        header.extend(self.kid.iter().map(|kid| ("kid".to_owned(), json!(kid))));
        let (key, wrapped) = self.content_key(management, content, &mut header)?;
        let header = base64url(Value::Object(header).to_string().as_bytes());
        let [iv, text, tag] = content.seal(&key, header.as_bytes(), plain)?;
        let parts = [wrapped, iv, text, tag].map(|part| base64url(&part));
        Ok(format!("{header}.{}", parts.join(".")))
    }

    /// The content key, and how it is sent (RFC 7516 §5.1 (2) to (6)).
    fn content_key(
        &self,
        management: KeyManagement,
        content: ContentEncryption,
        header: &mut Map<String, Value>,
    ) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), Unspecified> {
        if management == KeyManagement::EcdhEs {
            return Ok((self.agree(content.name(), content.key_length(), header)?, Vec::new()));
        }
        let mut key = Zeroizing::new(vec![0; content.key_length()]);
        rng::fill(&mut key);
        let wrapped = match management {
            KeyManagement::RsaOaep256 => self.oaep(&key)?,
            _ => {
                let over = AesKek::new(&key_wrap::AES_256, &self.agree(management.name(), 32, header)?)?;
                let mut wrapped = vec![0; key.len() + 8];
                over.wrap(&key, &mut wrapped)?.to_vec()
            }
        };
        Ok((key, wrapped))
    }

    fn oaep(&self, key: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let public = PublicEncryptingKey::from_der(self.key.spki_der()).map_err(|_| Unspecified)?;
        let public = OaepPublicEncryptingKey::new(public)?;
        let mut wrapped = vec![0; public.ciphertext_size()];
        Ok(public.encrypt(&OAEP_SHA256_MGF1SHA256, key, &mut wrapped, None)?.to_vec())
    }

    /// RFC 7518 §4.6: a key of the moment, whose public half goes into the header.
    fn agree(
        &self,
        name: &str,
        length: usize,
        header: &mut Map<String, Value>,
    ) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        let own = PrivateKey::generate(&ECDH_P256)?;
        let public = own.compute_public_key()?;
        // SEC 1: 0x04, x, y.
        let (x, y) = public.as_ref().get(1..).and_then(|point| point.split_at_checked(32)).ok_or(Unspecified)?;
        let epk = json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)});
        header.insert("epk".to_owned(), epk);
        let peer = UnparsedPublicKey::new(&ECDH_P256, self.key.key_bits());
        agree(&own, peer, Unspecified, |shared| Ok(concat_kdf(shared, name, b"", b"", length)))
    }
}

/// RFC 7518 §4.6.2, NIST SP 800-56A §5.8.1: one round of SHA-256, which gives the 32 bytes that any of ours needs.
fn concat_kdf(shared: &[u8], name: &str, party_u: &[u8], party_v: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes();
    let mut input = Zeroizing::new(number(1).to_vec());
    input.extend_from_slice(shared);
    for part in [name.as_bytes(), party_u, party_v] {
        input.extend_from_slice(&number(part.len()));
        input.extend_from_slice(part);
    }
    input.extend_from_slice(&number(length * 8));
    Zeroizing::new(sha256(&input)[..length].to_vec())
}

/// RFC 7518 §5.2.2.1: the first half of the key is for HMAC, the second for AES; the tag is half of HMAC over the header,
/// the vector, the ciphertext and the header's length in bits.
fn cbc_hs256(key: &[u8], iv: [u8; 16], header: &[u8], plain: &[u8]) -> Result<[Vec<u8>; 3], Unspecified> {
    let (for_mac, for_aes) = key.split_at_checked(16).ok_or(Unspecified)?;
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, for_aes)?)?;
    let mut text = plain.to_vec();
    cipher.less_safe_encrypt(&mut text, EncryptionContext::Iv128(FixedLength::from(iv)))?;
    let bits = (header.len() as u64 * 8).to_be_bytes();
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, for_mac));
    [header, &iv, &text, &bits].iter().for_each(|part| mac.update(part));
    Ok([iv.to_vec(), text, mac.sign().as_ref()[..16].to_vec()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518 §C
    #[test]
    fn the_agreed_key_is_that_of_the_rfc() {
        let shared = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218, 128,
            106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let key = concat_kdf(&shared, "A128GCM", b"Alice", b"Bob", 16);
        assert_eq!(base64url(&key), "VqqN6vgjbSBcIijNcacQGg");
    }

    /// RFC 7518 §B.1
    #[test]
    fn the_authenticated_cbc_is_that_of_the_rfc() {
        let key: Vec<u8> = (0..32).collect();
        let iv = [0x1a, 0xf3, 0x8c, 0x2d, 0xc2, 0xb9, 0x6f, 0xfd, 0xd8, 0x66, 0x94, 0x09, 0x23, 0x41, 0xbc, 0x04];
        let plain = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience";
        let [_, text, tag] = cbc_hs256(&key, iv, b"The second principle of Auguste Kerckhoffs", plain).unwrap();
        assert_eq!(hex::encode(&text[..16]), "c80edfa32ddf39d5ef00c0b468834279");
        assert_eq!(hex::encode(tag), "652c3fa36b0a7c5b3219fab3a30bc1c4");
    }

    #[test]
    fn a_key_serves_what_it_is_for() {
        let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
        let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
        let key = |more: Value| {
            let mut key = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
            key.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
            json!({"keys": [key]})
        };
        let fits = |more| EncryptionKey::of_set(&key(more), KeyManagement::EcdhEs).is_some();
        assert!(fits(json!({})) && fits(json!({"use": "enc"})) && fits(json!({"alg": "ECDH-ES"})));
        assert!(!fits(json!({"use": "sig"})) && !fits(json!({"alg": "ES256"})) && !fits(json!({"d": "AA"})));
        assert!(EncryptionKey::of_set(&key(json!({})), KeyManagement::RsaOaep256).is_none());
    }
}
