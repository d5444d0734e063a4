//! The audit log's rows, and the disclosure log: which client read what of whom.

use sqlx::FromRow;

use super::{Connection, Result};
use crate::clock::Micros;

/// A row of the log.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    /// Its place.
    pub seq: i64,
    /// When.
    pub at: Micros,
    /// Which event.
    pub kind: String,
    /// Whom it concerns.
    pub person_id: Option<String>,
    /// Who did it.
    pub actor: String,
    /// From where.
    pub address: Option<String>,
    /// The event's own fields, JSON.
    pub detail: String,
}

/// Appends a row.
pub async fn append(
    connection: &mut Connection,
    at: Micros,
    kind: &str,
    person_id: Option<&str>,
    actor: &str,
    address: Option<&str>,
    detail: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit_event (at, kind, person_id, actor, address, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(at)
    .bind(kind)
    .bind(person_id)
    .bind(actor)
    .bind(address)
    .bind(detail)
    .execute(connection)
    .await?;
    Ok(())
}

/// The latest `limit` rows that concern a person.
pub async fn of_person(connection: &mut Connection, person_id: &str, limit: i64) -> Result<Vec<Row>> {
    Ok(sqlx::query_as(
        "SELECT seq, at, kind, person_id, actor, address, detail FROM audit_event WHERE person_id = $1
         ORDER BY seq DESC LIMIT $2",
    )
    .bind(person_id)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// At most `limit` rows of one kind about a person since then, latest first.
pub async fn of_kind(
    connection: &mut Connection,
    person_id: &str,
    kind: &str,
    since: Micros,
    limit: i64,
) -> Result<Vec<Row>> {
    Ok(sqlx::query_as(
        "SELECT seq, at, kind, person_id, actor, address, detail FROM audit_event
         WHERE person_id = $1 AND kind = $2 AND at > $3 ORDER BY seq DESC LIMIT $4",
    )
    .bind(person_id)
    .bind(kind)
    .bind(since)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// At most `limit` rows after the row `seq`, in their order.
pub async fn after(connection: &mut Connection, seq: i64, limit: i64) -> Result<Vec<Row>> {
    Ok(sqlx::query_as(
        "SELECT seq, at, kind, person_id, actor, address, detail FROM audit_event WHERE seq > $1 ORDER BY seq LIMIT $2",
    )
    .bind(seq)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// What a client read of a person.
#[derive(Clone, Debug, FromRow)]
pub struct Disclosure {
    /// Who read.
    pub client_id: String,
    /// Which claims, space separated.
    pub claims: String,
    /// First time.
    pub first_at: Micros,
    /// Last time.
    pub last_at: Micros,
    /// How often.
    pub times: i64,
}

/// Counts a disclosure.
pub async fn disclose(
    connection: &mut Connection,
    person_id: &str,
    client_id: &str,
    claims: &str,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO disclosure (person_id, client_id, claims, first_at, last_at, times) VALUES ($1, $2, $3, $4, $4, 1)
         ON CONFLICT (person_id, client_id, claims) DO UPDATE SET last_at = excluded.last_at, times = disclosure.times + 1",
    )
    .bind(person_id)
    .bind(client_id)
    .bind(claims)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// What was disclosed of a person, latest first.
pub async fn disclosures(connection: &mut Connection, person_id: &str) -> Result<Vec<Disclosure>> {
    Ok(sqlx::query_as(
        "SELECT client_id, claims, first_at, last_at, times FROM disclosure WHERE person_id = $1 ORDER BY last_at DESC",
    )
    .bind(person_id)
    .fetch_all(connection)
    .await?)
}
