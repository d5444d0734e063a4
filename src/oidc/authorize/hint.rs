//! `id_token_hint` (OpenID Connect Core §3.1.2.1): the person about whom the client asks.

use serde_json::Value;

use super::{Client, Parameters, Rejection};
use crate::oidc::{Provider, Result};
use crate::store::attempt::AuthorizationRequest;

impl Provider {
    /// The request with the person of its hint. "If the End-User identified by the ID Token is already logged in or is
    /// logged in as a result of the request …, then the Authorization Server returns a positive response; otherwise, it MUST
    /// return an error, such as login_required." An ID token that has expired is a hint still.
    ///
    /// # Errors
    /// The outer result: the database's. The inner one: that it is no ID token of ours for this client, whose `sub` we give
    /// to nobody else.
    pub(super) async fn hinted(
        &self,
        client: &Client,
        parameters: &Parameters,
        mut request: AuthorizationRequest,
    ) -> Result<std::result::Result<AuthorizationRequest, Rejection>> {
        let Some(hint) = parameters.get("id_token_hint") else { return Ok(Ok(request)) };
        let claims = self.verify(hint, "jwt").await?.unwrap_or_default();
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let subject = text("sub").filter(|_| text("aud") == Some(&client.id));
        let Some(subject) = subject else {
            return Ok(Err(Rejection::new("invalid_request", "id_token_hint is no ID token of ours for this client")));
        };
        if request.subject.as_deref().is_some_and(|known| known != subject) {
            return Ok(Err(Rejection::new("invalid_request", "id_token_hint and claims name different people")));
        }
        request.subject = Some(subject.to_owned());
        Ok(Ok(request))
    }
}
