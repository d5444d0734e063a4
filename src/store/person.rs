//! Persons and their documents. A number is found by a keyed hash and read only by unsealing it.

use std::collections::BTreeMap;

use sqlx::FromRow;

use super::{Connection, Result, from_json, to_json};
use crate::clock::Micros;

/// A natural or legal person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Row id.
    pub id: String,
    /// `person` or `company`.
    pub kind: String,
    /// `GD`, `HK`, `MO`, …
    pub region: String,
    /// The name in each script: `zh`, `en`, `pt`.
    pub names: BTreeMap<String, String>,
    /// The level that was proved of the person.
    pub level: i64,
    /// When.
    pub verified_at: Micros,
    /// How: `certificate:<record>`, `counter`, `self`.
    pub verified_how: String,
    /// When the account was made.
    pub created_at: Micros,
}

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    region: String,
    names: String,
    level: i64,
    verified_at: Micros,
    verified_how: String,
    created_at: Micros,
}

impl TryFrom<Row> for Person {
    type Error = super::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            names: from_json("person", &row.names)?,
            id: row.id,
            kind: row.kind,
            region: row.region,
            level: row.level,
            verified_at: row.verified_at,
            verified_how: row.verified_how,
            created_at: row.created_at,
        })
    }
}

/// An identity document of a person.
#[derive(Clone, Debug, FromRow)]
pub struct Document {
    /// Row id.
    pub id: String,
    /// Whose.
    pub person_id: String,
    /// `resident_id`, `hkid`, …
    pub kind: String,
    /// Keyed hash of the number.
    pub number_hash: Vec<u8>,
    /// The number, sealed.
    pub number_sealed: Vec<u8>,
    /// The number as it may be shown.
    pub number_masked: String,
}

/// Writes a new person.
pub async fn insert(connection: &mut Connection, person: &Person) -> Result<()> {
    sqlx::query(
        "INSERT INTO person (id, kind, region, names, level, verified_at, verified_how, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(person.id.as_str())
    .bind(person.kind.as_str())
    .bind(person.region.as_str())
    .bind(to_json(&person.names))
    .bind(person.level)
    .bind(person.verified_at)
    .bind(person.verified_how.as_str())
    .bind(person.created_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The person `id`.
pub async fn find(connection: &mut Connection, id: &str) -> Result<Option<Person>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, kind, region, names, level, verified_at, verified_how, created_at FROM person WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?;
    row.map(Person::try_from).transpose()
}

/// At most `limit` persons whose ids come after `id`, in their order.
pub async fn after(connection: &mut Connection, id: &str, limit: i64) -> Result<Vec<Person>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, kind, region, names, level, verified_at, verified_how, created_at FROM person WHERE id > $1
         ORDER BY id LIMIT $2",
    )
    .bind(id)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Person::try_from).collect()
}

/// Raises what was proved of the person; a lower proof changes nothing.
pub async fn raise_level(connection: &mut Connection, id: &str, level: i64, how: &str, now: Micros) -> Result<()> {
    sqlx::query("UPDATE person SET level = $1, verified_at = $2, verified_how = $3 WHERE id = $4 AND level < $1")
        .bind(level)
        .bind(now)
        .bind(how)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets no other transaction that holds the same person go on before this one ends.
pub async fn hold(connection: &mut Connection, id: &str) -> Result<()> {
    sqlx::query("UPDATE person SET level = level WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}

/// Adds a document; the same one again changes nothing.
pub async fn add_document(connection: &mut Connection, document: &Document, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO document (id, person_id, kind, number_hash, number_sealed, number_masked, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(document.id.as_str())
    .bind(document.person_id.as_str())
    .bind(document.kind.as_str())
    .bind(document.number_hash.as_slice())
    .bind(document.number_sealed.as_slice())
    .bind(document.number_masked.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The person's documents, oldest first.
pub async fn documents(connection: &mut Connection, person_id: &str) -> Result<Vec<Document>> {
    Ok(sqlx::query_as(
        "SELECT id, person_id, kind, number_hash, number_sealed, number_masked FROM document WHERE person_id = $1
         ORDER BY created_at, id",
    )
    .bind(person_id)
    .fetch_all(connection)
    .await?)
}
