//! Recovery codes: ten, each of which stands in for the authenticator once, so that whoever loses their phone need not come
//! in person. They are shown when they are made and never again: what is kept is a keyed digest of each, so that a stolen
//! database without the master key tells nothing of them.

use std::sync::Arc;

use crate::audit::{self, Circumstance, Event};
use crate::clock::Micros;
use crate::identity::session::{self, Opened, Proof, SignedIn, is_fresh};
use crate::identity::{Error, Identity, Origin, Result, level};
use crate::store;
use crate::store::attempt::Attempt;
use crate::store::person::Person;
use crate::store::recovery_code::RecoveryCode;
use crate::store::session::Session;

/// So many are made at once.
pub const CODES: usize = 10;

/// No vowels, so that no word comes of it, and nothing that looks like another.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// 20^10 of them: 43 bits, against ten tries in a quarter of an hour.
const LENGTH: usize = 10;

/// How it stands with the codes of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How many are unused.
    pub left: usize,
    /// When they were made.
    pub made_at: Micros,
    /// When one was used last.
    pub used_at: Option<Micros>,
}

impl Left {
    pub(in crate::identity) fn of(codes: &[RecoveryCode]) -> Option<Self> {
        let made_at = codes.iter().map(|code| code.created_at).max()?;
        let left = codes.iter().filter(|code| code.used_at.is_none()).count();
        Some(Self { left, made_at, used_at: codes.iter().filter_map(|code| code.used_at).max() })
    }
}

impl Identity {
    /// Whether the session may change what stands beside the password: it proved as much as a login with it does, a moment
    /// ago.
    pub fn may_change_factors(&self, signed_in: &SignedIn) -> bool {
        let session = &signed_in.session;
        session.level >= self.level_to_change_factors(signed_in) && is_fresh(session, self.clock.now())
    }

    /// The level that it needs for that.
    pub fn level_to_change_factors(&self, signed_in: &SignedIn) -> i64 {
        level::reached(signed_in.person.level, self.settings.level_password)
    }

    /// How it stands with the account's codes; `None` where none were made. The outer `None`: there is no password that they
    /// could stand beside.
    ///
    /// # Errors
    /// The database's.
    pub async fn recovery_codes(&self, person_id: &str) -> Result<Option<Option<Left>>> {
        let mut connection = self.store.read().await?;
        if store::credential::password_of_person(&mut connection, person_id).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(Left::of(&store::recovery_code::of_person(&mut connection, person_id).await?)))
    }

    /// Makes ten codes; those of before count no longer.
    ///
    /// # Errors
    /// [`Error::ProvedLongAgo`] when a login comes first; the database's.
    pub async fn make_recovery_codes(&self, signed_in: &SignedIn, origin: &Origin) -> Result<Vec<String>> {
        if !self.may_change_factors(signed_in) {
            return Err(Error::ProvedLongAgo);
        }
        let codes: Vec<String> = std::iter::repeat_with(new_code).take(CODES).collect();
        let (person, address, now) = (signed_in.person.id.clone(), origin.address.clone(), self.clock.now());
        let (session, needed) = (signed_in.session.clone(), self.level_to_change_factors(signed_in));
        let hashes: Vec<Vec<u8>> = codes.iter().map(|code| self.recovery_hash(&person, code)).collect();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    session::held(tx, &session, needed, now).await?;
                    store::recovery_code::replace(tx, &person, &hashes, now).await?;
                    let circumstance = Circumstance::person(now, &person, Some(&address));
                    Ok::<_, Error>(audit::record(tx, &circumstance, &Event::RecoveryCodesMade {}).await?)
                })
            })
            .await?;
        Ok(codes.iter().map(|code| shown(code)).collect())
    }

    /// Second factor: a recovery code in the place of the authenticator's; opens the session.
    ///
    /// # Errors
    /// Wrong or used ([`Error::CodeWrong`]), throttled, or the first factor is missing.
    pub async fn check_recovery_code(
        self: &Arc<Self>,
        attempt: &Attempt,
        typed: &str,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Opened> {
        let username = attempt.progress.password_of.clone().ok_or(Error::AttemptGone)?;
        let person = self.verify_recovery_code(&username, typed, origin).await?;
        let proof = Proof {
            person,
            method: "recovery_code".to_owned(),
            method_level: self.settings.level_recovery_code,
            credential: username,
            fingerprint: None,
            by: None,
        };
        self.finish(attempt, proof, current, origin, None).await
    }

    async fn verify_recovery_code(&self, username: &str, typed: &str, origin: &Origin) -> Result<Person> {
        let counted = self.reserve_code(username, origin).await?;
        let mut connection = self.store.read().await?;
        let known = store::credential::find_password(&mut connection, username).await?.ok_or(Error::AttemptGone)?;
        let person = store::person::find(&mut connection, &known.person_id).await?.ok_or(Error::AttemptGone)?;
        let codes = store::recovery_code::of_person(&mut connection, &person.id).await?;
        drop(connection);
        let hash = self.recovery_hash(&person.id, &read_code(typed));
        let unused = codes.iter().filter(|code| code.used_at.is_none());
        // Each is compared, so that the time tells nothing of which.
        let right = unused.clone().filter(|code| crate::id::same(&code.hash, &hash)).count() == 1;
        let left = unused.count().saturating_sub(1);
        if right && self.use_recovery_code(&person, hash, left, username, counted, origin).await? {
            return Ok(person);
        }
        self.record_failure("recovery_code", Some(person.id), origin).await?;
        Err(Error::CodeWrong)
    }

    async fn use_recovery_code(
        &self,
        person: &Person,
        hash: Vec<u8>,
        left: usize,
        username: &str,
        counted: Vec<(String, i64)>,
        origin: &Origin,
    ) -> Result<bool> {
        let (person, name, origin, now) = (person.id.clone(), username.to_owned(), origin.clone(), self.clock.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let fresh = store::recovery_code::use_up(tx, &person, &hash, now).await?;
                    if fresh {
                        crate::identity::factor::clear_code(tx, &name, &origin, counted).await?;
                        let circumstance = Circumstance::person(now, &person, Some(&origin.address));
                        audit::record(tx, &circumstance, &Event::RecoveryCodeUsed { left }).await?;
                    }
                    Ok::<_, Error>(fresh)
                })
            })
            .await
    }

    /// Each account's codes have a digest of their own.
    fn recovery_hash(&self, person_id: &str, code: &str) -> Vec<u8> {
        self.custody.index(&format!("recovery code of {person_id}"), code)
    }
}

/// Ten letters, each as likely as any.
fn new_code() -> String {
    let fair = |byte: &u8| usize::from(*byte) < 256 / LETTERS.len() * LETTERS.len();
    let bytes = std::iter::repeat_with(crate::rng::bytes::<16>).flatten().filter(fair);
    bytes.take(LENGTH).map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()])).collect()
}

/// In two groups, as it is written down.
fn shown(code: &str) -> String {
    let (first, second) = code.split_at(LENGTH / 2);
    format!("{first}-{second}")
}

/// A code however it was typed: case, blanks and hyphens do not matter. What is too long is none.
fn read_code(typed: &str) -> String {
    let letters = typed.bytes().map(|letter| letter.to_ascii_uppercase()).filter(|letter| LETTERS.contains(letter));
    letters.take(LENGTH + 1).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_however_it_is_typed() {
        for _ in 0..100 {
            let code = new_code();
            assert_eq!(read_code(&shown(&code)), code);
            assert_eq!(read_code(&format!(" {} ", shown(&code).to_lowercase().replace('-', " "))), code);
        }
        assert_ne!(read_code("BCDFG-HJKLMN"), "BCDFGHJKLM");
    }
}
