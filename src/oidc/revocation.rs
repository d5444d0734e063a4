//! Revocation by the client that a token was issued to (RFC 7009).

use super::authorize::Parameters;
use super::client::Credentials;
use super::{Error, Provider, Result};
use crate::audit::{self, Actor, Circumstance, Event};
use crate::store::client::Client;
use crate::store::{self, Connection};

impl Provider {
    /// Revokes a token: an access token alone; with a refresh token its grant, and so all tokens of that login (§2.1). A
    /// token that is unknown, over, or another client's is left as it is, and the answer is the same ("The client's purpose
    /// of the revocation request, invalidating the particular token, is already achieved", §2.2), so that nobody learns of
    /// another's tokens here.
    ///
    /// # Errors
    /// Client authentication's; [`Error::InvalidRequest`] when there is no token; the database's.
    pub async fn revoke(&self, parameters: &Parameters, credentials: &Credentials) -> Result<()> {
        let client = self.authenticate(credentials).await?;
        let token = parameters.get("token").ok_or_else(|| Error::InvalidRequest("token is missing".to_owned()))?;
        let revocation = Revocation { hash: crate::id::digest(token), client, now: self.clock.now() };
        self.store.write(move |tx| Box::pin(async move { Ok::<_, Error>(revocation.write(tx).await?) })).await
    }
}

struct Revocation {
    hash: Vec<u8>,
    client: Client,
    now: crate::clock::Micros,
}

impl Revocation {
    /// `token_type_hint` is not needed: both kinds are found by their digest.
    async fn write(self, tx: &mut Connection) -> store::Result<()> {
        let client = self.client.id.as_str();
        let by_refresh = store::grant::revoke_by_refresh_token(tx, &self.hash, client, self.now).await?;
        let (person, what) = match by_refresh {
            Some(person) => (Some(person), "refresh_token"),
            None => (store::grant::remove_access_token(tx, &self.hash, client).await?, "access_token"),
        };
        if person.is_none() && !store::client_token::remove(tx, &self.hash, client).await? {
            return Ok(());
        }
        let actor = Actor::Client(client.to_owned());
        let circumstance = Circumstance { at: self.now, actor, person: person.as_deref(), address: None };
        let event = Event::TokenRevoked { what: what.to_owned(), client: client.to_owned() };
        audit::record(tx, &circumstance, &event).await
    }
}
