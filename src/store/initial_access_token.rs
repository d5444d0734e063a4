//! Initial access tokens (RFC 7591 §3): who holds one may register clients, so many and so long, within its policy.

use sqlx::FromRow;

use super::client::Stage;
use super::{Connection, Error, Result};
use crate::clock::Micros;

/// A token's policy.
#[derive(Clone, Debug)]
pub struct InitialAccessToken {
    /// Row id.
    pub id: String,
    /// Who made it; another one approves what comes by it.
    pub maker: String,
    /// What its clients are at first.
    pub stage: Stage,
    /// What they may ask for, space separated.
    pub scopes: String,
    /// Their sector; `None` for that of their addresses.
    pub sector: Option<String>,
    /// Whether they may leave PKCE out.
    pub pkce_optional: bool,
    /// How many more clients it registers.
    pub uses_left: i64,
    /// Until when.
    pub expires_at: Micros,
}

#[derive(FromRow)]
struct Row {
    id: String,
    maker: String,
    stage: String,
    scopes: String,
    sector: Option<String>,
    pkce_optional: i64,
    uses_left: i64,
    expires_at: Micros,
}

impl TryFrom<Row> for InitialAccessToken {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            stage: Stage::read(&row.stage)?,
            id: row.id,
            maker: row.maker,
            scopes: row.scopes,
            sector: row.sector,
            pkce_optional: row.pkce_optional != 0,
            uses_left: row.uses_left,
            expires_at: row.expires_at,
        })
    }
}

/// Writes a token; one of the same id is renewed.
pub async fn put(connection: &mut Connection, hash: &[u8], token: &InitialAccessToken, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO initial_access_token (id, hash, maker, stage, scopes, sector, uses_left, expires_at, created_at,
           pkce_optional)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET uses_left = excluded.uses_left, expires_at = excluded.expires_at",
    )
    .bind(token.id.as_str())
    .bind(hash)
    .bind(token.maker.as_str())
    .bind(token.stage.name())
    .bind(token.scopes.as_str())
    .bind(token.sector.as_deref())
    .bind(token.uses_left)
    .bind(token.expires_at)
    .bind(now)
    .bind(i64::from(token.pkce_optional))
    .execute(connection)
    .await?;
    Ok(())
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, maker, stage, scopes, sector, pkce_optional, uses_left, expires_at FROM initial_access_token ",
            $rest
        )
    };
}

/// The token of a digest, while it counts.
pub async fn find(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Option<InitialAccessToken>> {
    let sql = select!("WHERE hash = $1 AND uses_left > 0 AND expires_at > $2");
    let row: Option<Row> = sqlx::query_as(sql).bind(hash).bind(now).fetch_optional(connection).await?;
    row.map(InitialAccessToken::try_from).transpose()
}

/// The token `id`, whether it still counts or not: its policy goes on for the clients that came by it.
pub async fn by_id(connection: &mut Connection, id: &str) -> Result<Option<InitialAccessToken>> {
    let row: Option<Row> = sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_optional(connection).await?;
    row.map(InitialAccessToken::try_from).transpose()
}

/// All that are kept, the newest first.
pub async fn all(connection: &mut Connection) -> Result<Vec<InitialAccessToken>> {
    let rows: Vec<Row> = sqlx::query_as(select!("ORDER BY created_at DESC, id")).fetch_all(connection).await?;
    rows.into_iter().map(InitialAccessToken::try_from).collect()
}

/// Uses a token once. `false` when it counts no longer.
pub async fn use_once(connection: &mut Connection, id: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE initial_access_token SET uses_left = uses_left - 1 WHERE id = $1 AND uses_left > 0 AND expires_at > $2",
    )
    .bind(id)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a token. `false` when it was over.
pub async fn revoke(connection: &mut Connection, id: &str) -> Result<bool> {
    let sql = "UPDATE initial_access_token SET uses_left = 0 WHERE id = $1 AND uses_left > 0";
    Ok(sqlx::query(sql).bind(id).execute(connection).await?.rows_affected() == 1)
}

/// Removes those that expired before `before` and brought no client: a client's policy is its token's.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let sql = "DELETE FROM initial_access_token WHERE expires_at < $1
               AND id NOT IN (SELECT token_id FROM client_registration)";
    Ok(sqlx::query(sql).bind(before).execute(connection).await?.rows_affected())
}
