//! Compact JWS (RFC 7515) and JWK (RFC 7517), a thin layer over [`Signer`]: no kept JOSE crate lets another algorithm in.

use pki::algorithm::{Digest, KeyAlgorithm, PublicKey, SignatureAlgorithm};
use pki::key::Signer;
use serde_json::{Value, json};

use crate::id::{base64url, from_base64url};

/// Bytes of one coordinate or scalar on P-256.
const P256: usize = 32;

/// Signs `claims` with `signer`.
///
/// # Errors
/// The signer's.
pub fn sign(signer: &dyn Signer, kid: &str, typ: &str, claims: &Value) -> Result<String, pki::Error> {
    let header = json!({"alg": algorithm_name(signer.public_key().algorithm()), "kid": kid, "typ": typ});
    let input = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
    let signature = signer.sign(input.as_bytes())?;
    let signature = match signer.algorithm() {
        SignatureAlgorithm::Ecdsa(_) => fixed_from_der(&signature).unwrap_or_default(),
        _ => signature,
    };
    Ok(format!("{input}.{}", base64url(&signature)))
}

/// The `kid` of a token that is to be verified, whatever else it is.
pub fn kid(token: &str) -> Option<String> {
    let header: Value = serde_json::from_slice(&from_base64url(token.split('.').next()?)?).ok()?;
    Some(header.get("kid")?.as_str()?.to_owned())
}

/// The claims of a token that `key` signed.
pub fn verify(token: &str, key: &PublicKey) -> Option<Value> {
    let (input, signature) = token.rsplit_once('.')?;
    let (header, claims) = input.split_once('.')?;
    let header: Value = serde_json::from_slice(&from_base64url(header)?).ok()?;
    if header.get("alg")?.as_str()? != algorithm_name(key.algorithm()) {
        return None;
    }
    let signature = from_base64url(signature)?;
    let (algorithm, signature) = match key.algorithm() {
        KeyAlgorithm::EcdsaP256 => (SignatureAlgorithm::Ecdsa(Digest::Sha256), der_from_fixed(&signature)?),
        _ => (SignatureAlgorithm::RsaPkcs1(Digest::Sha256), signature),
    };
    key.verify(algorithm, input.as_bytes(), &signature).ok()?;
    serde_json::from_slice(&from_base64url(claims)?).ok()
}

/// The public key as JWK for signatures.
pub fn jwk(key: &PublicKey, kid: &str) -> Value {
    let alg = algorithm_name(key.algorithm());
    match key.rsa_components() {
        Some((modulus, exponent)) => {
            json!({"kty": "RSA", "use": "sig", "alg": alg, "kid": kid, "n": base64url(&modulus), "e": base64url(&exponent)})
        }
        None => {
            // SEC 1: 0x04, x, y.
            let point = key.key_bits();
            let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(P256).unwrap_or_default();
            json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": alg, "kid": kid, "x": base64url(x), "y": base64url(y)})
        }
    }
}

fn algorithm_name(key: KeyAlgorithm) -> &'static str {
    match key {
        KeyAlgorithm::EcdsaP256 => "ES256",
        _ => "RS256",
    }
}

/// r ‖ s (RFC 7518 §3.4) from SEQUENCE { r INTEGER, s INTEGER }.
fn fixed_from_der(der: &[u8]) -> Option<Vec<u8>> {
    let [0x30, length, body @ ..] = der else { return None };
    if usize::from(*length) != body.len() {
        return None;
    }
    let (r, rest) = integer(body)?;
    let (s, rest) = integer(rest)?;
    rest.is_empty().then(|| [r, s].concat())
}

fn integer(input: &[u8]) -> Option<([u8; P256], &[u8])> {
    let [0x02, length, rest @ ..] = input else { return None };
    let (content, rest) = rest.split_at_checked(usize::from(*length))?;
    let significant = &content[content.iter().take_while(|octet| **octet == 0).count()..];
    let mut scalar = [0; P256];
    scalar.get_mut(P256.checked_sub(significant.len())?..)?.copy_from_slice(significant);
    Some((scalar, rest))
}

fn der_from_fixed(fixed: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = fixed.split_at_checked(P256).filter(|(_, s)| s.len() == P256)?;
    let body = [der_integer(r), der_integer(s)].concat();
    Some([&[0x30, u8::try_from(body.len()).ok()?], body.as_slice()].concat())
}

fn der_integer(scalar: &[u8]) -> Vec<u8> {
    let zeros = scalar.iter().take_while(|octet| **octet == 0).count().min(P256 - 1);
    let significant = &scalar[zeros..];
    let sign = if significant[0] & 0x80 == 0 { &[][..] } else { &[0][..] };
    let length = u8::try_from(sign.len() + significant.len()).expect("at most 33 octets");
    [&[0x02, length], sign, significant].concat()
}

#[cfg(test)]
mod tests {
    use pki::key::{KeySpec, SoftwareKey};

    use super::*;

    #[test]
    fn what_is_signed_verifies_and_what_is_changed_does_not() {
        for spec in [KeySpec::EcdsaP256, KeySpec::Rsa2048] {
            let key = SoftwareKey::generate(spec, &mut crate::rng::fill).unwrap();
            for n in 0..20 {
                let token = sign(&key, "k", "JWT", &json!({"n": n})).unwrap();
                assert_eq!(verify(&token, key.public_key()).unwrap()["n"], n);
                assert!(verify(&token.replace('.', ".e"), key.public_key()).is_none());
            }
        }
    }

    #[test]
    fn the_algorithm_of_the_header_is_not_believed() {
        let key = SoftwareKey::generate(KeySpec::EcdsaP256, &mut crate::rng::fill).unwrap();
        let token = sign(&key, "k", "JWT", &json!({})).unwrap();
        let (_, rest) = token.split_once('.').unwrap();
        let none = format!("{}.{rest}", base64url(br#"{"alg":"none","kid":"k"}"#));
        assert!(verify(&none, key.public_key()).is_none());
    }

    #[test]
    fn short_scalars_are_padded() {
        let der = [0x30, 6, 2, 1, 1, 2, 1, 2];
        let fixed = fixed_from_der(&der).unwrap();
        assert_eq!((fixed.len(), fixed[31], fixed[63]), (64, 1, 2));
        assert_eq!(der_from_fixed(&fixed).unwrap(), der);
    }
}
