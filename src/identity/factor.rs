//! The two factors that are typed: a password and a code; a code counts once.
//!
//! Tries are counted before they are made. Who only knows a user name can reach the password alone, so a password that
//! is wrong too often shuts out the network that it came from, never the account: that one becomes slow for everybody.
//! Who reaches the code has the password, so the account itself waits.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use super::credential::{password, totp};
use super::{Error, Identity, Origin, Result};
use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::SECOND;
use crate::store;
use crate::store::person::Person;

/// Nobody waits longer than this many seconds for a password to be looked at: a person would give up.
const SLOWEST: i64 = 5;

impl Identity {
    pub(super) async fn verify_password(&self, username: &str, password: &str, origin: &Origin) -> Result<()> {
        let from = network(&origin.address);
        let shut = [(password_counter(username, &from), self.settings.throttle_account), self.network_limit(&from)];
        self.reserve(shut.to_vec()).await?;
        self.slow_down(username).await?;
        let known = store::credential::find_password(&mut *self.store.read().await?, username).await?;
        let person = known.as_ref().map(|known| known.person_id.clone());
        let right = password::verify(password.to_owned(), known.map(|known| known.phc)).await.ok_or(Error::Busy)?;
        if !right {
            self.record_failure("password", person, origin).await?;
            return Err(Error::CredentialsWrong);
        }
        // Given back, not cleared: only the right code clears what was counted.
        self.give_back(vec![password_counter(username, &from), network_counter(&from), slow_counter(username)]).await
    }

    pub(super) async fn verify_code(&self, username: &str, code: &str, origin: &Origin) -> Result<Person> {
        let shut =
            [(code_counter(username), self.settings.throttle_account), self.network_limit(&network(&origin.address))];
        self.reserve(shut.to_vec()).await?;
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
        let (name, from) = (username.to_owned(), network(&origin.address));
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let fresh = store::credential::use_totp_step(tx, &name, step).await?;
                    if fresh {
                        store::throttle::clear(tx, &code_counter(&name)).await?;
                        store::throttle::clear(tx, &password_counter(&name, &from)).await?;
                        store::throttle::give_back(tx, &network_counter(&from)).await?;
                    }
                    Ok::<_, Error>(fresh)
                })
            })
            .await
    }

    /// Counts a try before it is made, so that many at once count as many; a success gives it back. One that is not made
    /// since there were too many is not counted: it must not make others behind the same address wait.
    async fn reserve(&self, counters: Vec<(String, i64)>) -> Result<()> {
        let (now, window) = (self.clock.now(), self.settings.throttle_window * SECOND);
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

    /// Lets a try for an account wait that was tried too often, from wherever: a second for each try too many. It is made
    /// in the end, so that nobody can shut out a holder who comes from elsewhere.
    async fn slow_down(&self, username: &str) -> Result<()> {
        let (now, window, counter) = (self.clock.now(), self.settings.throttle_window * SECOND, slow_counter(username));
        let (count, _) = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::throttle::count(tx, &counter, now, now - window).await?) })
            })
            .await?;
        let seconds = (count - self.settings.throttle_account).clamp(0, SLOWEST);
        if seconds > 0 {
            tokio::time::sleep(Duration::from_secs(seconds.unsigned_abs())).await;
        }
        Ok(())
    }

    /// How many tries of one network are looked at, for whichever account.
    fn network_limit(&self, network: &str) -> (String, i64) {
        (network_counter(network), self.settings.throttle_address)
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

/// Which network an address is in: for IPv6 the /64 that one subscriber is given (RFC 6177 §2), of which each may use any
/// address; for IPv4 the address.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// Wrong passwords for an account from one network.
fn password_counter(username: &str, network: &str) -> String {
    format!("password:{}@{network}", name_hash(username))
}

/// Wrong passwords for an account, from wherever.
fn slow_counter(username: &str) -> String {
    format!("password:{}", name_hash(username))
}

/// Wrong codes for an account.
fn code_counter(username: &str) -> String {
    format!("code:{}", name_hash(username))
}

fn network_counter(network: &str) -> String {
    format!("network:{network}")
}

/// A counter's name tells no user name.
fn name_hash(username: &str) -> String {
    hex::encode(crate::id::sha256(username.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_an_ipv6_subscriber_are_one_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
