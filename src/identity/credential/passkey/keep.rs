//! Passkeys added to an account, and taken away from it again.

use webauthn_rs::prelude::{CredentialID, PasskeyRegistration, RegisterPublicKeyCredential};

use super::{json, read, refused, stored};
use crate::audit::{self, Circumstance, Event};
use crate::clock::Micros;
use crate::identity::session::{self, SignedIn, is_fresh};
use crate::identity::unlink::{self, Kept};
use crate::identity::{Error, Identity, Origin, Result};
use crate::store;
use crate::store::Connection;
use crate::store::passkey::Passkey;
use crate::store::session::Session;
use crate::trust::Snapshot;

/// Nobody has more devices than this; whoever has, removes one first.
const MOST: usize = 20;

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

impl Identity {
    /// Whether the session may change the account's passkeys: it proved enough, a moment ago.
    pub fn may_keep_passkeys(&self, session: &Session) -> bool {
        session.level >= self.settings.level_add_passkey && is_fresh(session, self.clock.now())
    }

    /// The level that a login needs before passkeys are added or removed.
    pub fn level_to_keep_passkeys(&self) -> i64 {
        self.settings.level_add_passkey
    }

    /// What the browser is asked so that the person's device makes a passkey, JSON (§5.4). The device shows `username` and
    /// `display_name`.
    ///
    /// # Errors
    /// [`Error::ProvedLongAgo`] when a login comes first; [`Error::PasskeyUnknown`] where passkeys are not offered.
    pub async fn passkey_creation(&self, signed_in: &SignedIn, display_name: &str) -> Result<String> {
        if !self.may_keep_passkeys(&signed_in.session) {
            return Err(Error::ProvedLongAgo);
        }
        let party = self.passkeys.as_ref().ok_or(Error::PasskeyUnknown)?;
        let person = &signed_in.person.id;
        let mut connection = self.store.read().await?;
        let known = store::passkey::of_person(&mut connection, person).await?;
        let username = store::credential::password_of_person(&mut connection, person).await?;
        drop(connection);
        let known: Vec<CredentialID> = known.into_iter().map(|passkey| passkey.credential_id).collect();
        let username = username.map_or_else(|| display_name.to_owned(), |(username, _)| username);
        let handle = self.user_handle(person);
        let begun = party.start_passkey_registration(handle, &username, display_name, Some(known));
        let (asked, state) = begun.map_err(refused)?;
        let mut asked = serde_json::to_value(&asked.public_key).map_err(|_| Error::PasskeyRefused)?;
        // A login without a name typed finds such keys alone (§5.4.4): one that stays in the server's list is no passkey here.
        asked["authenticatorSelection"]["residentKey"] = "required".into();
        asked["authenticatorSelection"]["requireResidentKey"] = true.into();
        self.set_passkey_challenge(add_subject(&signed_in.session), &asked, &state).await
    }

    /// Adds the passkey that the device made, under a name.
    ///
    /// # Errors
    /// [`Error::ProvedLongAgo`], [`Error::ChallengeExpired`], [`Error::PasskeyRefused`], [`Error::PasskeyTaken`],
    /// [`Error::TooManyPasskeys`].
    pub async fn add_passkey(&self, signed_in: &SignedIn, name: &str, answer: &str, origin: &Origin) -> Result<()> {
        if !self.may_keep_passkeys(&signed_in.session) {
            return Err(Error::ProvedLongAgo);
        }
        let party = self.passkeys.as_ref().ok_or(Error::PasskeyUnknown)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let state: PasskeyRegistration = stored(&self.take_passkey_challenge(add_subject(&signed_in.session)).await?)?;
        // The device was told of those that it has (§5.4.2 excludeCredentials), and the library says of one nothing of use.
        if store::passkey::find(&mut *self.store.read().await?, &answer.raw_id).await?.is_some() {
            return Err(Error::PasskeyTaken);
        }
        let key = party.finish_passkey_registration(&answer, &state).map_err(refused)?;
        let (session, now) = (&signed_in.session, self.clock.now());
        let mut passkey = Passkey {
            id: crate::id::new_id(),
            person_id: signed_in.person.id.clone(),
            credential_id: key.cred_id().clone(),
            name: name.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect(),
            data: json(&key),
            level: session.level,
            added_by: session.credential.clone(),
            fingerprint: session.fingerprint.clone(),
            created_at: now,
            used_at: None,
            blocked_at: None,
        };
        let (address, session, needed) = (origin.address.clone(), session.clone(), self.settings.level_add_passkey);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    passkey.level = session::held(tx, &session, needed, now).await?.level;
                    add(tx, passkey, &address, now).await
                })
            })
            .await
    }

    /// The passkey `id` of a person, and why it has to stay, if it has to. `None` when it is not theirs.
    ///
    /// # Errors
    /// The database's.
    pub async fn passkey(&self, signed_in: &SignedIn, id: &str) -> Result<Option<(Passkey, Option<Kept>)>> {
        let snapshot = self.trust.snapshot().await?;
        let mut connection = self.store.read().await?;
        let found = find(&mut connection, &snapshot, &signed_in.person.id, id, self.clock.now()).await?;
        Ok(found.map(|(passkey, kept)| (passkey, kept.or_else(|| self.unproved(signed_in)))))
    }

    /// Takes the passkey `id` away from a person's account; what it was, and why it was kept, if it was.
    ///
    /// # Errors
    /// The database's.
    pub async fn remove_passkey(
        &self,
        signed_in: &SignedIn,
        id: &str,
        origin: &Origin,
    ) -> Result<Option<(Passkey, Option<Kept>)>> {
        let (snapshot, now, unproved) = (self.trust.snapshot().await?, self.clock.now(), self.unproved(signed_in));
        let (person, id, address) = (signed_in.person.id.clone(), id.to_owned(), origin.address.clone());
        let (session, needed) = (signed_in.session.clone(), self.settings.level_add_passkey);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    // Two at once would each see the other as the way that is left.
                    let held = session::held(tx, &session, needed, now).await;
                    let unproved = match held {
                        Err(Error::ProvedLongAgo) => Some(Kept::Unproved { level: needed }),
                        held => held.map(|_| unproved)?,
                    };
                    let found = find(tx, &snapshot, &person, &id, now).await?;
                    let found = found.map(|(passkey, kept)| (passkey, kept.or(unproved)));
                    if let Some((passkey, None)) = &found {
                        store::passkey::remove(tx, &passkey.id, &person).await?;
                        let event = Event::PasskeyRemoved { name: passkey.name.clone() };
                        audit::record(tx, &Circumstance::person(now, &person, Some(&address)), &event).await?;
                    }
                    Ok::<_, Error>(found)
                })
            })
            .await
    }

    fn unproved(&self, signed_in: &SignedIn) -> Option<Kept> {
        let level = self.settings.level_add_passkey;
        (!self.may_keep_passkeys(&signed_in.session)).then_some(Kept::Unproved { level })
    }
}

/// Whoever calls holds the person.
async fn add(tx: &mut Connection, mut passkey: Passkey, address: &str, now: Micros) -> Result<()> {
    let known = store::passkey::of_person(tx, &passkey.person_id).await?;
    if known.len() >= MOST {
        return Err(Error::TooManyPasskeys);
    }
    // One that a passkey's login adds rests on what that rests on.
    if let Some(other) = known.into_iter().find(|other| other.id == passkey.added_by) {
        passkey.added_by = other.added_by;
        passkey.fingerprint = other.fingerprint;
        passkey.level = passkey.level.min(other.level);
    }
    // §7.1 step 26: one that is registered already is refused.
    if !store::passkey::insert(tx, &passkey).await? {
        return Err(Error::PasskeyTaken);
    }
    let event = Event::PasskeyAdded { name: passkey.name, level: passkey.level };
    Ok(audit::record(tx, &Circumstance::person(now, &passkey.person_id, Some(address)), &event).await?)
}

async fn find(
    connection: &mut Connection,
    snapshot: &Snapshot,
    person_id: &str,
    id: &str,
    now: Micros,
) -> Result<Option<(Passkey, Option<Kept>)>> {
    let mut passkeys = store::passkey::of_person(connection, person_id).await?;
    let Some(at) = passkeys.iter().position(|passkey| passkey.id == id) else { return Ok(None) };
    let passkey = passkeys.swap_remove(at);
    let certificates = store::credential::certificates(connection, person_id).await?;
    let open = unlink::is_open(connection, snapshot, person_id, &certificates, &passkeys, now).await?;
    Ok(Some((passkey, (!open).then_some(Kept::OnlyWayIn))))
}

fn add_subject(session: &Session) -> String {
    format!("add:{}", session.id)
}
