//! What a holder takes away from an account: a certificate that opens it. Another way in has to be left, and the event is
//! written with it; whoever holds the certificate may link it again, as any certificate that opens no account.

use super::{Error, Identity, Origin, Result};
use crate::audit::{self, Circumstance, Event};
use crate::clock::Micros;
use crate::store;
use crate::store::Connection;
use crate::store::credential::CertificateCredential;
use crate::trust::{OWN_SCHEME, Snapshot};

/// Why a certificate stays with its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The province issued it to this account, so that its next use would link it again: it is ended by revocation.
    IssuedHere,
    /// Without it nobody could sign in to the account.
    OnlyWayIn,
}

impl Identity {
    /// The certificate `id` of a person, and why it has to stay, if it has to. `None` when it is not theirs.
    ///
    /// # Errors
    /// The database's.
    pub async fn linked_certificate(
        &self,
        person_id: &str,
        id: &str,
    ) -> Result<Option<(CertificateCredential, Option<Kept>)>> {
        let snapshot = self.trust.snapshot().await?;
        let mut connection = self.store.read().await?;
        find(&mut connection, &snapshot, person_id, id, self.clock.now()).await
    }

    /// Takes the certificate `id` away from a person's account; what it was, and why it was kept, if it was.
    ///
    /// # Errors
    /// The database's.
    pub async fn unlink(
        &self,
        person_id: &str,
        id: &str,
        origin: &Origin,
    ) -> Result<Option<(CertificateCredential, Option<Kept>)>> {
        let (snapshot, now) = (self.trust.snapshot().await?, self.clock.now());
        let (person, id, address) = (person_id.to_owned(), id.to_owned(), origin.address.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    // Two at once would each see the other's certificate as the way that is left.
                    store::person::hold(tx, &person).await?;
                    let found = find(tx, &snapshot, &person, &id, now).await?;
                    if let Some((credential, None)) = &found {
                        store::credential::unlink_certificate(tx, &id).await?;
                        let circumstance = Circumstance::person(now, &person, Some(&address));
                        let event = Event::CertificateUnlinked { ca: credential.ca.clone() };
                        audit::record(tx, &circumstance, &event).await?;
                    }
                    Ok::<_, Error>(found)
                })
            })
            .await
    }
}

async fn find(
    connection: &mut Connection,
    snapshot: &Snapshot,
    person_id: &str,
    id: &str,
    now: Micros,
) -> Result<Option<(CertificateCredential, Option<Kept>)>> {
    let certificates = store::credential::certificates(connection, person_id).await?;
    let has_password = store::credential::password_of_person(connection, person_id).await?.is_some();
    let other_way = has_password || certificates.iter().any(|other| other.id != id && opens(snapshot, other, now));
    let credential = certificates.into_iter().find(|credential| credential.id == id);
    Ok(credential.map(|credential| {
        let kept = match (credential.scheme == OWN_SCHEME, other_way) {
            (true, _) => Some(Kept::IssuedHere),
            (false, false) => Some(Kept::OnlyWayIn),
            (false, true) => None,
        };
        (credential, kept)
    }))
}

/// Whether one can sign in with a certificate now, as far as is known without it.
fn opens(snapshot: &Snapshot, credential: &CertificateCredential, now: Micros) -> bool {
    let granted =
        || snapshot.records.iter().any(|record| record.row.id == credential.ca && record.row.status == "granted");
    credential.not_after > now && (credential.scheme == OWN_SCHEME || granted())
}
