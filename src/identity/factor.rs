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
        self.check_throttle(username, origin).await?;
        let known = store::credential::find_password(&mut *self.store.read().await?, username).await?;
        if password::verify(password.to_owned(), known.map(|known| known.phc)).await {
            return Ok(());
        }
        self.count_failure("password", username, origin).await?;
        Err(Error::CredentialsWrong)
    }

    pub(super) async fn verify_code(&self, username: &str, code: &str, origin: &Origin) -> Result<Person> {
        self.check_throttle(username, origin).await?;
        let mut connection = self.store.read().await?;
        let known = store::credential::find_password(&mut connection, username).await?.ok_or(Error::AttemptGone)?;
        let person = store::person::find(&mut connection, &known.person_id).await?.ok_or(Error::AttemptGone)?;
        drop(connection);
        let secret = self.custody.unseal(&totp_purpose(username), &known.totp_sealed)?;
        let Some(step) = totp::matching_step(&secret, code, self.clock.now()) else {
            self.count_failure("totp", username, origin).await?;
            return Err(Error::CodeWrong);
        };
        let name = username.to_owned();
        let fresh = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let fresh = store::credential::use_totp_step(tx, &name, step).await?;
                    if fresh {
                        store::throttle::clear(tx, &account_counter(&name)).await?;
                    }
                    Ok::<_, Error>(fresh)
                })
            })
            .await?;
        if fresh { Ok(person) } else { Err(Error::CodeUsed) }
    }

    async fn check_throttle(&self, username: &str, origin: &Origin) -> Result<()> {
        let (now, window) = (self.clock.now(), self.settings.throttle_window * SECOND);
        let counters = [
            (account_counter(username), self.settings.throttle_account),
            (address_counter(&origin.address), self.settings.throttle_address),
        ];
        let mut connection = self.store.read().await?;
        for (counter, limit) in counters {
            let failures = store::throttle::failures(&mut connection, &counter, now - window).await?;
            if let Some((_, began)) = failures.filter(|(count, _)| *count >= limit) {
                let wait = (began + window - now) / SECOND + 1;
                return Err(Error::Throttled { wait_seconds: wait.unsigned_abs() });
            }
        }
        Ok(())
    }

    async fn count_failure(&self, method: &str, username: &str, origin: &Origin) -> Result<()> {
        let (now, since) = (self.clock.now(), self.clock.now() - self.settings.throttle_window * SECOND);
        let (account, network) = (account_counter(username), address_counter(&origin.address));
        let known = store::credential::find_password(&mut *self.store.read().await?, username).await?;
        let person = known.map(|known| known.person_id);
        let event = Event::SignInRefused {
            method: method.to_owned(),
            reason: "wrong".to_owned(),
            detail: String::new(),
            incident: crate::id::new_id(),
        };
        let address = origin.address.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    store::throttle::fail(tx, &account, now, since).await?;
                    store::throttle::fail(tx, &network, now, since).await?;
                    let person = person.as_deref();
                    let circumstance =
                        Circumstance { at: now, actor: Actor::Anonymous, person, address: Some(&address) };
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
