//! Certificates of who signs others' revocation lists, where that is not the key of their certificates.

use sqlx::FromRow;

use super::{Connection, Result, bump_revision};
use crate::clock::Micros;

/// A fetched certificate.
#[derive(Clone, Debug, FromRow)]
pub struct CrlSigner {
    /// SHA-256 of the encoding.
    pub fingerprint: String,
    /// Where it came from.
    pub uri: String,
    /// DER.
    pub der: Vec<u8>,
    /// When.
    pub fetched_at: Micros,
    /// Until when it is valid.
    pub not_after: Micros,
}

/// All of them.
pub async fn all(connection: &mut Connection) -> Result<Vec<CrlSigner>> {
    Ok(sqlx::query_as("SELECT fingerprint, uri, der, fetched_at, not_after FROM crl_signer ORDER BY fingerprint")
        .fetch_all(connection)
        .await?)
}

/// Keeps one, once.
pub async fn keep(connection: &mut Connection, signer: &CrlSigner) -> Result<()> {
    let done = sqlx::query(
        "INSERT INTO crl_signer (fingerprint, uri, der, fetched_at, not_after) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (fingerprint) DO NOTHING",
    )
    .bind(signer.fingerprint.as_str())
    .bind(signer.uri.as_str())
    .bind(signer.der.as_slice())
    .bind(signer.fetched_at)
    .bind(signer.not_after)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        bump_revision(connection, "trust").await?;
    }
    Ok(())
}

/// Removes those that ran out before a time. Lists that they signed for a past time count no longer than they do.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done = sqlx::query("DELETE FROM crl_signer WHERE not_after < $1").bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
