//! Whom an access token concerns, and how far: asked where it is introspected, and where it is exchanged for another.

use super::{Result, claims, resource};
use crate::store::client::Client;
use crate::store::client_token::ClientToken;
use crate::store::grant::LiveToken;
use crate::store::{self, Connection};

/// An access token, as far as it decides who is told of it.
pub(super) struct Told<'t> {
    /// The client whose it is: that of the login, or one that acts for itself.
    client: &'t str,
    /// Servers that act there by exchange (RFC 8693), the latest first, space separated.
    actors: &'t str,
    scope: &'t str,
    pub(super) resources: &'t str,
    bound: bool,
}

impl<'t> Told<'t> {
    /// A person's.
    pub(super) fn of(token: &'t LiveToken) -> Self {
        let grant = &token.grant;
        let (client, scope, resources) = (grant.client_id.as_str(), grant.scope.as_str(), grant.resources.as_str());
        Self { client, actors: &token.actors, scope, resources, bound: !token.binding.is_none() }
    }

    /// A client's own.
    pub(super) fn of_client(token: &'t ClientToken) -> Self {
        let ClientToken { client_id, scope, resources, binding, .. } = token;
        Self { client: client_id, actors: "", scope, resources, bound: !binding.is_none() }
    }

    /// The client that it was issued to.
    pub(super) fn holder(&self) -> &'t str {
        self.actors.split(' ').next().filter(|actor| !actor.is_empty()).unwrap_or(self.client)
    }

    /// The part of its scope that `caller` may see; `None` when the token does not concern it. Either way the token must
    /// count.
    pub(super) async fn scope_for(&self, caller: &Client, connection: &mut Connection) -> Result<Option<String>> {
        let is_holder = self.holder() == caller.id;
        let is_meant = caller.security.resource_server && resource::is_for(self.resources, caller.resource.as_deref());
        if !is_holder && !is_meant {
            return Ok(None);
        }
        let Some(scope) = self.approved(caller, connection).await? else { return Ok(None) };
        if is_holder {
            return Ok(Some(scope));
        }
        Ok(Some(of_an_api(&caller.approved(&scope))).filter(|scope| !scope.is_empty()))
    }

    /// Of its scope what its client is approved for now; `None` when the token does not count: that client and all who act
    /// there must be enabled, and it must be bound where its holder's tokens are.
    pub(super) async fn approved(&self, caller: &Client, connection: &mut Connection) -> Result<Option<String>> {
        let mut approved = None;
        for id in self.actors.split(' ').filter(|actor| !actor.is_empty()).chain([self.client]) {
            let found = match id == caller.id {
                true => Some(caller.clone()),
                false => store::client::find(connection, id).await?,
            };
            let Some(client) = found.filter(|client| self.counts_for(client)) else { return Ok(None) };
            approved = Some(client.approved(self.scope));
        }
        Ok(approved)
    }

    fn counts_for(&self, client: &Client) -> bool {
        let bound = self.bound || client.id != self.holder() || !client.security.binds_tokens();
        client.disabled_at.is_none() && bound
    }
}

/// The scopes of resource servers in a list. Ours are meant for our own UserInfo: a token that holds no others is not
/// "intended for" anybody else (RFC 9701 §5), who must be told that it is not active, lest they serve whoever stole it.
fn of_an_api(scope: &str) -> String {
    scope.split(' ').filter(|scope| !claims::SCOPES.contains(scope)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_meant_for_no_api_by_the_scopes_of_the_provider() {
        for (scope, left) in [
            ("openid profile identity offline_access", ""),
            ("openid records:read profile tax:pay", "records:read tax:pay"),
            ("", ""),
        ] {
            assert_eq!(of_an_api(scope), left);
        }
    }
}
