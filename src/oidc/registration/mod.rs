//! Registering clients: what a record may hold, and its changes, each written with its event in one transaction.
//!
//! The names of the fields are those of RFC 7591 §2 and OpenID Connect Registration §2. The operator of the machine registers
//! (`pearlbridge client`), and clients themselves (`dynamic`, `manage`) with a token of the operator's (`admission`); their
//! fields are read (`asked`), and what all records must hold to is one road (`check`). Clients are read from the store at each request, so that a
//! change counts at the next one, whichever process made it.

mod admission;
mod asked;
mod check;
mod dynamic;
mod encryption;
mod fapi;
mod keys;
mod manage;
mod metadata;
mod scope;
mod sector;
mod statement;
mod tls;

pub use dynamic::Registered;
pub use metadata::{described, in_every_language};

use check::check;
use metadata::changed;

use super::Provider;
use crate::audit::{self, Circumstance, Event};
use crate::store::client::{AuthMethod, Change, Client};
use crate::store::{self, Connection};

/// Why a client was not registered or changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is one of this id.
    #[error("there is a client {0} already")]
    Exists(String),
    /// The operator has disabled it.
    #[error("the client is disabled")]
    Forbidden,
    /// A field does not hold what it may.
    #[error("{field}: {why}")]
    Invalid {
        /// Its name.
        field: &'static str,
        /// What is wrong.
        why: String,
    },
    /// It authenticates in another way.
    #[error("{0} has no secret: it authenticates with its key, or is a public client")]
    NoSecret(String),
    /// It is not let into production.
    #[error("{client}: {why}")]
    NotApproved {
        /// Which.
        client: String,
        /// Why.
        why: &'static str,
    },
    /// A public client does not become another kind.
    #[error("{0} is, or would become, a public client: register another client for a server")]
    Public(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A software statement is not believed (RFC 7591 §3.2.2).
    #[error("software_statement: {why}")]
    Statement {
        /// Its code on the wire.
        code: &'static str,
        /// Why.
        why: &'static str,
    },
    /// There is no such token, or it is over.
    #[error("the token is unknown, used up or over")]
    Token,
    /// Too much at once.
    #[error("too many registrations by one token: wait a minute")]
    TooMany,
    /// There is none.
    #[error("no client {0}")]
    Unknown(String),
}

/// The result of this file's functions.
pub type Result<T> = std::result::Result<T, Error>;

impl Provider {
    /// Every client, by id.
    ///
    /// # Errors
    /// The database's.
    pub async fn clients(&self) -> Result<Vec<Client>> {
        Ok(store::client::all(&mut *self.store.read().await?).await?)
    }

    /// Registers `client`. Gives its secret, which is kept as a digest alone, if it authenticates with one.
    ///
    /// # Errors
    /// What is wrong with it, or that there is one of its id.
    pub async fn register(&self, client: Client, circumstance: Circumstance<'static>) -> Result<Option<String>> {
        check(&client)?;
        self.check_name(client.resource.as_deref())?;
        let secret = client.auth_method.has_secret().then(crate::id::new_secret);
        let secret_hash = secret.as_deref().map(crate::id::digest).unwrap_or_default();
        let client = Client { secret_hash, ..client };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    alone_by_its_name(tx, &client.id, client.resource.as_deref()).await?;
                    tls::check_authority(tx, &client).await?;
                    match store::client::insert(tx, &client, circumstance.at).await {
                        Err(error) if error.is_conflict() => return Err(Error::Exists(client.id)),
                        inserted => inserted?,
                    }
                    audit::record(tx, &circumstance, &Event::ClientRegistered { client: client.id }).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(secret)
    }

    /// Changes a client. Gives it as it is then. Tokens that are bound to no key are over for good where they must be from now
    /// on; what was under way meanwhile is noticed where it is shown.
    ///
    /// # Errors
    /// What would be wrong with it; then nothing is changed.
    pub async fn change_client(&self, id: &str, change: Change, circumstance: Circumstance<'static>) -> Result<Client> {
        self.check_name(change.resource.as_deref())?;
        let id = id.to_owned();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let before = found(tx, &id).await?;
                    store::client::registration::note_change(tx, &id).await?;
                    alone_by_its_name(tx, &id, change.resource.as_deref()).await?;
                    store::client::change(tx, &id, &change).await?;
                    let client = found(tx, &id).await?;
                    if (before.auth_method == AuthMethod::None) != (client.auth_method == AuthMethod::None) {
                        return Err(Error::Public(id));
                    }
                    store::client::forget_secret(tx, &id).await?;
                    // Looked at as it stands in the transaction, which an error undoes.
                    check(&client)?;
                    tls::check_authority(tx, &client).await?;
                    end_unbound(tx, &before, &client).await?;
                    let fields = changed(&change).map(str::to_owned).collect();
                    audit::record(tx, &circumstance, &Event::ClientChanged { client: id, fields }).await?;
                    Ok(client)
                })
            })
            .await
    }

    /// UserInfo is a resource by its address: no server is called the same, lest a token for one counts at the other.
    fn check_name(&self, resource: Option<&str>) -> Result<()> {
        match resource == Some(&self.userinfo_resource()) {
            true => invalid("resource", "is the address of UserInfo, which is ours".to_owned()),
            false => Ok(()),
        }
    }

    /// Gives a client another secret; the one before it is over at once.
    ///
    /// # Errors
    /// When it is unknown or has none.
    pub async fn rotate_client_secret(&self, id: &str, circumstance: Circumstance<'static>) -> Result<String> {
        let (id, secret) = (id.to_owned(), crate::id::new_secret());
        let hash = crate::id::digest(&secret);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found(tx, &id).await?;
                    if !store::client::set_secret(tx, &id, &hash).await? {
                        return Err(Error::NoSecret(id));
                    }
                    audit::record(tx, &circumstance, &Event::ClientSecretRotated { client: id }).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(secret)
    }

    /// Disables or enables a client. A disabled one gets no code and no token, and its codes and tokens are over for good,
    /// as they may be why it is disabled; it still hears of logouts. `false` when it was so already.
    ///
    /// # Errors
    /// When it is unknown.
    pub async fn set_client_enabled(
        &self,
        id: &str,
        enabled: bool,
        circumstance: Circumstance<'static>,
    ) -> Result<bool> {
        let id = id.to_owned();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found(tx, &id).await?;
                    let since = (!enabled).then_some(circumstance.at);
                    if !store::client::set_disabled(tx, &id, since).await? {
                        return Ok(false);
                    }
                    if !enabled {
                        store::grant::revoke_of_client(tx, &id, "client disabled", circumstance.at).await?;
                        store::client_token::remove_of_client(tx, &id).await?;
                        store::grant::remove_derived_tokens(tx, &id).await?;
                    }
                    audit::record(tx, &circumstance, &Event::ClientEnabled { client: id, enabled }).await?;
                    Ok(true)
                })
            })
            .await
    }
}

/// No two resource servers have one name; the index holds it where two come at once.
async fn alone_by_its_name(connection: &mut Connection, id: &str, resource: Option<&str>) -> Result<()> {
    let Some(resource) = resource else { return Ok(()) };
    match store::client::find_by_resource(connection, resource).await? {
        Some(other) if other.id != id => invalid("resource", format!("is that of the client {}", other.id)),
        _ => Ok(()),
    }
}

/// Tokens that are bound to no key are over for good where they must be from now on.
async fn end_unbound(tx: &mut Connection, before: &Client, client: &Client) -> Result<()> {
    if client.security.binds_tokens() && !before.security.binds_tokens() {
        store::grant::remove_unbound_access_tokens(tx, &client.id).await?;
        store::client_token::remove_unbound(tx, &client.id).await?;
    }
    Ok(())
}

async fn found(connection: &mut Connection, id: &str) -> Result<Client> {
    store::client::find(connection, id).await?.ok_or_else(|| Error::Unknown(id.to_owned()))
}

fn invalid<T>(field: &'static str, why: String) -> Result<T> {
    Err(Error::Invalid { field, why })
}
