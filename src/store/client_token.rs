//! Access tokens of clients that act for themselves (RFC 6749 §4.4): no person, no session, no grant stands behind them.

use sqlx::FromRow;

use super::binding::Binding;
use super::dialect::locks_rows;
use super::{Connection, Result};
use crate::clock::Micros;

/// A token that counts.
#[derive(Clone, Debug, FromRow)]
pub struct ClientToken {
    /// Whose it is.
    pub client_id: String,
    /// Granted, space separated.
    pub scope: String,
    /// For which resource servers, space separated; empty for any.
    pub resources: String,
    /// Until when it counts.
    pub expires_at: Micros,
    /// What it is bound to.
    #[sqlx(flatten)]
    pub binding: Binding,
}

/// The columns of a new token, of a client that is enabled, and the rest of the statement.
macro_rules! insert {
    ($rest:literal) => {
        concat!(
            "INSERT INTO client_token (hash, client_id, scope, expires_at, jkt, resources, x5t) ",
            "SELECT $1, id, $3, $4, $5, $6, $7 FROM client WHERE id = $2 AND disabled_at IS NULL",
            $rest
        )
    };
}

/// Writes a token. `false` when its client is disabled: whoever disables it at this moment waits until the token is there,
/// and removes it, or is waited for.
pub async fn insert(connection: &mut Connection, hash: &[u8], token: &ClientToken) -> Result<bool> {
    let sql = if locks_rows(connection) { insert!(" FOR SHARE") } else { insert!("") };
    let done = sqlx::query(sql)
        .bind(hash)
        .bind(token.client_id.as_str())
        .bind(token.scope.as_str())
        .bind(token.expires_at)
        .bind(token.binding.jkt.as_deref())
        .bind(token.resources.as_str())
        .bind(token.binding.x5t.as_deref())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The token, while it counts.
pub async fn find(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Option<ClientToken>> {
    let sql = "SELECT client_id, scope, resources, expires_at, jkt, x5t FROM client_token WHERE hash = $1 AND expires_at > $2";
    Ok(sqlx::query_as(sql).bind(hash).bind(now).fetch_optional(connection).await?)
}

/// Removes a token of `client_id`. `false` when it has none like that.
pub async fn remove(connection: &mut Connection, hash: &[u8], client_id: &str) -> Result<bool> {
    let done = sqlx::query("DELETE FROM client_token WHERE hash = $1 AND client_id = $2")
        .bind(hash)
        .bind(client_id)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes all tokens of a client.
pub async fn remove_of_client(connection: &mut Connection, client_id: &str) -> Result<u64> {
    let done = sqlx::query("DELETE FROM client_token WHERE client_id = $1").bind(client_id).execute(connection).await?;
    Ok(done.rows_affected())
}

/// Removes the tokens of a client that are bound to nothing.
pub async fn remove_unbound(connection: &mut Connection, client_id: &str) -> Result<u64> {
    let sql = "DELETE FROM client_token WHERE client_id = $1 AND jkt IS NULL AND x5t IS NULL";
    Ok(sqlx::query(sql).bind(client_id).execute(connection).await?.rows_affected())
}

/// Removes what expired before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done =
        sqlx::query(expired!("client_token", "hash", "expires_at < $1")).bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
