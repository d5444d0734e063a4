//! `private_key_jwt`: a client proves who it is by a token that it signed for us, good once (RFC 7523 §2.2, §3; OpenID
//! Connect Core §9).

use serde_json::{Map, Value};

use crate::clock::{Micros, SECOND};
use crate::oidc::jose::Jws;
use crate::oidc::{Error, Provider, Result};
use crate::store::client::{AuthMethod, Client};
use crate::store::{self};

/// RFC 7523 §2.2.
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The types that a client assertion may have, where it has one: the usual, and that of the draft which renews RFC 7523.
const TYPES: [&str; 2] = ["jwt", "client-authentication+jwt"];

/// Clocks differ by so many seconds (FAPI 2.0 Security Profile §5.3.2.1 (13): 10 are to be taken).
const LEEWAY: i64 = 10;

/// An assertion may count an hour: some libraries give it that, and it is good once.
const LONGEST_LIFE: i64 = 3600;

/// As long as a `jti` may be.
const LONGEST_JTI: usize = 256;

/// Who the assertion is from, as it says: whose keys to look for.
pub(super) fn subject(kind: Option<&str>, assertion: &str) -> Result<String> {
    if kind != Some(TYPE) {
        return Err(Error::InvalidRequest(format!("client_assertion_type must be {TYPE}")));
    }
    let subject = Jws::parse(assertion).and_then(|jws| jws.unverified("sub").map(str::to_owned));
    subject.ok_or(Error::InvalidClient("the client assertion cannot be read"))
}

impl Provider {
    /// The client, if it signed the assertion for us, and it was not used before. "The authorization server MAY ensure that
    /// JWTs are not replayed by maintaining the set of used jti values" (RFC 7523 §3 (7)): we do.
    pub(super) async fn check_assertion(&self, client: Option<Client>, assertion: &str) -> Result<Client> {
        let client = client.filter(|client| client.auth_method == AuthMethod::PrivateKeyJwt);
        let client = client.ok_or(Error::InvalidClient("unknown client, or not registered with private_key_jwt"))?;
        let registered = client.security.token_endpoint_auth_signing_alg.as_deref();
        let claims = self.verify_by_client(&client, assertion, registered, &TYPES).await?;
        let claims = claims.ok_or(Error::InvalidClient("no key of the client signed the assertion"))?;
        let audiences = audiences(&self.issuer, &client);
        let now = self.clock.now();
        let (jti, expires_at) = check_claims(&claims, &client.id, &audiences, now)?;
        let hash = crate::id::digest(&format!("client assertion\n{}\n{jti}", client.id));
        let first = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::used_identifier::insert(tx, &hash, expires_at).await?) })
            })
            .await?;
        if first { Ok(client) } else { Err(Error::InvalidClient("the client assertion was used before (jti)")) }
    }
}

/// For whom an assertion may be, by one string: the issuer ("shall only accept its issuer identifier value … as a string in
/// the aud claim", FAPI 2.0 Security Profile §5.3.2.1 (10); so does the revision of RFC 7523), as the address of an endpoint is
/// what an attacker's metadata can name too. RFC 7523 §3 (3) has the token endpoint's beside it, which Authlib sends: only
/// clients that are not held to FAPI 2.0 may.
fn audiences(issuer: &str, client: &Client) -> Vec<String> {
    let token_endpoint = (!client.security.fapi).then(|| format!("{issuer}/oauth2/token"));
    [issuer.to_owned()].into_iter().chain(token_endpoint).collect()
}

/// The rules of RFC 7523 §3 for the claims. Gives `jti`, and until when it must be remembered.
fn check_claims(
    claims: &Map<String, Value>,
    client_id: &str,
    audiences: &[String],
    now: Micros,
) -> Result<(String, Micros)> {
    let refuse = |why| Err(Error::InvalidClient(why));
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let number = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| seconds as i64);
    let now = now / SECOND;
    if text("iss") != Some(client_id) || text("sub") != Some(client_id) {
        return refuse("iss and sub of the assertion must both be the client_id");
    }
    if !text("aud").is_some_and(|audience| audiences.iter().any(|known| known == audience)) {
        return refuse("aud of the assertion must be the issuer, as a string");
    }
    let Some(expires) = number("exp") else { return refuse("the assertion has no exp") };
    if expires <= now - LEEWAY {
        return refuse("the assertion has expired");
    }
    if expires > now + LONGEST_LIFE + LEEWAY {
        return refuse("the assertion counts for more than an hour");
    }
    if [number("nbf"), number("iat")].into_iter().flatten().any(|from| from > now + LEEWAY) {
        return refuse("the assertion does not count yet");
    }
    match text("jti").filter(|jti| (1..=LONGEST_JTI).contains(&jti.len())) {
        Some(jti) => Ok((jti.to_owned(), (expires + LEEWAY) * SECOND)),
        None => refuse("the assertion has no jti of 1 to 256 characters"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn judge(change: Value) -> Result<(String, Micros)> {
        let mut claims = json!({"iss": "c", "sub": "c", "aud": "https://op", "exp": NOW + 60, "iat": NOW, "jti": "1"});
        let object = claims.as_object_mut().unwrap();
        object.extend(change.as_object().cloned().unwrap());
        object.retain(|_, value| !value.is_null());
        check_claims(object, "c", &audiences("https://op", &Client::new("c")), NOW * SECOND)
    }

    #[test]
    fn a_client_that_is_held_to_fapi_names_the_issuer_alone() {
        let mut client = Client::new("c");
        assert_eq!(audiences("https://op", &client), ["https://op", "https://op/oauth2/token"]);
        client.security.fapi = true;
        assert_eq!(audiences("https://op", &client), ["https://op"]);
    }

    #[test]
    fn an_assertion_is_for_us_alone_for_a_short_time_and_has_a_name() {
        for good in [
            json!({}),
            json!({"aud": "https://op/oauth2/token"}),
            json!({"exp": NOW - 5}),
            json!({"exp": NOW + 3600, "iat": NOW + 9, "nbf": NOW + 9}),
            json!({"iat": null}),
            json!({"exp": (NOW + 60) as f64 + 0.5}),
        ] {
            assert!(judge(good.clone()).is_ok(), "{good}");
        }
        for (bad, why) in [
            (json!({"iss": "d"}), "iss and sub"),
            (json!({"sub": null}), "iss and sub"),
            (json!({"aud": "https://other"}), "aud"),
            (json!({"aud": "https://op/oauth2/par"}), "aud"),
            (json!({"aud": ["https://op"]}), "aud"),
            (json!({"aud": ["https://op", "https://op/oauth2/token"]}), "aud"),
            (json!({"aud": []}), "aud"),
            (json!({"aud": null}), "aud"),
            (json!({"exp": null}), "no exp"),
            (json!({"exp": "soon"}), "no exp"),
            (json!({"exp": NOW - 10}), "expired"),
            (json!({"exp": NOW + 3611}), "more than an hour"),
            (json!({"exp": 1e300}), "more than an hour"),
            (json!({"nbf": NOW + 11}), "not count yet"),
            (json!({"iat": NOW + 11}), "not count yet"),
            (json!({"jti": null}), "jti"),
            (json!({"jti": ""}), "jti"),
            (json!({"jti": "x".repeat(257)}), "jti"),
        ] {
            let told = judge(bad.clone()).expect_err(&bad.to_string()).to_string();
            assert!(told.contains(why), "{bad}: {told}");
        }
    }

    #[test]
    fn a_name_is_remembered_as_long_as_its_assertion_counts() {
        let (_, until) = judge(json!({"exp": NOW + 100})).unwrap();
        assert!(until > (NOW + 100 + LEEWAY - 1) * SECOND);
    }
}
