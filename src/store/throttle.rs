//! Failure counters of an account or an address, in fixed windows.

use super::{Connection, Result};
use crate::clock::Micros;

/// Counts a failure; a counter whose window began before `window_since` begins anew. Gives the count.
pub async fn fail(connection: &mut Connection, subject: &str, now: Micros, window_since: Micros) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "INSERT INTO throttle (subject, window_start, failures) VALUES ($1, $2, 1)
         ON CONFLICT (subject) DO UPDATE SET
           failures = CASE WHEN throttle.window_start < $3 THEN 1 ELSE throttle.failures + 1 END,
           window_start = CASE WHEN throttle.window_start < $3 THEN excluded.window_start ELSE throttle.window_start END
         RETURNING failures",
    )
    .bind(subject)
    .bind(now)
    .bind(window_since)
    .fetch_one(connection)
    .await?)
}

/// The failures in the running window, and when it began.
pub async fn failures(
    connection: &mut Connection,
    subject: &str,
    window_since: Micros,
) -> Result<Option<(i64, Micros)>> {
    Ok(sqlx::query_as("SELECT failures, window_start FROM throttle WHERE subject = $1 AND window_start >= $2")
        .bind(subject)
        .bind(window_since)
        .fetch_optional(connection)
        .await?)
}

/// Forgets the failures after a success.
pub async fn clear(connection: &mut Connection, subject: &str) -> Result<()> {
    sqlx::query("DELETE FROM throttle WHERE subject = $1").bind(subject).execute(connection).await?;
    Ok(())
}

/// Removes counters whose window is over.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done = sqlx::query("DELETE FROM throttle WHERE window_start < $1").bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
