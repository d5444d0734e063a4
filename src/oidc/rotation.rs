//! How signing keys come and go: published before they sign, and kept in the JWKS until what they signed is dead; by
//! schedule, or by the operator's hand when one may be in wrong hands.

use super::jose::{self, Algorithm};
use super::{Error, Provider, Result};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{DAY, Micros, SECOND};
use crate::custody::NewKey;
use crate::store::signing_key::SigningKey;
use crate::store::{self, Connection};

/// A token that has expired is still shown as `id_token_hint`: its key stays this much longer.
const AFTERLIFE: Micros = 7 * DAY;

impl Provider {
    /// Makes the keys that are missing: at first start one that signs at once, later the successor in time to be
    /// published before it signs. Gives how many.
    ///
    /// # Errors
    /// Custody's or the database's.
    pub async fn rotate_keys(&self) -> Result<usize> {
        let mut made = 0;
        for algorithm in Algorithm::ALL {
            let now = self.clock.now();
            let keys = self.signing_keys().await?;
            let last = keys.iter().filter(|key| key.alg == algorithm.name()).map(|key| key.active_until).max();
            // Twice the notice, so that a job that comes late still publishes in time.
            if last.is_none_or(|until| until - 2 * self.notice() <= now) {
                let key = self.draw(algorithm, last.unwrap_or(now).max(now))?;
                self.store
                    .write(move |tx| Box::pin(async move { key.record(tx, Circumstance::system(now)).await }))
                    .await?;
                made += 1;
            }
        }
        Ok(made)
    }

    /// The keys that are published, or will be: newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>> {
        let now = self.clock.now();
        Ok(store::signing_key::kept(&mut *self.store.read().await?, now).await?)
    }

    /// Publishes a new key of `algorithm` now, which signs in the place of all others as soon as it has been published as
    /// long as the settings ask. What the others have signed stays good.
    ///
    /// # Errors
    /// Custody's or the database's.
    pub async fn replace_key(&self, algorithm: Algorithm, circumstance: Circumstance<'static>) -> Result<SigningKey> {
        let from = circumstance.at + self.notice();
        let removed = from + self.settings.id_token_lifetime * SECOND + AFTERLIFE;
        let key = self.draw(algorithm, from)?;
        let row = key.row.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    store::signing_key::retire(tx, &key.row.alg, from, removed).await?;
                    key.record(tx, circumstance).await
                })
            })
            .await?;
        Ok(row)
    }

    /// Takes a key away at once, since somebody else may have it: nothing that it signed is good any more. Another one signs
    /// from now on, whether it was published before or not. `None` when no such key is published.
    ///
    /// # Errors
    /// Custody's or the database's.
    pub async fn withdraw_key(
        &self,
        kid: &str,
        reason: &str,
        circumstance: Circumstance<'static>,
    ) -> Result<Option<SigningKey>> {
        let found = self.signing_keys().await?.into_iter().find(|key| key.kid == kid);
        let Some(algorithm) = found.and_then(|key| Algorithm::from_name(&key.alg)) else { return Ok(None) };
        let (next, now) = (self.draw(algorithm, circumstance.at)?, circumstance.at);
        let (row, kid, reason) = (next.row.clone(), kid.to_owned(), reason.to_owned());
        let withdrawn = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    if !store::signing_key::withdraw(tx, &kid, now).await? {
                        return Ok(false);
                    }
                    let event = Event::SigningKeyWithdrawn { key: kid, reason };
                    audit::record(tx, &circumstance, &event).await?;
                    next.record(tx, circumstance).await?;
                    Ok::<_, Error>(true)
                })
            })
            .await?;
        Ok(withdrawn.then_some(row))
    }

    /// How long a key is published before it signs.
    fn notice(&self) -> Micros {
        self.settings.signing_key_publish_before * SECOND
    }

    /// A new key that signs from `active_from` on, not yet written down.
    fn draw(&self, algorithm: Algorithm, active_from: Micros) -> Result<Drawn> {
        let key = self.custody.generate("signing", algorithm.key_spec())?;
        let kid = crate::id::new_id();
        let active_until = active_from + self.settings.signing_key_lifetime * SECOND;
        let row = SigningKey {
            jwk: jose::jwk(key.signer.public_key(), algorithm, &kid).to_string(),
            kid,
            alg: algorithm.name().to_owned(),
            key_id: key.id.clone(),
            published_at: self.clock.now(),
            active_from,
            active_until,
            removed_at: active_until + self.settings.id_token_lifetime * SECOND + AFTERLIFE,
        };
        Ok(Drawn { key, row })
    }
}

/// A key that is in no database yet.
struct Drawn {
    key: NewKey,
    row: SigningKey,
}

impl Drawn {
    async fn record(self, tx: &mut Connection, circumstance: Circumstance<'_>) -> Result<()> {
        self.key.record(tx, circumstance.at).await?;
        store::signing_key::insert(tx, &self.row).await?;
        let event = Event::SigningKeyMade { key: self.row.kid, alg: self.row.alg };
        Ok(audit::record(tx, &circumstance, &event).await?)
    }
}
