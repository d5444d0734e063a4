//! Certificates of who signs others' revocation lists, where that is not the key of their certificates.

use sqlx::FromRow;

use super::{Connection, Result, bump_revision};
use crate::clock::Micros;

/// How many are kept of one issuer of lists: the key of today and the next, each with its certificate before and after a
/// renewal, for lists of two kinds.
pub const KEPT: i64 = 8;

/// A fetched certificate.
#[derive(Clone, Debug, FromRow)]
pub struct CrlSigner {
    /// SHA-256 of the encoding.
    pub fingerprint: String,
    /// Whose lists it signs, RFC 4514.
    pub issuer: String,
    /// Where it came from.
    pub uri: String,
    /// DER.
    pub der: Vec<u8>,
    /// When a list that it has signed came last.
    pub used_at: Micros,
    /// Until when it is valid.
    pub not_after: Micros,
}

/// All of them.
pub async fn all(connection: &mut Connection) -> Result<Vec<CrlSigner>> {
    Ok(sqlx::query_as("SELECT fingerprint, issuer, uri, der, used_at, not_after FROM crl_signer ORDER BY fingerprint")
        .fetch_all(connection)
        .await?)
}

/// Keeps one, once; of its issuer's those go that were not used for the longest time.
pub async fn keep(connection: &mut Connection, signer: &CrlSigner) -> Result<()> {
    let done = sqlx::query(
        "INSERT INTO crl_signer (fingerprint, issuer, uri, der, used_at, not_after) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (fingerprint) DO NOTHING",
    )
    .bind(signer.fingerprint.as_str())
    .bind(signer.issuer.as_str())
    .bind(signer.uri.as_str())
    .bind(signer.der.as_slice())
    .bind(signer.used_at)
    .bind(signer.not_after)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        make_room(connection, signer).await?;
        bump_revision(connection, "trust").await?;
    }
    Ok(())
}

async fn make_room(connection: &mut Connection, newest: &CrlSigner) -> Result<()> {
    sqlx::query(
        "DELETE FROM crl_signer WHERE issuer = $1 AND fingerprint <> $2 AND fingerprint NOT IN (
           SELECT fingerprint FROM crl_signer WHERE issuer = $1 AND fingerprint <> $2
           ORDER BY used_at DESC, fingerprint LIMIT $3)",
    )
    .bind(newest.issuer.as_str())
    .bind(newest.fingerprint.as_str())
    .bind(KEPT - 1)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that a list came that it has signed.
pub async fn note_use(connection: &mut Connection, fingerprint: &str, at: Micros) -> Result<()> {
    sqlx::query("UPDATE crl_signer SET used_at = $2 WHERE fingerprint = $1 AND used_at < $2")
        .bind(fingerprint)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes those that ran out before a time, and those by whom no list has come since. What they signed for a past time
/// counts no longer than they do.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done = sqlx::query("DELETE FROM crl_signer WHERE not_after < $1 OR used_at < $1")
        .bind(before)
        .execute(&mut *connection)
        .await?;
    if done.rows_affected() > 0 {
        bump_revision(connection, "trust").await?;
    }
    Ok(done.rows_affected())
}
