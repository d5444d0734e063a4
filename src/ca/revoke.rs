//! Revocation: the row, the list that says so and the event, in one transaction.

use pki::crl::Reason;

use super::{Ca, Error, Result, crl};
use crate::audit::{self, Circumstance, Event};
use crate::clock::HOUR;
use crate::store::{self, Connection};

impl Ca {
    /// Revokes the certificate with `serial` (hexadecimal), whichever authority issued it, and publishes the list.
    /// Gives the authority's id. A certificate that is revoked already stays as it was.
    ///
    /// # Errors
    /// When no authority issued such a serial.
    pub async fn revoke(&self, serial: &str, reason: Reason, circumstance: Circumstance<'static>) -> Result<String> {
        let serial = serial.trim().replace(':', "").to_uppercase();
        let found = store::authority::with_serial(&mut *self.store.read().await?, &serial).await?;
        let [issued] = found.as_slice() else {
            return Err(Error::Unknown { what: "certificate with serial", id: serial });
        };
        let (authority, person) = (issued.authority_id.clone(), issued.person_id.clone());
        let issuer = self.issuer(&authority).await?;
        let (now, lifetime) = (self.clock.now(), self.settings.crl_lifetime * HOUR);
        let id = authority.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let circumstance = Circumstance { person: person.as_deref(), ..circumstance };
                    revoke_row(tx, &id, &serial, reason, &circumstance).await?;
                    crl::publish(tx, &issuer, now, lifetime).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok(authority)
    }
}

/// The row and its event; the caller publishes the list in the same transaction.
pub(super) async fn revoke_row(
    connection: &mut Connection,
    authority: &str,
    serial: &str,
    reason: Reason,
    circumstance: &Circumstance<'_>,
) -> Result<()> {
    let code = i64::from(reason.code());
    if store::authority::revoke(connection, authority, serial, code, circumstance.at).await? {
        let event =
            Event::CertificateRevoked { authority: authority.to_owned(), serial: serial.to_owned(), reason: code };
        audit::record(connection, circumstance, &event).await?;
    }
    Ok(())
}
