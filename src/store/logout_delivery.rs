//! The outbox of back-channel logout: one row a client and session, kept until delivered or given up.

use sqlx::FromRow;

use super::{Connection, Result};
use crate::clock::Micros;

/// A logout token that a client has yet to take.
#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    /// Row id, also the token's `jti`.
    pub id: String,
    /// To whom.
    pub client_id: String,
    /// `sid`.
    pub session_id: String,
    /// `sub`, as that client knows it.
    pub subject: String,
    /// How often it was tried.
    pub attempts: i64,
}

/// Puts a logout into the outbox; a second one for the same client and session changes nothing.
pub async fn enqueue(connection: &mut Connection, delivery: &Delivery, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO logout_delivery (id, client_id, session_id, subject, attempts, next_at, created_at)
         VALUES ($1, $2, $3, $4, 0, $5, $5) ON CONFLICT (client_id, session_id) DO NOTHING",
    )
    .bind(delivery.id.as_str())
    .bind(delivery.client_id.as_str())
    .bind(delivery.session_id.as_str())
    .bind(delivery.subject.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Leases up to `limit` due deliveries: nobody else gets them before `lease_until`.
pub async fn lease(connection: &mut Connection, now: Micros, lease_until: Micros, limit: i64) -> Result<Vec<Delivery>> {
    Ok(sqlx::query_as(
        "UPDATE logout_delivery SET attempts = attempts + 1, next_at = $1
         WHERE delivered_at IS NULL AND given_up_at IS NULL AND next_at <= $2 AND id IN
           (SELECT id FROM logout_delivery WHERE delivered_at IS NULL AND given_up_at IS NULL AND next_at <= $2
            ORDER BY next_at LIMIT $3)
         RETURNING id, client_id, session_id, subject, attempts",
    )
    .bind(lease_until)
    .bind(now)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// The client took it.
pub async fn delivered(connection: &mut Connection, id: &str, now: Micros) -> Result<()> {
    sqlx::query("UPDATE logout_delivery SET delivered_at = $1, last_error = NULL WHERE id = $2")
        .bind(now)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// The client did not take it: when to try again, or never.
pub async fn failed(
    connection: &mut Connection,
    id: &str,
    error: &str,
    next_at: Option<Micros>,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "UPDATE logout_delivery SET last_error = $1, next_at = $2, given_up_at = CASE WHEN $3 = 1 THEN $2 ELSE NULL END
         WHERE id = $4",
    )
    .bind(error)
    .bind(next_at.unwrap_or(now))
    .bind(i64::from(next_at.is_none()))
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// What became of a session's logouts: (client, delivered at).
pub async fn of_session(connection: &mut Connection, session_id: &str) -> Result<Vec<(String, Option<Micros>)>> {
    Ok(sqlx::query_as("SELECT client_id, delivered_at FROM logout_delivery WHERE session_id = $1 ORDER BY client_id")
        .bind(session_id)
        .fetch_all(connection)
        .await?)
}

/// How many wait to be delivered.
pub async fn waiting(connection: &mut Connection) -> Result<i64> {
    let waiting = "SELECT COUNT(*) FROM logout_delivery WHERE delivered_at IS NULL AND given_up_at IS NULL";
    Ok(sqlx::query_scalar(waiting).fetch_one(connection).await?)
}

/// Removes what was delivered or given up and is older than `before`: at most so many rows, and how many it was.
pub async fn purge(connection: &mut Connection, before: Micros, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM logout_delivery WHERE id IN (SELECT id FROM logout_delivery WHERE created_at < $1
                 AND (delivered_at IS NOT NULL OR given_up_at IS NOT NULL) ORDER BY created_at LIMIT $2)";
    Ok(sqlx::query(sql).bind(before).bind(limit).execute(connection).await?.rows_affected())
}
