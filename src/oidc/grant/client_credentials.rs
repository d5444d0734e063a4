//! A client acts for itself (RFC 6749 §4.4): an opaque token with scopes of resource servers, and nothing of any person.

use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::SECOND;
use crate::oidc::authorize::Parameters;
use crate::oidc::token::{Tokens, Wish};
use crate::oidc::{Error, Provider, Result, claims, resource};
use crate::store::binding::Binding;
use crate::store::client::{AuthMethod, Client};
use crate::store::client_token::ClientToken;
use crate::store::{self};

impl Provider {
    /// "The client credentials grant type MUST only be used by confidential clients"; no refresh token is given (§4.4.3).
    pub(super) async fn issue_client_token(
        &self,
        client: &Client,
        parameters: &Parameters,
        binding: Binding,
        address: &str,
    ) -> Result<Tokens> {
        if client.auth_method == AuthMethod::None {
            return Err(Error::UnauthorizedClient("a public client cannot act for itself"));
        }
        let asked = granted(client, parameters.get("scope"))?;
        let wish = self.wish(parameters, "", &asked, binding).await?;
        let until = self.clock.now() + self.settings.access_token_lifetime * SECOND;
        let access_token = self.new_access_token(client, None, &wish, until).await?;
        let Wish { scope, targets, binding, .. } = wish;
        let (hash, expires_in) = (crate::id::digest(&access_token), self.settings.access_token_lifetime);
        let (now, address) = (self.clock.now(), address.to_owned());
        let expires_at = now + expires_in * SECOND;
        let row = ClientToken {
            client_id: client.id.clone(),
            scope: scope.clone(),
            resources: resource::joined(&targets),
            expires_at,
            binding: binding.clone(),
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if !store::client_token::insert(tx, &hash, &row).await? {
                        return Err(Error::InvalidClient("the client is disabled"));
                    }
                    let actor = Actor::Client(row.client_id.clone());
                    let circumstance = Circumstance { at: now, actor, person: None, address: Some(&address) };
                    let event = Event::ClientTokenIssued { client: row.client_id, scope: row.scope };
                    Ok(audit::record(tx, &circumstance, &event).await?)
                })
            })
            .await?;
        Ok(Tokens {
            access_token,
            expires_in,
            refresh_token: None,
            id_token: None,
            scope,
            jkt: binding.jkt,
            issued_token_type: None,
        })
    }
}

/// The scopes asked for, all of them the client's; without a word, all that it has (§3.3). What a person's login opens is
/// opened by that alone.
fn granted(client: &Client, asked: Option<&str>) -> Result<String> {
    let own: Vec<&str> = client.scopes.split(' ').filter(|scope| is_for_machines(scope)).collect();
    let Some(asked) = asked else { return Ok(own.join(" ")) };
    let mut granted: Vec<&str> = Vec::new();
    for scope in asked.split(' ') {
        if !own.contains(&scope) {
            return Err(Error::InvalidScope("not all of it is registered for the client to act for itself with"));
        }
        if !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    Ok(granted.join(" "))
}

fn is_for_machines(scope: &str) -> bool {
    !scope.is_empty() && !claims::SCOPES.contains(&scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_of_its_scopes_those_that_need_no_person() {
        let client = Client { scopes: "openid profile records:read records:write".into(), ..Client::new("c") };
        let granted = |asked| granted(&client, asked).ok();
        assert_eq!(granted(None).as_deref(), Some("records:read records:write"));
        assert_eq!(granted(Some("records:write records:write")).as_deref(), Some("records:write"));
        for refused in ["openid", "profile", "records:delete", "records:read openid", "records:read  records:write"] {
            assert_eq!(granted(Some(refused)), None, "{refused}");
        }
    }

    #[test]
    fn a_client_without_scopes_gets_none() {
        let client = Client { scopes: String::new(), ..Client::new("c") };
        assert_eq!(granted(&client, None).ok().as_deref(), Some(""));
    }
}
