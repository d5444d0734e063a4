//! Revocation lists of others: kept, so that trust survives a restart and a cut line.

use sqlx::FromRow;

use super::{Connection, Result, bump_revision};
use crate::clock::Micros;

/// A fetched list.
#[derive(Clone, Debug, FromRow)]
pub struct Evidence {
    /// Where it came from.
    pub uri: String,
    /// Whose it is, RFC 4514.
    pub issuer: String,
    /// DER.
    pub der: Vec<u8>,
    /// When.
    pub fetched_at: Micros,
    /// From when it counts, as it says itself …
    pub this_update: Micros,
    /// … and until when.
    pub next_update: Option<Micros>,
}

/// All lists.
pub async fn all(connection: &mut Connection) -> Result<Vec<Evidence>> {
    Ok(sqlx::query_as(
        "SELECT uri, issuer, der, fetched_at, this_update, next_update FROM evidence ORDER BY uri, issuer",
    )
    .fetch_all(connection)
    .await?)
}

/// Keeps a list in place of an older one of the same issuer from the same address: one that is not newer is only noted as
/// seen. `true` when it is newer.
pub async fn keep(connection: &mut Connection, evidence: &Evidence) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO evidence (uri, issuer, der, fetched_at, this_update, next_update) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (uri, issuer) DO UPDATE SET der = excluded.der, fetched_at = excluded.fetched_at,
           this_update = excluded.this_update, next_update = excluded.next_update
         WHERE evidence.this_update < excluded.this_update",
    )
    .bind(evidence.uri.as_str())
    .bind(evidence.issuer.as_str())
    .bind(evidence.der.as_slice())
    .bind(evidence.fetched_at)
    .bind(evidence.this_update)
    .bind(evidence.next_update)
    .execute(&mut *connection)
    .await?;
    let newer = done.rows_affected() == 1;
    if newer {
        bump_revision(connection, "trust").await?;
    }
    // The address was asked, whosever list it gave.
    sqlx::query("UPDATE evidence SET fetched_at = $1 WHERE uri = $2")
        .bind(evidence.fetched_at)
        .bind(evidence.uri.as_str())
        .execute(connection)
        .await?;
    Ok(newer)
}
