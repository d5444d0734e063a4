//! A login on one screen that a phone lets in which is signed in: the screen shows a picture and a number, the phone reads the
//! picture, says who asks, and has its person find the number among three.
//!
//! *What keeps a stranger from showing their own picture?* Nothing can, so the phone names browser, network and service, says
//! whether the screen is in its own network, and asks for a number that only who sees the screen knows; what is let in
//! counts for the browser that asked, for two minutes, once, and reaches `login.level_phone` at most.

use std::sync::Arc;

use super::link::Addition;
use super::session::{Opened, PHONE, Proof, SignedIn, is_fresh};
use super::{Error, Identity, Origin, Result, level, network};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{MINUTE, Micros, SECOND};
use crate::store;
use crate::store::attempt::{Attempt, Destination};
use crate::store::phone_login::PhoneLogin;
use crate::store::session::Session;

/// So long a picture counts.
const LIFETIME: Micros = 2 * MINUTE;

/// So many pictures an attempt has in all: each waits for two minutes, and the attempt itself not for much longer than all.
const PICTURES: i64 = 15;

/// What the screen shows.
#[derive(Clone, Debug)]
pub struct Screen {
    /// The address in the picture.
    pub address: String,
    /// The number to find on the phone.
    pub number: i64,
    /// Until when the picture counts.
    pub expires_at: Micros,
    /// What became of it.
    pub standing: Standing,
}

/// What became of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has read it.
    Waiting,
    /// A phone has read it, and its person has not decided.
    Opened,
    /// The phone let it in.
    LetIn,
    /// The phone refused it.
    Refused,
    /// Nobody decided in time.
    Over,
}

/// What the phone shows.
#[derive(Clone, Debug)]
pub struct Question {
    /// What waits.
    pub login: PhoneLogin,
    /// Where the screen's browser was going.
    pub destination: Destination,
    /// Whether screen and phone are in one network.
    pub same_network: bool,
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The screen is let in.
    LetIn,
    /// It is refused.
    Refused,
    /// The number was not the screen's: it is refused.
    WrongNumber,
    /// It was decided before, is over, or another person's.
    Over,
}

impl Identity {
    /// Whether a phone can let a login in that needs `level`.
    pub fn phones_reach(&self, level: i64) -> bool {
        level <= self.settings.level_phone
    }

    /// What the screen of an attempt shows: its latest picture, or the first.
    ///
    /// # Errors
    /// The database's.
    pub async fn phone_screen(&self, attempt: &Attempt, origin: &Origin) -> Result<Screen> {
        let latest = store::phone_login::latest(&mut *self.store.read().await?, &attempt.id).await?;
        match latest {
            Some(login) => Ok(self.screen(&login)),
            None => self.new_phone_screen(attempt, origin).await,
        }
    }

    /// How it stands with what the screen shows, whatever that is; nothing is written.
    ///
    /// # Errors
    /// The database's.
    pub async fn phone_standing(&self, attempt: &Attempt) -> Result<Standing> {
        let latest = store::phone_login::latest(&mut *self.store.read().await?, &attempt.id).await?;
        Ok(latest.map_or(Standing::Over, |login| self.screen(&login).standing))
    }

    /// Another picture in the place of one that is over; one that can still be answered stays.
    ///
    /// # Errors
    /// [`Error::AttemptGone`] when the attempt has had as many as it may; the database's.
    pub async fn new_phone_screen(&self, attempt: &Attempt, origin: &Origin) -> Result<Screen> {
        let mut connection = self.store.read().await?;
        let latest = store::phone_login::latest(&mut connection, &attempt.id).await?;
        let had = store::phone_login::count(&mut connection, &attempt.id).await?;
        drop(connection);
        let latest = latest.map(|login| self.screen(&login));
        let answerable =
            |screen: &Screen| matches!(screen.standing, Standing::Waiting | Standing::Opened | Standing::LetIn);
        if let Some(screen) = latest.filter(answerable) {
            return Ok(screen);
        }
        if had >= PICTURES {
            return Err(Error::AttemptGone);
        }
        let (nonce, now) = (crate::id::new_id(), self.clock.now());
        let (number, choices) = new_numbers();
        let login = PhoneLogin {
            hash: crate::id::digest(&self.phone_secret(&attempt.id, &nonce)),
            attempt_id: attempt.id.clone(),
            nonce,
            number,
            choices,
            address: origin.address.clone(),
            agent: origin.agent.clone(),
            created_at: now,
            expires_at: now + LIFETIME,
            opened_by: None,
            session_id: None,
            decided_at: None,
        };
        let screen = self.screen(&login);
        self.store
            .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::phone_login::insert(tx, &login).await?) }))
            .await?;
        Ok(screen)
    }

    fn screen(&self, login: &PhoneLogin) -> Screen {
        let standing = match (login.decided_at, &login.session_id, &login.opened_by) {
            (Some(_), None, _) => Standing::Refused,
            _ if login.expires_at <= self.clock.now() => Standing::Over,
            (Some(_), Some(_), _) => Standing::LetIn,
            (None, _, Some(_)) => Standing::Opened,
            (None, _, None) => Standing::Waiting,
        };
        let secret = self.phone_secret(&login.attempt_id, &login.nonce);
        let address = format!("{}/phone/{secret}", self.service);
        Screen { address, number: login.number, expires_at: login.expires_at, standing }
    }

    /// The secret follows from what is stored and from the master key, so that the screen can show it again.
    fn phone_secret(&self, attempt: &str, nonce: &str) -> String {
        crate::id::base64url(&self.custody.index("phone login", &format!("{attempt}:{nonce}")))
    }

    /// What a phone that read the picture asks its person; `None` when it is over, decided, or another phone's, and when the
    /// phone is the screen itself: nobody lets themselves in.
    ///
    /// # Errors
    /// The database's.
    pub async fn phone_question(
        &self,
        secret: &str,
        signed_in: &SignedIn,
        browser: &str,
        origin: &Origin,
    ) -> Result<Option<Question>> {
        let (hash, person, now) = (crate::id::digest(secret), signed_in.person.id.clone(), self.clock.now());
        let opened = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::phone_login::open(tx, &hash, &person, now).await?) })
            })
            .await?;
        let Some(login) = opened else { return Ok(None) };
        let attempt = store::attempt::find(&mut *self.store.read().await?, &login.attempt_id, now).await?;
        let another = |attempt: &Attempt| !crate::id::same(&attempt.browser_hash, &crate::id::digest(browser));
        let waits = attempt.filter(|attempt| attempt.finished_at.is_none() && another(attempt));
        let Some(attempt) = waits else { return Ok(None) };
        let same_network = network::of(&login.address) == network::of(&origin.address);
        Ok(Some(Question { login, destination: attempt.destination, same_network }))
    }

    /// The level that the phone's session has to have proved a moment ago, if it has not; since the picture was shown, where
    /// the hall asks for a new login, and as lately as it asks for.
    pub fn phone_lacks(&self, question: &Question, session: &Session) -> Option<i64> {
        let now = self.clock.now();
        let (level, since) = match &question.destination {
            Destination::Client(request) if request.force_login => (request.level, question.login.created_at),
            Destination::Client(request) => {
                let age = request.max_age.map_or(now, |seconds| seconds.saturating_mul(SECOND));
                (request.level, now - age)
            }
            Destination::Page { level, .. } => (level::LOWEST.max(*level), 0),
        };
        let level = level.min(self.settings.level_phone);
        let proved = session.level >= level && session.auth_time >= since && is_fresh(session, now);
        (!proved).then_some(level)
    }

    /// The person's answer: the number, or none to refuse. One that is not the screen's refuses too.
    ///
    /// # Errors
    /// [`Error::ProvedLongAgo`] when a login comes first; the database's.
    pub async fn answer_phone(
        &self,
        question: &Question,
        number: Option<i64>,
        signed_in: &SignedIn,
        origin: &Origin,
    ) -> Result<Answered> {
        let right = number == Some(question.login.number);
        if right && self.phone_lacks(question, &signed_in.session).is_some() {
            return Err(Error::ProvedLongAgo);
        }
        let session = &signed_in.session;
        let (hash, person, session_id) = (question.login.hash.clone(), session.person_id.clone(), session.id.clone());
        let (address, now) = (origin.address.clone(), self.clock.now());
        let reached = session.level.min(self.settings.level_phone);
        let event = match right {
            true => Event::ScreenLetIn { screen: question.login.address.clone(), level: reached },
            false => Event::ScreenRefused { screen: question.login.address.clone() },
        };
        let decided = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let allowed = right.then_some(session_id.as_str());
                    let decided = store::phone_login::decide(tx, &hash, &person, allowed, now).await?;
                    if decided {
                        let circumstance = Circumstance::person(now, &person, Some(&address));
                        audit::record(tx, &circumstance, &event).await?;
                    }
                    Ok::<_, Error>(decided)
                })
            })
            .await?;
        Ok(match (decided, right, number) {
            (false, ..) => Answered::Over,
            (true, true, _) => Answered::LetIn,
            (true, false, None) => Answered::Refused,
            (true, false, Some(_)) => Answered::WrongNumber,
        })
    }

    /// Opens the session that a phone let in, in the browser that asked; it rests on what the phone's session rests on.
    ///
    /// # Errors
    /// [`Error::AttemptGone`] when nothing was let in, or the phone is signed out by now.
    pub async fn enter_by_phone(
        self: &Arc<Self>,
        attempt: &Attempt,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Opened> {
        let mut connection = self.store.read().await?;
        let login = store::phone_login::latest(&mut connection, &attempt.id).await?.ok_or(Error::AttemptGone)?;
        let by = login.session_id.as_deref().ok_or(Error::AttemptGone)?;
        let by = store::session::find_by_id(&mut connection, by).await?.ok_or(Error::AttemptGone)?;
        let person = store::person::find(&mut connection, &by.person_id).await?.ok_or(Error::AttemptGone)?;
        drop(connection);
        let proof = Proof {
            person,
            method: PHONE.to_owned(),
            method_level: by.level.min(self.settings.level_phone),
            credential: by.credential.clone(),
            fingerprint: by.fingerprint.clone(),
            by: Some(by.clone()),
        };
        self.finish(attempt, proof, current, origin, Some(Addition::LetIn { hash: login.hash, by: by.id })).await
    }
}

/// A number of two digits, and three among which it is, in any order.
fn new_numbers() -> (i64, Vec<i64>) {
    let mut choices: Vec<i64> = Vec::new();
    // 2 × 90 of 256 values of a byte, so that each number is as likely as any.
    let fair = std::iter::repeat_with(crate::rng::bytes::<16>).flatten().filter(|byte| *byte < 180);
    for byte in fair {
        let number = i64::from(byte % 90) + 10;
        if !choices.contains(&number) {
            choices.push(number);
        }
        if choices.len() == 3 {
            break;
        }
    }
    let number = choices[0];
    choices.sort_unstable();
    (number, choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_among_three_that_differ() {
        for _ in 0..200 {
            let (number, choices) = new_numbers();
            assert!(choices.contains(&number) && choices.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(choices.len() == 3 && choices.iter().all(|choice| (10..100).contains(choice)));
        }
    }
}
