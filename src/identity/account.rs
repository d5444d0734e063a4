//! What a person sees of their own account.

use super::credential::recovery_code::Left;
use super::{Identity, Result};
use crate::clock::{DAY, Micros};
use crate::store;
use crate::store::audit_event::{Disclosure, Row};
use crate::store::authority::Issued;
use crate::store::credential::CertificateCredential;
use crate::store::passkey::Passkey;
use crate::store::person::{Document, Person};
use crate::store::session::Session;

/// As many events are shown.
const EVENTS: i64 = 50;

/// So long a login with a device or from a place that nobody knew is told on top of the account, and so many of them are
/// looked at: whatever else happens meanwhile does not hide it.
const NOTICED: Micros = 14 * DAY;
const UNFAMILIAR: i64 = 50;

/// Everything about one account.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Documents, oldest first.
    pub documents: Vec<Document>,
    /// Live sessions, latest first.
    pub sessions: Vec<Session>,
    /// User name, and when its password was set.
    pub password: Option<(String, Micros)>,
    /// How it stands with the recovery codes, if any were made.
    pub recovery_codes: Option<Left>,
    /// Passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// Certificates that open the account.
    pub certificates: Vec<CertificateCredential>,
    /// Certificates issued here.
    pub issued: Vec<Issued>,
    /// Who read what.
    pub disclosures: Vec<Disclosure>,
    /// What happened, latest first.
    pub events: Vec<Row>,
    /// The logins of the last two weeks that nothing was known of, latest first.
    pub unfamiliar: Vec<Row>,
}

impl Identity {
    /// The account of `person`.
    ///
    /// # Errors
    /// The database's.
    pub async fn overview(&self, person: &Person) -> Result<Overview> {
        let mut connection = self.store.read().await?;
        let (id, now) = (&person.id, self.clock.now());
        Ok(Overview {
            documents: store::person::documents(&mut connection, id).await?,
            sessions: store::session::of_person(&mut connection, id, now, self.idle_since()).await?,
            password: store::credential::password_of_person(&mut connection, id).await?,
            recovery_codes: Left::of(&store::recovery_code::of_person(&mut connection, id).await?),
            passkeys: store::passkey::of_person(&mut connection, id).await?,
            certificates: store::credential::certificates(&mut connection, id).await?,
            issued: store::authority::of_person(&mut connection, id).await?,
            disclosures: store::audit_event::disclosures(&mut connection, id).await?,
            events: store::audit_event::of_person(&mut connection, id, EVENTS).await?,
            unfamiliar: store::audit_event::of_kind(
                &mut connection,
                id,
                "unfamiliar_sign_in",
                now - NOTICED,
                UNFAMILIAR,
            )
            .await?,
        })
    }

    /// The document that the person's claims name: the first that was proved.
    ///
    /// # Errors
    /// The database's.
    pub async fn document_of(&self, person_id: &str) -> Result<Option<Document>> {
        Ok(store::person::documents(&mut *self.store.read().await?, person_id).await?.into_iter().next())
    }
}
