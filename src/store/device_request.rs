//! Devices that wait for a person elsewhere to let them in (RFC 8628), by the digests of their two codes.

use sqlx::FromRow;

use super::grant::Redeemed;
use super::{Connection, Result};
use crate::clock::{Micros, SECOND};

/// What a device asks for.
#[derive(Clone, Debug, FromRow)]
pub struct DeviceRequest {
    /// Digest of the `device_code`.
    pub hash: Vec<u8>,
    /// Keyed hash of the `user_code`, which is short.
    pub code_hash: Vec<u8>,
    /// Who asks.
    pub client_id: String,
    /// For what, space separated.
    pub scope: String,
    /// For which resource servers, space separated; empty for any.
    pub resources: String,
    /// The least level of the login.
    pub level: i64,
    /// Until when somebody may decide, and the tokens be fetched.
    pub expires_at: Micros,
    /// The grant, once somebody allowed it.
    pub grant_id: Option<String>,
    /// When somebody decided.
    pub decided_at: Option<Micros>,
}

/// The columns of a [`DeviceRequest`], and the rest of a query.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT hash, code_hash, client_id, scope, resources, level, expires_at, grant_id, decided_at ",
            "FROM device_request ",
            $rest
        )
    };
}

/// Writes a new request; the device may ask for its tokens every `pause`. A conflict means that its short code is taken.
pub async fn insert(connection: &mut Connection, request: &DeviceRequest, pause: Micros, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO device_request (hash, code_hash, client_id, scope, level, pause, next_at, expires_at, resources)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(request.hash.as_slice())
    .bind(request.code_hash.as_slice())
    .bind(request.client_id.as_str())
    .bind(request.scope.as_str())
    .bind(request.level)
    .bind(pause)
    .bind(now)
    .bind(request.expires_at)
    .bind(request.resources.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// The request of a device, whatever became of it.
pub async fn find(connection: &mut Connection, hash: &[u8]) -> Result<Option<DeviceRequest>> {
    Ok(sqlx::query_as(select!("WHERE hash = $1")).bind(hash).fetch_optional(connection).await?)
}

/// The request of a short code that nobody has decided on yet.
pub async fn find_open(connection: &mut Connection, code_hash: &[u8], now: Micros) -> Result<Option<DeviceRequest>> {
    Ok(sqlx::query_as(select!("WHERE code_hash = $1 AND decided_at IS NULL AND expires_at > $2"))
        .bind(code_hash)
        .bind(now)
        .fetch_optional(connection)
        .await?)
}

/// Decides, once: with a grant the device is let in, without one it is refused. `false` when it was decided before.
pub async fn decide(connection: &mut Connection, hash: &[u8], grant_id: Option<&str>, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE device_request SET grant_id = $1, decided_at = $2
         WHERE hash = $3 AND decided_at IS NULL AND expires_at > $2",
    )
    .bind(grant_id)
    .bind(now)
    .bind(hash)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Counts a question of a device that waits. `false` when it comes too soon, which makes the pause longer ("the interval
/// MUST be increased by 5 seconds", RFC 8628 §3.5).
pub async fn ask(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<bool> {
    let due = sqlx::query("UPDATE device_request SET next_at = $1 + pause WHERE hash = $2 AND next_at <= $1")
        .bind(now)
        .bind(hash)
        .execute(&mut *connection)
        .await?;
    if due.rows_affected() == 1 {
        return Ok(true);
    }
    sqlx::query("UPDATE device_request SET pause = pause + $1, next_at = $2 + pause + $1 WHERE hash = $3")
        .bind(5 * SECOND)
        .bind(now)
        .bind(hash)
        .execute(connection)
        .await?;
    Ok(false)
}

/// Uses a device's code up, once it is let in.
pub async fn redeem(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Redeemed> {
    let fresh: Option<String> = sqlx::query_scalar(
        "UPDATE device_request SET used_at = $1
         WHERE hash = $2 AND grant_id IS NOT NULL AND used_at IS NULL AND expires_at > $1 RETURNING grant_id",
    )
    .bind(now)
    .bind(hash)
    .fetch_optional(&mut *connection)
    .await?;
    if fresh.is_some() {
        return Ok(Redeemed::Fresh);
    }
    let used: Option<String> =
        sqlx::query_scalar("SELECT grant_id FROM device_request WHERE hash = $1 AND used_at IS NOT NULL")
            .bind(hash)
            .fetch_optional(connection)
            .await?;
    Ok(used.map_or(Redeemed::Unknown, |grant_id| Redeemed::Reused { grant_id }))
}

/// Removes what expired before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done =
        sqlx::query(expired!("device_request", "hash", "expires_at < $1")).bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
