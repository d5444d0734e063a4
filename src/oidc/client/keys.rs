//! The keys of clients: those of their registration (`jwks`), or those that they publish (`jwks_uri`), which are fetched
//! through the guard of [`crate::fetch`], kept for a while, and fetched again when a token names one that is not there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use tokio::sync::OwnedMutexGuard;

use crate::clock::{HOUR, MINUTE, Micros, SECOND};
use crate::fetch::Fetcher;
use crate::oidc::jose::{self, Algorithm, EncryptionKey, Jwk, Jws, KeyManagement};
use crate::oidc::{Error, Provider, Result};
use crate::store::client::Client;

/// What was fetched is used for so long without a question …
const FRESH: Micros = 10 * MINUTE;

/// … and for so long where it cannot be fetched again: a key that its client withdrew is forgotten after that.
const STALE: Micros = HOUR;

/// The least time between two fetches: tokens with invented keys make no more.
const PAUSE: Micros = 10 * SECOND;

/// The longest set of keys that is read, in octets.
const LONGEST: usize = 64 * 1024;

/// So many addresses are kept at most: those that nobody waits for go when there would be more.
const MOST: usize = 1000;

/// Published keys by their address.
#[derive(Debug, Default)]
pub(in crate::oidc) struct KeyCache(Mutex<HashMap<String, Arc<tokio::sync::Mutex<Published>>>>);

/// What an address holds. Whoever waits for the lock waits for a fetch of this address alone.
#[derive(Debug, Default)]
struct Published {
    /// Those that sign …
    keys: Vec<Jwk>,
    certificates: Vec<String>,
    /// … and the whole set, where those to encrypt for are looked up.
    set: Value,
    read_at: Micros,
    tried_at: Micros,
}

impl KeyCache {
    fn of(&self, uri: &str) -> Arc<tokio::sync::Mutex<Published>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST && !kept.contains_key(uri) {
            kept.retain(|_, published| Arc::strong_count(published) > 1);
        }
        kept.entry(uri.to_owned()).or_default().clone()
    }
}

impl Published {
    async fn refresh(&mut self, fetch: &Fetcher, uri: &str, now: Micros) {
        self.tried_at = now;
        match read(fetch, uri).await {
            Ok(set) => {
                (self.keys, self.certificates, self.set) = (set.keys, set.certificates, set.set);
                self.read_at = now;
            }
            Err(why) => tracing::warn!(uri, why, "a client's keys could not be read"),
        }
    }

    fn lacks(&self, kid: Option<&str>) -> bool {
        kid.is_some_and(|kid| !self.keys.iter().any(|key| key.kid.as_deref() == Some(kid)))
    }
}

/// Fetches in a task of its own: a request that is given up (anybody can reset a connection) must not leave behind a try
/// that was counted and brought nothing.
async fn refreshed(
    mut published: OwnedMutexGuard<Published>,
    fetch: Fetcher,
    uri: String,
    now: Micros,
) -> Result<OwnedMutexGuard<Published>> {
    let fetching = tokio::spawn(async move {
        published.refresh(&fetch, &uri, now).await;
        published
    });
    fetching.await.map_err(|_| NO_KEYS)
}

async fn read(fetch: &Fetcher, uri: &str) -> std::result::Result<Published, String> {
    let body = fetch.get(uri).await.map_err(|error| error.to_string())?;
    if body.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} octets"));
    }
    let value: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
    let certificates = jose::certificates(&value).map(str::to_owned).collect();
    let keys = jose::read_set(&value)?;
    Ok(Published { keys, certificates, set: value, ..Published::default() })
}

impl Provider {
    /// The claims of a token that one of the client's keys signed, by the algorithm that is `registered` for it if one is;
    /// `types` are what its `typ` may be, where it has one.
    ///
    /// # Errors
    /// When the client's keys cannot be had.
    pub(in crate::oidc) async fn verify_by_client(
        &self,
        client: &Client,
        token: &str,
        registered: Option<&str>,
        types: &[&str],
    ) -> Result<Option<Map<String, Value>>> {
        let Some(jws) = Jws::parse(token) else { return Ok(None) };
        if jws.typ.as_deref().is_some_and(|typ| !types.contains(&typ)) {
            return Ok(None);
        }
        if registered.is_some_and(|name| Algorithm::from_name(name) != Some(jws.algorithm)) {
            return Ok(None);
        }
        // FAPI 2.0 Security Profile §5.4.1.
        if client.security.fapi && jws.algorithm == Algorithm::Rs256 {
            return Ok(None);
        }
        let keys = self.client_keys(client, &jws).await?;
        let named = |key: &&Jwk| jws.kid.is_none() || key.kid.is_none() || key.kid == jws.kid;
        Ok(keys.iter().filter(named).find_map(|key| jws.verify(key).cloned()))
    }

    async fn client_keys(&self, client: &Client, jws: &Jws<'_>) -> Result<Vec<Jwk>> {
        let kid = jws.kid.as_deref();
        if let Some(set) = &client.security.jwks {
            return Ok(jose::candidates(set, kid, jws.algorithm));
        }
        let uri = client.security.jwks_uri.as_deref().ok_or(NO_KEYS)?;
        Ok(self.published(uri, |published| published.lacks(kid)).await?.keys.clone())
    }

    /// Whether a certificate, in base64, stands first in the `x5c` of one of the client's keys (RFC 7517 §4.7, RFC 8705 §2.2.2).
    pub(super) async fn holds_certificate(&self, client: &Client, certificate: &str) -> Result<bool> {
        if let Some(set) = &client.security.jwks {
            return Ok(jose::certificates(set).any(|known| known == certificate));
        }
        let uri = client.security.jwks_uri.as_deref().ok_or(NO_KEYS)?;
        let holds = |published: &Published| published.certificates.iter().any(|known| known == certificate);
        let published = self.published(uri, |published| !holds(published)).await?;
        Ok(holds(&published))
    }

    /// What an address holds, fetched again where it is old, or lacks what is looked for.
    async fn published(&self, uri: &str, lacks: impl Fn(&Published) -> bool) -> Result<OwnedMutexGuard<Published>> {
        let (entry, now) = (self.client_keys.of(uri), self.clock.now());
        let mut published = entry.lock_owned().await;
        let wanted = now - published.read_at > FRESH || lacks(&published);
        if wanted && now - published.tried_at > PAUSE {
            published = refreshed(published, self.fetch.clone(), uri.to_owned(), now).await?;
        }
        if now - published.read_at > STALE { Err(NO_KEYS) } else { Ok(published) }
    }

    /// The client's key to encrypt for (OpenID Connect Core §10.2).
    ///
    /// # Errors
    /// When it has none, or its keys cannot be had.
    pub(in crate::oidc) async fn encryption_key(
        &self,
        client: &Client,
        management: KeyManagement,
    ) -> Result<EncryptionKey> {
        let found = match &client.security.jwks {
            Some(set) => EncryptionKey::of_set(set, management),
            None => {
                let uri = client.security.jwks_uri.as_deref().ok_or(NO_KEYS)?;
                EncryptionKey::of_set(&self.published(uri, |_| false).await?.set, management)
            }
        };
        found.ok_or(Error::UnauthorizedClient("the client has no key that its tokens can be encrypted for"))
    }
}

const NO_KEYS: Error = Error::InvalidClient("the client's keys cannot be had");
