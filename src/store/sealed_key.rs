//! Private keys, sealed by `custody` before they come here.

use super::{Connection, Result};
use crate::clock::Micros;

/// Writes a sealed key.
pub async fn insert(
    connection: &mut Connection,
    id: &str,
    purpose: &str,
    algorithm: &str,
    sealed: &[u8],
    now: Micros,
) -> Result<()> {
    sqlx::query("INSERT INTO sealed_key (id, purpose, algorithm, sealed, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(purpose)
        .bind(algorithm)
        .bind(sealed)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The sealed bytes of key `id`.
pub async fn find(connection: &mut Connection, id: &str) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("SELECT sealed FROM sealed_key WHERE id = $1").bind(id).fetch_optional(connection).await?)
}

/// Any key, to see whether the master key opens it. `None` in an empty store.
pub async fn any(connection: &mut Connection) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT id FROM sealed_key ORDER BY created_at LIMIT 1").fetch_optional(connection).await?)
}
