//! The two factors that are typed: a password and a code; a code counts once.
//!
//! Tries are counted before they are made. Who only knows a user name can reach the password alone, so a password that
//! is wrong too often shuts out the network that it came from, never the account. What all strange networks together may
//! guess of one account comes at a steady rate; where its holder has signed in before, only that network's own tries
//! count, so that nobody elsewhere can shut them out. Who reaches the code has the password, so the account itself waits.

use super::credential::{password, totp};
use super::{Error, Identity, Origin, Result, network};
use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::{Micros, SECOND};
use crate::store::person::Person;
use crate::store::{self, Connection};

/// From networks in which nobody has signed in to an account, its password is tried once in this time. With what may be
/// tried at once, these are some 17 000 tries a day for all the world; and to use up each of them, and so shut a holder
/// out where they have never been before, takes eighteen networks that do nothing else.
const TURN: Micros = 5 * SECOND;

/// As many networks' worth of tries may be made at once before that: one stranger alone costs nobody a turn.
const TURNS_SAVED: i64 = 4;

/// What a try is counted by, before it is made.
#[derive(Clone)]
struct Counted {
    /// Counters of the window and their limits; wherever two are taken together, they are in this order.
    counters: Vec<(String, i64)>,
    /// The turn that it takes.
    turn: Option<String>,
}

impl Identity {
    pub(super) async fn verify_password(&self, username: &str, password: &str, origin: &Origin) -> Result<()> {
        let counted = self.counted(username, origin, |network| Some(password_counter(username, network))).await?;
        self.reserve(counted.clone()).await?;
        let known = store::credential::find_password(&mut *self.store.read().await?, username).await?;
        let person = known.as_ref().map(|known| known.person_id.clone());
        let right = password::verify(password.to_owned(), known.map(|known| known.phc)).await.ok_or(Error::Busy)?;
        if !right {
            self.record_failure("password", person, origin).await?;
            return Err(Error::CredentialsWrong);
        }
        // Given back, not cleared: only the right code clears what was counted.
        self.give_back(counted).await
    }

    pub(super) async fn verify_code(&self, username: &str, code: &str, origin: &Origin) -> Result<Person> {
        let networks = self.reserve_code(username, origin).await?;
        let mut connection = self.store.read().await?;
        let known = store::credential::find_password(&mut connection, username).await?.ok_or(Error::AttemptGone)?;
        let person = store::person::find(&mut connection, &known.person_id).await?.ok_or(Error::AttemptGone)?;
        drop(connection);
        let secret = self.custody.unseal(&totp_purpose(username), &known.totp_sealed)?;
        let Some(step) = totp::matching_step(&secret, code, self.clock.now()) else {
            self.record_failure("totp", Some(person.id), origin).await?;
            return Err(Error::CodeWrong);
        };
        if self.use_step(username, step, networks, origin).await? { Ok(person) } else { Err(Error::CodeUsed) }
    }

    /// Counts a try of a code, whichever kind, before it is made. Gives what was counted beside the account.
    pub(super) async fn reserve_code(&self, username: &str, origin: &Origin) -> Result<Vec<(String, i64)>> {
        let networks = self.counted(username, origin, |_| None).await?.counters;
        let mut counters = vec![(code_counter(username), self.settings.throttle_account)];
        counters.extend(networks.clone());
        self.reserve(Counted { counters, turn: None }).await?;
        Ok(networks)
    }

    async fn use_step(&self, username: &str, step: i64, networks: Vec<(String, i64)>, origin: &Origin) -> Result<bool> {
        let (name, origin) = (username.to_owned(), origin.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let fresh = store::credential::use_totp_step(tx, &name, step).await?;
                    if fresh {
                        clear_code(tx, &name, &origin, networks).await?;
                    }
                    Ok::<_, Error>(fresh)
                })
            })
            .await
    }

    /// What a try for `username` is counted by: in each network around it the counter `of_account` gives, if any, and that
    /// of the network for whichever account; and a turn. Where the holder has signed in before, only that network counts.
    async fn counted(
        &self,
        username: &str,
        origin: &Origin,
        of_account: impl Fn(&str) -> Option<String>,
    ) -> Result<Counted> {
        let mut networks = network::around(&origin.address);
        let mut connection = self.store.read().await?;
        let familiar = store::familiar_network::is_familiar(&mut connection, username, &networks[0].0).await?;
        drop(connection);
        networks.truncate(if familiar { 1 } else { networks.len() });
        let (account, address) = (self.settings.throttle_account, self.settings.throttle_address);
        let of_account = networks.iter().filter_map(|(network, times)| Some((of_account(network)?, account * times)));
        let mut counters: Vec<_> = of_account.collect();
        counters.extend(networks.iter().map(|(network, times)| (network_counter(network), address * times)));
        Ok(Counted { counters, turn: (!familiar).then(|| turn_of(username)) })
    }

    /// Counts a try before it is made, so that many at once count as many; a success gives it back. One that is not made
    /// since there were too many is not counted: it must not make others behind the same address wait.
    async fn reserve(&self, counted: Counted) -> Result<()> {
        let (now, window) = (self.clock.now(), self.settings.throttle_window * SECOND);
        let saved = TURNS_SAVED * self.settings.throttle_account * TURN;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut wait = None;
                    for (counter, limit) in counted.counters {
                        let (count, began) = store::throttle::count(tx, &counter, now, now - window).await?;
                        if count > limit {
                            wait = wait.max(Some((began + window - now) / SECOND + 1));
                        }
                    }
                    if let Some(turn) = counted.turn
                        && !store::throttle::take_turn(tx, &turn, now, TURN, saved).await?
                    {
                        wait = wait.max(Some(TURN / SECOND));
                    }
                    // The error undoes the counting.
                    wait.map_or(Ok(()), |seconds: i64| Err(Error::Throttled { wait_seconds: seconds.unsigned_abs() }))
                })
            })
            .await
    }

    async fn give_back(&self, counted: Counted) -> Result<()> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    for (counter, _) in counted.counters {
                        store::throttle::give_back(tx, &counter).await?;
                    }
                    if let Some(turn) = counted.turn {
                        store::throttle::return_turn(tx, &turn, TURN).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    pub(super) async fn record_failure(&self, method: &str, person: Option<String>, origin: &Origin) -> Result<()> {
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

/// Forgets what was counted of an account before the right code came.
pub(super) async fn clear_code(
    tx: &mut Connection,
    username: &str,
    origin: &Origin,
    networks: Vec<(String, i64)>,
) -> Result<()> {
    store::throttle::clear(tx, &code_counter(username)).await?;
    store::throttle::clear(tx, &password_counter(username, &network::of(&origin.address))).await?;
    for (counter, _) in networks {
        store::throttle::give_back(tx, &counter).await?;
    }
    Ok(())
}

/// For what a TOTP secret is sealed.
pub fn totp_purpose(username: &str) -> String {
    format!("totp of {username}")
}

/// Wrong passwords for an account from one network.
fn password_counter(username: &str, network: &str) -> String {
    format!("password:{}@{network}", name_hash(username))
}

/// The turns at an account's password that strange networks share.
fn turn_of(username: &str) -> String {
    format!("turn:{}", name_hash(username))
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
