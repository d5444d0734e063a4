//! Clients that registered themselves: by which token, what they said, and the secret by which they change it (RFC 7592).

use serde_json::{Map, Value};
use sqlx::FromRow;

use super::{Connection, Result, Stage, bump_revision, from_json, to_json};
use crate::clock::Micros;

/// What is kept beside the record of such a client.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Which client.
    pub client_id: String,
    /// Digest of its registration access token.
    pub hash: Vec<u8>,
    /// The initial access token that it came by.
    pub token_id: String,
    /// What it said of itself that nothing depends on, by the names of RFC 7591 §2.
    pub about: Map<String, Value>,
    /// How many times it was written.
    pub revision: i64,
    /// When it came.
    pub created_at: Micros,
}

#[derive(FromRow)]
struct Row {
    client_id: String,
    hash: Vec<u8>,
    token_id: String,
    about: String,
    revision: i64,
    created_at: Micros,
}

/// Writes that of a new client.
pub async fn insert(connection: &mut Connection, registration: &Registration) -> Result<()> {
    sqlx::query(
        "INSERT INTO client_registration (client_id, hash, token_id, about, revision, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(registration.client_id.as_str())
    .bind(registration.hash.as_slice())
    .bind(registration.token_id.as_str())
    .bind(to_json(&registration.about))
    .bind(registration.revision)
    .bind(registration.created_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// That of a client, if it registered itself.
pub async fn find(connection: &mut Connection, client_id: &str) -> Result<Option<Registration>> {
    let sql = "SELECT client_id, hash, token_id, about, revision, created_at FROM client_registration
               WHERE client_id = $1";
    let row: Option<Row> = sqlx::query_as(sql).bind(client_id).fetch_optional(connection).await?;
    row.map(|row| {
        Ok(Registration {
            about: from_json("client registration", &row.about)?,
            client_id: row.client_id,
            hash: row.hash,
            token_id: row.token_id,
            revision: row.revision,
            created_at: row.created_at,
        })
    })
    .transpose()
}

/// Writes what a client says of itself now, if nobody else did meanwhile.
pub async fn change(
    connection: &mut Connection,
    client_id: &str,
    revision: i64,
    about: &Map<String, Value>,
) -> Result<bool> {
    let sql =
        "UPDATE client_registration SET about = $1, revision = revision + 1 WHERE client_id = $2 AND revision = $3";
    let done = sqlx::query(sql).bind(to_json(about)).bind(client_id).bind(revision).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Removes it: the client changes nothing any more. `false` when it was gone.
pub async fn remove(connection: &mut Connection, client_id: &str) -> Result<bool> {
    let sql = "DELETE FROM client_registration WHERE client_id = $1";
    Ok(sqlx::query(sql).bind(client_id).execute(connection).await?.rows_affected() == 1)
}

/// Notes that a client is another from now on than it was at any revision that somebody has seen. Comes before the change
/// of the client's own row, so that all who change either wait for each other in one order.
pub async fn note_change(connection: &mut Connection, client_id: &str) -> Result<()> {
    let sql = "UPDATE client_registration SET revision = revision + 1 WHERE client_id = $1";
    sqlx::query(sql).bind(client_id).execute(connection).await?;
    Ok(())
}

/// Lets a client out of the sandbox or the queue, if `approver` is not who made the token that it came by, and it is still
/// that of `revision`. `false` when one of it is not so; something may be written then, so the transaction is to be undone.
pub async fn approve(connection: &mut Connection, client_id: &str, approver: &str, revision: i64) -> Result<bool> {
    let seen = sqlx::query(
        "UPDATE client_registration SET revision = revision + 1 WHERE client_id = $1 AND revision = $2
           AND token_id IN (SELECT id FROM initial_access_token WHERE maker <> $3)",
    );
    let seen = seen.bind(client_id).bind(revision).bind(approver).execute(&mut *connection).await?;
    let done = sqlx::query(
        "UPDATE client SET stage = 'production',
           disabled_at = CASE WHEN stage = 'pending' THEN NULL ELSE disabled_at END
         WHERE id = $1 AND stage IN ('sandbox', 'pending')",
    );
    let done = done.bind(client_id).execute(&mut *connection).await?;
    bump_revision(connection, "client").await?;
    Ok(seen.rows_affected() == 1 && done.rows_affected() == 1)
}

/// Puts a client into a stage; one that waits for approval is disabled with it.
pub async fn set_stage(connection: &mut Connection, client_id: &str, stage: Stage, now: Micros) -> Result<()> {
    let waits = matches!(stage, Stage::Pending | Stage::Refused | Stage::Deleted);
    let since = waits.then_some(now);
    sqlx::query("UPDATE client SET stage = $1, disabled_at = COALESCE(disabled_at, $2) WHERE id = $3")
        .bind(stage.name())
        .bind(since)
        .bind(client_id)
        .execute(&mut *connection)
        .await?;
    bump_revision(connection, "client").await
}
