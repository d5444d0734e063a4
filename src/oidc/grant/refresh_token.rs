//! Refresh tokens: each is good once, and a second use revokes the whole grant (RFC 9700 §4.14.2).

use super::required;
use crate::oidc::authorize::Parameters;
use crate::oidc::token::{Secret, Tokens};
use crate::oidc::{Error, Provider, Result};
use crate::store::binding::Binding;
use crate::store::client::Client;
use crate::store::{self};

impl Provider {
    pub(super) async fn exchange_refresh_token(
        &self,
        client: &Client,
        parameters: &Parameters,
        binding: Binding,
    ) -> Result<Tokens> {
        let hash = crate::id::digest(required(parameters, "refresh_token")?);
        let token = store::grant::of_refresh_token(&mut *self.store.look_up().await?, &hash).await?;
        // Another client must not be able to use the token up, nor to have it revoked.
        let token = token.filter(|token| token.grant.client_id == client.id);
        let token = token.ok_or(Error::InvalidGrant("the refresh token is unknown"))?;
        // RFC 9449 §5: of a public client the refresh token is bound too.
        if token.binding.jkt.is_some() && token.binding.jkt != binding.jkt {
            return Err(Error::InvalidGrant("the refresh token is bound to another key than that of the proof"));
        }
        // RFC 8705 §4.
        if token.binding.x5t.is_some() && token.binding.x5t != binding.x5t {
            return Err(Error::InvalidGrant("the refresh token is bound to another certificate"));
        }
        let grant = token.grant;
        let scope = match parameters.get("scope") {
            Some(scope) => narrowed(&grant.scope, scope)?,
            None => grant.scope.clone(),
        };
        let wish = self.wish(parameters, &grant.resources, &client.approved(&scope), binding).await?;
        self.issue_tokens(client, grant, wish, Secret::RefreshToken(hash)).await
    }
}

/// RFC 6749 §6: the scope must not hold what was not granted.
fn narrowed(granted: &str, asked: &str) -> Result<String> {
    let granted: Vec<&str> = granted.split(' ').collect();
    if asked.split(' ').all(|scope| granted.contains(&scope)) {
        Ok(asked.to_owned())
    } else {
        Err(Error::InvalidScope("more than was granted"))
    }
}
