//! JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2): our keys as we publish them, and others' as they give them.

use pki::algorithm::{KeyAlgorithm, PublicKey};
use serde_json::{Map, Value, json};

use super::Algorithm;
use crate::id::{base64url, from_base64url};

/// So many keys a set may hold: each algorithm's old and new, and some.
pub(super) const LARGEST_SET: usize = 20;

/// Somebody else's public key.
#[derive(Clone, Debug)]
pub struct Jwk {
    /// Its name in its set.
    pub kid: Option<String>,
    /// The one algorithm that it is meant for, where it says so.
    pub algorithm: Option<Algorithm>,
    /// The key.
    pub key: PublicKey,
}

impl Jwk {
    /// Reads a public key for signatures.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn read(value: &Value) -> Result<Self, String> {
        let read = Self::parse(value)?;
        match pki::key::weakness(&read.key) {
            Some(weakness) => Err(weakness.to_string()),
            None => Ok(read),
        }
    }

    /// The same without a search for weaknesses.
    fn parse(value: &Value) -> Result<Self, String> {
        let object = value.as_object().ok_or("a key is an object")?;
        refuse_private(object)?;
        if object.get("use").is_some_and(|purpose| purpose != "sig") {
            return Err("the key is not for signatures (use)".to_owned());
        }
        let key = public_key(object)?;
        let algorithm = match object.get("alg") {
            None => None,
            Some(name) => Some(name.as_str().and_then(Algorithm::from_name).ok_or("alg is none that is taken")?),
        };
        if algorithm.is_some_and(|algorithm| !algorithm.fits(key.algorithm())) {
            return Err("alg does not fit the key".to_owned());
        }
        let kid = object.get("kid").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { kid, algorithm, key })
    }

    /// The thumbprint (RFC 7638 §3): SHA-256 over the members that make the key, in their order and without space.
    pub fn thumbprint(&self) -> String {
        let members = members(&self.key).into_iter().map(|(name, value)| format!("\"{name}\":\"{value}\""));
        base64url(&crate::id::sha256(format!("{{{}}}", members.collect::<Vec<_>>().join(",")).as_bytes()))
    }
}

/// Reads a JWK Set. What is no signature key of ours is left out, as the set may serve others too (RFC 7517 §5).
///
/// # Errors
/// When it is no set, or far too large.
pub fn read_set(value: &Value) -> Result<Vec<Jwk>, String> {
    let keys = value.get("keys").and_then(Value::as_array).ok_or("a key set is {\"keys\": […]}")?;
    if keys.len() > LARGEST_SET {
        return Err(format!("a key set holds at most {LARGEST_SET} keys"));
    }
    Ok(keys.iter().filter_map(|key| Jwk::read(key).ok()).collect())
}

/// Those keys of a registered set that may have signed a token by this name and algorithm. Anybody can have us look for
/// them: the others are not even parsed, and none is searched for weaknesses, as all were when the set was registered.
pub fn candidates(set: &Value, kid: Option<&str>, algorithm: Algorithm) -> Vec<Jwk> {
    let text = |key: &Value, name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
    let may_be = |key: &&Value| {
        let named = kid.is_none() || text(key, "kid").is_none_or(|own| Some(own.as_str()) == kid);
        let meant = text(key, "alg").is_none_or(|name| Algorithm::from_name(&name) == Some(algorithm));
        named && meant && text(key, "kty").as_deref() == Some(algorithm.kty())
    };
    let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    keys.iter().take(LARGEST_SET).filter(may_be).filter_map(|key| Jwk::parse(key).ok()).collect()
}

/// The certificates that stand for the keys of a set: the first of each `x5c`, base64 (RFC 7517 §4.7).
pub fn certificates(set: &Value) -> impl Iterator<Item = &str> {
    let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    keys.iter().take(LARGEST_SET).filter_map(|key| key.get("x5c")?.get(0)?.as_str())
}

/// Our public key for signatures by `algorithm`.
pub fn jwk(key: &PublicKey, algorithm: Algorithm, kid: &str) -> Value {
    let own = [("use", "sig"), ("alg", algorithm.name()), ("kid", kid)];
    let own = own.map(|(name, value)| (name.to_owned(), json!(value)));
    let members = members(key).into_iter().map(|(name, value)| (name.to_owned(), Value::String(value)));
    Value::Object(members.chain(own).collect())
}

/// Reads a public key for whatever purpose.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub(super) fn read_public(object: &Map<String, Value>) -> Result<PublicKey, String> {
    refuse_private(object)?;
    public_key(object)
}

/// Whoever sends a private key has lost it (RFC 9449 §4.3 (7) for proofs; RFC 7591 §2 for registered keys).
fn refuse_private(object: &Map<String, Value>) -> Result<(), String> {
    let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    match private.iter().find(|name| object.contains_key(**name)) {
        Some(name) => Err(format!("the key is not public: it holds {name}")),
        None => Ok(()),
    }
}

fn public_key(object: &Map<String, Value>) -> Result<PublicKey, String> {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let bytes = |name: &str| {
        let read = from_base64url(text(name)).filter(|bytes| !bytes.is_empty());
        read.ok_or_else(|| format!("{name} is missing or not base64url"))
    };
    let key = match (text("kty"), text("crv")) {
        ("EC", "P-256") => PublicKey::from_p256_point(&bytes("x")?, &bytes("y")?),
        ("OKP", "Ed25519") => PublicKey::from_ed25519_octets(&bytes("x")?),
        ("RSA", _) => PublicKey::from_rsa_components(&bytes("n")?, &bytes("e")?),
        (kty, crv) => return Err(format!("kty {kty:?} crv {crv:?} is none that is taken")),
    };
    let key = key.map_err(|error| error.to_string())?;
    match key.algorithm() {
        KeyAlgorithm::Rsa { bits } if !(2048..=8192).contains(&bits) => {
            Err(format!("an RSA key of {bits} bits; 2048 to 8192 are taken"))
        }
        _ => Ok(key),
    }
}

/// The members that make the key, in the order of RFC 7638 §3.3.
fn members(key: &PublicKey) -> Vec<(&'static str, String)> {
    if let Some((modulus, exponent)) = key.rsa_components() {
        return vec![("e", base64url(&exponent)), ("kty", "RSA".to_owned()), ("n", base64url(&modulus))];
    }
    let bits = key.key_bits();
    if key.algorithm() == KeyAlgorithm::Ed25519 {
        return vec![("crv", "Ed25519".to_owned()), ("kty", "OKP".to_owned()), ("x", base64url(bits))];
    }
    // SEC 1: 0x04, x, y.
    let (x, y) = bits.get(1..).and_then(|point| point.split_at_checked(32)).unwrap_or_default();
    vec![("crv", "P-256".to_owned()), ("kty", "EC".to_owned()), ("x", base64url(x)), ("y", base64url(y))]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1
    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = Jwk::read(&json!({"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"})).unwrap();
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    /// RFC 8037 §A.2, §A.3
    #[test]
    fn an_ed25519_key_is_read_and_named() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = Jwk::read(&json!({"kty": "OKP", "crv": "Ed25519", "x": x})).unwrap();
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn of_a_registered_set_only_the_keys_that_may_have_signed_are_read() {
        let key = |kid: &str, more: Value| {
            let mut key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
            let object = key.as_object_mut().unwrap();
            object.extend(more.as_object().cloned().unwrap());
            object.insert("kid".to_owned(), json!(kid));
            object.retain(|_, value| value != "");
            key
        };
        let set = json!({"keys": [
            key("a", json!({})),
            key("b", json!({"alg": "EdDSA"})),
            key("", json!({})),
            key("d", json!({"alg": "ES256"})),
            key("e", json!({"kty": "EC"})),
        ]});
        let names = |kid, algorithm| -> Vec<_> {
            candidates(&set, kid, algorithm).into_iter().map(|key| key.kid.unwrap_or_default()).collect()
        };
        assert_eq!(names(Some("a"), Algorithm::EdDsa), ["a", ""]);
        assert_eq!(names(Some("b"), Algorithm::EdDsa), ["b", ""]);
        assert_eq!(names(Some("z"), Algorithm::EdDsa), [""]);
        assert_eq!(names(None, Algorithm::EdDsa), ["a", "b", ""]);
        assert!(names(None, Algorithm::Es256).is_empty() && names(Some("a"), Algorithm::Rs256).is_empty());
        assert!(candidates(&json!([]), None, Algorithm::EdDsa).is_empty());
    }

    #[test]
    fn a_key_that_is_private_weak_or_for_something_else_is_refused() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let ones = base64url(&[1; 32]);
        for (key, why) in [
            (json!({"kty": "OKP", "crv": "Ed25519", "x": x, "d": x}), "not public"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": x, "use": "enc"}), "not for signatures"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "ES256"}), "does not fit"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "none"}), "none that is taken"),
            (json!({"kty": "OKP", "crv": "Ed25519"}), "x is missing"),
            (json!({"kty": "OKP", "crv": "X25519", "x": x}), "none that is taken"),
            (json!({"kty": "oct", "k": x}), "not public"),
            (json!({"kty": "RSA", "n": base64url(&[0xff; 128]), "e": "AQAB"}), "1024 bits"),
            (json!({"kty": "RSA", "n": base64url(&[0xff; 256]), "e": "Aw"}), ""),
            (json!({"kty": "EC", "crv": "P-256", "x": ones, "y": ones}), ""),
            (json!([]), "object"),
        ] {
            let told = Jwk::read(&key).expect_err(&key.to_string());
            assert!(told.contains(why), "{key}: {told}");
        }
    }
}
