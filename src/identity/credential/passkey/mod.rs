//! Passkeys (W3C Web Authentication Level 3): a key in the person's own device, which that unlocks by fingerprint, face or PIN.
//!
//! The relying party is the issuer's host, and the person is always verified by the device (§5.8.6). A challenge is a row,
//! bound to the login attempt, or to the session that adds a passkey; it is good once. A passkey proves no more than
//! the login that added it, nor more than the settings let it. A signature counter that goes back says that there may be
//! a copy of the key (§6.1.1): the passkey is blocked, and its holder told.

mod keep;
mod login;

use serde::Serialize;
use webauthn_rs::prelude::{Url, Uuid, WebauthnError};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::clock::{Micros, SECOND};
use crate::identity::{Error, Identity, Result};
use crate::store;
use crate::store::attempt::Attempt;

/// An answer of a browser is some kilobytes with the longest of keys.
const LONGEST_ANSWER: usize = 32 * 1024;

/// The relying party of an issuer; none where its host is an address, as the standard knows domains alone (§5.1.3 step 8).
pub(in crate::identity) fn relying_party(issuer: &str) -> Option<Webauthn> {
    let origin = Url::parse(issuer).ok()?;
    let domain = origin.domain()?.to_owned();
    WebauthnBuilder::new(&domain, &origin).ok()?.rp_name("Pearlbridge").build().ok()
}

impl Identity {
    /// Whether passkeys are there at all.
    pub fn offers_passkeys(&self) -> bool {
        self.passkeys.is_some()
    }

    /// Whether a passkey can reach `level`.
    pub fn passkeys_reach(&self, level: i64) -> bool {
        self.offers_passkeys() && level <= self.settings.level_passkey
    }

    /// What the browser is asked for a login with a passkey, JSON (§5.5); `None` where there are none. It is asked the same
    /// again while that counts for a while longer.
    ///
    /// # Errors
    /// The database's.
    pub async fn passkey_request(&self, attempt: &Attempt) -> Result<Option<String>> {
        let Some(party) = &self.passkeys else { return Ok(None) };
        let subject = login_subject(&attempt.id);
        let since = self.clock.now() - self.settings.challenge_lifetime * SECOND / 2;
        if let Some(options) = store::passkey::challenge(&mut *self.store.read().await?, &subject, since).await? {
            return Ok(Some(options));
        }
        let (asked, state) = party.start_discoverable_authentication().map_err(refused)?;
        self.set_passkey_challenge(subject, &asked.public_key, &state).await.map(Some)
    }

    /// Writes a challenge down. Gives what the browser is asked.
    async fn set_passkey_challenge(
        &self,
        subject: String,
        asked: &impl Serialize,
        state: &impl Serialize,
    ) -> Result<String> {
        let (options, state, now) = (json(asked), json(state), self.clock.now());
        let written = options.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, Error>(store::passkey::set_challenge(tx, &subject, &written, &state, now).await?)
                })
            })
            .await?;
        Ok(options)
    }

    /// Uses a challenge up, whatever the answer to it is.
    async fn take_passkey_challenge(&self, subject: String) -> Result<String> {
        let now = self.clock.now();
        let since: Micros = now - self.settings.challenge_lifetime * SECOND;
        let state = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::passkey::use_challenge(tx, &subject, since, now).await?) })
            })
            .await?;
        state.ok_or(Error::ChallengeExpired)
    }

    /// What an authenticator calls a person (§5.4.3, user handle): the same for all their passkeys, and nobody else's name.
    fn user_handle(&self, person_id: &str) -> Uuid {
        let index = self.custody.index("passkey user", person_id);
        Uuid::from_slice(&index[..16]).expect("an HMAC has sixteen bytes")
    }
}

fn login_subject(attempt: &str) -> String {
    format!("login:{attempt}")
}

/// An answer of a browser.
fn read<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T> {
    if answer.len() > LONGEST_ANSWER {
        return Err(Error::PasskeyRefused);
    }
    serde_json::from_str(answer).map_err(|_| Error::PasskeyRefused)
}

/// What this room wrote itself.
fn stored<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    let damaged = |error: serde_json::Error| store::Error::Damaged { noun: "passkey", why: error.to_string() };
    Ok(serde_json::from_str(text).map_err(damaged)?)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what passkeys are asked and kept as serialises to JSON")
}

/// The reason is the operator's to know: it tells nothing that the person could mend.
fn refused(error: WebauthnError) -> Error {
    tracing::info!(%error, "a passkey was refused");
    Error::PasskeyRefused
}
