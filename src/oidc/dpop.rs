//! Proof of possession (RFC 9449): a token that is bound to a key is of no use to whoever steals the token alone.
//!
//! Every proof names a nonce of ours (§8, §9), which is an HMAC over the time in steps: nothing is kept for it, and all nodes
//! give the same. So no proof is made ahead of its time; within it, its `jti` is used up by one conditional statement (§11.1).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::client::certificate::{self, thumbprint};
use super::jose::{Algorithm, Jwk, Jws};
use super::{Error, Provider, Result};
use crate::clock::{MINUTE, Micros, SECOND};
use crate::store::binding::Binding;
use crate::store::client::Client;
use crate::store::{self};

/// A nonce is given for a step, and taken in the one after it.
const STEP: Micros = 2 * MINUTE;

/// Since the nonce says when a proof was made, `iat` only has to be near (§11.1).
const WINDOW: i64 = 300;

/// As long as a `jti` may be.
const LONGEST_JTI: usize = 256;

/// A proof as a request brings it, and what it must be about.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The `DPoP` header.
    pub jwt: String,
    /// The request's method.
    pub method: String,
    /// The request's path, under the issuer.
    pub path: String,
}

/// What a request shows beside an access token.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The proof that its key is at hand.
    pub proof: Option<Proof>,
    /// The certificates of its connection, leaf first.
    pub certificates: Arc<[Vec<u8>]>,
}

impl Provider {
    /// The nonce for the proofs of now.
    pub fn dpop_nonce(&self) -> String {
        self.nonce_of(self.clock.now() / STEP)
    }

    fn nonce_of(&self, step: i64) -> String {
        self.custody.time_token("dpop nonce", step)
    }

    /// Checks a proof of `client` (§4.3), with the access token beside it where there is one. Gives the thumbprint of its key.
    ///
    /// # Errors
    /// [`Error::InvalidDpopProof`], [`Error::UseDpopNonce`]; the database's.
    async fn check_proof(&self, client: &Client, proof: &Proof, access_token: Option<&str>) -> Result<String> {
        let now = self.clock.now();
        // Both names of an endpoint are its own; a proof counts once, at whichever.
        let urls = [&self.issuer, &self.mtls].map(|host| format!("{host}{}", proof.path));
        let (claims, jkt) = read(&proof.jwt, client.security.fapi)?;
        check_claims(&claims, &proof.method, &urls, access_token, now / SECOND)?;
        let step = now / STEP;
        let nonce = claims.get("nonce").and_then(Value::as_str);
        if !nonce.is_some_and(|nonce| [step, step - 1].iter().any(|step| self.nonce_of(*step) == nonce)) {
            return Err(Error::UseDpopNonce);
        }
        let jti = claims.get("jti").and_then(Value::as_str).unwrap_or_default();
        let hash = crate::id::digest(&format!("dpop proof\n{jkt}\n{jti}"));
        let first = self
            .store
            .write(move |tx| {
                Box::pin(
                    async move { Ok::<_, Error>(store::used_identifier::insert(tx, &hash, now + 2 * STEP).await?) },
                )
            })
            .await?;
        if first { Ok(jkt) } else { Err(wrong("it was used before (jti)")) }
    }

    /// The key that a request is bound to by its proof, if it has one; a client may be held to have one (§5.2).
    pub(super) async fn bound_to(
        &self,
        client: &Client,
        proof: Option<&Proof>,
        required: bool,
    ) -> Result<Option<String>> {
        match proof {
            Some(proof) => Ok(Some(self.check_proof(client, proof, None).await?)),
            None if required => Err(wrong("the client is registered to bind its tokens, and the request has no proof")),
            None => Ok(None),
        }
    }

    /// Whether a token of `client` is shown as it must be: with a proof of the key that it is bound to (§7.1), over a
    /// connection with its certificate (RFC 8705 §3), or as a bearer token where the client may have such.
    pub(super) async fn check_possession(
        &self,
        client: &Client,
        token: &str,
        binding: &Binding,
        shown: &Shown,
    ) -> Result<()> {
        if binding.is_none() && client.security.binds_tokens() {
            return Err(Error::InvalidToken(
                "the access token is bound to nothing, and the client's must be from now on",
            ));
        }
        if binding.x5t.is_some() && binding.x5t != certificate::shown(&shown.certificates).as_ref().map(thumbprint) {
            return Err(Error::InvalidToken(
                "the access token is bound to another certificate than that of the connection",
            ));
        }
        match (binding.jkt.as_deref(), shown.proof.as_ref()) {
            (None, None) => Ok(()),
            (Some(jkt), Some(proof)) if self.check_proof(client, proof, Some(token)).await? == jkt => Ok(()),
            (Some(_), Some(_)) => Err(Error::InvalidToken("the access token is bound to another key")),
            (Some(_), None) => {
                Err(Error::InvalidToken("the access token is bound to a key: show it with a DPoP proof"))
            }
            (None, Some(_)) => Err(Error::InvalidToken("the access token is bound to no key: show it as Bearer")),
        }
    }
}

fn wrong(why: &'static str) -> Error {
    Error::InvalidDpopProof(why)
}

/// The claims, signed by the key that the proof brings along, and that key's thumbprint.
fn read(jwt: &str, fapi: bool) -> Result<(Map<String, Value>, String)> {
    let jws = Jws::parse(jwt).ok_or(wrong("it cannot be read"))?;
    if jws.typ.as_deref() != Some("dpop+jwt") {
        return Err(wrong("its typ is not dpop+jwt"));
    }
    // FAPI 2.0 Security Profile §5.4.1 is about all JWTs.
    if fapi && jws.algorithm == Algorithm::Rs256 {
        return Err(wrong("it must be signed by PS256, ES256 or EdDSA, as the client is held to FAPI 2.0"));
    }
    let key = jws.own_key().and_then(|key| Jwk::read(key).ok()).ok_or(wrong("it has no good public key (jwk)"))?;
    let claims = jws.verify(&key).ok_or(wrong("its signature does not verify"))?;
    Ok((claims.clone(), key.thumbprint()))
}

/// §4.3 (8), (9), (11), (12), and the length of what is remembered.
fn check_claims(
    claims: &Map<String, Value>,
    method: &str,
    urls: &[String],
    access_token: Option<&str>,
    now: i64,
) -> Result<()> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let made = claims.get("iat").and_then(Value::as_f64).map(|seconds| seconds as i64);
    let hash = access_token.map(|token| crate::id::base64url(&crate::id::sha256(token.as_bytes())));
    if text("htm") != Some(method) {
        return Err(wrong("htm is not the method of the request"));
    }
    if !text("htu").is_some_and(|htu| urls.iter().any(|url| is_same(htu, url))) {
        return Err(wrong("htu is not the address of the request"));
    }
    if hash.is_some() && text("ath") != hash.as_deref() {
        return Err(wrong("ath is not the digest of the access token"));
    }
    if !made.is_some_and(|made| (now - WINDOW..=now + WINDOW).contains(&made)) {
        return Err(wrong("iat is not near now"));
    }
    match text("jti").filter(|jti| (1..=LONGEST_JTI).contains(&jti.len())) {
        Some(_) => Ok(()),
        None => Err(wrong("it has no jti of 1 to 256 characters")),
    }
}

/// §4.3 (9): "ignoring any query and fragment parts", and by the normalisation of addresses (RFC 3986 §6.2.2, §6.2.3).
fn is_same(htu: &str, url: &str) -> bool {
    let normal = |text: &str| {
        let mut url = url::Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    normal(htu).is_some_and(|htu| normal(url) == Some(htu))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn a_proof_is_about_one_request_with_one_token_and_of_now() {
        let ath = crate::id::base64url(&crate::id::sha256(b"token"));
        let good = json!({"htm": "POST", "htu": "https://op/oauth2/token", "iat": NOW, "jti": "1", "ath": ath});
        let judge = |change: Value, token: Option<&str>| {
            let mut claims = good.as_object().cloned().unwrap();
            claims.extend(change.as_object().cloned().unwrap());
            claims.retain(|_, value| !value.is_null());
            check_claims(&claims, "POST", &["https://op/oauth2/token".to_owned()], token, NOW)
        };
        for (fine, token) in [
            (json!({}), Some("token")),
            (json!({"ath": null}), None),
            (json!({"htu": "https://OP:443/oauth2/token?x=1#y"}), None),
            (json!({"iat": NOW - 300}), None),
        ] {
            assert!(judge(fine.clone(), token).is_ok(), "{fine}");
        }
        for (bad, token, why) in [
            (json!({"htm": "GET"}), None, "htm"),
            (json!({"htm": null}), None, "htm"),
            (json!({"htu": "https://op/oauth2/par"}), None, "htu"),
            (json!({"htu": "http://op/oauth2/token"}), None, "htu"),
            (json!({"htu": "nonsense"}), None, "htu"),
            (json!({"ath": null}), Some("token"), "ath"),
            (json!({}), Some("another"), "ath"),
            (json!({"iat": NOW - 301}), None, "iat"),
            (json!({"iat": NOW + 301}), None, "iat"),
            (json!({"iat": null}), None, "iat"),
            (json!({"jti": null}), None, "jti"),
            (json!({"jti": "x".repeat(300)}), None, "jti"),
        ] {
            let told = judge(bad.clone(), token).expect_err(&bad.to_string()).to_string();
            assert!(told.contains(why), "{bad}: {told}");
        }
    }

    #[test]
    fn a_proof_brings_a_public_key_and_is_of_its_type() {
        use crate::id::base64url;
        let token = |header: &Value| format!("{}.{}.AAAA", base64url(header.to_string().as_bytes()), base64url(b"{}"));
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let mut private = jwk.clone();
        private["d"] = json!("AA");
        for (header, why) in [
            (json!({"alg": "EdDSA", "jwk": jwk}), "typ"),
            (json!({"alg": "EdDSA", "typ": "JWT", "jwk": jwk}), "typ"),
            (json!({"alg": "EdDSA", "typ": "dpop+jwt"}), "jwk"),
            (json!({"alg": "EdDSA", "typ": "dpop+jwt", "jwk": private}), "jwk"),
            (json!({"alg": "EdDSA", "typ": "dpop+jwt", "jwk": jwk}), "signature"),
            (json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": jwk}), "signature"),
            (json!({"alg": "HS256", "typ": "dpop+jwt", "jwk": jwk}), "read"),
        ] {
            let told = read(&token(&header), false).expect_err(&header.to_string()).to_string();
            assert!(told.contains(why), "{header}: {told}");
        }
        let weak = token(&json!({"alg": "RS256", "typ": "dpop+jwt", "jwk": jwk}));
        assert!(read(&weak, true).is_err_and(|told| told.to_string().contains("PS256")));
    }
}
