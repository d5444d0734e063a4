//! An account made at the counter (or for the demonstration): an officer saw the document, the person gets a user name,
//! a password and a code generator, and the certificate that was shown opens the account too.

use std::collections::BTreeMap;

use super::credential::password;
use super::factor::totp_purpose;
use super::{Error, Identity, Origin, Result};
use crate::audit::{self, Circumstance, Event};
use crate::store::credential::Password;
use crate::store::person::{Person, Proof, REGISTRATION};
use crate::store::{self};

/// Who is registered.
pub struct NewPerson {
    /// `person` or `company`.
    pub kind: String,
    /// Region code.
    pub region: String,
    /// Names by script.
    pub names: BTreeMap<String, String>,
    /// What was proved of them.
    pub level: i64,
    /// For the password.
    pub username: String,
    /// As they will type it.
    pub password: String,
    /// Raw bytes.
    pub totp_secret: Vec<u8>,
}

impl Identity {
    /// Registers a person; a user name that is taken is left alone.
    ///
    /// # Errors
    /// When the certificate is not accepted, or the database fails.
    pub async fn register(&self, new: NewPerson, certificate: &pki::Certificate) -> Result<()> {
        let known = store::credential::find_password(&mut *self.store.read().await?, &new.username).await?;
        if known.is_some() {
            return Ok(());
        }
        let origin = Origin { address: String::new(), agent: String::new() };
        let proof = self.judge_certificate("counter", certificate, &[], &origin).await?;
        let now = self.clock.now();
        let person = Person {
            id: crate::id::new_id(),
            kind: new.kind,
            region: new.region,
            names: new.names,
            level: new.level.max(proof.level),
            verified_at: now,
            verified_how: format!("certificate:{}", proof.ca),
            created_at: now,
        };
        let password = Password {
            totp_sealed: self.custody.seal(&totp_purpose(&new.username), &new.totp_secret),
            username: new.username,
            person_id: person.id.clone(),
            phc: password::hash(new.password).await,
            totp_step: 0,
        };
        let link = super::link::credential(&crate::id::new_id(), &person.id, &proof, "counter", now);
        let document = proof.document.as_ref().map(|document| super::link::of_person(document, &person.id));
        let seen = new.level;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    store::person::insert(tx, &person).await?;
                    let officer = Proof { source: REGISTRATION, level: seen, how: "counter" };
                    store::person::add_proof(tx, &person.id, officer, now).await?;
                    let certificate = Proof { source: &link.id, level: proof.level, how: &person.verified_how };
                    store::person::add_proof(tx, &person.id, certificate, now).await?;
                    store::credential::insert_password(tx, &password, now).await?;
                    store::credential::link_certificate(tx, &link).await?;
                    if let Some(document) = document {
                        store::person::add_document(tx, &document, &link.id, now).await?;
                    }
                    let circumstance = Circumstance { person: Some(&person.id), ..Circumstance::operator(now) };
                    audit::record(tx, &circumstance, &Event::AccountCreated { how: "counter".to_owned() }).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}
