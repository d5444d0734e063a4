//! Everything that is kept about a person, for them to take away (Personal Information Protection Law, article 45): what the
//! account page shows, whole, in a form that programs read.
//!
//! The number of a document is read out to who proved a moment ago as much as a certificate that showed it does; to a
//! login that proves less it is masked, as on the page. Secrets (password, one-time key, session and token values) are nobody's data to
//! take away, and are not here.

use std::collections::BTreeMap;

use serde::Serialize;

use super::credential::recovery_code::Left;
use super::session::{SignedIn, is_fresh};
use super::{Error, Identity, Origin, Result, link};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{MINUTE, Micros, SECOND};
use crate::store::audit_event::{Disclosure, Row};
use crate::store::authority::Issued;
use crate::store::credential::CertificateCredential;
use crate::store::grant::Visit;
use crate::store::mandate::Mandate;
use crate::store::passkey::Passkey;
use crate::store::person::{Document, Person};
use crate::store::session::Remembered;
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
    recovery_codes: Option<RecoveryCodes>,
    passkeys: Vec<KeptPasskey>,
    proofs: Vec<Proved>,
    certificates: Vec<LinkedCertificate>,
    issued_certificates: Vec<IssuedCertificate>,
    sessions: Vec<PastSession>,
    networks: Vec<Network>,
    visits: Vec<HallVisit>,
    mandates: Vec<KeptMandate>,
    disclosures: Vec<Read>,
    events: Vec<Happened>,
}

/// What was proved of the person, and how.
#[derive(Debug, Serialize)]
struct Proved {
    level: i64,
    how: String,
    proved_at: String,
}

/// A network that the person has signed in from.
#[derive(Debug, Serialize)]
struct Network {
    network: String,
    seen_at: String,
}

/// A login at a hall.
#[derive(Debug, Serialize)]
struct HallVisit {
    client_id: String,
    scope: String,
    level: i64,
    at: String,
    revoked_at: Option<String>,
    revoked_why: Option<String>,
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

/// How many, never which.
#[derive(Debug, Serialize)]
struct RecoveryCodes {
    left: usize,
    made_at: String,
    used_at: Option<String>,
}

/// Given by this account, or taken up by it; the other side is not told here.
#[derive(Debug, Serialize)]
struct KeptMandate {
    id: String,
    role: &'static str,
    items: Vec<String>,
    given_at: String,
    until: String,
    accepted_at: Option<String>,
    withdrawn_at: Option<String>,
    withdrawn_by: Option<String>,
}

#[derive(Debug, Serialize)]
struct KeptPasskey {
    name: String,
    level: i64,
    added_at: String,
    used_at: Option<String>,
    blocked_at: Option<String>,
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
struct PastSession {
    id: String,
    method: String,
    level: i64,
    created_at: String,
    used_at: String,
    expires_at: String,
    ended_at: Option<String>,
    ended_why: Option<String>,
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

/// One export comes back every so often, and some may be had at once: each is the whole history of an account.
const TURN: Micros = 5 * MINUTE;
const AT_ONCE: Micros = 5 * TURN;

impl Identity {
    /// Everything about a person, with an event that says so in their own log. `None`: the session was proved too long
    /// ago, and a login comes first.
    ///
    /// # Errors
    /// [`Error::Throttled`] after several; the database's; custody's, where a document's number cannot be unsealed.
    pub async fn export(&self, signed_in: &SignedIn, origin: &Origin) -> Result<Option<Export>> {
        let now = self.clock.now();
        if !is_fresh(&signed_in.session, now) {
            return Ok(None);
        }
        let documents = self.documents(&mut *self.store.read().await?, signed_in).await?;
        let numbers = documents.iter().all(|document| document.number.is_some());
        let (person, address) = (signed_in.person.id.clone(), origin.address.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let turn = format!("export:{person}");
                    if !store::throttle::take_turn(tx, &turn, now, TURN, AT_ONCE).await? {
                        return Err(Error::Throttled { wait_seconds: (TURN / SECOND).unsigned_abs() });
                    }
                    let circumstance = Circumstance::person(now, &person, Some(&address));
                    Ok(audit::record(tx, &circumstance, &Event::AccountExported { numbers }).await?)
                })
            })
            .await?;
        let mut connection = self.store.read().await?;
        Ok(Some(self.gather(&mut connection, &signed_in.person, documents, now).await?))
    }

    /// Whether an export would have every document's number; `None` where a login comes first.
    ///
    /// # Errors
    /// The database's.
    pub async fn may_export(&self, signed_in: &SignedIn) -> Result<Option<bool>> {
        if !is_fresh(&signed_in.session, self.clock.now()) {
            return Ok(None);
        }
        let documents = self.documents(&mut *self.store.read().await?, signed_in).await?;
        Ok(Some(documents.iter().all(|document| document.number.is_some())))
    }

    async fn gather(
        &self,
        connection: &mut Connection,
        person: &Person,
        documents: Vec<ExportedDocument>,
        now: Micros,
    ) -> Result<Export> {
        let id = &person.id;
        let password = store::credential::password_of_person(connection, id).await?;
        let events = store::audit_event::of_person(connection, id, i64::MAX).await?;
        Ok(Export {
            format: FORMAT,
            service: self.service.clone(),
            exported_at: time(now),
            account: account(person),
            documents,
            password: password.map(|(username, set_at)| Password { username, set_at: time(set_at) }),
            recovery_codes: Left::of(&store::recovery_code::of_person(connection, id).await?).map(recovery_codes),
            passkeys: list(store::passkey::of_person(connection, id).await?, passkey),
            proofs: list(store::person::proofs(connection, id).await?, proved),
            certificates: list(store::credential::certificates(connection, id).await?, linked),
            issued_certificates: list(store::authority::of_person(connection, id).await?, issued),
            sessions: list(store::session::remembered(connection, id).await?, past),
            networks: list(store::familiar_network::of_person(connection, id).await?, network),
            visits: list(store::grant::visits(connection, id).await?, visit),
            mandates: mandates(connection, id).await?,
            disclosures: list(store::audit_event::disclosures(connection, id).await?, read),
            events: list(events, |row| happened(row, id)),
        })
    }

    /// The documents, each with its number for a session that proved as much as one of the certificates that showed it,
    /// or was opened by it. A link does not always raise what was proved of the person, so that the person's level says
    /// nothing here.
    async fn documents(&self, connection: &mut Connection, signed_in: &SignedIn) -> Result<Vec<ExportedDocument>> {
        let (person, session) = (&signed_in.person, &signed_in.session);
        let shown_by = store::person::shown_by(connection, &person.id).await?;
        let may_read = |document: &Document| {
            let mut proofs = shown_by.iter().filter(|(shown, ..)| *shown == document.id).peekable();
            match proofs.peek() {
                Some(_) => proofs.any(|(_, by, level)| *by == session.credential || session.level >= *level),
                None => session.level >= person.level,
            }
        };
        let documents = store::person::documents(connection, &person.id).await?;
        documents.into_iter().map(|document| self.exported(may_read(&document), document)).collect()
    }

    fn exported(&self, may_read: bool, document: Document) -> Result<ExportedDocument> {
        let number = match may_read {
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

async fn mandates(connection: &mut Connection, person: &str) -> Result<Vec<KeptMandate>> {
    let given = store::mandate::of_company(connection, person).await?;
    let taken = store::mandate::of_holder(connection, person).await?;
    let sides = given.into_iter().map(|row| ("company", row)).chain(taken.into_iter().map(|row| ("holder", row)));
    Ok(sides.map(|(role, row)| mandate(role, row)).collect())
}

fn mandate(role: &'static str, row: Mandate) -> KeptMandate {
    KeptMandate {
        id: row.id,
        role,
        items: row.items,
        given_at: time(row.given_at),
        until: time(row.until),
        accepted_at: row.accepted_at.map(time),
        withdrawn_at: row.withdrawn_at.map(time),
        withdrawn_by: row.withdrawn_by,
    }
}

fn recovery_codes(codes: Left) -> RecoveryCodes {
    RecoveryCodes { left: codes.left, made_at: time(codes.made_at), used_at: codes.used_at.map(time) }
}

fn passkey(row: Passkey) -> KeptPasskey {
    KeptPasskey {
        name: row.name,
        level: row.level,
        added_at: time(row.created_at),
        used_at: row.used_at.map(time),
        blocked_at: row.blocked_at.map(time),
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

fn proved((level, how, at): (i64, String, Micros)) -> Proved {
    Proved { level, how, proved_at: time(at) }
}

fn network((network, seen_at): (String, Micros)) -> Network {
    Network { network, seen_at: time(seen_at) }
}

fn visit(row: Visit) -> HallVisit {
    HallVisit {
        client_id: row.client_id,
        scope: row.scope,
        level: row.level,
        at: time(row.created_at),
        revoked_at: row.revoked_at.map(time),
        revoked_why: row.revoked_why,
    }
}

fn past(row: Remembered) -> PastSession {
    PastSession {
        id: row.id,
        method: row.method,
        level: row.level,
        created_at: time(row.created_at),
        used_at: time(row.used_at),
        expires_at: time(row.expires_at),
        ended_at: row.ended_at.map(time),
        ended_why: row.ended_why,
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
