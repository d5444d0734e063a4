//! What a holder takes away from an account: a certificate that opens it, and with it what it proved (passkeys that a login
//! with it added, and their sessions, prove nothing more than a word; mandates that such a login gave are over). Another way
//! in has to be left, and the event is written with it; whoever holds the certificate may link it again, as any certificate
//! that opens no account.

use super::session::{self, SignedIn, is_fresh};
use super::{Error, Identity, Origin, Result, level, mandate};
use crate::audit::{self, Circumstance, Event};
use crate::clock::Micros;
use crate::store;
use crate::store::Connection;
use crate::store::credential::CertificateCredential;
use crate::store::passkey::Passkey;
use crate::store::session::Session;
use crate::trust::{OWN_SCHEME, Snapshot};

/// Why a certificate stays with its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The province issued it to this account, so that its next use would link it again: it is ended by revocation.
    IssuedHere,
    /// Without it nobody could sign in to the account.
    OnlyWayIn,
    /// The account was opened with it: without it, nothing would bear out whose name the account has.
    OpenedAccount,
    /// The session proved less than a login with the certificate does, or proved it too long ago.
    Unproved {
        /// The level to prove.
        level: i64,
    },
}

/// A certificate of an account, and why it has to stay, if it has to.
pub type Found = Option<(CertificateCredential, Option<Kept>)>;

impl Identity {
    /// The certificate `id` of a person. `None` when it is not theirs.
    ///
    /// # Errors
    /// The database's.
    pub async fn linked_certificate(&self, signed_in: &SignedIn, id: &str) -> Result<Found> {
        let snapshot = self.trust.snapshot().await?;
        let mut connection = self.store.read().await?;
        find(&mut connection, &snapshot, &signed_in.session, id, self.clock.now()).await
    }

    /// Takes the certificate `id` away from a person's account; what it was, and why it was kept, if it was.
    ///
    /// # Errors
    /// The database's.
    pub async fn unlink(&self, signed_in: &SignedIn, id: &str, origin: &Origin) -> Result<Found> {
        let (snapshot, now) = (self.trust.snapshot().await?, self.clock.now());
        let (session, id, address) = (signed_in.session.clone(), id.to_owned(), origin.address.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    // Two at once would each see the other's certificate as the way that is left.
                    let session = match session::held(tx, &session, level::LOWEST, now).await {
                        // It proves nothing any more.
                        Err(Error::ProvedLongAgo) => Session { level: 0, ..session },
                        held => held?,
                    };
                    let found = find(tx, &snapshot, &session, &id, now).await?;
                    if let Some((credential, None)) = &found {
                        take_away(tx, credential, &address, now).await?;
                    }
                    Ok::<_, Error>(found)
                })
            })
            .await
    }
}

/// Link, documents and level go together: else a link that is undone would leave what only it had proved.
async fn take_away(tx: &mut Connection, credential: &CertificateCredential, address: &str, now: Micros) -> Result<()> {
    let person = &credential.person_id;
    store::credential::unlink_certificate(tx, &credential.id).await?;
    store::person::remove_documents(tx, &credential.id).await?;
    let mandates = store::mandate::resting_on(tx, person, &credential.id).await?;
    mandate::end(tx, &mandates, now).await?;
    store::session::lower_of_passkeys(tx, person, &credential.id, level::LOWEST).await?;
    store::passkey::lower_added_by(tx, person, &credential.id, level::LOWEST).await?;
    let level = store::person::withdraw_proof(tx, person, &credential.id, level::LOWEST).await?;
    store::session::lower(tx, person, level).await?;
    let event = Event::CertificateUnlinked { ca: credential.ca.clone(), level };
    Ok(audit::record(tx, &Circumstance::person(now, person, Some(address)), &event).await?)
}

async fn find(
    connection: &mut Connection,
    snapshot: &Snapshot,
    session: &Session,
    id: &str,
    now: Micros,
) -> Result<Found> {
    let mut certificates = store::credential::certificates(connection, &session.person_id).await?;
    let Some(at) = certificates.iter().position(|credential| credential.id == id) else { return Ok(None) };
    let credential = certificates.swap_remove(at);
    let passkeys = store::passkey::of_person(connection, &session.person_id).await?;
    let kept = if credential.scheme == OWN_SCHEME {
        Some(Kept::IssuedHere)
    } else if credential.linked_how == "new" {
        Some(Kept::OpenedAccount)
    } else if !is_open(connection, snapshot, &session.person_id, &certificates, &passkeys, now).await? {
        Some(Kept::OnlyWayIn)
    } else {
        unproved(connection, session, &credential, now).await?
    };
    Ok(Some((credential, kept)))
}

/// Whether one can sign in to an account by password, or with one of these certificates or passkeys.
pub(super) async fn is_open(
    connection: &mut Connection,
    snapshot: &Snapshot,
    person_id: &str,
    certificates: &[CertificateCredential],
    passkeys: &[Passkey],
    now: Micros,
) -> Result<bool> {
    if passkeys.iter().any(|passkey| passkey.blocked_at.is_none()) {
        return Ok(true);
    }
    if store::credential::password_of_person(connection, person_id).await?.is_some() {
        return Ok(true);
    }
    for credential in certificates {
        if opens(connection, snapshot, credential, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether one can sign in with a certificate now, as far as is known without it: whether another's is revoked, its own
/// authority knows.
async fn opens(
    connection: &mut Connection,
    snapshot: &Snapshot,
    credential: &CertificateCredential,
    now: Micros,
) -> Result<bool> {
    if credential.not_after <= now {
        return Ok(false);
    }
    if credential.scheme == OWN_SCHEME {
        return Ok(store::authority::is_in_force(connection, &credential.ca, &credential.serial).await?);
    }
    Ok(snapshot.records.iter().any(|record| record.row.id == credential.ca && record.row.status == "granted"))
}

/// What a login with the certificate would prove, a session has to have proved a moment ago to take it away: a password
/// alone does not undo what a certificate did.
async fn unproved(
    connection: &mut Connection,
    session: &Session,
    credential: &CertificateCredential,
    now: Micros,
) -> Result<Option<Kept>> {
    let person = store::person::find(connection, &session.person_id).await?;
    let level = level::reached(person.map_or(level::HIGHEST, |person| person.level), credential.level);
    let proved = session.level >= level && is_fresh(session, now);
    Ok((!proved).then_some(Kept::Unproved { level }))
}
