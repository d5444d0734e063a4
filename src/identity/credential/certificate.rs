//! Login by certificate: `trust` judges it, the identity profile reads it, the account is found by
//! (scheme, authority, subject key). The subject key is stored as a keyed hash, since it may be an identity number.

use pki::Certificate;

use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::SECOND;
use crate::identity::{Error, Identity, Origin, RefusedLogin, Result};
use crate::store::attempt::CertificateProof;
use crate::store::{self};
use crate::trust::{Accepted, Reason, Refusal, Use};

impl Identity {
    /// Judges a certificate whose possession was just proved by `method` (`mtls`, `challenge`).
    ///
    /// # Errors
    /// [`Error::Refused`], which is in the log by then.
    pub async fn judge_certificate(
        &self,
        method: &str,
        leaf: &Certificate,
        chain: &[Certificate],
        origin: &Origin,
    ) -> Result<CertificateProof> {
        let judged = self.trust.judge(leaf, chain, Use::Login, self.clock.now_seconds()).await;
        let proof = judged.and_then(|accepted| self.read_subject(method, &accepted));
        match proof {
            Ok(proof) => Ok(proof),
            Err(refusal) => Err(self.refuse(method, refusal, origin).await),
        }
    }

    /// Logs a refusal and gives the error for its page.
    pub async fn refuse(&self, method: &str, refusal: Box<Refusal>, origin: &Origin) -> Error {
        let incident = crate::id::new_id();
        let event = Event::SignInRefused {
            method: method.to_owned(),
            reason: refusal.reason.code().to_owned(),
            detail: refusal.to_string(),
            incident: incident.clone(),
        };
        tracing::info!(incident, reason = refusal.reason.code(), detail = %refusal, "certificate refused");
        let (now, address) = (self.clock.now(), origin.address.clone());
        let written: store::Result<()> = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let circumstance =
                        Circumstance { at: now, actor: Actor::Anonymous, person: None, address: Some(&address) };
                    audit::record(tx, &circumstance, &event).await
                })
            })
            .await;
        match written {
            Ok(()) => Error::Refused(Box::new(RefusedLogin { refusal, incident })),
            Err(error) => error.into(),
        }
    }

    fn read_subject(&self, method: &str, accepted: &Accepted) -> std::result::Result<CertificateProof, Box<Refusal>> {
        let leaf = &accepted.leaf;
        let profile = accepted.record.as_ref().map_or(accepted.scheme.as_str(), |record| record.row.id.as_str());
        let Some(subject) = self.profiles.read(profile, leaf) else {
            let why = format!("identity profile {profile} finds no subject key in the certificate");
            return Err(Refusal::listed(Reason::WrongPurpose, leaf, "identity", why));
        };
        Ok(CertificateProof {
            method: method.to_owned(),
            fingerprint: leaf.fingerprint().to_string(),
            holder: leaf.subject().first(&pki::oid::COMMON_NAME).unwrap_or_default(),
            serial: leaf.serial().to_string(),
            not_before: leaf.not_before().0 * SECOND,
            not_after: leaf.not_after().0 * SECOND,
            ca: accepted.ca.clone(),
            scheme: accepted.scheme.clone(),
            subject_key: self.subject_key_index(&accepted.ca, &subject.key),
            level: accepted.level.min(self.settings.level_certificate),
            kind: subject.kind,
            region: subject.region,
            names: subject.names,
            document: subject.document.map(|(kind, number)| self.seal_document(&kind, &number)),
        })
    }

    /// `person` or `company`, as the identity profile reads an accepted certificate.
    pub fn kind_of(&self, accepted: &Accepted) -> Option<String> {
        let profile = accepted.record.as_ref().map_or(accepted.scheme.as_str(), |record| record.row.id.as_str());
        self.profiles.read(profile, &accepted.leaf).map(|subject| subject.kind)
    }

    /// How a subject key is stored: a keyed hash, since it may be an identity number.
    pub fn subject_key_index(&self, ca: &str, key: &str) -> String {
        hex::encode(self.custody.index(&format!("subject of {ca}"), key))
    }
}
