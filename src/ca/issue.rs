//! Issuance: prepare → lint → record → sign → publish, each step taking what the one before gave.
//!
//! A certificate is first signed with a throw-away key and held to the lints; then what will be signed is written down;
//! then the real key signs exactly that. A crash before the last write leaves a row without a certificate, which
//! [`Ca::repair`] completes at the next start: the decision stands, only the signature is missing.

use pki::certificate::{CertificateBuilder, TbsCertificate};
use pki::key::{KeySpec, SoftwareKey};
use pki::{Certificate, Serial};

use super::{Ca, Error, Issuer, Result, engine};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{Micros, SECOND};
use crate::store::authority::Issued;
use crate::store::{self, Connection};

/// A certificate that passed the lints and waits to be recorded.
pub struct Prepared {
    tbs: TbsCertificate,
    row: Issued,
}

/// A certificate that is written down and may be signed, once.
pub struct Recorded(Prepared);

/// Who did it and for whom, kept for the log.
#[derive(Clone, Debug)]
pub struct IssuedFor {
    /// The profile's name.
    pub profile: String,
    /// The person, if it is for one.
    pub person_id: Option<String>,
    /// Who asked.
    pub actor: audit::Actor,
    /// From where.
    pub address: Option<String>,
}

impl IssuedFor {
    /// For the house itself, in a ceremony or by the bridge.
    pub fn house(profile: &str) -> Self {
        Self { profile: profile.to_owned(), person_id: None, actor: audit::Actor::System, address: None }
    }
}

/// A new serial: 20 octets, positive, of which 158 bits are random (RFC 5280 §4.1.2.2).
pub fn new_serial() -> Serial {
    let mut octets = crate::rng::bytes::<20>();
    octets[0] = (octets[0] & 0x3f) | 0x40;
    Serial::from_unsigned(&octets)
}

/// Prepares: builds what will be signed, and holds a throw-away copy of it to the lints.
///
/// # Errors
/// The lint that forbids it.
pub fn prepare(issuer: &Issuer, builder: &CertificateBuilder, purpose: &IssuedFor) -> Result<Prepared> {
    let tbs = builder.to_be_signed(issuer.signer.algorithm());
    let draft = draft(issuer, builder)?;
    lint(&draft, &issuer.certificate)?;
    let row = Issued {
        authority_id: issuer.row.id.clone(),
        serial: draft.serial().to_string(),
        profile: purpose.profile.clone(),
        subject: draft.subject().to_string(),
        person_id: purpose.person_id.clone(),
        tbs: tbs.der().to_vec(),
        certificate: None,
        not_after: draft.not_after().0 * SECOND,
        revoked_at: None,
        revoked_why: None,
    };
    Ok(Prepared { tbs, row })
}

/// The certificate as it would look, signed by a key that exists for this moment only.
fn draft(issuer: &Issuer, builder: &CertificateBuilder) -> Result<Certificate> {
    use pki::algorithm::KeyAlgorithm;
    let spec = match issuer.signer.public_key().algorithm() {
        KeyAlgorithm::Sm2 => KeySpec::Sm2,
        // Making an RSA key takes longer than all else here, and what the lints look at does not depend on it.
        _ => KeySpec::EcdsaP256,
    };
    let key = SoftwareKey::generate(spec, &mut crate::rng::fill).map_err(engine("throw-away key"))?;
    builder.sign(&key).map_err(engine("draft certificate"))
}

/// The first finding that forbids.
fn lint(draft: &Certificate, issuer: &Certificate) -> Result<()> {
    use pki::certificate::lint::{Severity, run};
    match run(draft, issuer).into_iter().find(|finding| finding.severity == Severity::Error) {
        None => Ok(()),
        Some(finding) => Err(Error::Lint {
            lint: finding.lint.to_owned(),
            citation: finding.citation.to_owned(),
            why: finding.message,
        }),
    }
}

impl Prepared {
    /// Records it, in the caller's transaction.
    ///
    /// # Errors
    /// The database's; above all, that the serial exists.
    pub async fn record(self, connection: &mut Connection, now: Micros) -> store::Result<Recorded> {
        store::authority::record_prepared(connection, &self.row, now).await?;
        Ok(Recorded(self))
    }
}

impl Ca {
    /// The whole cycle for one certificate.
    ///
    /// # Errors
    /// The lint, the engine's, custody's or the database's.
    pub async fn issue(
        &self,
        issuer: &Issuer,
        builder: &CertificateBuilder,
        purpose: IssuedFor,
    ) -> Result<Certificate> {
        let prepared = prepare(issuer, builder, &purpose)?;
        let now = self.clock.now();
        let recorded = self
            .store
            .write(move |tx| Box::pin(async move { Ok::<_, Error>(prepared.record(tx, now).await?) }))
            .await?;
        let Recorded(Prepared { tbs, row }) = recorded;
        let certificate = tbs.sign(issuer.signer.as_ref()).map_err(engine("signing a certificate"))?;
        self.publish(row, certificate, purpose).await
    }

    /// Writes the signed certificate and its event. Gives what is in the record: when somebody else completed it first
    /// (a repair, another node), theirs is the certificate and ours is forgotten, so that a serial stands for one alone.
    async fn publish(&self, row: Issued, certificate: Certificate, purpose: IssuedFor) -> Result<Certificate> {
        let (der, now) = (certificate.der().to_vec(), self.clock.now());
        let theirs = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    if !store::authority::record_signed(tx, &row.authority_id, &row.serial, &der, now).await? {
                        return Ok(store::authority::signed(tx, &row.authority_id, &row.serial).await?);
                    }
                    let circumstance = Circumstance {
                        at: now,
                        actor: purpose.actor,
                        person: purpose.person_id.as_deref(),
                        address: purpose.address.as_deref(),
                    };
                    let (authority, serial, profile) = (row.authority_id, row.serial, row.profile);
                    audit::record(tx, &circumstance, &Event::CertificateIssued { authority, serial, profile }).await?;
                    Ok::<_, Error>(None)
                })
            })
            .await?;
        match theirs {
            None => Ok(certificate),
            Some(der) => Certificate::from_der(&der).map_err(engine("recorded certificate")),
        }
    }

    /// Completes what a crash left recorded and unsigned. Gives how many.
    ///
    /// # Errors
    /// As issuance.
    pub async fn repair(&self) -> Result<usize> {
        let unsigned = store::authority::unsigned(&mut *self.store.read().await?).await?;
        let count = unsigned.len();
        for row in unsigned {
            let issuer = self.issuer(&row.authority_id).await?;
            let tbs = TbsCertificate::from_der(&row.tbs).map_err(engine("recorded certificate"))?;
            let certificate = tbs.sign(issuer.signer.as_ref()).map_err(engine("signing a certificate"))?;
            let purpose = IssuedFor { person_id: row.person_id.clone(), ..IssuedFor::house(&row.profile) };
            tracing::warn!(authority = row.authority_id, serial = row.serial, "completed an issuance that was cut off");
            self.publish(row, certificate, purpose).await?;
        }
        Ok(count)
    }
}
