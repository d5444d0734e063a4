//! Recovery codes, as keyed digests; and the authenticator that takes the place of a lost one.

use sqlx::FromRow;

use super::{Connection, Result};
use crate::clock::Micros;

/// A recovery code of a person.
#[derive(Clone, Debug, FromRow)]
pub struct RecoveryCode {
    /// Keyed digest.
    pub hash: Vec<u8>,
    /// When it was made.
    pub created_at: Micros,
    /// When it was used up.
    pub used_at: Option<Micros>,
}

/// Puts new codes in the place of all that the person has.
pub async fn replace(connection: &mut Connection, person_id: &str, hashes: &[Vec<u8>], now: Micros) -> Result<()> {
    sqlx::query("DELETE FROM recovery_code WHERE person_id = $1").bind(person_id).execute(&mut *connection).await?;
    for hash in hashes {
        sqlx::query("INSERT INTO recovery_code (person_id, hash, created_at) VALUES ($1, $2, $3)")
            .bind(person_id)
            .bind(hash.as_slice())
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The person's codes, used or not.
pub async fn of_person(connection: &mut Connection, person_id: &str) -> Result<Vec<RecoveryCode>> {
    Ok(sqlx::query_as("SELECT hash, created_at, used_at FROM recovery_code WHERE person_id = $1")
        .bind(person_id)
        .fetch_all(connection)
        .await?)
}

/// Uses a code up, once.
pub async fn use_up(connection: &mut Connection, person_id: &str, hash: &[u8], now: Micros) -> Result<bool> {
    let done =
        sqlx::query("UPDATE recovery_code SET used_at = $1 WHERE person_id = $2 AND hash = $3 AND used_at IS NULL")
            .bind(now)
            .bind(person_id)
            .bind(hash)
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps the secret of another authenticator for the session that sets it up.
pub async fn begin_totp_change(
    connection: &mut Connection,
    session_id: &str,
    sealed: &[u8],
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO totp_change (session_id, sealed, begun_at) VALUES ($1, $2, $3)
         ON CONFLICT (session_id) DO UPDATE SET sealed = excluded.sealed, begun_at = excluded.begun_at",
    )
    .bind(session_id)
    .bind(sealed)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The secret that a session sets up, if it began after `since`.
pub async fn totp_change(connection: &mut Connection, session_id: &str, since: Micros) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("SELECT sealed FROM totp_change WHERE session_id = $1 AND begun_at > $2")
        .bind(session_id)
        .bind(since)
        .fetch_optional(connection)
        .await?)
}

/// Ends a change, once. `false` when it was ended before, or begun anew.
pub async fn end_totp_change(connection: &mut Connection, session_id: &str, sealed: &[u8]) -> Result<bool> {
    let done = sqlx::query("DELETE FROM totp_change WHERE session_id = $1 AND sealed = $2")
        .bind(session_id)
        .bind(sealed)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes the changes that were begun before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done = sqlx::query("DELETE FROM totp_change WHERE begun_at < $1").bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
