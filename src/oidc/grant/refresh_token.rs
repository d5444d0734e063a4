//! Refresh tokens: each is good once, and a second use revokes the whole grant (RFC 9700 §4.14.2).

use super::required;
use crate::oidc::authorize::Parameters;
use crate::oidc::token::Tokens;
use crate::oidc::{Error, Provider, Result};
use crate::store::client::Client;
use crate::store::grant::Redeemed;
use crate::store::{self};

impl Provider {
    pub(super) async fn exchange_refresh_token(&self, client: &Client, parameters: &Parameters) -> Result<Tokens> {
        let hash = crate::id::digest(required(parameters, "refresh_token")?);
        let owner = store::grant::client_of_refresh_token(&mut *self.store.read().await?, &hash).await?;
        // Another client must not be able to use the token up, nor to have it revoked.
        if owner.as_ref() != Some(&client.id) {
            return Err(Error::InvalidGrant("the refresh token is unknown"));
        }
        let now = self.clock.now();
        let redeemed = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::grant::redeem_refresh_token(tx, &hash, now).await?) })
            })
            .await?;
        let grant_id = match redeemed {
            Redeemed::Fresh(grant_id) => grant_id,
            Redeemed::Unknown => return Err(Error::InvalidGrant("the refresh token has expired")),
            Redeemed::Reused { grant_id } => return Err(self.revoke_reused("refresh_token", client, grant_id).await?),
        };
        let grant = store::grant::find_live(&mut *self.store.read().await?, &grant_id).await?;
        let mut grant = grant.ok_or(Error::InvalidGrant("the grant was revoked, or its session has ended"))?;
        if let Some(scope) = parameters.get("scope") {
            grant.scope = narrowed(&grant.scope, scope)?;
        }
        self.issue_tokens(client, grant).await
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
