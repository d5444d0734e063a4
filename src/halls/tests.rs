//! Deep links, and the key that tests sign tokens with. The road through a hall needs a provider that listens: it is in
//! `tests/halls.rs`.

use openidconnect::core::CoreJsonWebKeySet;
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use serde_json::{Value, json};

use super::local_path;
use crate::id::base64url;

/// An RSA key that signs tokens.
pub(crate) struct Key {
    key: SoftwareKey,
    pub(crate) kid: &'static str,
}

impl Key {
    pub(crate) fn new(kid: &'static str) -> Self {
        Self { key: SoftwareKey::generate(KeySpec::Rsa2048, &mut crate::rng::fill).unwrap(), kid }
    }

    pub(crate) fn jwks(&self) -> Value {
        let (n, e) = self.key.public_key().rsa_components().unwrap();
        json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": base64url(&n), "e": base64url(&e)}]})
    }

    pub(crate) fn set(&self) -> CoreJsonWebKeySet {
        serde_json::from_value(self.jwks()).unwrap()
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let input = format!("{}.{}", part(header), part(claims));
        format!("{input}.{}", base64url(&self.key.sign(input.as_bytes()).unwrap()))
    }
}

#[test]
fn a_deep_link_never_leads_out_of_the_hall() {
    for local in ["/", "/items/practice", "/items/practice?lang=en", "/receipts/GD1#top"] {
        assert_eq!(local_path(local), local);
    }
    for outside in
        ["", "items", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil", "/a\\b", "\\\\x"]
    {
        assert_eq!(local_path(outside), "/", "{outside:?}");
    }
}
