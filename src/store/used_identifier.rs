//! Identifiers that count once: the `jti` of assertions and proofs, as digests with whose they are.

use super::{Connection, Result};
use crate::clock::Micros;

/// Marks an identifier as used, to be remembered until `expires_at`. `false` when it was used before.
pub async fn insert(connection: &mut Connection, hash: &[u8], expires_at: Micros) -> Result<bool> {
    let done =
        sqlx::query("INSERT INTO used_identifier (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING")
            .bind(hash)
            .bind(expires_at)
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes what nobody could show again.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done =
        sqlx::query(expired!("used_identifier", "hash", "expires_at < $1")).bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
