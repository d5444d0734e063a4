//! The two factors that are typed: a password and a code. Failures are counted per account and per address; a code
//! counts once.

use super::credential::{password, totp};
use super::{Error, Identity, Origin, Result};
use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::SECOND;
use crate::store;
use crate::store::person::Person;

impl Identity {
    pub(super) async fn verify_password(&self, username: &str, password: &str, origin: &Origin) -> Result<()> {
        self.reserve(username, origin).await?;
        let known = store::credential::find_password(&mut *self.store.read().await?, username).await?;
        let person = known.as_ref().map(|known| known.person_id.clone());
        let right = password::verify(password.to_owned(), known.map(|known| known.phc)).await.ok_or(Error::Busy)?;
        if !right {
            self.record_failure("password", person, origin).await?;
            return Err(Error::CredentialsWrong);
        }
        // Given back, not cleared: only the right code clears what was counted against the account.
        self.give_back(vec![account_counter(username), address_counter(&origin.address)]).await
    }

    pub(super) async fn verify_code(&self, username: &str, code: &str, origin: &Origin) -> Result<Person> {
        self.reserve(username, origin).await?;
        let mut connection = self.store.read().await?;
        let known = store::credential::find_password(&mut connection, username).await?.ok_or(Error::AttemptGone)?;
        let person = store::person::find(&mut connection, &known.person_id).await?.ok_or(Error::AttemptGone)?;
        drop(connection);
        let secret = self.custody.unseal(&totp_purpose(username), &known.totp_sealed)?;
        let Some(step) = totp::matching_step(&secret, code, self.clock.now()) else {
            self.record_failure("totp", Some(person.id), origin).await?;
            return Err(Error::CodeWrong);
        };
        if self.use_step(username, step, origin).await? { Ok(person) } else { Err(Error::CodeUsed) }
    }

    async fn use_step(&self, username: &str, step: i64, origin: &Origin) -> Result<bool> {
        let (name, network) = (username.to_owned(), address_counter(&origin.address));
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let fresh = store::credential::use_totp_step(tx, &name, step).await?;
                    if fresh {
                        store::throttle::clear(tx, &account_counter(&name)).await?;
                        store::throttle::give_back(tx, &network).await?;
                    }
                    Ok::<_, Error>(fresh)
                })
            })
            .await
    }

    /// Counts a try before it is made, so that many at once count as many; a success gives it back. One that is not made
    /// since there were too many is not counted: it must not make others behind the same address wait.
    async fn reserve(&self, username: &str, origin: &Origin) -> Result<()> {
        let (now, window) = (self.clock.now(), self.settings.throttle_window * SECOND);
        let counters = [
            (account_counter(username), self.settings.throttle_account),
            (address_counter(&origin.address), self.settings.throttle_address),
        ];
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut wait = None;
                    for (counter, limit) in counters {
                        let (count, began) = store::throttle::count(tx, &counter, now, now - window).await?;
                        if count > limit {
                            wait = wait.max(Some((began + window - now) / SECOND + 1));
                        }
                    }
                    // The error undoes the counting.
                    wait.map_or(Ok(()), |seconds: i64| Err(Error::Throttled { wait_seconds: seconds.unsigned_abs() }))
                })
            })
            .await
    }

    async fn give_back(&self, counters: Vec<String>) -> Result<()> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    for counter in counters {
                        store::throttle::give_back(tx, &counter).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    async fn record_failure(&self, method: &str, person: Option<String>, origin: &Origin) -> Result<()> {
        let (now, address) = (self.clock.now(), origin.address.clone());
        let event = Event::SignInRefused {
            method: method.to_owned(),
            reason: "wrong".to_owned(),
            detail: String::new(),
            incident: crate::id::new_id(),
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let (actor, person) = (Actor::Anonymous, person.as_deref());
                    let circumstance = Circumstance { at: now, actor, person, address: Some(&address) };
                    audit::record(tx, &circumstance, &event).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}

/// For what a TOTP secret is sealed.
pub fn totp_purpose(username: &str) -> String {
    format!("totp of {username}")
}

/// A counter's name tells no user name: it is hashed.
fn account_counter(username: &str) -> String {
    format!("account:{}", hex::encode(crate::id::sha256(username.as_bytes())))
}

fn address_counter(address: &str) -> String {
    format!("address:{address}")
}
