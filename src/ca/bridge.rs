//! The bridge: certifies a recognised partner's issuing authority, and stops when the trust list says so.
//!
//! The recipe was tried on OpenSSL and Java: the partner's *issuing* authority is certified (name, key and SKI), path
//! length 0, the provincial policy mapped to each concrete policy of the record, explicit policy required, further
//! mapping and anyPolicy inhibited, names permitted in the partner's country alone. RFC 5280 §4.2.1.5 has the mapping
//! run from issuer domain (provincial) to subject domain (partner).

use pki::certificate::CertificateBuilder;
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::crl::Reason;
use pki::name::GeneralName;
use pki::{Certificate, Oid, Time};

use super::issue::{IssuedFor, new_serial};
use super::{Ca, Error, Issuer, Result, crl, engine, oid_of, revoke};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{DAY, HOUR, Micros, SECOND};
use crate::store::trust_record::{Status, TrustRecord};
use crate::store::{self, Connection};
use crate::trust::country;

/// A cross-certificate is short-lived: it is issued anew while its record is granted.
const LIFETIME_DAYS: i64 = 90;

/// The statuses that a record can have.
pub const STATUSES: [&str; 3] = ["granted", "suspended", "withdrawn"];

impl Ca {
    /// Issues the cross-certificate of a granted record from its bridge, and notes it in the record.
    ///
    /// # Errors
    /// When the record is unknown or cannot be certified.
    pub async fn cross_certify(&self, record_id: &str, bridge_id: &str) -> Result<Certificate> {
        let record = self.record(record_id).await?;
        let bridge = self.issuer(bridge_id).await?;
        let builder = self.cross_certificate(&record, &bridge)?;
        let certificate = self.issue(&bridge, &builder, IssuedFor::house(&profile_of(record_id))).await?;
        let serial = certificate.serial().to_string();
        if !self.note_cross_certificate(record_id, bridge_id, &serial).await? {
            // The record was withdrawn meanwhile.
            let circumstance = Circumstance::system(self.clock.now());
            self.revoke(&serial, Reason::CessationOfOperation, circumstance).await?;
        }
        Ok(certificate)
    }

    /// `false` when the record is no longer granted.
    async fn note_cross_certificate(&self, record_id: &str, bridge_id: &str, serial: &str) -> Result<bool> {
        let (id, authority, serial) = (record_id.to_owned(), bridge_id.to_owned(), serial.to_owned());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, Error>(store::trust_record::set_cross_certificate(tx, &id, &authority, &serial).await?)
                })
            })
            .await
    }

    pub(super) fn cross_certificate(&self, record: &TrustRecord, bridge: &Issuer) -> Result<CertificateBuilder> {
        let issuing = Certificate::from_der(&record.issuing).map_err(engine("issuing certificate of the record"))?;
        let mapped = record.policies.iter().map(|policy| Ok((self.policy, oid_of("trust list record", policy)?)));
        let mappings: Vec<(Oid, Oid)> = mapped.collect::<Result<_>>()?;
        let now = self.clock.now_seconds();
        let latest = issuing.not_after().min(bridge.certificate.not_after());
        let validity = (Time(now.0 - 300), Time(now.0 + LIFETIME_DAYS * 86_400).min(latest));
        let (issuer, subject) = (bridge.certificate.subject().clone(), issuing.subject().clone());
        let builder = CertificateBuilder::new(new_serial(), issuer, subject, validity, issuing.public_key().clone())
            .basic_constraints(true, Some(0))
            .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
            .policies([PolicyInformation::new(self.policy)])
            .policy_mappings(mappings)
            .policy_constraints(Some(0), Some(0))
            .inhibit_any_policy(0)
            .name_constraints(vec![GeneralName::Directory(country(&record.region))], Vec::new())
            .authority_key_id_of(&bridge.certificate)
            .crl_distribution_points(&[&self.crl_url(&bridge.row.id)])
            .authority_info_access(&[&self.certificate_url(&bridge.row.id)], &[]);
        Ok(match &issuing.extensions().subject_key_id {
            Some(id) => builder.subject_key_id_of(id.0.clone()),
            None => builder.subject_key_id(),
        })
    }

    /// Changes a record's status; the bridge follows: a record that is no longer granted loses its cross-certificate in
    /// the same transaction (revoked, with a new list), one that is granted again gets a new one.
    ///
    /// # Errors
    /// When the record or the status is unknown.
    pub async fn set_record_status(
        &self,
        record_id: &str,
        status: &str,
        reason: &str,
        circumstance: Circumstance<'static>,
    ) -> Result<()> {
        if !STATUSES.contains(&status) {
            return Err(Error::Unknown { what: "status", id: status.to_owned() });
        }
        let record = self.record(record_id).await?;
        let bridge = match (&record.cross_authority, status) {
            (Some(authority), "suspended" | "withdrawn") => Some(self.issuer(authority).await?),
            _ => None,
        };
        self.write_status(record_id, status, reason, circumstance, bridge).await?;
        match (status, record.cross_serial, record.cross_authority) {
            ("granted", None, Some(bridge)) => self.cross_certify(record_id, &bridge).await.map(drop),
            _ => Ok(()),
        }
    }

    async fn write_status(
        &self,
        record_id: &str,
        status: &str,
        reason: &str,
        circumstance: Circumstance<'static>,
        bridge: Option<Issuer>,
    ) -> Result<()> {
        let (now, lifetime) = (self.clock.now(), self.settings.crl_lifetime * HOUR);
        let (id, status, reason) = (record_id.to_owned(), status.to_owned(), reason.to_owned());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let actor = circumstance.actor.to_string();
                    let entry = Status { at: now, status: status.clone(), reason: reason.clone(), actor };
                    store::trust_record::set_status(tx, &id, &entry).await?;
                    if let Some(bridge) = bridge {
                        withdraw_cross_certificates(tx, &bridge, &id, &circumstance).await?;
                        crl::publish(tx, &bridge, now, lifetime).await?;
                    }
                    audit::record(tx, &circumstance, &Event::TrustStatusChanged { record: id, status, reason }).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    async fn record(&self, id: &str) -> Result<TrustRecord> {
        let record = store::trust_record::find(&mut *self.store.read().await?, id).await?;
        record.ok_or_else(|| Error::Unknown { what: "trust list record", id: id.to_owned() })
    }

    /// Issues anew every cross-certificate of a granted record that has used up two thirds of its life, and the one that
    /// a crash left out. Gives how many.
    ///
    /// # Errors
    /// As [`Ca::cross_certify`].
    pub async fn renew_cross_certificates(&self) -> Result<usize> {
        let mut renewed = 0;
        let records = store::trust_record::all(&mut *self.store.read().await?).await?;
        for record in records.into_iter().filter(|record| record.status == "granted") {
            let Some(bridge) = &record.cross_authority else {
                continue;
            };
            if self.is_cross_certificate_due(&record, bridge).await? {
                self.cross_certify(&record.id, bridge).await?;
                renewed += 1;
            }
        }
        Ok(renewed)
    }

    /// A partner's authority that has run out is certified no more, and one that soon will is not certified again and again:
    /// no cross-certificate outlasts it, or the bridge.
    async fn is_cross_certificate_due(&self, record: &TrustRecord, bridge_id: &str) -> Result<bool> {
        let mut connection = self.store.read().await?;
        let Some(bridge) = store::authority::find(&mut connection, bridge_id).await? else { return Ok(true) };
        let latest = not_after(&record.issuing)?.min(not_after(&bridge.certificate)?);
        if latest <= self.clock.now() {
            tracing::warn!(record = record.id, "not certified: the partner's authority, or the bridge, has run out");
            return Ok(false);
        }
        let Some(serial) = &record.cross_serial else { return Ok(true) };
        let issued = store::authority::with_serial(&mut connection, serial).await?;
        let last_third = self.clock.now() + LIFETIME_DAYS * DAY / 3;
        Ok(issued.first().is_none_or(|issued| issued.revoked_at.is_some() || issued.not_after < last_third.min(latest)))
    }
}

/// Revokes every cross-certificate that was issued for the record: a renewal leaves the one before it in force.
async fn withdraw_cross_certificates(
    tx: &mut Connection,
    bridge: &Issuer,
    record_id: &str,
    circumstance: &Circumstance<'_>,
) -> Result<()> {
    let (bridge_id, why) = (&bridge.row.id, Reason::CessationOfOperation);
    for serial in store::authority::in_force(tx, bridge_id, &profile_of(record_id), circumstance.at).await? {
        revoke::revoke_row(tx, bridge_id, &serial, why, circumstance).await?;
    }
    Ok(store::trust_record::drop_cross_serial(tx, record_id).await?)
}

fn not_after(der: &[u8]) -> Result<Micros> {
    let certificate = Certificate::from_der(der).map_err(engine("certificate of the record or its bridge"))?;
    Ok(certificate.not_after().0 * SECOND)
}

/// The profile in the issuance record: it names the trust list record.
pub(super) fn profile_of(record_id: &str) -> String {
    format!("cross-certificate/{record_id}")
}
