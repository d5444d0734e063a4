//! A client that registered itself reads, changes and removes its registration (RFC 7592), by the token that it got then.
//!
//! A change puts a client back to where its initial access token puts new ones, and ends what it has got, so that nothing
//! is in production that nobody has seen, and no session opens to another client than the one that its person let in.

use serde_json::{Map, Value};

use super::asked::OF_SECURITY;
use super::dynamic::{Registered, by_client};
use super::metadata::described;
use super::{Error, Result, invalid};
use crate::audit::{self, Event};
use crate::clock::Micros;
use crate::oidc::Provider;
use crate::store::client::registration::Registration;
use crate::store::client::{AuthMethod, Change, Client, Stage};
use crate::store::{self, Connection};

/// RFC 7592 §2.2: "This request MUST NOT include" these.
const NEVER_SENT: [&str; 4] =
    ["client_id_issued_at", "client_secret_expires_at", "registration_access_token", "registration_client_uri"];

impl Provider {
    /// The registration of `id` (RFC 7592 §2.1). Its secret is not in it: we do not have it.
    ///
    /// # Errors
    /// [`Error::Token`], [`Error::Forbidden`].
    pub async fn registration(&self, id: &str, token: &str) -> Result<Registered> {
        let mut connection = self.store.read().await?;
        let registration = store::client::registration::find(&mut connection, id).await?;
        let client = store::client::find(&mut connection, id).await?;
        drop(connection);
        let known = registration.as_ref().map_or(&[][..], |registration| registration.hash.as_slice());
        let right = crate::id::same(known, &crate::id::digest(token));
        let (Some(registration), Some(client), true) = (registration, client, right) else { return Err(Error::Token) };
        if client.disabled_at.is_some() && client.stage != Stage::Pending {
            return Err(Error::Forbidden);
        }
        Ok(Registered { client, registration, secret: None, token: token.to_owned() })
    }

    /// Puts other fields in the place of all that the client may decide (RFC 7592 §2.2); those that are left out are at
    /// their defaults then.
    ///
    /// # Errors
    /// As [`Provider::registration`], and what is wrong with the fields; then nothing is changed.
    pub async fn change_registration(
        &self,
        id: &str,
        token: &str,
        metadata: Map<String, Value>,
        address: &str,
    ) -> Result<Registered> {
        let Registered { client: before, registration, .. } = self.registration(id, token).await?;
        check_sent(&before, &metadata)?;
        self.take_registration_turn(id).await?;
        let policy = store::initial_access_token::by_id(&mut *self.store.read().await?, &registration.token_id).await?;
        let policy = policy.ok_or(Error::Token)?;
        let (asked, about) = self.drawn_up(before.clone(), &policy, metadata).await?;
        check_kept(&before, &asked)?;
        let secret = (asked.auth_method.has_secret() && before.secret_hash.is_empty()).then(crate::id::new_secret);
        let same = described(&asked) == described(&before);
        let write = Write {
            secret_hash: secret.as_deref().map(crate::id::digest),
            put_back: (!same || about != registration.about).then_some(policy.stage),
            asked,
            before,
            registration: Registration { about, ..registration },
            address: address.to_owned(),
            now: self.clock.now(),
        };
        let (client, registration) = self.store.write(move |tx| Box::pin(async move { write.run(tx).await })).await?;
        Ok(Registered { client, registration, secret, token: token.to_owned() })
    }

    /// Removes the registration (RFC 7592 §2.3): the client gets nothing any more, and all that it got is over.
    ///
    /// # Errors
    /// As [`Provider::registration`].
    pub async fn remove_registration(&self, id: &str, token: &str, address: &str) -> Result<()> {
        let Registered { client, .. } = self.registration(id, token).await?;
        let (now, address) = (self.clock.now(), address.to_owned());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if !store::client::registration::remove(tx, &client.id).await? {
                        return Err(Error::Token);
                    }
                    put(tx, &client.id, Stage::Deleted, "client removed", now).await?;
                    let event = Event::ClientRemovedItself { client: client.id.clone() };
                    audit::record(tx, &by_client(&client.id, now, &address), &event).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// Puts a client into a stage, and ends all that it has got: what people let in was the client that it was.
async fn put(tx: &mut Connection, id: &str, stage: Stage, why: &str, now: Micros) -> Result<()> {
    store::client::registration::set_stage(tx, id, stage, now).await?;
    store::grant::revoke_of_client(tx, id, why, now).await?;
    store::client_token::remove_of_client(tx, id).await?;
    Ok(())
}

/// "The client MUST include its client_id … the same as its currently issued"; "If the client includes the client_secret …
/// the value of this field MUST match the currently issued client secret".
fn check_sent(client: &Client, metadata: &Map<String, Value>) -> Result<()> {
    if metadata.get("client_id").and_then(Value::as_str) != Some(&client.id) {
        return invalid("client_id", "must be that of the registration (RFC 7592 §2.2)".to_owned());
    }
    if let Some(name) = NEVER_SENT.into_iter().find(|name| metadata.contains_key(*name)) {
        return invalid(name, "must not be sent (RFC 7592 §2.2)".to_owned());
    }
    match metadata.get("client_secret") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(secret)) if crate::id::same(&client.secret_hash, &crate::id::digest(secret)) => Ok(()),
        Some(_) => invalid("client_secret", "is not the one that was issued".to_owned()),
    }
}

/// What a client is known by stays: people's `sub` hangs on the sector, and a public client does not become another kind.
fn check_kept(before: &Client, asked: &Client) -> Result<()> {
    if before.sector != asked.sector {
        return invalid("redirect_uris", format!("would leave the sector {:?}: register anew", before.sector));
    }
    if (before.auth_method == AuthMethod::None) != (asked.auth_method == AuthMethod::None) {
        return invalid("token_endpoint_auth_method", "a public client does not become another kind".to_owned());
    }
    Ok(())
}

/// What one transaction writes.
struct Write {
    before: Client,
    asked: Client,
    registration: Registration,
    secret_hash: Option<Vec<u8>>,
    /// Where it goes, if it is another than before.
    put_back: Option<Stage>,
    address: String,
    now: Micros,
}

impl Write {
    async fn run(self, tx: &mut Connection) -> Result<(Client, Registration)> {
        let (id, revision) = (self.asked.id.clone(), self.registration.revision);
        if !store::client::registration::change(tx, &id, revision, &self.registration.about).await? {
            return invalid("client_id", "the registration was changed at the same time: read it again".to_owned());
        }
        store::client::change(tx, &id, &whole(&self.asked)).await?;
        store::client::forget_secret(tx, &id).await?;
        if let Some(hash) = &self.secret_hash {
            store::client::set_secret(tx, &id, hash).await?;
        }
        // It is where `before` was: whoever approves or disables a client changes the revision.
        if let Some(stage) = self.put_back {
            put(tx, &id, stage, "client changed", self.now).await?;
        }
        let client = super::found(tx, &id).await?;
        super::end_unbound(tx, &self.before, &client).await?;
        let (was, is) = (described(&self.before), described(&client));
        let fields = is.iter().filter(|(name, value)| was.get(*name) != Some(value)).map(|(name, _)| name.clone());
        let event = Event::ClientChanged { client: id.clone(), fields: fields.collect() };
        audit::record(tx, &by_client(&id, self.now, &self.address), &event).await?;
        Ok((client, Registration { revision: revision + 1, ..self.registration }))
    }
}

/// A change to all that a client may decide.
fn whole(client: &Client) -> Change {
    // Fields at their default are not in the column: `null` puts them there.
    let security = serde_json::to_value(&client.security).unwrap_or_default();
    let of_security = OF_SECURITY.map(|name| (name.to_owned(), security.get(name).cloned().unwrap_or_default()));
    Change {
        names: Some(client.names.clone()),
        redirect_uris: Some(client.redirect_uris.clone()),
        post_logout_redirect_uris: Some(client.post_logout_redirect_uris.clone()),
        backchannel_logout_uri: Some(client.backchannel_logout_uri.clone().unwrap_or_default()),
        scopes: Some(client.scopes.clone()),
        id_token_alg: Some(client.id_token_alg.clone()),
        auth_method: Some(client.auth_method),
        level: None,
        claims: None,
        resource: None,
        security: of_security.into_iter().collect(),
    }
}
