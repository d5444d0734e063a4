//! The certificates that opened an account, each as it was: a credential is seen with another after a renewal, and what rests
//! on the one before ends with that.

use sqlx::FromRow;

use super::{Connection, Result};

/// A certificate by what a list of its authority names.
#[derive(Clone, Debug, FromRow)]
pub struct Shown {
    /// Trust list record, or own authority.
    pub ca: String,
    /// Its serial.
    pub serial: String,
}

/// What rests on a certificate, by that certificate.
#[derive(Clone, Debug, FromRow)]
pub struct Resting {
    /// The session or the mandate.
    pub id: String,
    /// Whose it is; of a mandate, the company.
    pub person_id: String,
    /// Trust list record, or own authority.
    pub ca: String,
    /// The certificate's serial.
    pub serial: String,
}

/// Keeps a certificate that was shown.
pub async fn keep(connection: &mut Connection, fingerprint: &str, ca: &str, serial: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO shown_certificate (fingerprint, ca, serial) VALUES ($1, $2, $3) ON CONFLICT (fingerprint) DO NOTHING",
    )
    .bind(fingerprint)
    .bind(ca)
    .bind(serial)
    .execute(connection)
    .await?;
    Ok(())
}

/// The certificate of a fingerprint, if it was shown.
pub async fn find(connection: &mut Connection, fingerprint: &str) -> Result<Option<Shown>> {
    Ok(sqlx::query_as("SELECT ca, serial FROM shown_certificate WHERE fingerprint = $1")
        .bind(fingerprint)
        .fetch_optional(connection)
        .await?)
}
