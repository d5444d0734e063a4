//! Evidence that was fetched from others: kept, so that trust survives a restart and a cut line.

use sqlx::FromRow;

use super::{Connection, Result, bump_revision};
use crate::clock::Micros;

/// A fetched CRL or certificate.
#[derive(Clone, Debug, FromRow)]
pub struct Evidence {
    /// Where it came from.
    pub uri: String,
    /// `crl` or `certificate`.
    pub kind: String,
    /// DER.
    pub der: Vec<u8>,
    /// When.
    pub fetched_at: Micros,
    /// Until when it counts, as it says itself.
    pub next_update: Option<Micros>,
}

/// All evidence.
pub async fn all(connection: &mut Connection) -> Result<Vec<Evidence>> {
    Ok(sqlx::query_as("SELECT uri, kind, der, fetched_at, next_update FROM evidence ORDER BY uri")
        .fetch_all(connection)
        .await?)
}

/// Keeps what was fetched, in place of what was there.
pub async fn keep(connection: &mut Connection, evidence: &Evidence) -> Result<()> {
    sqlx::query(
        "INSERT INTO evidence (uri, kind, der, fetched_at, next_update) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (uri) DO UPDATE SET kind = excluded.kind, der = excluded.der, fetched_at = excluded.fetched_at,
           next_update = excluded.next_update",
    )
    .bind(evidence.uri.as_str())
    .bind(evidence.kind.as_str())
    .bind(evidence.der.as_slice())
    .bind(evidence.fetched_at)
    .bind(evidence.next_update)
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "trust").await
}
