//! Counters of the tries against an account or an address: in fixed windows, or as turns that come at a steady rate.

use super::{Connection, Result};
use crate::clock::Micros;

/// Counts a try; a counter whose window began before `window_since` begins anew. Gives the count and the window's begin.
pub async fn count(
    connection: &mut Connection,
    subject: &str,
    now: Micros,
    window_since: Micros,
) -> Result<(i64, Micros)> {
    Ok(sqlx::query_as(
        "INSERT INTO throttle (subject, window_start, failures) VALUES ($1, $2, 1)
         ON CONFLICT (subject) DO UPDATE SET
           failures = CASE WHEN throttle.window_start < $3 THEN 1 ELSE throttle.failures + 1 END,
           window_start = CASE WHEN throttle.window_start < $3 THEN excluded.window_start ELSE throttle.window_start END
         RETURNING failures, window_start",
    )
    .bind(subject)
    .bind(now)
    .bind(window_since)
    .fetch_one(connection)
    .await?)
}

/// Takes one of the turns of `subject`, of which one comes every `pause`, and those of the time `saved` may be taken at
/// once. `false` when none is left. The row's time is when all that were taken will have come back.
pub async fn take_turn(
    connection: &mut Connection,
    subject: &str,
    now: Micros,
    pause: Micros,
    saved: Micros,
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO throttle (subject, window_start, failures) VALUES ($1, $2, 0)
         ON CONFLICT (subject) DO UPDATE SET
           window_start = CASE WHEN throttle.window_start < $3 THEN excluded.window_start ELSE throttle.window_start + $4 END
         WHERE throttle.window_start <= $5",
    )
    .bind(subject)
    .bind(now + pause)
    .bind(now)
    .bind(pause)
    .bind(now + saved - pause)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a turn back: the try succeeded.
pub async fn return_turn(connection: &mut Connection, subject: &str, pause: Micros) -> Result<()> {
    sqlx::query("UPDATE throttle SET window_start = window_start - $1 WHERE subject = $2")
        .bind(pause)
        .bind(subject)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes back what a try was counted: it succeeded.
pub async fn give_back(connection: &mut Connection, subject: &str) -> Result<()> {
    sqlx::query("UPDATE throttle SET failures = failures - 1 WHERE subject = $1 AND failures > 0")
        .bind(subject)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets the failures after a success.
pub async fn clear(connection: &mut Connection, subject: &str) -> Result<()> {
    sqlx::query("DELETE FROM throttle WHERE subject = $1").bind(subject).execute(connection).await?;
    Ok(())
}

/// Removes counters whose window is over.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done =
        sqlx::query(expired!("throttle", "subject", "window_start < $1")).bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
