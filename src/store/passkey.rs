//! Passkeys, and the challenges that are signed with them.

use sqlx::FromRow;

use super::{Connection, Result};
use crate::clock::Micros;

/// A passkey of a person.
#[derive(Clone, Debug, FromRow)]
pub struct Passkey {
    /// Row id.
    pub id: String,
    /// Whose.
    pub person_id: String,
    /// What its authenticator calls it.
    pub credential_id: Vec<u8>,
    /// What its holder calls it.
    pub name: String,
    /// Public key and signature counter, JSON.
    pub data: String,
    /// The level of the login that added it.
    pub level: i64,
    /// The credential of that login.
    pub added_by: String,
    /// The certificate that the login showed, by its fingerprint, or that the passkey of the login rests on.
    pub fingerprint: Option<String>,
    /// When it was added.
    pub created_at: Micros,
    /// When it opened a session last.
    pub used_at: Option<Micros>,
    /// Since when it opens none, as there may be a copy.
    pub blocked_at: Option<Micros>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, person_id, credential_id, name, data, level, added_by, fingerprint, created_at, used_at, ",
            "blocked_at FROM passkey ",
            $rest
        )
    };
}

/// Writes a new passkey; `false` when its authenticator's name for it is taken.
pub async fn insert(connection: &mut Connection, passkey: &Passkey) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO passkey (id, person_id, credential_id, name, data, level, added_by, fingerprint, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential_id) DO NOTHING",
    )
    .bind(passkey.id.as_str())
    .bind(passkey.person_id.as_str())
    .bind(passkey.credential_id.as_slice())
    .bind(passkey.name.as_str())
    .bind(passkey.data.as_str())
    .bind(passkey.level)
    .bind(passkey.added_by.as_str())
    .bind(passkey.fingerprint.as_deref())
    .bind(passkey.created_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The passkey that an authenticator calls so.
pub async fn find(connection: &mut Connection, credential_id: &[u8]) -> Result<Option<Passkey>> {
    Ok(sqlx::query_as(select!("WHERE credential_id = $1")).bind(credential_id).fetch_optional(connection).await?)
}

/// The person's passkeys, oldest first.
pub async fn of_person(connection: &mut Connection, person_id: &str) -> Result<Vec<Passkey>> {
    Ok(sqlx::query_as(select!("WHERE person_id = $1 ORDER BY created_at, id"))
        .bind(person_id)
        .fetch_all(connection)
        .await?)
}

/// Notes that a passkey was used, if it is still as it was read. `false` when another login came first, or it is blocked
/// or gone.
pub async fn used(connection: &mut Connection, read: &Passkey, data: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE passkey SET data = $1, used_at = $2 WHERE id = $3 AND data = $4 AND level = $5 AND blocked_at IS NULL",
    )
    .bind(data)
    .bind(now)
    .bind(read.id.as_str())
    .bind(read.data.as_str())
    .bind(read.level)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Blocks a passkey. `false` when it was blocked before.
pub async fn block(connection: &mut Connection, id: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query("UPDATE passkey SET blocked_at = $1 WHERE id = $2 AND blocked_at IS NULL")
        .bind(now)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets the passkeys that a credential's logins added prove no more than `level`; they rest on no certificate any more.
pub async fn lower_added_by(connection: &mut Connection, person_id: &str, added_by: &str, level: i64) -> Result<()> {
    sqlx::query(
        "UPDATE passkey SET level = CASE WHEN level > $1 THEN $1 ELSE level END, fingerprint = NULL
         WHERE person_id = $2 AND added_by = $3",
    )
    .bind(level)
    .bind(person_id)
    .bind(added_by)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes a passkey away from its person. `false` when it is not theirs.
pub async fn remove(connection: &mut Connection, id: &str, person_id: &str) -> Result<bool> {
    let done = sqlx::query("DELETE FROM passkey WHERE id = $1 AND person_id = $2")
        .bind(id)
        .bind(person_id)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a challenge in the place of the subject's older one.
pub async fn set_challenge(
    connection: &mut Connection,
    subject: &str,
    options: &str,
    state: &str,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO passkey_challenge (subject, options, state, issued_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (subject) DO UPDATE SET options = excluded.options, state = excluded.state,
           issued_at = excluded.issued_at, used_at = NULL",
    )
    .bind(subject)
    .bind(options)
    .bind(state)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// What the browser is asked by the subject's unused challenge, if that was issued after `since`.
pub async fn challenge(connection: &mut Connection, subject: &str, since: Micros) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "SELECT options FROM passkey_challenge WHERE subject = $1 AND used_at IS NULL AND issued_at > $2",
    )
    .bind(subject)
    .bind(since)
    .fetch_optional(connection)
    .await?)
}

/// Uses up the subject's challenge if it was issued after `since`. Gives what the answer is held to.
pub async fn use_challenge(
    connection: &mut Connection,
    subject: &str,
    since: Micros,
    now: Micros,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "UPDATE passkey_challenge SET used_at = $1 WHERE subject = $2 AND used_at IS NULL AND issued_at > $3
         RETURNING state",
    )
    .bind(now)
    .bind(subject)
    .bind(since)
    .fetch_optional(connection)
    .await?)
}

/// Removes the challenges that were issued before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done =
        sqlx::query("DELETE FROM passkey_challenge WHERE issued_at < $1").bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
