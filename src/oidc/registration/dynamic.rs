//! Clients that register themselves (RFC 7591 §3), with a token that the operator made for it. Nobody else can: there is
//! no open registration.

use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::metadata::described;
use super::{Error, Result, check, invalid, sector};
use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::{Micros, SECOND};
use crate::oidc::Provider;
use crate::store::client::registration::Registration;
use crate::store::client::{AuthMethod, Client, Security, Stage};
use crate::store::initial_access_token::InitialAccessToken;
use crate::store::{self};

/// One registration or change comes by a token so often …
const TURN: Micros = SECOND;

/// … and those of so long at once: a test suite registers a client a test.
const SAVED: Micros = 120 * TURN;

/// A client as it registered itself.
#[derive(Clone, Debug)]
pub struct Registered {
    pub(super) client: Client,
    pub(super) registration: Registration,
    pub(super) secret: Option<String>,
    /// The registration access token, which is kept as a digest alone.
    pub(super) token: String,
}

impl Registered {
    /// The answer of RFC 7591 §3.2.1 and RFC 7592 §3: everything that is registered, the defaults too.
    pub fn to_json(&self, issuer: &str) -> Value {
        let mut object = described(&self.client);
        object.retain(|name, value| !value.is_null() && name != "disabled");
        object.extend(self.registration.about.clone());
        if self.client.auth_method == AuthMethod::Secret {
            object.insert("token_endpoint_auth_method".to_owned(), json!("client_secret_basic"));
        }
        if let Some(secret) = &self.secret {
            object.insert("client_secret".to_owned(), json!(secret));
            // "0 if it will not expire"
            object.insert("client_secret_expires_at".to_owned(), json!(0));
        }
        let id = &self.client.id;
        object.insert("client_id_issued_at".to_owned(), json!(self.registration.created_at / SECOND));
        object.insert("registration_access_token".to_owned(), json!(self.token));
        object.insert("registration_client_uri".to_owned(), json!(format!("{issuer}/oauth2/register/{id}")));
        Value::Object(object)
    }
}

impl Provider {
    /// Registers a client by an initial access token.
    ///
    /// # Errors
    /// [`Error::Token`]; what is wrong with the fields, and then the token is as good as before.
    pub async fn register_itself(
        &self,
        token: &str,
        metadata: Map<String, Value>,
        address: &str,
    ) -> Result<Registered> {
        let now = self.clock.now();
        let found =
            store::initial_access_token::find(&mut *self.store.read().await?, &crate::id::digest(token), now).await?;
        let policy = found.ok_or(Error::Token)?;
        self.take_registration_turn(&policy.id).await?;
        let id = crate::id::new_id();
        let (client, about) = self.drawn_up(begun(&id, &policy), &policy, metadata).await?;
        let secret = client.auth_method.has_secret().then(crate::id::new_secret);
        let token = crate::id::new_secret();
        let client = Client {
            secret_hash: secret.as_deref().map(crate::id::digest).unwrap_or_default(),
            stage: policy.stage,
            disabled_at: (policy.stage == Stage::Pending).then_some(now),
            ..client
        };
        let registration = Registration {
            client_id: id,
            hash: crate::id::digest(&token),
            token_id: policy.id,
            about,
            revision: 1,
            created_at: now,
        };
        let (address, rows) = (address.to_owned(), (client.clone(), registration.clone()));
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let (client, registration) = rows;
                    if !store::initial_access_token::use_once(tx, &registration.token_id, now).await? {
                        return Err(Error::Token);
                    }
                    store::client::insert(tx, &client, now).await?;
                    store::client::registration::insert(tx, &registration).await?;
                    let stage = client.stage.name().to_owned();
                    let event =
                        Event::ClientRegisteredItself { client: client.id, token: registration.token_id, stage };
                    audit::record(tx, &by_client(&registration.client_id, now, &address), &event).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(Registered { client, registration, secret, token })
    }

    /// The record of `before` as a client asks for it within the policy of its token, checked; and what is kept beside it.
    pub(super) async fn drawn_up(
        &self,
        before: Client,
        policy: &InitialAccessToken,
        metadata: Map<String, Value>,
    ) -> Result<(Client, Map<String, Value>)> {
        let statement = metadata.get("software_statement").cloned().filter(|statement| !statement.is_null());
        let metadata = self.stated(metadata).await?;
        let Asked { change, mut about, sector_identifier_uri } = Asked::read(&metadata)?;
        about.extend(statement.map(|statement| ("software_statement".to_owned(), statement)));
        let security =
            before.security.with(&change.security).or_else(|error| invalid("grant_types", error.to_string()))?;
        let scopes = match change.scopes {
            Some(scopes) => within(&policy.scopes, &scopes)?,
            None if security.signs_people_in() => policy.scopes.clone(),
            None => policy.scopes.split(' ').filter(|scope| scope.contains(':')).collect::<Vec<_>>().join(" "),
        };
        let mut client = Client {
            names: change.names.unwrap_or_default(),
            redirect_uris: change.redirect_uris.unwrap_or_default(),
            post_logout_redirect_uris: change.post_logout_redirect_uris.unwrap_or_default(),
            backchannel_logout_uri: change.backchannel_logout_uri.filter(|uri| !uri.is_empty()),
            scopes,
            id_token_alg: change.id_token_alg.unwrap_or_default(),
            auth_method: change.auth_method.unwrap_or(AuthMethod::Secret),
            security,
            ..before
        };
        client.security.pkce_optional &= client.auth_method != AuthMethod::None;
        // Before anything is fetched: an address that is wrong is no reason to ask another machine.
        check(&client)?;
        let listed_at = sector_identifier_uri.as_deref();
        let own = sector::sector(&self.fetch, &client.id, &client.redirect_uris, &client.security, listed_at).await?;
        client.sector = policy.sector.clone().unwrap_or(own);
        Ok((client, about))
    }

    /// Registering costs a row and may cost a request to somewhere else.
    pub(super) async fn take_registration_turn(&self, whose: &str) -> Result<()> {
        let (subject, now) = (format!("registration {whose}"), self.clock.now());
        let taken = self
            .store
            .write(move |tx| {
                Box::pin(
                    async move { Ok::<_, Error>(store::throttle::take_turn(tx, &subject, now, TURN, SAVED).await?) },
                )
            })
            .await?;
        if taken { Ok(()) } else { Err(Error::TooMany) }
    }
}

/// A client as its token lets it begin.
fn begun(id: &str, policy: &InitialAccessToken) -> Client {
    let security = Security { pkce_optional: policy.pkce_optional, ..Security::default() };
    Client { security, ..Client::new(id) }
}

pub(super) fn by_client<'a>(id: &str, at: Micros, address: &'a str) -> Circumstance<'a> {
    let address = Some(address).filter(|address| !address.is_empty());
    Circumstance { at, actor: Actor::Client(id.to_owned()), person: None, address }
}

/// The scopes asked for, if the token lets its clients have all of them.
fn within(allowed: &str, asked: &str) -> Result<String> {
    let allowed: Vec<&str> = allowed.split(' ').collect();
    let mut scopes: Vec<&str> = Vec::new();
    for scope in asked.split(' ').filter(|scope| !scope.is_empty()) {
        if !allowed.contains(&scope) {
            return invalid("scope", format!("{scope:?} is none that the token is for: {}", allowed.join(", ")));
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_no_scope_that_its_token_is_not_for() {
        assert_eq!(within("openid profile", "openid openid").unwrap(), "openid");
        assert!(within("openid profile", "openid identity").is_err());
    }
}
