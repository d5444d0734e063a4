//! What a demonstration hall remembers: sign-ins under way, its own sessions, and what was handed in.

use sqlx::FromRow;

use super::{Connection, Result};
use crate::clock::Micros;

/// A sign-in that the hall began and the provider has yet to answer.
#[derive(Clone, Debug, FromRow)]
pub struct SignIn {
    /// `state` of the authorization request.
    pub state: String,
    /// Which hall.
    pub hall: String,
    /// Digest of the cookie of the browser that began it.
    pub browser_hash: Vec<u8>,
    /// `nonce`.
    pub nonce: String,
    /// PKCE verifier.
    pub verifier: String,
    /// Deep link to come back to.
    pub target: String,
}

/// A session of the hall.
#[derive(Clone, Debug, FromRow)]
pub struct HallSession {
    /// Digest of the cookie.
    pub secret_hash: Vec<u8>,
    /// Which hall.
    pub hall: String,
    /// `sub`.
    pub subject: String,
    /// `sid`.
    pub sid: String,
    /// What UserInfo said, JSON.
    pub claims: String,
    /// For `id_token_hint`.
    pub id_token: String,
    /// Its end.
    pub expires_at: Micros,
}

/// What a person handed in.
#[derive(Clone, Debug, FromRow)]
pub struct ServiceRecord {
    /// Receipt number.
    pub id: String,
    /// Which hall.
    pub hall: String,
    /// Which item.
    pub item: String,
    /// By whom (`sub`).
    pub subject: String,
    /// The form, JSON.
    pub form: String,
    /// When.
    pub created_at: Micros,
}

/// Remembers a sign-in.
pub async fn begin(connection: &mut Connection, sign_in: &SignIn, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO hall_sign_in (state, hall, browser_hash, nonce, verifier, target, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(sign_in.state.as_str())
    .bind(sign_in.hall.as_str())
    .bind(sign_in.browser_hash.as_slice())
    .bind(sign_in.nonce.as_str())
    .bind(sign_in.verifier.as_str())
    .bind(sign_in.target.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the sign-in with this `state`, once.
pub async fn take(
    connection: &mut Connection,
    hall: &str,
    state: &str,
    now: Micros,
    since: Micros,
) -> Result<Option<SignIn>> {
    Ok(sqlx::query_as(
        "UPDATE hall_sign_in SET used_at = $1 WHERE hall = $2 AND state = $3 AND used_at IS NULL AND created_at > $4
         RETURNING state, hall, browser_hash, nonce, verifier, target",
    )
    .bind(now)
    .bind(hall)
    .bind(state)
    .bind(since)
    .fetch_optional(connection)
    .await?)
}

/// Opens a session.
pub async fn open(connection: &mut Connection, session: &HallSession, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO hall_session (secret_hash, hall, subject, sid, claims, id_token, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(session.secret_hash.as_slice())
    .bind(session.hall.as_str())
    .bind(session.subject.as_str())
    .bind(session.sid.as_str())
    .bind(session.claims.as_str())
    .bind(session.id_token.as_str())
    .bind(now)
    .bind(session.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The live session of a cookie.
pub async fn find(
    connection: &mut Connection,
    hall: &str,
    secret_hash: &[u8],
    now: Micros,
) -> Result<Option<HallSession>> {
    Ok(sqlx::query_as(
        "SELECT secret_hash, hall, subject, sid, claims, id_token, expires_at FROM hall_session
         WHERE hall = $1 AND secret_hash = $2 AND ended_at IS NULL AND expires_at > $3",
    )
    .bind(hall)
    .bind(secret_hash)
    .bind(now)
    .fetch_optional(connection)
    .await?)
}

/// Ends the sessions of a `sid`: what a logout token asks for.
pub async fn end(connection: &mut Connection, hall: &str, sid: &str, now: Micros) -> Result<u64> {
    let done = sqlx::query("UPDATE hall_session SET ended_at = $1 WHERE hall = $2 AND sid = $3 AND ended_at IS NULL")
        .bind(now)
        .bind(hall)
        .bind(sid)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// Ends every session of a `sub`: what a logout token without `sid` asks for.
pub async fn end_subject(connection: &mut Connection, hall: &str, subject: &str, now: Micros) -> Result<u64> {
    let done =
        sqlx::query("UPDATE hall_session SET ended_at = $1 WHERE hall = $2 AND subject = $3 AND ended_at IS NULL")
            .bind(now)
            .bind(hall)
            .bind(subject)
            .execute(connection)
            .await?;
    Ok(done.rows_affected())
}

/// Ends the session of one cookie.
pub async fn end_one(connection: &mut Connection, hall: &str, secret_hash: &[u8], now: Micros) -> Result<()> {
    sqlx::query("UPDATE hall_session SET ended_at = $1 WHERE hall = $2 AND secret_hash = $3 AND ended_at IS NULL")
        .bind(now)
        .bind(hall)
        .bind(secret_hash)
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes what was handed in.
pub async fn hand_in(connection: &mut Connection, record: &ServiceRecord) -> Result<()> {
    sqlx::query(
        "INSERT INTO service_record (id, hall, item, subject, form, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(record.id.as_str())
    .bind(record.hall.as_str())
    .bind(record.item.as_str())
    .bind(record.subject.as_str())
    .bind(record.form.as_str())
    .bind(record.created_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// One's own record.
pub async fn record(connection: &mut Connection, hall: &str, subject: &str, id: &str) -> Result<Option<ServiceRecord>> {
    Ok(sqlx::query_as(
        "SELECT id, hall, item, subject, form, created_at FROM service_record WHERE hall = $1 AND subject = $2 AND id = $3",
    )
    .bind(hall)
    .bind(subject)
    .bind(id)
    .fetch_optional(connection)
    .await?)
}

/// Removes sign-ins begun and sessions ended or expired before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let begun =
        sqlx::query("DELETE FROM hall_sign_in WHERE created_at < $1").bind(before).execute(&mut *connection).await?;
    let over = sqlx::query("DELETE FROM hall_session WHERE expires_at < $1 OR ended_at < $1")
        .bind(before)
        .execute(connection)
        .await?;
    Ok(begun.rows_affected() + over.rows_affected())
}
