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
