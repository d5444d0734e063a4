//! How the answer to an authorization request goes back: in the address (`query`), as a form that the browser posts (OAuth 2.0
//! Form Post Response Mode), and in either way signed (JWT Secured Authorization Response Mode, JARM).

use serde_json::{Map, Value, json};
use url::Url;

use super::Rejection;
use crate::clock::SECOND;
use crate::oidc::{Provider, Result};
use crate::store::attempt::{AuthorizationRequest, ResponseMode};
use crate::store::client::Client;

/// JARM §2.1: "A maximum JWT lifetime of 10 minutes is RECOMMENDED."
const LIFETIME: i64 = 600;

/// A type of its own, so that nobody takes an answer for an ID token, which has the same `iss` and `aud`.
const TYPE: &str = "oauth-authz-resp+jwt";

/// What the browser does.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It goes to this address.
    Redirect(String),
    /// It posts these fields there.
    Form {
        /// The client's address.
        action: String,
        /// Name and value.
        fields: Vec<(String, String)>,
    },
}

impl Answer {
    /// Where it goes.
    pub fn address(&self) -> &str {
        match self {
            Self::Redirect(address) | Self::Form { action: address, .. } => address,
        }
    }
}

/// The way back to a client.
#[derive(Clone, Debug)]
pub struct Back {
    /// Where the answer goes: an address of the client.
    pub redirect_uri: String,
    /// Given back as it came.
    pub state: Option<String>,
    /// How.
    pub mode: ResponseMode,
}

impl Back {
    /// The way of a request.
    pub fn of(request: &AuthorizationRequest) -> Self {
        let (redirect_uri, state) = (request.redirect_uri.clone(), request.state.clone());
        Self { redirect_uri, state, mode: request.response_mode }
    }
}

impl Provider {
    /// An error for the client (RFC 6749 §4.1.2.1).
    ///
    /// # Errors
    /// When an answer is to be signed, and no key is active; the database's.
    pub async fn reject(&self, client: &Client, back: &Back, rejection: &Rejection) -> Result<Answer> {
        let error = [("error", rejection.code), ("error_description", rejection.description.as_str())];
        self.respond(client, back, &error).await
    }

    /// The answer with these parameters, `state`, and `iss` (RFC 9207; within a signed one it stands there, JARM §2.1).
    pub(in crate::oidc) async fn respond(
        &self,
        client: &Client,
        back: &Back,
        parameters: &[(&str, &str)],
    ) -> Result<Answer> {
        let state = back.state.as_deref().map(|state| ("state", state));
        let all = parameters.iter().copied().chain(state).chain([("iss", self.issuer.as_str())]);
        let plain: Vec<(String, String)> = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let fields = match back.mode.is_signed() {
            true => vec![("response".to_owned(), self.sign_response(client, plain).await?)],
            false => plain,
        };
        Ok(match back.mode.is_form() {
            true => Answer::Form { action: back.redirect_uri.clone(), fields },
            false => Answer::Redirect(with(&back.redirect_uri, &fields)),
        })
    }

    async fn sign_response(&self, client: &Client, parameters: Vec<(String, String)>) -> Result<String> {
        let mut claims: Map<String, Value> =
            parameters.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let until = self.clock.now() / SECOND + LIFETIME;
        claims.extend([("aud".to_owned(), json!(client.id)), ("exp".to_owned(), json!(until))]);
        // JARM §3: "The default, if omitted, is RS256", which FAPI 2.0 has no more.
        let default = if client.security.fapi { "PS256" } else { "RS256" };
        let algorithm = client.security.authorization_signed_response_alg.as_deref().unwrap_or(default);
        self.sign(algorithm, TYPE, Value::Object(claims)).await
    }
}

fn with(redirect_uri: &str, fields: &[(String, String)]) -> String {
    let Ok(mut url) = Url::parse(redirect_uri) else { return redirect_uri.to_owned() };
    url.query_pairs_mut().extend_pairs(fields);
    url.into()
}
