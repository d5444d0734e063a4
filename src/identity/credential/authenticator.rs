//! Another authenticator app in the place of the one that an account has: its secret is shown once, and counts when its
//! first code is right.

use super::totp::{self, SECRET_LENGTH};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{MINUTE, Micros};
use crate::identity::factor::totp_purpose;
use crate::identity::session::{self, SignedIn};
use crate::identity::{Error, Identity, Origin, Result};
use crate::store;

/// So long the first code may take.
const LIFETIME: Micros = 10 * MINUTE;

/// What an authenticator app is set up with.
#[derive(Clone, Debug)]
pub struct NewAuthenticator {
    /// The secret, base32, as it is typed.
    pub secret: String,
    /// The same as an address that apps read out of a picture (Key URI Format).
    pub address: String,
}

impl Identity {
    /// Begins to set up another authenticator; one that the session has begun a moment ago is shown again.
    ///
    /// # Errors
    /// [`Error::ProvedLongAgo`] when a login comes first; [`Error::AttemptGone`] where there is no password.
    pub async fn begin_authenticator(&self, signed_in: &SignedIn) -> Result<NewAuthenticator> {
        let username = self.username_to_change(signed_in).await?;
        let (session, now) = (signed_in.session.id.clone(), self.clock.now());
        let since = now - LIFETIME / 2;
        let begun = store::recovery_code::totp_change(&mut *self.store.read().await?, &session, since).await?;
        if let Some(sealed) = begun {
            return Ok(shown(&self.custody.unseal(&totp_purpose(&username), &sealed)?, &username));
        }
        let secret = crate::rng::bytes::<SECRET_LENGTH>();
        let sealed = self.custody.seal(&totp_purpose(&username), &secret);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, Error>(store::recovery_code::begin_totp_change(tx, &session, &sealed, now).await?)
                })
            })
            .await?;
        Ok(shown(&secret, &username))
    }

    /// Ends it with the first code of the new authenticator; the old one counts no longer.
    ///
    /// # Errors
    /// [`Error::CodeWrong`]; [`Error::ChallengeExpired`] when it took too long; as [`Identity::begin_authenticator`].
    pub async fn change_authenticator(&self, signed_in: &SignedIn, code: &str, origin: &Origin) -> Result<()> {
        let username = self.username_to_change(signed_in).await?;
        let (session, now) = (signed_in.session.id.clone(), self.clock.now());
        let begun = store::recovery_code::totp_change(&mut *self.store.read().await?, &session, now - LIFETIME).await?;
        let sealed = begun.ok_or(Error::ChallengeExpired)?;
        let secret = self.custody.unseal(&totp_purpose(&username), &sealed)?;
        let step = totp::matching_step(&secret, code, now).ok_or(Error::CodeWrong)?;
        let (person, address) = (signed_in.person.id.clone(), origin.address.clone());
        let (proved, needed) = (signed_in.session.clone(), self.level_to_change_factors(signed_in));
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    session::held(tx, &proved, needed, now).await?;
                    if !store::recovery_code::end_totp_change(tx, &session, &sealed).await? {
                        return Err(Error::ChallengeExpired);
                    }
                    store::credential::set_totp(tx, &username, &sealed, step).await?;
                    let circumstance = Circumstance::person(now, &person, Some(&address));
                    Ok(audit::record(tx, &circumstance, &Event::AuthenticatorChanged {}).await?)
                })
            })
            .await
    }

    async fn username_to_change(&self, signed_in: &SignedIn) -> Result<String> {
        if !self.may_change_factors(signed_in) {
            return Err(Error::ProvedLongAgo);
        }
        let mut connection = self.store.read().await?;
        let known = store::credential::password_of_person(&mut connection, &signed_in.person.id).await?;
        known.map(|(username, _)| username).ok_or(Error::AttemptGone)
    }
}

fn shown(secret: &[u8], username: &str) -> NewAuthenticator {
    let secret = totp::base32(secret);
    let name: String = url::form_urlencoded::byte_serialize(username.as_bytes()).collect();
    let address = format!("otpauth://totp/Pearlbridge:{name}?secret={secret}&issuer=Pearlbridge");
    NewAuthenticator { secret, address }
}
