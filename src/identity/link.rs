//! What a login adds to an account: the account itself, a certificate that opens it, a document. Each is written in the
//! transaction of the login, with its event.

use super::session::Proof;
use super::{Error, Identity, Origin, Result};
use crate::audit::{self, Circumstance, Event};
use crate::clock::Micros;
use crate::store::attempt::CertificateProof;
use crate::store::credential::CertificateCredential;
use crate::store::person::{Document, Person};
use crate::store::{self, Connection};

/// What a login writes beside the session.
pub(super) enum Addition {
    /// The credential's certificate as it was seen now.
    Seen(CertificateProof),
    /// A new account with its certificate.
    Account(CertificateProof),
    /// A certificate for an account that exists, and on what proof.
    Link(CertificateProof, &'static str),
}

impl Identity {
    pub(super) async fn write_addition(
        &self,
        tx: &mut Connection,
        proof: &Proof,
        addition: Addition,
        origin: &Origin,
    ) -> Result<()> {
        let (certificate, how) = match addition {
            Addition::Seen(seen) => {
                return Ok(store::credential::refresh_certificate(tx, &proof.credential, &seen).await?);
            }
            Addition::Account(certificate) => {
                store::person::insert(tx, &proof.person).await?;
                let event = Event::AccountCreated { how: "certificate".to_owned() };
                audit::record(tx, &self.by_holder(proof, origin), &event).await?;
                (certificate, "new")
            }
            Addition::Link(certificate, how) => (certificate, how),
        };
        self.write_link(tx, proof, &certificate, how, origin).await
    }

    async fn write_link(
        &self,
        tx: &mut Connection,
        proof: &Proof,
        certificate: &CertificateProof,
        how: &str,
        origin: &Origin,
    ) -> Result<()> {
        let now = self.clock.now();
        let link = credential(&proof.credential, &proof.person.id, certificate, how, now);
        if !store::credential::link_certificate(tx, &link).await? {
            return Err(Error::AlreadyLinked);
        }
        let verified = format!("certificate:{}", certificate.ca);
        store::person::raise_level(tx, &proof.person.id, certificate.level, &verified, now).await?;
        if let Some((kind, number)) = &certificate.document {
            let document = self.document(&proof.person.id, kind, number);
            store::person::add_document(tx, &document, now).await?;
        }
        let event = Event::CertificateLinked { ca: certificate.ca.clone(), how: how.to_owned() };
        Ok(audit::record(tx, &self.by_holder(proof, origin), &event).await?)
    }

    /// Links a certificate that the province just issued to `person`, so that it opens their account.
    ///
    /// # Errors
    /// When trust does not accept it, which would be a fault of ours; the database's.
    pub async fn link_issued(&self, person: &Person, certificate: &pki::Certificate, origin: &Origin) -> Result<()> {
        let proof = self.judge_certificate("issued", certificate, &[], origin).await?;
        let now = self.clock.now();
        let link = credential(&crate::id::new_id(), &person.id, &proof, "issued", now);
        let (person, address) = (person.id.clone(), origin.address.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if store::credential::link_certificate(tx, &link).await? {
                        let event = Event::CertificateLinked { ca: link.ca.clone(), how: link.linked_how.clone() };
                        audit::record(tx, &Circumstance::person(now, &person, Some(&address)), &event).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// A document as it is stored: hashed to be found, sealed to be kept, masked to be shown.
    pub fn document(&self, person_id: &str, kind: &str, number: &str) -> Document {
        let id = crate::id::new_id();
        Document {
            number_hash: self.custody.index(kind, number),
            number_sealed: self.custody.seal(&format!("document {id}"), number.as_bytes()),
            number_masked: super::document::mask(number),
            person_id: person_id.to_owned(),
            kind: kind.to_owned(),
            id,
        }
    }

    fn by_holder<'a>(&self, proof: &'a Proof, origin: &'a Origin) -> Circumstance<'a> {
        Circumstance::person(self.clock.now(), &proof.person.id, Some(&origin.address))
    }
}

/// The link of a certificate to a person.
pub(super) fn credential(
    id: &str,
    person: &str,
    certificate: &CertificateProof,
    how: &str,
    now: Micros,
) -> CertificateCredential {
    CertificateCredential {
        id: id.to_owned(),
        person_id: person.to_owned(),
        scheme: certificate.scheme.clone(),
        ca: certificate.ca.clone(),
        subject_key: certificate.subject_key.clone(),
        subject: certificate.subject.clone(),
        level: certificate.level,
        fingerprint: certificate.fingerprint.clone(),
        serial: certificate.serial.clone(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        linked_at: now,
        linked_how: how.to_owned(),
    }
}
