//! Sessions at the OpenID Provider: a restart forgets none.

use sqlx::FromRow;

use super::shown_certificate::Resting;
use super::{Connection, Result};
use crate::clock::Micros;

/// A browser that is signed in.
#[derive(Clone, Debug, FromRow)]
pub struct Session {
    /// Public identifier: the `sid` of ID and logout tokens.
    pub id: String,
    /// Digest of the cookie.
    pub secret_hash: Vec<u8>,
    /// Whose it is.
    pub person_id: String,
    /// `mtls`, `challenge`, `passkey`, `password`, `recovery_code` or `phone`.
    pub method: String,
    /// The level that was reached.
    pub level: i64,
    /// The certificate credential's id, the passkey's, or the user name.
    pub credential: String,
    /// Of the certificate that it rests on: that was shown, or by whose login the passkey was added.
    pub fingerprint: Option<String>,
    /// Last active login.
    pub auth_time: Micros,
    /// First login.
    pub created_at: Micros,
    /// Last use.
    pub used_at: Micros,
    /// Latest end.
    pub expires_at: Micros,
    /// Where from.
    pub address: String,
    /// The browser's words about itself.
    pub agent: String,
    /// Its longest pause, where it has one of its own: on a screen that many use. 0: that of the settings.
    pub idle: Micros,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, secret_hash, person_id, method, level, credential, fingerprint, auth_time, created_at, used_at, ",
            "expires_at, address, agent, idle FROM session ",
            $rest
        )
    };
}

/// Writes a new session.
pub async fn insert(connection: &mut Connection, session: &Session) -> Result<()> {
    sqlx::query(
        "INSERT INTO session (id, secret_hash, person_id, method, level, credential, fingerprint, auth_time, created_at,
           used_at, expires_at, address, agent, idle)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(session.id.as_str())
    .bind(session.secret_hash.as_slice())
    .bind(session.person_id.as_str())
    .bind(session.method.as_str())
    .bind(session.level)
    .bind(session.credential.as_str())
    .bind(session.fingerprint.as_deref())
    .bind(session.auth_time)
    .bind(session.created_at)
    .bind(session.used_at)
    .bind(session.expires_at)
    .bind(session.address.as_str())
    .bind(session.agent.as_str())
    .bind(session.idle)
    .execute(connection)
    .await?;
    Ok(())
}

/// The live session whose cookie digests to `secret_hash`, used at or after `idle_since`.
pub async fn find(
    connection: &mut Connection,
    secret_hash: &[u8],
    now: Micros,
    idle_since: Micros,
) -> Result<Option<Session>> {
    let sql = select!(
        "WHERE secret_hash = $1 AND ended_at IS NULL AND expires_at > $2 AND used_at >= $3 AND (idle = 0 OR used_at + idle > $2)"
    );
    Ok(sqlx::query_as(sql).bind(secret_hash).bind(now).bind(idle_since).fetch_optional(connection).await?)
}

/// The person's live sessions, latest first.
pub async fn of_person(
    connection: &mut Connection,
    person_id: &str,
    now: Micros,
    idle_since: Micros,
) -> Result<Vec<Session>> {
    let sql = select!(
        "WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2 AND used_at >= $3
           AND (idle = 0 OR used_at + idle > $2) ORDER BY used_at DESC"
    );
    Ok(sqlx::query_as(sql).bind(person_id).bind(now).bind(idle_since).fetch_all(connection).await?)
}

/// A session as it is remembered.
#[derive(Clone, Debug, FromRow)]
pub struct Remembered {
    /// Public identifier.
    pub id: String,
    /// `mtls`, `challenge`, `passkey`, `password`, `recovery_code` or `phone`.
    pub method: String,
    /// The level that was reached.
    pub level: i64,
    /// First login.
    pub created_at: Micros,
    /// Last use.
    pub used_at: Micros,
    /// Latest end.
    pub expires_at: Micros,
    /// When it was ended before that.
    pub ended_at: Option<Micros>,
    /// Why.
    pub ended_why: Option<String>,
    /// Where from.
    pub address: String,
    /// The browser's words about itself.
    pub agent: String,
}

/// All sessions that the person ever had, latest first.
pub async fn remembered(connection: &mut Connection, person_id: &str) -> Result<Vec<Remembered>> {
    Ok(sqlx::query_as(
        "SELECT id, method, level, created_at, used_at, expires_at, ended_at, ended_why, address, agent FROM session
         WHERE person_id = $1 ORDER BY created_at DESC, id",
    )
    .bind(person_id)
    .fetch_all(connection)
    .await?)
}

/// Notes that the session was used.
pub async fn touch(connection: &mut Connection, id: &str, now: Micros) -> Result<()> {
    sqlx::query("UPDATE session SET used_at = $1 WHERE id = $2").bind(now).bind(id).execute(connection).await?;
    Ok(())
}

/// Ends one session of the person. `false` when it is not theirs, or had ended.
pub async fn end(connection: &mut Connection, id: &str, person_id: &str, why: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE session SET ended_at = $1, ended_why = $2 WHERE id = $3 AND person_id = $4 AND ended_at IS NULL",
    )
    .bind(now)
    .bind(why)
    .bind(id)
    .bind(person_id)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the session `id` is live.
pub async fn is_live(connection: &mut Connection, id: &str, now: Micros) -> Result<bool> {
    let found: Option<String> =
        sqlx::query_scalar("SELECT id FROM session WHERE id = $1 AND ended_at IS NULL AND expires_at > $2")
            .bind(id)
            .bind(now)
            .fetch_optional(connection)
            .await?;
    Ok(found.is_some())
}

/// The live sessions that were opened with the certificate credential of the given fingerprint.
pub async fn with_certificate(connection: &mut Connection, fingerprint: &str, now: Micros) -> Result<Vec<Session>> {
    let sql = select!("WHERE fingerprint = $1 AND ended_at IS NULL AND expires_at > $2");
    Ok(sqlx::query_as(sql).bind(fingerprint).bind(now).fetch_all(connection).await?)
}

/// Renews a live session of the same person after a new proof: another cookie, the new method, the level reached.
pub async fn renew(connection: &mut Connection, session: &Session) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE session SET secret_hash = $1, method = $2, level = $3, credential = $4, fingerprint = $5, auth_time = $6,
           used_at = $6, address = $7, agent = $8 WHERE id = $9 AND ended_at IS NULL",
    )
    .bind(session.secret_hash.as_slice())
    .bind(session.method.as_str())
    .bind(session.level)
    .bind(session.credential.as_str())
    .bind(session.fingerprint.as_deref())
    .bind(session.auth_time)
    .bind(session.address.as_str())
    .bind(session.agent.as_str())
    .bind(session.id.as_str())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The live sessions that rest on a certificate.
pub async fn by_certificate(connection: &mut Connection, now: Micros) -> Result<Vec<Resting>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.person_id, c.ca, c.serial FROM session s
         JOIN shown_certificate c ON c.fingerprint = s.fingerprint WHERE s.ended_at IS NULL AND s.expires_at > $1",
    )
    .bind(now)
    .fetch_all(connection)
    .await?)
}

/// What the browsers of the person's sessions said of themselves.
pub async fn agents(connection: &mut Connection, person_id: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT DISTINCT agent FROM session WHERE person_id = $1 LIMIT 200")
        .bind(person_id)
        .fetch_all(connection)
        .await?)
}

/// Lets no live session of a person claim more than `level`.
pub async fn lower(connection: &mut Connection, person_id: &str, level: i64) -> Result<()> {
    sqlx::query("UPDATE session SET level = $1 WHERE person_id = $2 AND level > $1 AND ended_at IS NULL")
        .bind(level)
        .bind(person_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets no live session that a passkey opened claim more than `level` if a login with `added_by` added that.
pub async fn lower_of_passkeys(connection: &mut Connection, person_id: &str, added_by: &str, level: i64) -> Result<()> {
    sqlx::query(
        "UPDATE session SET level = $1 WHERE person_id = $2 AND level > $1 AND ended_at IS NULL
           AND credential IN (SELECT id FROM passkey WHERE person_id = $2 AND added_by = $3)",
    )
    .bind(level)
    .bind(person_id)
    .bind(added_by)
    .execute(connection)
    .await?;
    Ok(())
}

/// The session `id`, ended or not.
pub async fn find_by_id(connection: &mut Connection, id: &str) -> Result<Option<Session>> {
    Ok(sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_optional(connection).await?)
}

/// Live sessions that are over: past their end, or not used since `idle_since`. At most `limit`.
pub async fn over(connection: &mut Connection, now: Micros, idle_since: Micros, limit: i64) -> Result<Vec<Session>> {
    // Three questions, each with its index, where one with OR would read every live session.
    let sql = select!(
        "WHERE id IN (SELECT id FROM (SELECT id FROM session WHERE ended_at IS NULL AND expires_at <= $1 LIMIT $3) expired
           UNION SELECT id FROM (SELECT id FROM session WHERE ended_at IS NULL AND used_at < $2 LIMIT $3) idle
           UNION SELECT id FROM (SELECT id FROM session WHERE ended_at IS NULL AND idle > 0 AND used_at + idle <= $1
             LIMIT $3) left_alone) LIMIT $3"
    );
    Ok(sqlx::query_as(sql).bind(now).bind(idle_since).bind(limit).fetch_all(connection).await?)
}

/// Live sessions that rest on a certificate whose trust list record is no longer granted.
pub async fn untrusted(connection: &mut Connection, now: Micros) -> Result<Vec<Session>> {
    let sql = select!(
        "WHERE ended_at IS NULL AND expires_at > $1 AND EXISTS
           (SELECT 1 FROM shown_certificate c JOIN trust_record r ON r.id = c.ca
            WHERE c.fingerprint = session.fingerprint AND r.status <> 'granted')"
    );
    Ok(sqlx::query_as(sql).bind(now).fetch_all(connection).await?)
}

/// The person's live sessions that the certificate or passkey `credential` opened.
pub async fn of_credential(
    connection: &mut Connection,
    person_id: &str,
    credential: &str,
    now: Micros,
) -> Result<Vec<Session>> {
    let sql = select!("WHERE person_id = $1 AND credential = $2 AND ended_at IS NULL AND expires_at > $3");
    Ok(sqlx::query_as(sql).bind(person_id).bind(credential).bind(now).fetch_all(connection).await?)
}

/// Live sessions whose certificate has been taken away from its account since, or whose passkey was, or was blocked.
pub async fn unlinked(connection: &mut Connection, now: Micros) -> Result<Vec<Session>> {
    let sql = select!(
        "WHERE ended_at IS NULL AND expires_at > $1 AND (fingerprint IS NOT NULL OR method = 'passkey')
           AND NOT EXISTS (SELECT 1 FROM certificate_credential c WHERE c.id = session.credential)
           AND NOT EXISTS (SELECT 1 FROM passkey p WHERE p.id = session.credential AND p.blocked_at IS NULL)"
    );
    Ok(sqlx::query_as(sql).bind(now).fetch_all(connection).await?)
}

/// Sessions that ended before `$1`, a batch; of each person the latest stays, as whoever has none is new here.
macro_rules! long_over {
    () => {
        "(SELECT id FROM session old WHERE ended_at < $1 AND EXISTS
           (SELECT 1 FROM session new WHERE new.person_id = old.person_id AND new.created_at > old.created_at)
         ORDER BY ended_at, id LIMIT 500)"
    };
}

/// What was granted in them.
macro_rules! granted {
    () => {
        concat!("(SELECT id FROM grant_record WHERE session_id IN ", long_over!(), ")")
    };
}

/// Removes sessions that ended before `before`, with what was granted in them: the log of events is the record that stays.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    for sql in [
        concat!("DELETE FROM authorization_code WHERE grant_id IN ", granted!()),
        concat!("DELETE FROM access_token WHERE grant_id IN ", granted!()),
        concat!("DELETE FROM refresh_token WHERE grant_id IN ", granted!()),
        concat!("DELETE FROM device_request WHERE grant_id IN ", granted!()),
        concat!("DELETE FROM acting WHERE session_id IN ", long_over!()),
        concat!("DELETE FROM grant_record WHERE session_id IN ", long_over!()),
    ] {
        sqlx::query(sql).bind(before).execute(&mut *connection).await?;
    }
    let sql = concat!("DELETE FROM session WHERE id IN ", long_over!());
    Ok(sqlx::query(sql).bind(before).execute(connection).await?.rows_affected())
}
