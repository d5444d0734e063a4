//! Everything that is kept about a person, for them to take away (Personal Information Protection Law, article 45): what the
//! account page shows, whole, in a form that programs read.
//!
//! The numbers of documents are read out to who proved a moment ago what was proved of the person; to a login that proves
//! less they are masked, as on the page. Secrets (password, one-time key, session and token values) are nobody's data to
//! take away, and are not here.

use std::collections::BTreeMap;

use serde::Serialize;

use super::session::{SignedIn, is_fresh};
use super::{Error, Identity, Origin, Result, link};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{Micros, SECOND};
use crate::store::audit_event::{Disclosure, Row};
use crate::store::authority::Issued;
use crate::store::credential::CertificateCredential;
use crate::store::person::{Document, Person};
use crate::store::session::Session;
use crate::store::{self, Connection};

/// The form that an export has, for programs that read it.
const FORMAT: &str = "pearlbridge-account-1";

/// All that is kept about one person. Times are by RFC 3339, in UTC.
#[derive(Debug, Serialize)]
pub struct Export {
    format: &'static str,
    service: String,
    exported_at: String,
    account: Account,
    documents: Vec<ExportedDocument>,
    password: Option<Password>,
    certificates: Vec<LinkedCertificate>,
    issued_certificates: Vec<IssuedCertificate>,
    sessions: Vec<OpenSession>,
    disclosures: Vec<Read>,
    events: Vec<Happened>,
}

#[derive(Debug, Serialize)]
struct Account {
    kind: String,
    region: String,
    names: BTreeMap<String, String>,
    level: i64,
    verified_at: String,
    verified_how: String,
    created_at: String,
}

/// With its number or, to a login that proved too little, with the number masked.
#[derive(Debug, Serialize)]
struct ExportedDocument {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    number_masked: String,
}

#[derive(Debug, Serialize)]
struct Password {
    username: String,
    set_at: String,
}

#[derive(Debug, Serialize)]
struct LinkedCertificate {
    holder: String,
    authority: String,
    scheme: String,
    serial: String,
    fingerprint: String,
    level: i64,
    not_before: String,
    not_after: String,
    linked_at: String,
    linked_how: String,
}

#[derive(Debug, Serialize)]
struct IssuedCertificate {
    authority: String,
    profile: String,
    serial: String,
    subject: String,
    not_after: String,
    revoked_at: Option<String>,
    revoked_why: Option<i64>,
    certificate: Option<String>,
}

#[derive(Debug, Serialize)]
struct OpenSession {
    id: String,
    method: String,
    level: i64,
    created_at: String,
    used_at: String,
    expires_at: String,
    address: String,
    agent: String,
}

#[derive(Debug, Serialize)]
struct Read {
    client_id: String,
    claims: Vec<String>,
    first_at: String,
    last_at: String,
    times: i64,
}

#[derive(Debug, Serialize)]
struct Happened {
    at: String,
    event: String,
    /// `self`, `client:…`, `operator` or `system`.
    actor: String,
    address: Option<String>,
    detail: serde_json::Value,
}

impl Identity {
    /// Everything about a person, with an event that says so in their own log. `None`: the session was proved too long
    /// ago, and a login comes first.
    ///
    /// # Errors
    /// The database's; custody's, where a document's number cannot be unsealed.
    pub async fn export(&self, signed_in: &SignedIn, origin: &Origin) -> Result<Option<Export>> {
        let now = self.clock.now();
        if !is_fresh(&signed_in.session, now) {
            return Ok(None);
        }
        let numbers = self.may_read_numbers(signed_in);
        let (person, address) = (signed_in.person.id.clone(), origin.address.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let circumstance = Circumstance::person(now, &person, Some(&address));
                    Ok::<_, Error>(audit::record(tx, &circumstance, &Event::AccountExported { numbers }).await?)
                })
            })
            .await?;
        let mut connection = self.store.read().await?;
        Ok(Some(self.gather(&mut connection, &signed_in.person, numbers, now).await?))
    }

    /// Whether an export has the numbers of documents: when the session proved what was proved of the person.
    pub fn may_read_numbers(&self, signed_in: &SignedIn) -> bool {
        signed_in.session.level >= signed_in.person.level
    }

    /// Whether a session was proved a moment ago, as an export wants it.
    pub fn is_fresh(&self, session: &Session) -> bool {
        is_fresh(session, self.clock.now())
    }

    async fn gather(&self, connection: &mut Connection, person: &Person, numbers: bool, now: Micros) -> Result<Export> {
        let id = &person.id;
        let documents = store::person::documents(connection, id).await?;
        let documents = documents.into_iter().map(|document| self.exported(document, numbers));
        let password = store::credential::password_of_person(connection, id).await?;
        let sessions = store::session::of_person(connection, id, now, self.idle_since()).await?;
        let events = store::audit_event::of_person(connection, id, i64::MAX).await?;
        Ok(Export {
            format: FORMAT,
            service: self.service.clone(),
            exported_at: time(now),
            account: account(person),
            documents: documents.collect::<Result<_>>()?,
            password: password.map(|(username, set_at)| Password { username, set_at: time(set_at) }),
            certificates: list(store::credential::certificates(connection, id).await?, linked),
            issued_certificates: list(store::authority::of_person(connection, id).await?, issued),
            sessions: list(sessions, open),
            disclosures: list(store::audit_event::disclosures(connection, id).await?, read),
            events: list(events, |row| happened(row, id)),
        })
    }

    fn exported(&self, document: Document, numbers: bool) -> Result<ExportedDocument> {
        let number = match numbers {
            true => {
                let purpose = link::number_purpose(&document.id);
                let number = self.custody.unseal(&purpose, &document.number_sealed)?;
                Some(String::from_utf8_lossy(&number).into_owned())
            }
            false => None,
        };
        Ok(ExportedDocument { kind: document.kind, number, number_masked: document.number_masked })
    }
}

fn list<Of, To>(rows: Vec<Of>, one: impl Fn(Of) -> To) -> Vec<To> {
    rows.into_iter().map(one).collect()
}

fn time(at: Micros) -> String {
    pki::Time(at / SECOND).to_string()
}

fn account(person: &Person) -> Account {
    Account {
        kind: person.kind.clone(),
        region: person.region.clone(),
        names: person.names.clone(),
        level: person.level,
        verified_at: time(person.verified_at),
        verified_how: person.verified_how.clone(),
        created_at: time(person.created_at),
    }
}

fn linked(row: CertificateCredential) -> LinkedCertificate {
    LinkedCertificate {
        holder: row.holder,
        authority: row.ca,
        scheme: row.scheme,
        serial: row.serial,
        fingerprint: row.fingerprint,
        level: row.level,
        not_before: time(row.not_before),
        not_after: time(row.not_after),
        linked_at: time(row.linked_at),
        linked_how: row.linked_how,
    }
}

fn issued(row: Issued) -> IssuedCertificate {
    IssuedCertificate {
        authority: row.authority_id,
        profile: row.profile,
        serial: row.serial,
        subject: row.subject,
        not_after: time(row.not_after),
        revoked_at: row.revoked_at.map(time),
        revoked_why: row.revoked_why,
        certificate: row.certificate.map(|der| pem::encode(&pem::Pem::new("CERTIFICATE", der))),
    }
}

fn open(row: Session) -> OpenSession {
    OpenSession {
        id: row.id,
        method: row.method,
        level: row.level,
        created_at: time(row.created_at),
        used_at: time(row.used_at),
        expires_at: time(row.expires_at),
        address: row.address,
        agent: row.agent,
    }
}

fn read(row: Disclosure) -> Read {
    Read {
        client_id: row.client_id,
        claims: row.claims.split(' ').map(str::to_owned).collect(),
        first_at: time(row.first_at),
        last_at: time(row.last_at),
        times: row.times,
    }
}

/// The account's own id stays here: halls know the person by another, each by its own.
fn happened(row: Row, person: &str) -> Happened {
    let own = row.actor.strip_prefix("person:").is_some_and(|id| id == person);
    let another = row.actor.starts_with("person:");
    let actor = match (own, another) {
        (true, _) => "self".to_owned(),
        (false, true) => "another person".to_owned(),
        (false, false) => row.actor,
    };
    let detail = serde_json::from_str(&row.detail).unwrap_or_default();
    Happened { at: time(row.at), event: row.kind, actor, address: row.address, detail }
}
