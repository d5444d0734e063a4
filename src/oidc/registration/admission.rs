//! What the operator decides about clients that register themselves: who may (initial access tokens), whose word about
//! software counts, and which of them go into production.

use serde_json::Value;

use super::{Error, Result, invalid, keys, scope};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{DAY, Micros};
use crate::oidc::Provider;
use crate::store::client::registration::Registration;
use crate::store::client::{Client, Stage};
use crate::store::initial_access_token::InitialAccessToken;
use crate::store::{self};

/// One token registers so many clients at most …
const MOST_USES: i64 = 10_000;

/// … and counts so long at most.
const LONGEST_LIFE: Micros = 366 * DAY;

impl Provider {
    /// Makes an initial access token. Gives its secret, which is kept as a digest alone.
    ///
    /// # Errors
    /// What is wrong with its policy.
    pub async fn admit(&self, token: InitialAccessToken, circumstance: Circumstance<'static>) -> Result<String> {
        let secret = crate::id::new_secret();
        self.admit_by(&secret, token, circumstance).await?;
        Ok(secret)
    }

    /// The same with a secret that is known already; a token of that id is renewed.
    ///
    /// # Errors
    /// As [`Provider::admit`].
    pub async fn admit_by(
        &self,
        secret: &str,
        token: InitialAccessToken,
        circumstance: Circumstance<'static>,
    ) -> Result<()> {
        check_policy(&token, circumstance.at)?;
        let hash = crate::id::digest(secret);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    store::initial_access_token::put(tx, &hash, &token, circumstance.at).await?;
                    let event =
                        Event::InitialAccessTokenMade { token: token.id, by: token.maker, uses: token.uses_left };
                    audit::record(tx, &circumstance, &event).await?;
                    Ok(())
                })
            })
            .await
    }

    /// The initial access tokens, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn admissions(&self) -> Result<Vec<InitialAccessToken>> {
        Ok(store::initial_access_token::all(&mut *self.store.read().await?).await?)
    }

    /// Ends an initial access token; the clients that came by it stay. `false` when it was over.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_admission(&self, id: &str, circumstance: Circumstance<'static>) -> Result<bool> {
        let id = id.to_owned();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let ended = store::initial_access_token::revoke(tx, &id).await?;
                    if ended {
                        audit::record(tx, &circumstance, &Event::InitialAccessTokenEnded { token: id }).await?;
                    }
                    Ok(ended)
                })
            })
            .await
    }

    /// What is kept beside the record of a client that registered itself.
    ///
    /// # Errors
    /// The database's.
    pub async fn registration_of(&self, id: &str) -> Result<Option<Registration>> {
        Ok(store::client::registration::find(&mut *self.store.read().await?, id).await?)
    }

    /// Lets a client into production: by another person than the one who made the token that it came by, and as it was at
    /// `revision`.
    ///
    /// # Errors
    /// [`Error::NotApproved`], and why.
    pub async fn approve_client(
        &self,
        id: &str,
        approver: &str,
        revision: i64,
        circumstance: Circumstance<'static>,
    ) -> Result<Client> {
        let (id, by) = (id.to_owned(), approver.to_owned());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let client = super::found(tx, &id).await?;
                    if !store::client::registration::approve(tx, &id, &by, revision).await? {
                        return Err(why_not(&client));
                    }
                    audit::record(tx, &circumstance, &Event::ClientApproved { client: id.clone(), by }).await?;
                    super::found(tx, &id).await
                })
            })
            .await
    }

    /// Believes the software statements of an issuer by these keys; without keys, no longer.
    ///
    /// # Errors
    /// What is wrong with the keys; that there is no such issuer to forget.
    pub async fn believe(&self, issuer: &str, jwks: Option<Value>, circumstance: Circumstance<'static>) -> Result<()> {
        if issuer.is_empty() || issuer.len() > 512 {
            return invalid("iss", "is not 1 to 512 bytes".to_owned());
        }
        if let Some(set) = &jwks {
            keys::check_set(set).or_else(|why| invalid("jwks", why))?;
        }
        let issuer = issuer.to_owned();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    match &jwks {
                        Some(set) => store::software_issuer::put(tx, &issuer, set, circumstance.at).await?,
                        None if store::software_issuer::remove(tx, &issuer).await? => {}
                        None => return Err(Error::Unknown(issuer)),
                    }
                    let event = Event::SoftwareIssuerChanged { issuer, believed: jwks.is_some() };
                    audit::record(tx, &circumstance, &event).await?;
                    Ok(())
                })
            })
            .await
    }
}

fn check_policy(token: &InitialAccessToken, now: Micros) -> Result<()> {
    if !(1..=MOST_USES).contains(&token.uses_left) {
        return invalid("uses", format!("is not 1 to {MOST_USES}"));
    }
    if token.expires_at <= now || token.expires_at > now + LONGEST_LIFE {
        return invalid("days", "is not 1 to 366".to_owned());
    }
    if token.maker.trim().is_empty() || token.maker.len() > 128 {
        return invalid("as", "names nobody: say who you are, since another person approves".to_owned());
    }
    if !matches!(token.stage, Stage::Sandbox | Stage::Pending) {
        return invalid("stage", "is not sandbox or pending".to_owned());
    }
    if token.sector.as_ref().is_some_and(|sector| sector.is_empty() || sector.len() > 255) {
        return invalid("sector", "is not 1 to 255 bytes".to_owned());
    }
    match token.scopes.split(' ').find(|scope| !scope::is_known(scope)) {
        Some(other) => invalid("scope", format!("{other:?} is no scope")),
        None => Ok(()),
    }
}

fn why_not(client: &Client) -> Error {
    let why = match client.stage {
        Stage::Production => "it is in production already",
        Stage::Refused => "it was refused: enable it, and it waits again",
        Stage::Deleted => "it has removed itself",
        Stage::Sandbox | Stage::Pending => {
            "another person than the one who made its initial access token must approve it, by the revision that it has now"
        }
    };
    Error::NotApproved { client: client.id.clone(), why }
}
