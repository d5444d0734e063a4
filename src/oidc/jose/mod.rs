//! Compact JWS (RFC 7515) and JWK (RFC 7517), a thin layer over [`Signer`]: no kept JOSE crate lets another algorithm in; and
//! JWE (RFC 7516) towards others.
//!
//! [`Algorithm`] is the table of what is taken; [`Jws`] reads a token strictly, [`Jwk`] a key. A token is checked by the
//! algorithm that its key is meant for, never by its header's alone (RFC 8725 §3.1).

mod algorithm;
mod ecdsa;
mod jwe;
mod jwk;
mod jws;

use pki::key::Signer;
use serde_json::{Value, json};

pub use algorithm::Algorithm;
pub use jwe::{ContentEncryption, EncryptionKey, KeyManagement};
pub use jwk::{Jwk, candidates, certificates, jwk, read_set};
pub use jws::Jws;

use crate::id::base64url;

/// Signs `claims` with `signer`.
///
/// # Errors
/// The signer's; or that it signs by none of our algorithms.
pub fn sign(signer: &dyn Signer, kid: &str, typ: &str, claims: &Value) -> Result<String, pki::Error> {
    let algorithm = signer.algorithm();
    let unknown = || pki::Error::UnsupportedAlgorithm { name: format!("{algorithm} in JOSE") };
    let algorithm = Algorithm::of_signature(algorithm).ok_or_else(unknown)?;
    let header = json!({"alg": algorithm.name(), "kid": kid, "typ": typ});
    let input = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
    let signature = signer.sign(input.as_bytes())?;
    let signature = match algorithm {
        Algorithm::Es256 => ecdsa::fixed_from_der(&signature).unwrap_or_default(),
        _ => signature,
    };
    Ok(format!("{input}.{}", base64url(&signature)))
}

#[cfg(test)]
mod tests {
    use pki::algorithm::{Digest, SignatureAlgorithm};
    use pki::key::{KeySpec, SoftwareKey};

    use super::*;

    fn keys() -> [SoftwareKey; 4] {
        let key = |spec| SoftwareKey::generate(spec, &mut crate::rng::fill).unwrap();
        let pss = key(KeySpec::Rsa2048).with_algorithm(SignatureAlgorithm::RsaPss(Digest::Sha256));
        [key(KeySpec::EcdsaP256), key(KeySpec::Rsa2048), pss, key(KeySpec::Ed25519)]
    }

    #[test]
    fn what_is_signed_verifies_and_what_is_changed_does_not() {
        for (key, algorithm) in keys().iter().zip(Algorithm::ALL) {
            let published = Jwk::read(&jwk(key.public_key(), algorithm, "k")).unwrap();
            for n in 0..20 {
                let token = sign(key, "k", "JWT", &json!({"n": n})).unwrap();
                let jws = Jws::parse(&token).unwrap();
                assert_eq!((jws.algorithm, jws.kid.as_deref()), (algorithm, Some("k")));
                assert_eq!(jws.verify(&published).unwrap()["n"], n);
                let changed = token.replacen('.', ".e", 1);
                assert!(Jws::parse(&changed).is_none_or(|jws| jws.verify(&published).is_none()));
            }
        }
    }

    #[test]
    fn a_key_checks_nothing_but_its_own_algorithm() {
        let keys = keys();
        for (signing, _) in keys.iter().zip(Algorithm::ALL) {
            let token = sign(signing, "k", "JWT", &json!({})).unwrap();
            for (key, algorithm) in keys.iter().zip(Algorithm::ALL) {
                let jws = Jws::parse(&token).unwrap();
                let own = std::ptr::eq(signing, key);
                let published = Jwk::read(&jwk(key.public_key(), algorithm, "k")).unwrap();
                assert_eq!(jws.verify(&published).is_some(), own, "{}", algorithm.name());
            }
        }
    }
}
