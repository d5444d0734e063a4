//! The provider's word that a session is over (OpenID Connect Back-Channel Logout 1.0).
//!
//! `openidconnect` has no logout tokens, so that the claims are checked here; signatures are its own.
//! A token that comes twice (`jti`) is let in: to end what has ended changes nothing.

use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyId};
use serde::Deserialize;
use serde_json::Value;

use super::Hall;
use super::error::Error;
use super::issuer::ALGORITHMS;
use crate::clock::{Micros, SECOND};
use crate::store::{self, Connection};

/// The member of `events` that makes a token a logout token (§2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Clocks may differ by so many seconds.
const SKEW: i64 = 60;

/// A logout token has some 500 bytes; nothing longer than this is looked at, as anybody may send one.
const LONGEST: usize = 8192;

/// What is to end.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Over {
    /// The sessions of a `sid`.
    Session(String),
    /// All of a `sub`.
    Subject(String),
}

/// Why a token could not be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unverified {
    /// It names a key that is not known; the provider may have it by now.
    UnknownKey,
    /// It does not count.
    Wrong(&'static str),
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<JsonWebKeyId>,
    typ: Option<String>,
    crit: Option<Value>,
}

impl Hall {
    /// Ends the sessions that a logout token names, after all of §2.6.
    ///
    /// # Errors
    /// [`Error::LogoutToken`] with what is wrong; [`Error::IssuerUnavailable`]; the database's.
    pub async fn backchannel_logout(&self, logout_token: &str) -> Result<(), Error> {
        let claims = self.verified_logout(logout_token).await?;
        let now = self.clock.now();
        let over = read(&claims, &self.settings.issuer, &self.settings.client_id, now.div_euclid(SECOND))
            .map_err(Error::LogoutToken)?;
        let hall = self.kind().id();
        let ended = self.store.write(move |tx| Box::pin(async move { end(tx, hall, &over, now).await })).await?;
        tracing::info!(hall, ended, "the provider ended sessions");
        Ok(())
    }

    async fn verified_logout(&self, token: &str) -> Result<Value, Error> {
        let provider = self.issuer.current().await?;
        let mut outcome = verify(token, provider.metadata.jwks());
        if outcome == Err(Unverified::UnknownKey) {
            outcome = verify(token, self.issuer.refreshed(provider).await?.metadata.jwks());
        }
        outcome.map_err(|why| match why {
            Unverified::UnknownKey => Error::LogoutToken("its key is none of the provider's"),
            Unverified::Wrong(why) => Error::LogoutToken(why),
        })
    }
}

async fn end(tx: &mut Connection, hall: &str, over: &Over, now: Micros) -> Result<u64, Error> {
    Ok(match over {
        Over::Session(sid) => store::hall::end(tx, hall, sid, now).await?,
        Over::Subject(subject) => store::hall::end_subject(tx, hall, subject, now).await?,
    })
}

/// §2.6, steps 1 to 3: the claims of a compact JWS that one of `keys` signed.
fn verify(token: &str, keys: &CoreJsonWebKeySet) -> Result<Value, Unverified> {
    let malformed = Unverified::Wrong("it is not a compact JWS of JSON");
    if token.len() > LONGEST {
        return Err(Unverified::Wrong("it is too long"));
    }
    let (input, signature) = token.rsplit_once('.').ok_or(malformed)?;
    let (header, claims) = input.split_once('.').ok_or(malformed)?;
    let decoded = |part| crate::id::from_base64url(part).ok_or(malformed);
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| malformed)?;
    check_header(&header).map_err(Unverified::Wrong)?;
    let key = keys.keys().iter().find(|key| key.key_id() == header.kid.as_ref()).ok_or(Unverified::UnknownKey)?;
    key.verify_signature(&header.alg, input.as_bytes(), &decoded(signature)?)
        .map_err(|_| Unverified::Wrong("its signature does not verify"))?;
    serde_json::from_slice(&decoded(claims)?).map_err(|_| malformed)
}

/// §2.4 advises `typ` `logout+jwt` and lets older providers go without; an ID token gives itself away by its claims.
fn check_header(header: &Header) -> Result<(), &'static str> {
    if !ALGORITHMS.contains(&header.alg) {
        return Err("its algorithm is neither ES256 nor RS256");
    }
    if header.crit.is_some() {
        return Err("it has critical header parameters");
    }
    let typ = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    match typ.strip_prefix("application/").unwrap_or(&typ) {
        "logout+jwt" | "jwt" => Ok(()),
        _ => Err("its typ is not logout+jwt"),
    }
}

/// §2.6, steps 4 to 7, at `now` (seconds).
fn read(claims: &Value, issuer: &str, client_id: &str, now: i64) -> Result<Over, &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
    let seconds = |name: &str| claims.get(name).and_then(Value::as_i64);
    if text("iss") != Some(issuer) {
        return Err("iss is not the issuer");
    }
    if !names(claims.get("aud"), client_id) {
        return Err("aud is not this hall");
    }
    if seconds("iat").is_none_or(|at| at > now + SKEW) {
        return Err("iat is missing or lies in the future");
    }
    if seconds("exp").is_none_or(|at| at + SKEW <= now) {
        return Err("exp is missing or past");
    }
    if claims.get("events").and_then(|events| events.get(EVENT)).is_none_or(|event| !event.is_object()) {
        return Err("events does not hold the logout event");
    }
    if claims.get("nonce").is_some() {
        return Err("it has a nonce, as an ID token has");
    }
    if text("jti").is_none() {
        return Err("jti is missing");
    }
    let session = text("sid").map(|sid| Over::Session(sid.to_owned()));
    let over = session.or_else(|| text("sub").map(|subject| Over::Subject(subject.to_owned())));
    over.ok_or("it has neither sid nor sub")
}

/// `aud` is a string or an array of strings (RFC 7519 §4.1.3).
fn names(audience: Option<&Value>, client_id: &str) -> bool {
    match audience {
        Some(Value::Array(list)) => list.iter().any(|one| one == client_id),
        Some(one) => one == client_id,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::halls::tests::Key;

    const ISSUER: &str = "https://localhost:8443";
    const NOW: i64 = 1_800_000_000;

    fn claims() -> Value {
        json!({"iss": ISSUER, "aud": "window", "iat": NOW, "exp": NOW + 120, "jti": "1", "sid": "s", "sub": "p",
            "events": {EVENT: {}}})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn without(name: &str) -> Value {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        claims
    }

    #[test]
    fn a_logout_token_ends_its_session_or_without_one_all_of_the_person() {
        assert_eq!(read(&claims(), ISSUER, "window", NOW), Ok(Over::Session("s".into())));
        assert_eq!(read(&without("sid"), ISSUER, "window", NOW), Ok(Over::Subject("p".into())));
        assert!(read(&with("aud", json!(["city", "window"])), ISSUER, "window", NOW).is_ok());
    }

    #[test]
    fn each_claim_that_is_missing_or_wrong_refuses_the_token() {
        let mut neither = without("sid");
        neither.as_object_mut().unwrap().remove("sub");
        for wrong in [
            with("iss", json!("https://evil")),
            with("aud", json!("city")),
            with("aud", json!(["city"])),
            with("iat", json!(NOW + SKEW + 1)),
            with("exp", json!(NOW - SKEW)),
            with("events", json!({"http://schemas.openid.net/event/other": {}})),
            with("events", json!({EVENT: true})),
            with("nonce", json!("n")),
            neither,
        ] {
            assert!(read(&wrong, ISSUER, "window", NOW).is_err(), "{wrong}");
        }
        for name in ["iss", "aud", "iat", "exp", "events", "jti"] {
            assert!(read(&without(name), ISSUER, "window", NOW).is_err(), "{name}");
        }
    }

    #[test]
    fn only_the_providers_key_and_a_fitting_header_verify() {
        let (key, other) = (Key::new("k"), Key::new("other"));
        let good = key.sign(&json!({"alg": "RS256", "kid": "k", "typ": "logout+jwt"}), &claims());
        assert_eq!(verify(&good, &key.set()), Ok(claims()));
        assert_eq!(verify(&good, &other.set()), Err(Unverified::UnknownKey));
        let forged = other.sign(&json!({"alg": "RS256", "kid": "k"}), &claims());
        for token in [
            forged.as_str(),
            &key.sign(&json!({"alg": "RS256", "kid": "k", "typ": "at+jwt"}), &claims()),
            &key.sign(&json!({"alg": "none", "kid": "k"}), &claims()),
            &key.sign(&json!({"alg": "HS256", "kid": "k"}), &claims()),
            &key.sign(&json!({"alg": "ES256", "kid": "k"}), &claims()),
            &key.sign(&json!({"alg": "RS256", "kid": "k", "crit": ["x"]}), &claims()),
            "",
            "a.b.c",
            &"a".repeat(LONGEST + 1),
        ] {
            assert!(matches!(verify(token, &key.set()), Err(Unverified::Wrong(_))), "{token}");
        }
    }
}
