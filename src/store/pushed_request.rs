//! Authorization requests that clients pushed before the browser came (RFC 9126), by the digest of their names.

use super::{Connection, Result, from_json, to_json};
use crate::clock::Micros;
use crate::store::attempt::AuthorizationRequest;

/// Writes a request, which waits for its browser until `expires_at`.
pub async fn insert(
    connection: &mut Connection,
    hash: &[u8],
    request: &AuthorizationRequest,
    expires_at: Micros,
) -> Result<()> {
    sqlx::query("INSERT INTO pushed_request (hash, client_id, request, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(hash)
        .bind(request.client_id.as_str())
        .bind(to_json(request))
        .bind(expires_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// The request that `client_id` pushed under this name, while it may begin a login and is not used.
pub async fn find(
    connection: &mut Connection,
    hash: &[u8],
    client_id: &str,
    now: Micros,
) -> Result<Option<AuthorizationRequest>> {
    let text: Option<String> = sqlx::query_scalar(
        "SELECT request FROM pushed_request WHERE hash = $1 AND client_id = $2 AND used_at IS NULL AND expires_at > $3",
    )
    .bind(hash)
    .bind(client_id)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    text.map(|text| from_json("pushed request", &text)).transpose()
}

/// Uses a request up, once: in the transaction that issues its code. A login may have taken longer than it waited.
pub async fn use_up(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<bool> {
    let done = sqlx::query("UPDATE pushed_request SET used_at = $1 WHERE hash = $2 AND used_at IS NULL")
        .bind(now)
        .bind(hash)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes what expired before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done =
        sqlx::query(expired!("pushed_request", "hash", "expires_at < $1")).bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
