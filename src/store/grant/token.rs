//! Access and refresh tokens, known by their digests.

use sqlx::FromRow;

use super::{Connection, Grant, Redeemed, Result};
use crate::clock::Micros;
use crate::store::binding::Binding;
use crate::store::dialect::locks_rows;

/// An access token to write.
#[derive(Clone, Debug)]
pub struct NewAccessToken {
    /// Its digest.
    pub hash: Vec<u8>,
    /// What it hangs on.
    pub grant_id: String,
    /// The grant's, or less.
    pub scope: String,
    /// For which of the grant's resource servers it is, space separated.
    pub resources: String,
    /// Until when it counts.
    pub expires_at: Micros,
    /// What it is bound to.
    pub binding: Binding,
    /// Servers that act by exchange (RFC 8693), the latest first, space separated; empty for none.
    pub actors: String,
}

/// The columns of a token in exchange for another, which counts as long at least, for a client that is enabled; and the rest
/// of the statement.
macro_rules! insert_derived {
    ($rest:literal) => {
        concat!(
            "INSERT INTO access_token (hash, grant_id, scope, expires_at, jkt, resources, x5t, actors, source) ",
            "SELECT $1, s.grant_id, $2, $3, $4, $5, $6, $7, s.hash FROM access_token s JOIN client c ON c.id = $8 ",
            "WHERE s.hash = $9 AND s.grant_id = $10 AND s.expires_at >= $3 AND s.expires_at > $11 AND c.disabled_at IS NULL",
            $rest
        )
    };
}

/// Writes an access token that `client_id` gets in exchange for the one of the digest `source`, which takes it along when it
/// is removed. `false` when that counts no more, or the client is disabled.
pub async fn insert_derived_token(
    connection: &mut Connection,
    token: &NewAccessToken,
    source: &[u8],
    client_id: &str,
    now: Micros,
) -> Result<bool> {
    let sql = if locks_rows(connection) { insert_derived!(" FOR SHARE") } else { insert_derived!("") };
    let done = sqlx::query(sql)
        .bind(token.hash.as_slice())
        .bind(token.scope.as_str())
        .bind(token.expires_at)
        .bind(token.binding.jkt.as_deref())
        .bind(token.resources.as_str())
        .bind(token.binding.x5t.as_deref())
        .bind(token.actors.as_str())
        .bind(client_id)
        .bind(source)
        .bind(token.grant_id.as_str())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes the access tokens that a client got in exchange for others'.
pub async fn remove_derived_tokens(connection: &mut Connection, client_id: &str) -> Result<u64> {
    let sql = "DELETE FROM access_token WHERE source IS NOT NULL
         AND (actors = $1 OR substr(actors, 1, length($1) + 1) = $1 || ' ')";
    Ok(sqlx::query(sql).bind(client_id).execute(connection).await?.rows_affected())
}

/// Writes an access token.
pub async fn insert_access_token(connection: &mut Connection, token: &NewAccessToken) -> Result<()> {
    sqlx::query(
        "INSERT INTO access_token (hash, grant_id, scope, expires_at, jkt, resources, x5t)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token.hash.as_slice())
    .bind(token.grant_id.as_str())
    .bind(token.scope.as_str())
    .bind(token.expires_at)
    .bind(token.binding.jkt.as_deref())
    .bind(token.resources.as_str())
    .bind(token.binding.x5t.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

/// A token that counts.
#[derive(Clone, Debug, FromRow)]
pub struct LiveToken {
    /// Its grant; of an access token with the token's scope and resources in place of the grant's.
    #[sqlx(flatten)]
    pub grant: Grant,
    /// Until when it counts.
    pub expires_at: Micros,
    /// What it is bound to.
    #[sqlx(flatten)]
    pub binding: Binding,
    /// Of an access token, the servers that act by exchange (RFC 8693), the latest first, space separated; empty for none.
    pub actors: String,
}

impl LiveToken {
    /// The client that it was issued to.
    pub fn holder(&self) -> &str {
        self.actors.split(' ').next().filter(|actor| !actor.is_empty()).unwrap_or(&self.grant.client_id)
    }
}

/// A refresh token, used or not.
#[derive(Clone, Debug, FromRow)]
pub struct RefreshToken {
    /// Its grant.
    #[sqlx(flatten)]
    pub grant: Grant,
    /// What it is bound to.
    #[sqlx(flatten)]
    pub binding: Binding,
}

/// The unexpired access token of a live grant.
pub async fn of_access_token(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Option<LiveToken>> {
    let sql =
        "SELECT g.id, g.client_id, g.person_id, g.session_id, t.scope, t.resources, g.nonce, g.level, g.auth_time,
           g.method, g.claims, t.expires_at, t.jkt, t.x5t, t.actors FROM grant_record g
         JOIN access_token t ON t.grant_id = g.id JOIN session s ON s.id = g.session_id
         WHERE t.hash = $1 AND t.expires_at > $2 AND g.revoked_at IS NULL AND s.ended_at IS NULL
           AND s.expires_at > $2";
    Ok(sqlx::query_as(sql).bind(hash).bind(now).fetch_optional(connection).await?)
}

/// Removes an access token that was issued to `client_id`, and with it what others got in exchange for it. Gives its person.
pub async fn remove_access_token(connection: &mut Connection, hash: &[u8], client_id: &str) -> Result<Option<String>> {
    let grant_id: Option<String> = sqlx::query_scalar(
        "DELETE FROM access_token WHERE hash = $1
           AND (actors = '' AND grant_id IN (SELECT id FROM grant_record WHERE client_id = $2)
             OR actors = $2 OR substr(actors, 1, length($2) + 1) = $2 || ' ') RETURNING grant_id",
    )
    .bind(hash)
    .bind(client_id)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(grant_id) = grant_id else { return Ok(None) };
    Ok(super::find(connection, &grant_id).await?.map(|grant| grant.person_id))
}

/// Removes the access tokens of a client that are bound to nothing.
pub async fn remove_unbound_access_tokens(connection: &mut Connection, client_id: &str) -> Result<u64> {
    let sql = "DELETE FROM access_token WHERE jkt IS NULL AND x5t IS NULL
           AND grant_id IN (SELECT id FROM grant_record WHERE client_id = $1)";
    Ok(sqlx::query(sql).bind(client_id).execute(connection).await?.rows_affected())
}

/// Writes a refresh token.
pub async fn insert_refresh_token(
    connection: &mut Connection,
    hash: &[u8],
    grant_id: &str,
    expires_at: Micros,
    binding: &Binding,
) -> Result<()> {
    sqlx::query("INSERT INTO refresh_token (hash, grant_id, expires_at, jkt, x5t) VALUES ($1, $2, $3, $4, $5)")
        .bind(hash)
        .bind(grant_id)
        .bind(expires_at)
        .bind(binding.jkt.as_deref())
        .bind(binding.x5t.as_deref())
        .execute(connection)
        .await?;
    Ok(())
}

/// A refresh token, used or not: asked before it is used up, so that another client cannot.
pub async fn of_refresh_token(connection: &mut Connection, hash: &[u8]) -> Result<Option<RefreshToken>> {
    let sql =
        "SELECT g.id, g.client_id, g.person_id, g.session_id, g.scope, g.resources, g.nonce, g.level, g.auth_time,
           g.method, g.claims, t.jkt, t.x5t FROM grant_record g JOIN refresh_token t ON t.grant_id = g.id WHERE t.hash = $1";
    Ok(sqlx::query_as(sql).bind(hash).fetch_optional(connection).await?)
}

/// A refresh token that may still be used.
pub async fn live_refresh_token(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Option<LiveToken>> {
    let sql =
        "SELECT g.id, g.client_id, g.person_id, g.session_id, g.scope, g.resources, g.nonce, g.level, g.auth_time,
           g.method, g.claims, t.expires_at, t.jkt, t.x5t, '' AS actors FROM grant_record g
         JOIN refresh_token t ON t.grant_id = g.id JOIN session s ON s.id = g.session_id
         WHERE t.hash = $1 AND t.expires_at > $2 AND t.used_at IS NULL AND g.revoked_at IS NULL
           AND s.ended_at IS NULL AND s.expires_at > $2";
    Ok(sqlx::query_as(sql).bind(hash).bind(now).fetch_optional(connection).await?)
}

/// Revokes the grant of a refresh token that was issued to `client_id`, and with it all its tokens. Gives its person.
pub async fn revoke_by_refresh_token(
    connection: &mut Connection,
    hash: &[u8],
    client_id: &str,
    now: Micros,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "UPDATE grant_record SET revoked_at = $1, revoked_why = 'revoked by the client'
         WHERE client_id = $2 AND revoked_at IS NULL
           AND id IN (SELECT grant_id FROM refresh_token WHERE hash = $3) RETURNING person_id",
    )
    .bind(now)
    .bind(client_id)
    .bind(hash)
    .fetch_optional(connection)
    .await?)
}

/// Uses a refresh token up (RFC 9700 §4.14.2: rotation).
pub async fn redeem_refresh_token(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Redeemed> {
    let fresh: Option<String> = sqlx::query_scalar(
        "UPDATE refresh_token SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND expires_at > $1 RETURNING grant_id",
    )
    .bind(now)
    .bind(hash)
    .fetch_optional(&mut *connection)
    .await?;
    if fresh.is_some() {
        return Ok(Redeemed::Fresh);
    }
    let used: Option<String> =
        sqlx::query_scalar("SELECT grant_id FROM refresh_token WHERE hash = $1 AND used_at IS NOT NULL")
            .bind(hash)
            .fetch_optional(connection)
            .await?;
    Ok(used.map_or(Redeemed::Unknown, |grant_id| Redeemed::Reused { grant_id }))
}

/// Looks whether a refresh token that is not rotated may be used.
pub async fn recall_refresh_token(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Redeemed> {
    let found: Option<(String, Option<Micros>)> =
        sqlx::query_as("SELECT grant_id, used_at FROM refresh_token WHERE hash = $1 AND expires_at > $2")
            .bind(hash)
            .bind(now)
            .fetch_optional(connection)
            .await?;
    Ok(match found {
        None => Redeemed::Unknown,
        Some((_, None)) => Redeemed::Fresh,
        // It was rotated when the client still had a secret.
        Some((grant_id, Some(_))) => Redeemed::Reused { grant_id },
    })
}
