//! What a login adds to an account: the account itself, a certificate that opens it, a document. Each is written in the
//! transaction of the login, with its event.

use super::likeness::{self, Likeness};
use super::session::Proof;
use super::{Error, Identity, Origin, Result};
use crate::audit::{self, Circumstance, Event};
use crate::clock::Micros;
use crate::store::attempt::{CertificateProof, SealedDocument};
use crate::store::credential::CertificateCredential;
use crate::store::passkey::Passkey;
use crate::store::person::Document;
use crate::store::{self, Connection};
use crate::trust::OWN_SCHEME;

/// What a login writes beside the session.
pub(super) enum Addition {
    /// A passkey was used, and what is kept of it from now on.
    Used(Passkey, String),
    /// A phone let this login in, from the session `by`.
    LetIn {
        /// What it let in.
        hash: Vec<u8>,
        /// The phone's session.
        by: String,
    },
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
        proof: &mut Proof,
        addition: Addition,
        origin: &Origin,
    ) -> Result<()> {
        let (certificate, how) = match addition {
            Addition::LetIn { hash, by } => {
                let now = self.clock.now();
                // Once, and while the phone is signed in.
                let good =
                    store::phone_login::redeem(tx, &hash, now).await? && store::session::is_live(tx, &by, now).await?;
                return if good { Ok(()) } else { Err(Error::AttemptGone) };
            }
            Addition::Used(passkey, data) => {
                let used = store::passkey::used(tx, &passkey, &data, self.clock.now()).await?;
                // Another login with the same counter came first.
                return if used { Ok(()) } else { Err(Error::PasskeyRefused) };
            }
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
        let same = how == "new" || is_same(tx, proof, &certificate).await?;
        self.write_link(tx, proof, &certificate, how, origin).await?;
        // What was issued here rests on what was known here: it proves nothing more.
        if same && certificate.scheme != OWN_SCHEME {
            raise(tx, proof, &certificate, self.clock.now()).await?;
        }
        Ok(())
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
        if let Some(document) = &certificate.document {
            store::person::add_document(tx, &of_person(document, &proof.person.id), &link.id, now).await?;
        }
        let event = Event::CertificateLinked { ca: certificate.ca.clone(), how: how.to_owned() };
        Ok(audit::record(tx, &self.by_holder(proof, origin), &event).await?)
    }

    /// A document as it is kept: hashed to be found, sealed to be read by whoever may, masked to be shown.
    pub(super) fn seal_document(&self, kind: &str, number: &str) -> SealedDocument {
        let id = crate::id::new_id();
        SealedDocument {
            number_hash: self.custody.index(kind, number),
            number_sealed: self.custody.seal(&number_purpose(&id), number.as_bytes()),
            number_masked: super::document::mask(number),
            kind: kind.to_owned(),
            id,
        }
    }

    fn by_holder<'a>(&self, proof: &'a Proof, origin: &'a Origin) -> Circumstance<'a> {
        Circumstance::person(self.clock.now(), &proof.person.id, Some(&origin.address))
    }
}

/// Whether a certificate shows the person; one that shows another is refused.
async fn is_same(tx: &mut Connection, proof: &Proof, shown: &CertificateProof) -> Result<bool> {
    let documents = store::person::documents(tx, &proof.person.id).await?;
    match likeness::compare(&proof.person, &documents, shown) {
        Likeness::Different => Err(Error::AnotherPerson),
        Likeness::Incomparable => Ok(false),
        Likeness::Same => Ok(true),
    }
}

/// A certificate that shows the same person raises what was proved of them, and with it the session that is opened.
async fn raise(tx: &mut Connection, proof: &mut Proof, shown: &CertificateProof, now: Micros) -> Result<()> {
    let how = format!("certificate:{}", shown.ca);
    let proved = store::person::Proof { source: &proof.credential, level: shown.level, how: &how };
    store::person::add_proof(tx, &proof.person.id, proved, now).await?;
    store::person::raise_level(tx, &proof.person.id, shown.level, &how, now).await?;
    proof.person.level = proof.person.level.max(shown.level);
    Ok(())
}

/// What the number of the document `id` is sealed for.
pub(super) fn number_purpose(id: &str) -> String {
    format!("document {id}")
}

/// The document as a row of the person's.
pub(super) fn of_person(document: &SealedDocument, person_id: &str) -> Document {
    Document {
        id: document.id.clone(),
        person_id: person_id.to_owned(),
        kind: document.kind.clone(),
        number_hash: document.number_hash.clone(),
        number_sealed: document.number_sealed.clone(),
        number_masked: document.number_masked.clone(),
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
        holder: certificate.holder.clone(),
        level: certificate.level,
        fingerprint: certificate.fingerprint.clone(),
        serial: certificate.serial.clone(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        linked_at: now,
        linked_how: how.to_owned(),
    }
}
