//! Signing keys at work: the ring of those that are published, and what they sign. How they come and go is in `rotation`.

use std::sync::Arc;

use pki::algorithm::SignatureAlgorithm;
use pki::key::Signer;
use serde_json::{Map, Value, json};

use super::jose::{self, Algorithm, Jwk, Jws};
use super::{Provider, Result};
use crate::clock::Micros;
use crate::store;
use crate::store::signing_key::SigningKey;

/// The published keys at one revision of the store.
#[derive(Default)]
pub struct KeyRing {
    revision: i64,
    keys: Vec<(SigningKey, Arc<dyn Signer>)>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(key, _)| &key.kid)).finish()
    }
}

impl KeyRing {
    /// The JWK Set.
    pub fn jwks(&self, now: Micros) -> Value {
        let live = self.keys.iter().filter(|(key, _)| key.published_at <= now && now < key.removed_at);
        let keys: Vec<Value> = live.filter_map(|(key, _)| serde_json::from_str(&key.jwk).ok()).collect();
        json!({"keys": keys})
    }

    fn active(&self, alg: &str, now: Micros) -> Option<(&str, Arc<dyn Signer>)> {
        let active =
            self.keys.iter().find(|(key, _)| key.alg == alg && key.active_from <= now && now < key.active_until);
        active.map(|(key, signer)| (key.kid.as_str(), signer.clone()))
    }

    /// The published key of a name, with the algorithm that it is for.
    fn key(&self, kid: &str, now: Micros) -> Option<Jwk> {
        let (key, signer) = self.keys.iter().find(|(key, _)| key.kid == kid && now < key.removed_at)?;
        let algorithm = Algorithm::from_name(&key.alg)?;
        Some(Jwk { kid: Some(key.kid.clone()), algorithm: Some(algorithm), key: signer.public_key().clone() })
    }
}

impl Provider {
    /// The keys, read again only when the store says that they changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn ring(&self) -> Result<Arc<KeyRing>> {
        let mut connection = self.store.look_up().await?;
        let revision = store::revision(&mut connection, "signing_key").await?;
        let known = self.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        if known.revision == revision {
            return Ok(known);
        }
        let rows = store::signing_key::kept(&mut connection, self.clock.now()).await?;
        drop(connection);
        let mut keys = Vec::new();
        for row in rows {
            let damaged = || crate::custody::Error::Missing(format!("{} of {}", row.alg, row.kid));
            let algorithm = Algorithm::from_name(&row.alg).ok_or_else(damaged)?.signature();
            let signer = self.custody.signer_by(&self.store, &row.key_id, algorithm).await?;
            keys.push((row, signer));
        }
        let fresh = Arc::new(KeyRing { revision, keys });
        *self.ring.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fresh.clone();
        Ok(fresh)
    }

    /// Signs `claims` with the active key of `alg`, off the asynchronous threads when it is RSA.
    ///
    /// # Errors
    /// When no key is active.
    pub async fn sign(&self, alg: &str, typ: &'static str, claims: Value) -> Result<String> {
        let ring = self.ring().await?;
        let missing = || crate::custody::Error::Missing(format!("active for {alg}"));
        let (kid, signer) = ring.active(alg, self.clock.now()).ok_or_else(missing)?;
        if matches!(signer.algorithm(), SignatureAlgorithm::Ecdsa(_) | SignatureAlgorithm::Ed25519) {
            return Ok(jose::sign(signer.as_ref(), kid, typ, &claims)?);
        }
        let kid = kid.to_owned();
        let signed = tokio::task::spawn_blocking(move || jose::sign(signer.as_ref(), &kid, typ, &claims));
        Ok(signed.await.map_err(|_| missing())??)
    }

    /// Whether a key of `alg` is active: for `/readyz`.
    pub async fn can_sign(&self, alg: &str) -> bool {
        self.ring().await.is_ok_and(|ring| ring.active(alg, self.clock.now()).is_some())
    }

    /// The claims of a token of this type that one of our published keys signed; each kind has a type of its own, so that
    /// none passes for another (RFC 8725 §3.11).
    ///
    /// # Errors
    /// The database's.
    pub async fn verify(&self, token: &str, typ: &str) -> Result<Option<Map<String, Value>>> {
        let ring = self.ring().await?;
        let Some(jws) = Jws::parse(token).filter(|jws| jws.typ.as_deref() == Some(typ)) else { return Ok(None) };
        let key = jws.kid.as_deref().and_then(|kid| ring.key(kid, self.clock.now()));
        Ok(key.and_then(|key| jws.verify(&key).cloned()))
    }
}
