//! Publishing lists: numbered, whole, never late.

use pki::crl::Reason;
use pki::{CrlBuilder, Serial, Time};

use super::{Ca, Error, Issuer, Result, engine};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{HOUR, Micros, SECOND};
use crate::store::{self, Connection, authority::Crl};

impl Ca {
    /// Publishes a new list of authority `id`. Gives its number.
    ///
    /// # Errors
    /// When the authority is unknown, its key cannot be used, or the database fails.
    pub async fn publish_crl(&self, id: &str) -> Result<i64> {
        let issuer = self.issuer(id).await?;
        let (now, lifetime) = (self.clock.now(), self.settings.crl_lifetime * HOUR);
        self.store.write(move |tx| Box::pin(async move { publish(tx, &issuer, now, lifetime).await })).await
    }

    /// Publishes every list that runs out within the overlap. Gives how many.
    ///
    /// # Errors
    /// As [`Ca::publish_crl`].
    pub async fn publish_due_crls(&self) -> Result<usize> {
        let mut published = 0;
        let due = self.clock.now() + self.settings.crl_overlap * HOUR;
        let authorities = store::authority::all(&mut *self.store.read().await?).await?;
        for authority in authorities {
            let latest = store::authority::latest_crl(&mut *self.store.read().await?, &authority.id).await?;
            if latest.is_none_or(|crl| crl.next_update <= due) {
                self.publish_crl(&authority.id).await?;
                published += 1;
            }
        }
        Ok(published)
    }
}

/// Builds, signs and writes the next list, all in one transaction: the number, the entries and the list agree.
pub(super) async fn publish(
    connection: &mut Connection,
    issuer: &Issuer,
    now: Micros,
    lifetime: Micros,
) -> Result<i64> {
    let number = store::authority::next_crl_number(connection, &issuer.row.id).await?;
    let since = last_regular(connection, issuer, now, lifetime).await?;
    let revoked = store::authority::revoked(connection, &issuer.row.id, since).await?;
    let next_update = now + lifetime;
    let issuer_name = issuer.certificate.subject().clone();
    let list = CrlBuilder::new(issuer_name, number.unsigned_abs(), seconds(now), seconds(next_update))
        .authority_key_id_of(&issuer.certificate)
        .revoked(revoked.into_iter().filter_map(|(serial, at, why)| entry(&serial, at, why)))
        .sign(issuer.signer.as_ref())
        .map_err(engine("signing a CRL"))?;
    let id = issuer.row.id.clone();
    let crl = Crl { authority_id: id.clone(), number, der: list.der().to_vec(), this_update: now, next_update };
    store::authority::publish_crl(connection, &crl).await?;
    audit::record(connection, &Circumstance::system(now), &Event::CrlPublished { authority: id, number }).await?;
    Ok::<_, Error>(number)
}

/// "An entry MUST NOT be removed from the CRL until it appears on one regularly scheduled CRL issued beyond the revoked
/// certificate's validity period" (RFC 5280 §3.3): what ended before this moment has been on one. That is the time
/// of the list before, or a whole lifetime ago: within it there is a regular list, as others come between times.
async fn last_regular(
    connection: &mut Connection,
    issuer: &Issuer,
    now: Micros,
    lifetime: Micros,
) -> store::Result<Micros> {
    let before = store::authority::latest_crl(connection, &issuer.row.id).await?;
    Ok(before.map_or(0, |crl| crl.this_update.min(now - lifetime)))
}

fn entry(serial: &str, at: Micros, why: i64) -> Option<(Serial, Time, Option<Reason>)> {
    let reason = u8::try_from(why).ok().and_then(Reason::from_code);
    // RFC 5280 §5.3.1: unspecified is said by leaving the reason out.
    Some((Serial::from_hex(serial)?, seconds(at), reason.filter(|reason| reason.code() != 0)))
}

fn seconds(micros: Micros) -> Time {
    Time(micros.div_euclid(SECOND))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use pki::certificate::CertificateBuilder;
    use pki::certificate::extension::KeyUsage;
    use pki::{Certificate, CertificateList, Name};

    use super::*;
    use crate::ca::ceremony::Script;
    use crate::ca::issue::{IssuedFor, new_serial};
    use crate::clock::{Clock, DAY};
    use crate::custody::Custody;
    use crate::store::Store;

    const START: Micros = 1_800_000_000 * SECOND;
    const SCRIPT: &str = "title = \"one root\"\n[[authority]]\nid = \"root\"\nrole = \"root\"\nkey = \"ecdsa-p256\"\n\
                          subject = \"CN=Root,C=CN\"\nyears = 20\n";

    async fn authority(time: &Arc<AtomicI64>) -> Ca {
        let settings = crate::config::load(None, std::iter::empty()).unwrap().authority;
        let file = std::env::temp_dir().join(format!("pearlbridge-crl-{}.db", crate::id::new_id()));
        let store = Store::open(&format!("sqlite:{}", file.display()), 2).await.unwrap();
        let custody = Arc::new(Custody::with_master_key(&"ab".repeat(32)).unwrap());
        let ca = Ca::new(store, Clock::Fixed(time.clone()), custody, &settings, "http://localhost").unwrap();
        let script: Script = toml::from_str(SCRIPT).unwrap();
        ca.run_ceremony(&script, &mut |_| ()).await.unwrap();
        ca
    }

    /// A certificate that counts for a day.
    async fn issue(ca: &Ca) -> Certificate {
        let root = ca.issuer("root").await.unwrap();
        let (now, issuer) = (ca.clock.now_seconds(), root.certificate.subject().clone());
        let validity = (now, Time(now.0 + 86_400));
        let key = root.signer.public_key().clone();
        let builder = CertificateBuilder::new(new_serial(), issuer, Name::parse("CN=a").unwrap(), validity, key)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .subject_key_id()
            .authority_key_id_of(&root.certificate)
            .crl_distribution_points(&[&ca.crl_url("root")]);
        ca.issue(&root, &builder, IssuedFor::house("test")).await.unwrap()
    }

    async fn lists(ca: &Ca, certificate: &Certificate) -> bool {
        let latest = store::authority::latest_crl(&mut ca.store.read().await.unwrap(), "root").await.unwrap().unwrap();
        CertificateList::from_der(&latest.der).unwrap().revoked(certificate.serial()).is_some()
    }

    #[tokio::test]
    async fn a_revoked_certificate_stays_listed_until_a_list_after_its_end_has_named_it() {
        let time = Arc::new(AtomicI64::new(START));
        let ca = authority(&time).await;
        let certificate = issue(&ca).await;
        let (serial, now) = (certificate.serial().to_string(), Circumstance::operator(START));
        ca.revoke(&serial, Reason::KeyCompromise, now).await.unwrap();
        assert!(lists(&ca, &certificate).await);
        // The machine was off when it ended: the first list afterwards still has to name it.
        time.store(START + 5 * DAY, Ordering::Relaxed);
        ca.publish_crl("root").await.unwrap();
        assert!(lists(&ca, &certificate).await);
        time.store(START + 7 * DAY, Ordering::Relaxed);
        ca.publish_crl("root").await.unwrap();
        assert!(!lists(&ca, &certificate).await);
    }
}
