//! How a request comes: as parameters, as an object that the client signed (RFC 9101), or as the name of one that it pushed
//! before (RFC 9126). After this it is one thing, and its client and redirect address are known to belong together.

use serde_json::{Map, Value};

use super::{Back, Parameters, Rejection, Unredirectable, check, is_registered};
use crate::clock::SECOND;
use crate::oidc::client::Credentials;
use crate::oidc::{Error, Provider, Result};
use crate::store::attempt::AuthorizationRequest;
use crate::store::client::{CODE, Client};
use crate::store::{self};

/// RFC 9126 §2.2: the names of pushed requests begin so.
const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";

/// So many seconds a pushed request waits for its browser (RFC 9126 §2.2: "a relatively short lifetime"; FAPI 2.0 Security
/// Profile §5.3.2.2 (11): less than 600). Once a login has begun with it, that has its own time.
const PUSHED_LIFETIME: i64 = 90;

/// The types that a request object may have (RFC 9101 §10.8), where it has one.
const OBJECT_TYPES: [&str; 2] = ["oauth-authz-req+jwt", "jwt"];

/// Clocks differ by so many seconds.
const LEEWAY: i64 = 10;

/// A request object may count so long.
const LONGEST_LIFE: i64 = 3600;

/// What JWT adds to a request object that is no parameter of the request (RFC 7519 §4.1).
const OF_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// A request, or why it goes back.
#[derive(Clone, Debug)]
pub struct Received {
    /// Who asks.
    pub client: Client,
    /// How the answer goes back.
    pub back: Back,
    /// The request as it was checked, or what is wrong with it.
    pub checked: std::result::Result<Box<AuthorizationRequest>, Rejection>,
}

/// What the PAR endpoint answers (RFC 9126 §2.2).
#[derive(Clone, Debug)]
pub struct Pushed {
    /// Its name, good once.
    pub request_uri: String,
    /// Seconds.
    pub expires_in: i64,
}

type Arrived = std::result::Result<Received, Unredirectable>;

impl Provider {
    /// Reads a request that a browser brings.
    ///
    /// # Errors
    /// The outer result: the database's. The inner one: what our own page shows.
    pub async fn receive(&self, parameters: &Parameters) -> Result<Arrived> {
        let Some(id) = parameters.get("client_id") else {
            return Ok(Err(Unredirectable::UnknownClient(None)));
        };
        let Some(client) = self.enabled_client(id).await? else {
            return Ok(Err(Unredirectable::UnknownClient(Some(id.to_owned()))));
        };
        if let Some(name) = parameters.get("request_uri") {
            return self.find_pushed(client, parameters, name).await;
        }
        let pushes = client.security.require_pushed_authorization_requests;
        let received = self.read(client, parameters).await?;
        Ok(received.map(|received| match pushes {
            true => received.rejected("invalid_request", "the client must push its requests first (RFC 9126 §5)"),
            false => received,
        }))
    }

    /// Takes a request that a client pushes (RFC 9126 §2.1): "The authorization server MUST … validate the request in the
    /// same way as at the authorization endpoint."
    ///
    /// # Errors
    /// Client authentication's, and what is wrong with the request; the database's.
    pub async fn push(&self, parameters: &Parameters, credentials: &Credentials) -> Result<Pushed> {
        let client = self.authenticate(credentials).await?;
        let wrong = |why: &str| Error::InvalidRequest(why.to_owned());
        if parameters.get("request_uri").is_some() {
            return Err(wrong("request_uri must not be in a pushed request (RFC 9126 §2.1)"));
        }
        if !client.security.may_use(CODE) {
            return Err(Error::UnauthorizedClient("the client is not registered with authorization_code"));
        }
        self.take_turn(&client, credentials).await?;
        let received = self.read(client, parameters).await?;
        let received = received.map_err(|_| wrong("redirect_uri is missing or not registered"))?;
        let Received { client, checked, .. } = received;
        let mut request = *checked.map_err(Error::Rejected)?;
        // RFC 9449 §10.1: a proof here stands for dpop_jkt; both must be of one key.
        let jkt = self.bound_to(&client, credentials.proof.as_ref(), false).await?;
        if jkt.is_some() && request.dpop_jkt.is_some() && jkt != request.dpop_jkt {
            return Err(Error::InvalidDpopProof("dpop_jkt is of another key than the proof"));
        }
        request.dpop_jkt = request.dpop_jkt.or(jkt);
        let secret = crate::id::new_secret();
        let (hash, now) = (crate::id::digest(&secret), self.clock.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let until = now + PUSHED_LIFETIME * SECOND;
                    Ok::<_, Error>(store::pushed_request::insert(tx, &hash, &request, until).await?)
                })
            })
            .await?;
        Ok(Pushed { request_uri: format!("{PUSHED}{secret}"), expires_in: PUSHED_LIFETIME })
    }

    /// The request of a name, which is bound to the client that pushed it, as that may make it now. All that is not in it
    /// is passed over (RFC 9101 §6.3), and it is used up when its code is issued.
    async fn find_pushed(&self, client: Client, parameters: &Parameters, name: &str) -> Result<Arrived> {
        let refused = Ok(Err(Unredirectable::BadRequestUri));
        if !name.starts_with(PUSHED) {
            return Ok(unsupported(client, parameters));
        }
        let Some(secret) = name.strip_prefix(PUSHED).filter(|_| parameters.get("request").is_none()) else {
            return refused;
        };
        let (hash, now) = (crate::id::digest(secret), self.clock.now());
        let found = store::pushed_request::find(&mut *self.store.look_up().await?, &hash, &client.id, now).await?;
        let Some(mut request) = found else { return refused };
        request.pushed = Some(hash);
        Ok(self.hold(Box::new(request)).await?.map(|(client, request)| Received {
            client,
            back: Back::of(&request),
            checked: Ok(request),
        }))
    }

    /// Reads parameters, or the object that stands for all of them.
    async fn read(&self, client: Client, outer: &Parameters) -> Result<Arrived> {
        let inner = match outer.get("request") {
            Some(object) => self.open_object(&client, object).await?,
            None if client.security.require_signed_request_object => {
                Err("the client must sign its requests (RFC 9101 §10.5)".to_owned())
            }
            None => Ok(outer.clone()),
        };
        // What is wrong with an object goes to the address beside it, if that is one of the client's.
        let parameters = inner.as_ref().unwrap_or(outer);
        let redirect_uri = match parameters.get("redirect_uri") {
            Some(uri) if is_registered(&client, uri) => uri.to_owned(),
            other => return Ok(Err(Unredirectable::BadRedirectUri(other.map(str::to_owned)))),
        };
        let checked = match &inner {
            Ok(parameters) => match self.check(&client, &redirect_uri, parameters).await? {
                Ok(request) => self.hinted(&client, parameters, request).await?.map(Box::new),
                Err(rejection) => Err(rejection),
            },
            Err(why) => Err(Rejection::new("invalid_request_object", why.clone())),
        };
        let (state, mode) = (parameters.owned("state"), check::mode_of(&client, parameters));
        Ok(Ok(Received { client, back: Back { redirect_uri, state, mode }, checked }))
    }

    async fn check(
        &self,
        client: &Client,
        redirect_uri: &str,
        parameters: &Parameters,
    ) -> Result<std::result::Result<AuthorizationRequest, Rejection>> {
        let request = match check(client, redirect_uri, parameters) {
            Ok(request) => request,
            Err(rejection) => return Ok(Err(rejection)),
        };
        Ok(self.check_resources(&request.resources, &request.scope).await?.map(|()| request))
    }

    /// The parameters in a request object, or what is wrong with it.
    async fn open_object(&self, client: &Client, object: &str) -> Result<std::result::Result<Parameters, String>> {
        let registered = client.security.request_object_signing_alg.as_deref();
        let claims = match self.verify_by_client(client, object, registered, &OBJECT_TYPES).await {
            Ok(Some(claims)) => claims,
            Ok(None) => return Ok(Err("no key of the client signed the request object".to_owned())),
            Err(Error::InvalidClient(why)) => return Ok(Err(why.to_owned())),
            Err(other) => return Err(other),
        };
        let now = self.clock.now() / SECOND;
        Ok(check_object(&claims, &client.id, &self.issuer, now).and_then(|()| parameters_of(&claims)))
    }
}

/// OpenID Connect Core §3.1.2.6: a request is not fetched from its client, which is told so where it can be.
fn unsupported(client: Client, parameters: &Parameters) -> Arrived {
    let redirect_uri = parameters.owned("redirect_uri").filter(|uri| is_registered(&client, uri));
    let redirect_uri = redirect_uri.ok_or(Unredirectable::BadRequestUri)?;
    let why = "request_uri names a request that was pushed here (RFC 9126), and no other";
    let checked = Err(Rejection::new("request_uri_not_supported", why));
    let (state, mode) = (parameters.owned("state"), check::mode_of(&client, parameters));
    Ok(Received { client, back: Back { redirect_uri, state, mode }, checked })
}

impl Received {
    fn rejected(self, code: &'static str, description: &str) -> Self {
        Self { checked: Err(Rejection::new(code, description)), ..self }
    }
}

/// The rules of RFC 9101 §4: from this client, for us, for a short time; and no token
/// of another kind, of which a client assertion is one (RFC 9101 §10.8).
fn check_object(
    claims: &Map<String, Value>,
    client_id: &str,
    issuer: &str,
    now: i64,
) -> std::result::Result<(), String> {
    let is = |name: &str, value: &str| claims.get(name).and_then(Value::as_str) == Some(value);
    let number = |name: &str| claims.get(name).and_then(Value::as_f64).map(|seconds| seconds as i64);
    let for_us = match claims.get("aud") {
        Some(Value::Array(audiences)) => audiences.iter().any(|audience| audience == issuer),
        _ => is("aud", issuer),
    };
    let expires = number("exp");
    let broken = [
        (!is("iss", client_id), "iss of the request object must be the client_id"),
        (!is("client_id", client_id), "client_id in the request object must be that of the request"),
        (is("sub", client_id), "a token with the client as its sub is no request object"),
        (!for_us, "aud of the request object must be the issuer"),
        (expires.is_none_or(|exp| exp <= now - LEEWAY), "the request object has expired, or has no exp"),
        (
            expires.is_some_and(|exp| exp > now + LONGEST_LIFE + LEEWAY),
            "the request object counts for more than an hour",
        ),
        (number("nbf").is_some_and(|nbf| nbf > now + LEEWAY), "the request object does not count yet"),
        (
            ["request", "request_uri"].iter().any(|name| claims.contains_key(*name)),
            "a request object holds neither request nor request_uri",
        ),
    ];
    match broken.iter().find(|(broken, _)| *broken) {
        Some((_, why)) => Err((*why).to_owned()),
        None => Ok(()),
    }
}

/// RFC 9101 §4: strings stand for themselves, numbers and objects are written as JSON; a parameter that may come several
/// times is an array (RFC 8707 §2).
fn parameters_of(claims: &Map<String, Value>) -> std::result::Result<Parameters, String> {
    let named = claims.iter().filter(|(name, _)| !OF_JWT.contains(&name.as_str()));
    let each = named.flat_map(|(name, value)| match value {
        Value::Array(values) if name == "resource" => values.iter().map(|value| (name, value)).collect(),
        value => vec![(name, value)],
    });
    let pairs = each.map(|(name, value)| match value {
        Value::String(text) => (name.clone(), text.clone()),
        other => (name.clone(), other.to_string()),
    });
    Parameters::new(pairs).map_err(|name| format!("{name} came twice"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn a_request_object_is_from_its_client_for_us_and_for_a_short_time() {
        let good = json!({"iss": "c", "client_id": "c", "aud": "https://op", "exp": NOW + 60});
        let judge = |change: Value| {
            let mut claims = good.as_object().cloned().unwrap();
            claims.extend(change.as_object().cloned().unwrap());
            claims.retain(|_, value| !value.is_null());
            check_object(&claims, "c", "https://op", NOW)
        };
        for fine in [json!({}), json!({"aud": ["https://op", "https://x"]}), json!({"nbf": NOW})] {
            assert_eq!(judge(fine.clone()), Ok(()), "{fine}");
        }
        for (bad, why) in [
            (json!({"iss": "d"}), "iss"),
            (json!({"client_id": null}), "client_id"),
            (json!({"sub": "c"}), "sub"),
            (json!({"aud": "https://x"}), "aud"),
            (json!({"exp": null}), "expired"),
            (json!({"exp": NOW - 10}), "expired"),
            (json!({"exp": NOW + 7200}), "hour"),
            (json!({"nbf": NOW + 60}), "not count yet"),
            (json!({"request_uri": "x"}), "neither"),
        ] {
            assert!(judge(bad.clone()).is_err_and(|told| told.contains(why)), "{bad}");
        }
    }

    #[test]
    fn the_parameters_of_an_object_are_those_that_a_form_would_hold() {
        let claims = json!({"iss": "c", "scope": "openid", "max_age": 60, "claims": {"userinfo": {}}});
        let parameters = parameters_of(claims.as_object().unwrap()).unwrap();
        assert_eq!(parameters.get("max_age"), Some("60"));
        assert_eq!(parameters.get("claims"), Some(r#"{"userinfo":{}}"#));
        assert_eq!(parameters.get("iss"), None);
        let claims = json!({"resource": ["urn:a", "urn:b"], "scope": ["openid"]});
        let parameters = parameters_of(claims.as_object().unwrap()).unwrap();
        assert_eq!((parameters.all("resource").len(), parameters.get("scope")), (2, Some(r#"["openid"]"#)));
    }
}
