//! What a person granted to a client at a login: the grant, its code and its tokens.

mod claims;
mod token;
mod visit;

use sqlx::FromRow;

pub use claims::ClaimsRequest;
pub use token::{
    LiveToken, NewAccessToken, RefreshToken, insert_access_token, insert_derived_token, insert_refresh_token,
    live_refresh_token, of_access_token, of_refresh_token, recall_refresh_token, redeem_refresh_token,
    remove_access_token, remove_derived_tokens, remove_unbound_access_tokens, revoke_by_refresh_token,
};

pub use visit::{Visit, visits};

use super::{Connection, Result};
use crate::clock::Micros;

/// One login at one client; all its tokens hang on it and die with it.
#[derive(Clone, Debug, FromRow)]
pub struct Grant {
    /// Row id.
    pub id: String,
    /// Which client.
    pub client_id: String,
    /// Which person.
    pub person_id: String,
    /// In which session.
    pub session_id: String,
    /// Granted scope, space separated.
    pub scope: String,
    /// The resource servers that its tokens may be for, space separated; empty for any (RFC 8707).
    pub resources: String,
    /// From the authorization request.
    pub nonce: Option<String>,
    /// Level at the time.
    pub level: i64,
    /// Time of the active login.
    pub auth_time: Micros,
    /// Its method.
    pub method: String,
    /// What was asked for claim by claim, JSON of a [`ClaimsRequest`].
    pub claims: Option<String>,
}

/// What an unused code stands for.
#[derive(Clone, Debug, FromRow)]
pub struct Code {
    /// Its grant.
    pub grant_id: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// S256 of the verifier.
    pub code_challenge: String,
    /// Thumbprint of the key that its tokens must be bound to (RFC 9449 §10).
    pub jkt: Option<String>,
}

/// What became of a presented secret.
#[derive(Clone, Debug)]
pub enum Redeemed {
    /// It was good, and is now used.
    Fresh,
    /// It was good once: whoever shows it again may have stolen it.
    Reused {
        /// The grant to revoke.
        grant_id: String,
    },
    /// Nobody knows it, or it has expired.
    Unknown,
}

/// Writes a grant.
pub async fn insert(connection: &mut Connection, grant: &Grant, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO grant_record (id, client_id, person_id, session_id, scope, nonce, level, auth_time, method, created_at,
           resources, claims) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(grant.id.as_str())
    .bind(grant.client_id.as_str())
    .bind(grant.person_id.as_str())
    .bind(grant.session_id.as_str())
    .bind(grant.scope.as_str())
    .bind(grant.nonce.as_deref())
    .bind(grant.level)
    .bind(grant.auth_time)
    .bind(grant.method.as_str())
    .bind(now)
    .bind(grant.resources.as_str())
    .bind(grant.claims.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

/// The columns of a [`Grant`], and the rest of a query.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.client_id, g.person_id, g.session_id, g.scope, g.resources, g.nonce, g.level, g.auth_time, g.method, ",
            "g.claims FROM grant_record g ",
            $rest
        )
    };
}

/// The grant `id`, live or not.
pub async fn find(connection: &mut Connection, id: &str) -> Result<Option<Grant>> {
    Ok(sqlx::query_as(select!("WHERE g.id = $1")).bind(id).fetch_optional(connection).await?)
}

/// Until when the grant's session lasts, while neither has ended.
pub async fn live_until(connection: &mut Connection, id: &str, now: Micros) -> Result<Option<Micros>> {
    Ok(sqlx::query_scalar(
        "SELECT s.expires_at FROM grant_record g JOIN session s ON s.id = g.session_id
         WHERE g.id = $1 AND g.revoked_at IS NULL AND s.ended_at IS NULL AND s.expires_at > $2",
    )
    .bind(id)
    .bind(now)
    .fetch_optional(connection)
    .await?)
}

/// The clients with a grant in a session, each once: those that must hear of its end, also when the grant was revoked.
pub async fn clients_of_session(connection: &mut Connection, session_id: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT DISTINCT client_id FROM grant_record WHERE session_id = $1")
        .bind(session_id)
        .fetch_all(connection)
        .await?)
}

/// Whether a session has been at a client.
pub async fn has_been_at(connection: &mut Connection, session_id: &str, client_id: &str) -> Result<bool> {
    let sql = "SELECT COUNT(*) FROM grant_record WHERE session_id = $1 AND client_id = $2 AND revoked_at IS NULL";
    let count: i64 = sqlx::query_scalar(sql).bind(session_id).bind(client_id).fetch_one(connection).await?;
    Ok(count > 0)
}

/// Revokes a grant and with it all its tokens.
pub async fn revoke(connection: &mut Connection, id: &str, why: &str, now: Micros) -> Result<bool> {
    let done =
        sqlx::query("UPDATE grant_record SET revoked_at = $1, revoked_why = $2 WHERE id = $3 AND revoked_at IS NULL")
            .bind(now)
            .bind(why)
            .bind(id)
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Revokes all grants of a person at a client and with them its codes and tokens. Gives how many.
pub async fn revoke_of_person(
    connection: &mut Connection,
    client_id: &str,
    person_id: &str,
    why: &str,
    now: Micros,
) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE grant_record SET revoked_at = $1, revoked_why = $2
         WHERE client_id = $3 AND person_id = $4 AND revoked_at IS NULL",
    )
    .bind(now)
    .bind(why)
    .bind(client_id)
    .bind(person_id)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// The clients with a grant of the person that counts, each once.
pub async fn clients_with_access(connection: &mut Connection, person_id: &str, now: Micros) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT g.client_id FROM grant_record g JOIN session s ON s.id = g.session_id
         WHERE g.person_id = $1 AND g.revoked_at IS NULL AND s.ended_at IS NULL AND s.expires_at > $2",
    )
    .bind(person_id)
    .bind(now)
    .fetch_all(connection)
    .await?)
}

/// Revokes all grants of a client and with them its codes and tokens.
pub async fn revoke_of_client(connection: &mut Connection, client_id: &str, why: &str, now: Micros) -> Result<u64> {
    let sql = "UPDATE grant_record SET revoked_at = $1, revoked_why = $2 WHERE client_id = $3 AND revoked_at IS NULL";
    let done = sqlx::query(sql).bind(now).bind(why).bind(client_id).execute(connection).await?;
    Ok(done.rows_affected())
}

/// Writes a code.
pub async fn insert_code(connection: &mut Connection, hash: &[u8], code: &Code, expires_at: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO authorization_code (hash, grant_id, redirect_uri, code_challenge, expires_at, jkt)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(hash)
    .bind(code.grant_id.as_str())
    .bind(code.redirect_uri.as_str())
    .bind(code.code_challenge.as_str())
    .bind(expires_at)
    .bind(code.jkt.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

/// What a code stands for, used or not: looked at before it is used up, so that a request that is wrong in another way
/// does not cost it.
pub async fn find_code(connection: &mut Connection, hash: &[u8]) -> Result<Option<Code>> {
    Ok(sqlx::query_as("SELECT grant_id, redirect_uri, code_challenge, jkt FROM authorization_code WHERE hash = $1")
        .bind(hash)
        .fetch_optional(connection)
        .await?)
}

/// Uses a code up (RFC 6749 §4.1.2: once).
pub async fn redeem_code(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Redeemed> {
    let fresh: Option<String> = sqlx::query_scalar(
        "UPDATE authorization_code SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND expires_at > $1
         RETURNING grant_id",
    )
    .bind(now)
    .bind(hash)
    .fetch_optional(&mut *connection)
    .await?;
    if fresh.is_some() {
        return Ok(Redeemed::Fresh);
    }
    let used: Option<String> =
        sqlx::query_scalar("SELECT grant_id FROM authorization_code WHERE hash = $1 AND used_at IS NOT NULL")
            .bind(hash)
            .fetch_optional(connection)
            .await?;
    Ok(used.map_or(Redeemed::Unknown, |grant_id| Redeemed::Reused { grant_id }))
}

/// Removes codes and tokens that expired before `before`. Grants go with their session.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let mut removed = 0;
    for sql in [
        expired!("authorization_code", "hash", "expires_at < $1"),
        expired!("access_token", "hash", "expires_at < $1"),
        expired!("refresh_token", "hash", "expires_at < $1"),
    ] {
        removed += sqlx::query(sql).bind(before).execute(&mut *connection).await?.rows_affected();
    }
    Ok(removed)
}
