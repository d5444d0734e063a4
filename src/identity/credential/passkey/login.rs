//! A login with a passkey: the browser offers those that it has for this service, so that nobody types a name.

use std::sync::Arc;

use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential, WebauthnError};

use super::{json, login_subject, read, refused, stored};
use crate::audit::{self, Circumstance, Event};
use crate::identity::link::Addition;
use crate::identity::session::{Opened, Proof};
use crate::identity::{Error, Identity, Origin, Result, level};
use crate::store;
use crate::store::attempt::Attempt;
use crate::store::passkey::Passkey;
use crate::store::person::Person;
use crate::store::session::Session;

impl Identity {
    /// Opens a session for the browser's answer to the attempt's challenge, which is used up by it.
    ///
    /// # Errors
    /// [`Error::ChallengeExpired`]; [`Error::PasskeyUnknown`], [`Error::PasskeyRefused`], [`Error::PasskeyCopied`].
    pub async fn enter_by_passkey(
        self: &Arc<Self>,
        attempt: &Attempt,
        answer: &str,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Opened> {
        let answer: PublicKeyCredential = read(answer)?;
        let state = stored(&self.take_passkey_challenge(login_subject(&attempt.id)).await?)?;
        let (passkey, person) = self.owner_of(&answer).await?;
        let data = self.verify_passkey(&answer, state, &passkey, origin).await?;
        let (level, fingerprint) = self.rests_on(&passkey).await?;
        let proof = Proof {
            person,
            method: "passkey".to_owned(),
            method_level: level.min(self.settings.level_passkey),
            credential: passkey.id.clone(),
            fingerprint,
            by: None,
        };
        self.finish(attempt, proof, current, origin, Some(Addition::Used(passkey, data))).await
    }

    /// What a passkey proves, and the certificate by which it does: one that is revoked, or whose authority is trusted no
    /// longer, bears nothing more than a word, as if it had been taken away.
    async fn rests_on(&self, passkey: &Passkey) -> Result<(i64, Option<String>)> {
        match &passkey.fingerprint {
            Some(fingerprint) if !self.bears(fingerprint).await? => Ok((level::LOWEST, None)),
            fingerprint => Ok((passkey.level, fingerprint.clone())),
        }
    }

    /// The passkey that answered, and whose it is; the authenticator has to name the same person (§7.2 step 6).
    async fn owner_of(&self, answer: &PublicKeyCredential) -> Result<(Passkey, Person)> {
        let mut connection = self.store.read().await?;
        let known = store::passkey::find(&mut connection, answer.get_credential_id()).await?;
        let passkey = known.ok_or(Error::PasskeyUnknown)?;
        let person = store::person::find(&mut connection, &passkey.person_id).await?.ok_or(Error::PasskeyUnknown)?;
        drop(connection);
        let named = answer.get_user_unique_id() == Some(self.user_handle(&person.id).as_bytes().as_slice());
        if named { Ok((passkey, person)) } else { Err(Error::PasskeyRefused) }
    }

    /// Verifies the answer (§7.2). Gives what is kept of the passkey from now on.
    async fn verify_passkey(
        &self,
        answer: &PublicKeyCredential,
        state: DiscoverableAuthentication,
        passkey: &Passkey,
        origin: &Origin,
    ) -> Result<String> {
        let party = self.passkeys.as_ref().ok_or(Error::PasskeyUnknown)?;
        let mut key: webauthn_rs::prelude::Passkey = stored(&passkey.data)?;
        // Counter and copies are looked at after the signature: nobody without the key blocks it.
        match party.finish_discoverable_authentication_v2(answer, state, &key) {
            Ok(_) if passkey.blocked_at.is_some() => Err(Error::PasskeyCopied),
            Ok(result) => {
                key.update_credential(&result);
                Ok(json(&key))
            }
            Err(WebauthnError::CredentialPossibleCompromise) => {
                self.block_passkey(passkey, origin).await?;
                Err(Error::PasskeyCopied)
            }
            Err(error) => {
                self.record_failure("passkey", Some(passkey.person_id.clone()), origin).await?;
                Err(refused(error))
            }
        }
    }

    async fn block_passkey(&self, passkey: &Passkey, origin: &Origin) -> Result<()> {
        let (passkey, address, now) = (passkey.clone(), origin.address.clone(), self.clock.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if store::passkey::block(tx, &passkey.id, now).await? {
                        let circumstance = Circumstance {
                            person: Some(&passkey.person_id),
                            address: Some(&address),
                            ..Circumstance::system(now)
                        };
                        audit::record(tx, &circumstance, &Event::PasskeyBlocked { name: passkey.name.clone() }).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}
