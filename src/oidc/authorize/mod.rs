//! The authorization request: one check a file or function, and the table of their order (`CHECKS`).
//!
//! Until client and redirect address are known to belong together nobody is redirected anywhere: what is wrong is shown
//! on our own page. After that, errors go back to the client (RFC 6749 §4.1.2.1).

mod answer;
mod check;
mod claims;
mod decide;
mod hint;
mod receive;

use std::collections::BTreeMap;

pub use answer::{Answer, Back};
pub use decide::Decision;
pub use receive::{Pushed, Received};

use super::{Provider, Result, client_uri};
use crate::store::attempt::{AuthorizationRequest, ResponseMode};
use crate::store::client::{AuthMethod, Client};
use crate::store::grant::ClaimsRequest;

/// The parameters that may come several times (RFC 8707 §2, RFC 8693 §2.1).
const SEVERAL: [&str; 2] = ["resource", "audience"];

/// The parameters, each at most once (RFC 6749 §3.1) but for those that name whom a token is for.
#[derive(Clone, Debug, Default)]
pub struct Parameters(BTreeMap<String, Vec<String>>);

impl Parameters {
    /// Takes the pairs of a query or form; empty values count as absent.
    ///
    /// # Errors
    /// The name that came twice.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> std::result::Result<Self, String> {
        let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let values = map.entry(name.clone()).or_default();
            values.push(value);
            if values.len() > 1 && !SEVERAL.contains(&name.as_str()) {
                return Err(name);
            }
        }
        Ok(Self(map))
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// All values of a parameter that may come several times.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

/// What is shown on our own page, because there is nowhere to redirect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unredirectable {
    /// `redirect_uri` is missing or not registered.
    BadRedirectUri(Option<String>),
    /// `request_uri` is none that the client pushed, or it is over.
    BadRequestUri,
    /// A parameter came twice.
    Duplicate(String),
    /// `client_id` is missing or unknown.
    UnknownClient(Option<String>),
}

/// An error that goes back to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// RFC 6749 §4.1.2.1 or OpenID Connect Core §3.1.2.6.
    pub code: &'static str,
    /// A sentence for its developer.
    pub description: String,
}

impl Rejection {
    /// A rejection.
    pub fn new(code: &'static str, description: impl Into<String>) -> Self {
        Self { code, description: description.into() }
    }
}

/// A check: looks at the parameters, fills the request, or rejects.
type Check = fn(&Client, &Parameters, &mut AuthorizationRequest) -> std::result::Result<(), Rejection>;

/// The checks, in their order. The first that fails is the answer.
const CHECKS: &[(&str, Check)] = &[
    ("the client is registered with this grant (RFC 6749 §4.1.2.1)", check::grant_type),
    ("response_type is code (RFC 6749 §4.1.1)", check::response_type),
    (
        "response_mode is one that is offered (OAuth 2.0 Multiple Response Types §2.1, Form Post, JARM)",
        check::response_mode,
    ),
    ("scope holds openid and nothing beyond the client's (Core §3.1.2.1)", check::scope),
    ("resource names resource servers (RFC 8707 §2)", check::resources),
    ("PKCE with S256 (RFC 7636 §4.3, RFC 9700 §2.1.1)", check::code_challenge),
    ("prompt (Core §3.1.2.1)", check::prompt),
    ("max_age (Core §3.1.2.1)", check::max_age),
    ("acr_values (Core §3.1.2.1)", check::acr_values),
    ("claims, claim by claim (Core §5.5)", claims::claims),
    ("claims_locales (Core §5.2)", claims::locales),
    ("dpop_jkt is a thumbprint (RFC 9449 §10)", check::dpop_jkt),
    ("the lengths of what is given back or kept", check::lengths),
];

impl Provider {
    /// A request as its client may make it now, after a login that may have taken long: it may have been disabled, lost
    /// an address or a scope, or been held to a higher level.
    ///
    /// # Errors
    /// The outer result: the database's. The inner one: what our own page shows.
    pub async fn hold(
        &self,
        mut request: Box<AuthorizationRequest>,
    ) -> Result<std::result::Result<(Client, Box<AuthorizationRequest>), Unredirectable>> {
        let Some(client) = self.enabled_client(&request.client_id).await? else {
            return Ok(Err(Unredirectable::UnknownClient(Some(request.client_id))));
        };
        if !is_registered(&client, &request.redirect_uri) {
            return Ok(Err(Unredirectable::BadRedirectUri(Some(request.redirect_uri))));
        }
        request.level = request.level.max(client.level);
        request.scope = client.approved(&request.scope);
        Ok(Ok((client, request)))
    }
}

/// Compared whole and as strings (RFC 9700 §2.1), but for the port of a native application.
fn is_registered(client: &Client, uri: &str) -> bool {
    let native = client.auth_method == AuthMethod::None;
    client.redirect_uris.iter().any(|known| client_uri::matches(known, uri, native))
}

/// The checks of a device's request (RFC 8628 §3.1), which comes without a browser: those that do not need one.
const DEVICE_CHECKS: &[Check] = &[check::scope, check::resources, check::acr_values];

/// Runs the checks of a device's request.
///
/// # Errors
/// The first rejection.
pub(super) fn check_device(
    client: &Client,
    parameters: &Parameters,
) -> std::result::Result<AuthorizationRequest, Rejection> {
    let mut request = empty(client, "", parameters);
    DEVICE_CHECKS.iter().try_for_each(|check| check(client, parameters, &mut request))?;
    Ok(request)
}

/// Runs the checks.
///
/// # Errors
/// The first rejection.
pub fn check(
    client: &Client,
    redirect_uri: &str,
    parameters: &Parameters,
) -> std::result::Result<AuthorizationRequest, Rejection> {
    let mut request = empty(client, redirect_uri, parameters);
    for (_, check) in CHECKS {
        check(client, parameters, &mut request)?;
    }
    Ok(request)
}

/// A request that nothing is known of but what needs no check.
fn empty(client: &Client, redirect_uri: &str, parameters: &Parameters) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        response_mode: ResponseMode::default(),
        scope: String::new(),
        resources: Vec::new(),
        state: parameters.owned("state"),
        nonce: parameters.owned("nonce"),
        code_challenge: String::new(),
        level: crate::identity::level::LOWEST,
        max_age: None,
        force_login: false,
        silent: false,
        login_hint: parameters.owned("login_hint"),
        ui_locales: parameters.owned("ui_locales"),
        pushed: None,
        dpop_jkt: None,
        subject: None,
        claims: ClaimsRequest::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Client {
        Client { redirect_uris: vec!["https://rp/cb".into()], scopes: "openid profile".into(), ..Client::new("c") }
    }

    fn code_of(changes: &[(&str, &str)]) -> std::result::Result<AuthorizationRequest, &'static str> {
        let mut pairs = BTreeMap::from([
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ]);
        pairs.extend(changes.iter().copied());
        let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        check(&client(), "https://rp/cb", &Parameters::new(pairs).unwrap()).map_err(|rejection| rejection.code)
    }

    #[test]
    fn each_rule_has_its_error_code() {
        for (change, code) in [
            (("response_type", "token"), "unsupported_response_type"),
            (("response_mode", "fragment"), "invalid_request"),
            (("scope", "profile"), "invalid_scope"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge", "short"), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("code_challenge_method", ""), "invalid_request"),
            (("prompt", "none login"), "invalid_request"),
            (("prompt", "wat"), "invalid_request"),
            (("max_age", "-1"), "invalid_request"),
            (("resource", "records"), "invalid_target"),
        ] {
            assert_eq!(code_of(&[change]).unwrap_err(), code, "{change:?}");
        }
    }

    #[test]
    fn a_client_without_the_grant_gets_no_code() {
        let mut client = client();
        client.security.grant_types = vec!["client_credentials".to_owned()];
        let refused = check(&client, "https://rp/cb", &Parameters::default()).unwrap_err();
        assert_eq!(refused.code, "unauthorized_client");
    }

    #[test]
    fn a_scope_that_the_client_is_not_approved_for_is_left_out() {
        assert_eq!(code_of(&[("scope", "openid identity profile")]).unwrap().scope, "openid profile");
    }

    #[test]
    fn the_lowest_acr_value_that_is_named_is_asked_for() {
        assert_eq!(code_of(&[("acr_values", "urn:gd:loa:5 other urn:gd:loa:4")]).unwrap().level, 4);
    }

    #[test]
    fn a_parameter_that_comes_twice_is_refused_by_name() {
        let pairs = [("state", "1"), ("state", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(Parameters::new(pairs).unwrap_err(), "state");
    }
}
