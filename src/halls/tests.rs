//! The road through a hall, against a provider of thirty lines that is not ours.

use pki::key::{KeySpec, Signer as _, SoftwareKey};
use serde_json::{Value, json};

use openidconnect::core::CoreJsonWebKeySet;

use crate::id::base64url;

/// An RSA key that signs tokens.
pub(super) struct Key {
    key: SoftwareKey,
    kid: &'static str,
}

impl Key {
    pub(super) fn new(kid: &'static str) -> Self {
        Self { key: SoftwareKey::generate(KeySpec::Rsa2048, &mut crate::rng::fill).unwrap(), kid }
    }

    pub(super) fn jwks(&self) -> Value {
        let (n, e) = self.key.public_key().rsa_components().unwrap();
        json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": base64url(&n), "e": base64url(&e)}]})
    }

    pub(super) fn set(&self) -> CoreJsonWebKeySet {
        serde_json::from_value(self.jwks()).unwrap()
    }

    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let input = format!("{}.{}", part(header), part(claims));
        format!("{input}.{}", base64url(&self.key.sign(input.as_bytes()).unwrap()))
    }
}
