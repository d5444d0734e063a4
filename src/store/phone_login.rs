//! Logins on one screen that wait for a phone which is signed in.

use sqlx::FromRow;

use super::{Connection, Result, from_json, to_json};
use crate::clock::Micros;

/// A login that waits.
#[derive(Clone, Debug)]
pub struct PhoneLogin {
    /// Digest of the secret in the picture.
    pub hash: Vec<u8>,
    /// The login that waits.
    pub attempt_id: String,
    /// What the secret is derived from.
    pub nonce: String,
    /// The number that the screen shows.
    pub number: i64,
    /// The numbers among which the phone asks for it.
    pub choices: Vec<i64>,
    /// The network address of the screen.
    pub address: String,
    /// What its browser says of itself.
    pub agent: String,
    /// When it began to wait.
    pub created_at: Micros,
    /// Until when it waits.
    pub expires_at: Micros,
    /// The person whose phone read the picture.
    pub opened_by: Option<String>,
    /// The session that let it in.
    pub session_id: Option<String>,
    /// When that was decided; without a session it was refused.
    pub decided_at: Option<Micros>,
}

#[derive(FromRow)]
struct Row {
    hash: Vec<u8>,
    attempt_id: String,
    nonce: String,
    number: i64,
    choices: String,
    address: String,
    agent: String,
    created_at: Micros,
    expires_at: Micros,
    opened_by: Option<String>,
    session_id: Option<String>,
    decided_at: Option<Micros>,
}

impl TryFrom<Row> for PhoneLogin {
    type Error = super::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            choices: from_json("phone login", &row.choices)?,
            hash: row.hash,
            attempt_id: row.attempt_id,
            nonce: row.nonce,
            number: row.number,
            address: row.address,
            agent: row.agent,
            created_at: row.created_at,
            expires_at: row.expires_at,
            opened_by: row.opened_by,
            session_id: row.session_id,
            decided_at: row.decided_at,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT hash, attempt_id, nonce, number, choices, address, agent, created_at, expires_at, opened_by, session_id, ",
            "decided_at FROM phone_login ",
            $rest
        )
    };
}

/// Writes a new one.
pub async fn insert(connection: &mut Connection, login: &PhoneLogin) -> Result<()> {
    sqlx::query(
        "INSERT INTO phone_login (hash, attempt_id, nonce, number, choices, address, agent, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(login.hash.as_slice())
    .bind(login.attempt_id.as_str())
    .bind(login.nonce.as_str())
    .bind(login.number)
    .bind(to_json(&login.choices))
    .bind(login.address.as_str())
    .bind(login.agent.as_str())
    .bind(login.created_at)
    .bind(login.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The latest of a login attempt, over or not.
pub async fn latest(connection: &mut Connection, attempt_id: &str) -> Result<Option<PhoneLogin>> {
    let row: Option<Row> =
        sqlx::query_as(select!("WHERE attempt_id = $1 AND used_at IS NULL ORDER BY created_at DESC LIMIT 1"))
            .bind(attempt_id)
            .fetch_optional(connection)
            .await?;
    row.map(PhoneLogin::try_from).transpose()
}

/// How many a login attempt has had.
pub async fn count(connection: &mut Connection, attempt_id: &str) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM phone_login WHERE attempt_id = $1")
        .bind(attempt_id)
        .fetch_one(connection)
        .await?)
}

/// The one with this secret that nobody has decided on, for a person whose phone reads it: the first takes it.
pub async fn open(
    connection: &mut Connection,
    hash: &[u8],
    person_id: &str,
    now: Micros,
) -> Result<Option<PhoneLogin>> {
    let done = sqlx::query(
        "UPDATE phone_login SET opened_by = $1
         WHERE hash = $2 AND decided_at IS NULL AND expires_at > $3 AND (opened_by IS NULL OR opened_by = $1)",
    )
    .bind(person_id)
    .bind(hash)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    let row: Option<Row> = sqlx::query_as(select!("WHERE hash = $1")).bind(hash).fetch_optional(connection).await?;
    row.map(PhoneLogin::try_from).transpose()
}

/// Decides, once: with a session it is let in, without one it is refused. `false` when that was decided before, is over, or
/// another person's.
pub async fn decide(
    connection: &mut Connection,
    hash: &[u8],
    person_id: &str,
    session_id: Option<&str>,
    now: Micros,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE phone_login SET session_id = $1, decided_at = $2
         WHERE hash = $3 AND opened_by = $4 AND decided_at IS NULL AND expires_at > $2",
    )
    .bind(session_id)
    .bind(now)
    .bind(hash)
    .bind(person_id)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Uses up what was let in, once.
pub async fn redeem(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE phone_login SET used_at = $1
         WHERE hash = $2 AND session_id IS NOT NULL AND used_at IS NULL AND expires_at > $1",
    )
    .bind(now)
    .bind(hash)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes those that were over before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done = sqlx::query("DELETE FROM phone_login WHERE expires_at < $1").bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
