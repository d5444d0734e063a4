//! The checks of an authorization request, in the order of the table.

use super::{Client, Parameters, Rejection};
use crate::identity::level;
use crate::oidc::resource;
use crate::store::attempt::{AuthorizationRequest, ResponseMode};
use crate::store::client::{AuthMethod, CODE};

type Checked = Result<(), Rejection>;

/// Ten years, in seconds.
const LONGEST_AGE: i64 = 315_360_000;

/// As long as `state` and `nonce` may be.
const LONGEST: usize = 2048;

pub(super) fn grant_type(client: &Client, _: &Parameters, _: &mut AuthorizationRequest) -> Checked {
    match client.security.may_use(CODE) {
        true => Ok(()),
        false => Err(Rejection::new("unauthorized_client", "the client is not registered with authorization_code")),
    }
}

pub(super) fn response_type(_: &Client, parameters: &Parameters, _: &mut AuthorizationRequest) -> Checked {
    match parameters.get("response_type") {
        Some("code") => Ok(()),
        Some(_) => Err(Rejection::new("unsupported_response_type", "only response_type=code")),
        None => Err(Rejection::new("invalid_request", "response_type is missing")),
    }
}

/// FAPI 2.0 Message Signing §5.4.2: answers of a client that is held to it are signed.
pub(super) fn response_mode(client: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let unknown = || Rejection::new("invalid_request", "response_mode is none that is offered");
    let Some(name) = parameters.get("response_mode").or_else(|| default_mode(client)) else { return Ok(()) };
    request.response_mode = ResponseMode::from_name(name).ok_or_else(unknown)?;
    match client.security.fapi_message_signing && !request.response_mode.is_signed() {
        true => Err(Rejection::new("invalid_request", "response_mode must be one of those that are signed (jwt)")),
        false => Ok(()),
    }
}

/// Without a word a client gets what it must have.
fn default_mode(client: &Client) -> Option<&'static str> {
    client.security.fapi_message_signing.then_some("jwt")
}

/// How an error goes back, as far as it can be told of a request in which something is wrong.
pub(super) fn mode_of(client: &Client, parameters: &Parameters) -> ResponseMode {
    let name = parameters.get("response_mode").or_else(|| default_mode(client));
    let mode = name.and_then(ResponseMode::from_name).unwrap_or_default();
    if client.security.fapi_message_signing && !mode.is_signed() { ResponseMode::QueryJwt } else { mode }
}

/// What the client is not approved for is left out rather than refused (RFC 6749 §3.3); `openid` must remain.
pub(super) fn scope(client: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let approved: Vec<&str> = client.scopes.split(' ').collect();
    let mut granted: Vec<&str> = Vec::new();
    for scope in parameters.get("scope").unwrap_or_default().split(' ') {
        if approved.contains(&scope) && !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    if !granted.contains(&"openid") {
        return Err(Rejection::new("invalid_scope", "scope must hold openid"));
    }
    request.scope = granted.join(" ");
    Ok(())
}

/// Whether there are such is looked up where the database is at hand.
pub(super) fn resources(_: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    request.resources = resource::read(parameters).map_err(|why| Rejection::new("invalid_target", why))?;
    Ok(())
}

/// RFC 7636 §4.2: an S256 challenge is 43 characters of base64url. A client that the operator let off may leave it out.
pub(super) fn code_challenge(client: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let missing =
        || Rejection::new("invalid_request", "PKCE is required: code_challenge with code_challenge_method=S256");
    let without = ["code_challenge", "code_challenge_method"].iter().all(|name| parameters.get(name).is_none());
    if without && client.security.pkce_optional {
        return Ok(());
    }
    let challenge = parameters.get("code_challenge").ok_or_else(missing)?;
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(missing());
    }
    if crate::id::from_base64url(challenge).is_none_or(|digest| digest.len() != 32) {
        return Err(Rejection::new("invalid_request", "code_challenge is not an S256 challenge"));
    }
    request.code_challenge = challenge.to_owned();
    Ok(())
}

/// A public client is whoever listens on the person's machine: it gets nothing without a login of its own (RFC 8252
/// §8.6, RFC 6749 §10.2), as PKCE does not help where the thief began the request.
pub(super) fn prompt(client: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let values: Vec<&str> =
        parameters.get("prompt").unwrap_or_default().split(' ').filter(|value| !value.is_empty()).collect();
    if values.contains(&"none") && values.len() > 1 {
        return Err(Rejection::new("invalid_request", "prompt=none stands alone"));
    }
    if let Some(value) = values.iter().find(|value| !["none", "login", "consent", "select_account"].contains(value)) {
        return Err(Rejection::new("invalid_request", format!("prompt={value} is not known")));
    }
    request.silent = values.contains(&"none");
    let is_public = client.auth_method == AuthMethod::None;
    request.force_login = is_public || values.contains(&"login") || values.contains(&"select_account");
    Ok(())
}

pub(super) fn max_age(client: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let Some(text) = parameters.get("max_age") else {
        request.max_age = client.security.default_max_age;
        return Ok(());
    };
    let seconds = text.parse().ok().filter(|seconds: &i64| (0..=LONGEST_AGE).contains(seconds));
    request.max_age =
        Some(seconds.ok_or_else(|| Rejection::new("invalid_request", "max_age is not a number of seconds"))?);
    Ok(())
}

/// `acr_values` is a wish in order of preference (Core §3.1.2.1); the lowest level that it names satisfies it, but never
/// one below what the client is registered with.
pub(super) fn acr_values(client: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let wishes = match parameters.get("acr_values") {
        Some(values) => values.to_owned(),
        None => client.security.default_acr_values.join(" "),
    };
    let wishes = wishes.split(' ').filter_map(level::from_acr);
    request.level = wishes.min().unwrap_or(level::LOWEST).max(client.level);
    Ok(())
}

/// RFC 7638 with SHA-256: 43 characters of base64url.
pub(super) fn dpop_jkt(_: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let Some(jkt) = parameters.get("dpop_jkt") else {
        return Ok(());
    };
    if crate::id::from_base64url(jkt).is_none_or(|digest| digest.len() != 32) {
        return Err(Rejection::new("invalid_request", "dpop_jkt is not the SHA-256 thumbprint of a key"));
    }
    request.dpop_jkt = Some(jkt.to_owned());
    Ok(())
}

pub(super) fn lengths(_: &Client, parameters: &Parameters, _: &mut AuthorizationRequest) -> Checked {
    match ["state", "nonce", "login_hint", "ui_locales", "claims_locales"]
        .iter()
        .find(|name| parameters.get(name).is_some_and(|value| value.len() > LONGEST))
    {
        Some(name) => Err(Rejection::new("invalid_request", format!("{name} is longer than {LONGEST} characters"))),
        None => Ok(()),
    }
}
