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

/// What proved a level, if no certificate did.
pub const REGISTRATION: &str = "registration";

/// Something that proved a level of a person.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'p> {
    /// The certificate credential's id, or [`REGISTRATION`].
    pub source: &'p str,
    /// Which level.
    pub level: i64,
    /// As in [`Person::verified_how`].
    pub how: &'p str,
}

/// Notes what proved a level of the person.
pub async fn add_proof(connection: &mut Connection, id: &str, proof: Proof<'_>, now: Micros) -> Result<()> {
    sqlx::query("INSERT INTO person_proof (person_id, source, level, how, proved_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(proof.source)
        .bind(proof.level)
        .bind(proof.how)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets what `source` proved, and lets the level rest on the highest proof that is left: on the one that it is said to
/// rest on now before others, on the person's own word for `lowest` where none is. Gives the level. Whoever calls holds
/// the person.
pub async fn withdraw_proof(connection: &mut Connection, id: &str, source: &str, lowest: i64) -> Result<i64> {
    let gone = sqlx::query("DELETE FROM person_proof WHERE person_id = $1 AND source = $2")
        .bind(id)
        .bind(source)
        .execute(&mut *connection)
        .await?;
    // It proved nothing, so nothing rested on it.
    if gone.rows_affected() == 0 {
        return Ok(sqlx::query_scalar("SELECT level FROM person WHERE id = $1").bind(id).fetch_one(connection).await?);
    }
    let left: Option<(i64, Micros, String)> = sqlx::query_as(
        "SELECT f.level, f.proved_at, f.how FROM person_proof f JOIN person p ON p.id = f.person_id WHERE f.person_id = $1
         ORDER BY f.level DESC, CASE WHEN f.how = p.verified_how THEN 0 ELSE 1 END, f.proved_at LIMIT 1",
    )
    .bind(id)
    .fetch_optional(&mut *connection)
    .await?;
    let (level, at, how) = match left {
        Some((level, at, how)) => (level, Some(at), how),
        None => (lowest, None, "self".to_owned()),
    };
    sqlx::query(
        "UPDATE person SET level = $1, verified_at = COALESCE($2, created_at), verified_how = $3 WHERE id = $4",
    )
    .bind(level)
    .bind(at)
    .bind(how)
    .bind(id)
    .execute(connection)
    .await?;
    Ok(level)
}

/// Lets no other transaction that holds the same person go on before this one ends.
pub async fn hold(connection: &mut Connection, id: &str) -> Result<()> {
    sqlx::query("UPDATE person SET level = level WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}

/// Adds a document that `credential` showed; the same one again is shown by both.
pub async fn add_document(
    connection: &mut Connection,
    document: &Document,
    credential: &str,
    now: Micros,
) -> Result<()> {
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
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO document_proof (document_id, credential_id)
         SELECT id, $1 FROM document WHERE person_id = $2 AND kind = $3 AND number_hash = $4 ON CONFLICT DO NOTHING",
    )
    .bind(credential)
    .bind(document.person_id.as_str())
    .bind(document.kind.as_str())
    .bind(document.number_hash.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes the documents that `credential` alone showed.
pub async fn remove_documents(connection: &mut Connection, credential: &str) -> Result<()> {
    sqlx::query(
        "DELETE FROM document WHERE id IN (SELECT document_id FROM document_proof WHERE credential_id = $1)
           AND id NOT IN (SELECT document_id FROM document_proof WHERE credential_id <> $1)",
    )
    .bind(credential)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM document_proof WHERE credential_id = $1").bind(credential).execute(connection).await?;
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

/// What proved the person's levels: the level, how, and when; latest first.
pub async fn proofs(connection: &mut Connection, person_id: &str) -> Result<Vec<(i64, String, Micros)>> {
    Ok(sqlx::query_as(
        "SELECT level, how, proved_at FROM person_proof WHERE person_id = $1 ORDER BY proved_at DESC, source",
    )
    .bind(person_id)
    .fetch_all(connection)
    .await?)
}

/// Which certificates showed the person's documents: the document's id, the credential's id, and its level.
pub async fn shown_by(connection: &mut Connection, person_id: &str) -> Result<Vec<(String, String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT p.document_id, c.id, c.level FROM document_proof p
         JOIN document d ON d.id = p.document_id JOIN certificate_credential c ON c.id = p.credential_id
         WHERE d.person_id = $1",
    )
    .bind(person_id)
    .fetch_all(connection)
    .await?)
}
