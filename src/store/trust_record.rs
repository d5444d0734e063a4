//! The trust list: its records, their present status, and every status they had.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::{Connection, Result, bump_revision, from_json, to_json};
use crate::clock::Micros;

/// A recognised issuing authority, and on what conditions.
#[derive(Clone, Debug)]
pub struct TrustRecord {
    /// Row id, also the name of the identity profile.
    pub id: String,
    /// `GD-HK-MR`, `CN-LICENSED`, …
    pub scheme: String,
    /// Where its subjects live.
    pub region: String,
    /// Who runs the list.
    pub operator: String,
    /// The authority's name by language.
    pub names: BTreeMap<String, String>,
    /// Root certificate, DER.
    pub root: Vec<u8>,
    /// Issuing certificate, DER.
    pub issuing: Vec<u8>,
    /// The certificate type's name that the subject must hold …
    pub type_name: Option<String>,
    /// … in this attribute (OID).
    pub type_oid: Option<String>,
    /// The class of policies that the scheme recognises, by prefix.
    pub policy_prefix: String,
    /// The concrete policies under it that this record names.
    pub policies: Vec<String>,
    /// Assurance level of its certificates.
    pub level: i64,
    /// `granted`, `suspended`, `withdrawn`.
    pub status: String,
    /// Since when.
    pub status_from: Micros,
    /// Recognition begins …
    pub recognised_from: Micros,
    /// … and ends.
    pub recognised_until: Option<Micros>,
    /// Whom to ask.
    pub contact: String,
    /// What counts as evidence that its certificates are not revoked.
    pub revocation: RevocationTerms,
    /// The bridge that certified it …
    pub cross_authority: Option<String>,
    /// … and the serial of that certificate.
    pub cross_serial: Option<String>,
}

/// How fresh a record's evidence of revocation must be. What is not said is as the standard has it: until the next is
/// due, and nothing unknown is borne.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RevocationTerms {
    /// How many seconds old a list or answer may be, however late the next is due.
    pub max_age: Option<u32>,
    /// How many seconds it counts after the next was due.
    pub grace: u32,
    /// Whether certificates are accepted of which nothing can be learnt.
    pub may_be_unknown: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    scheme: String,
    region: String,
    operator: String,
    names: String,
    root: Vec<u8>,
    issuing: Vec<u8>,
    type_name: Option<String>,
    type_oid: Option<String>,
    policy_prefix: String,
    policies: String,
    level: i64,
    status: String,
    status_from: Micros,
    recognised_from: Micros,
    recognised_until: Option<Micros>,
    contact: String,
    revocation: String,
    cross_authority: Option<String>,
    cross_serial: Option<String>,
}

impl TryFrom<Row> for TrustRecord {
    type Error = super::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            names: from_json("trust record", &row.names)?,
            policies: from_json("trust record", &row.policies)?,
            revocation: from_json("trust record", &row.revocation)?,
            id: row.id,
            scheme: row.scheme,
            region: row.region,
            operator: row.operator,
            root: row.root,
            issuing: row.issuing,
            type_name: row.type_name,
            type_oid: row.type_oid,
            policy_prefix: row.policy_prefix,
            level: row.level,
            status: row.status,
            status_from: row.status_from,
            recognised_from: row.recognised_from,
            recognised_until: row.recognised_until,
            contact: row.contact,
            cross_authority: row.cross_authority,
            cross_serial: row.cross_serial,
        })
    }
}

/// A status that a record had from some time on.
#[derive(Clone, Debug, FromRow)]
pub struct Status {
    /// From when.
    pub at: Micros,
    /// Which.
    pub status: String,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub actor: String,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, scheme, region, operator, names, root, issuing, type_name, type_oid, policy_prefix, policies, level, ",
            "status, status_from, recognised_from, recognised_until, contact, revocation, cross_authority, cross_serial FROM ",
            "trust_record ",
            $rest
        )
    };
}

/// All records, by id.
pub async fn all(connection: &mut Connection) -> Result<Vec<TrustRecord>> {
    let rows: Vec<Row> = sqlx::query_as(select!("ORDER BY id")).fetch_all(connection).await?;
    rows.into_iter().map(TrustRecord::try_from).collect()
}

/// The record `id`.
pub async fn find(connection: &mut Connection, id: &str) -> Result<Option<TrustRecord>> {
    let row: Option<Row> = sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_optional(connection).await?;
    row.map(TrustRecord::try_from).transpose()
}

/// Writes a new record.
pub async fn insert(connection: &mut Connection, record: &TrustRecord, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO trust_record (id, scheme, region, operator, names, root, issuing, type_name, type_oid, policy_prefix,
           policies, level, status, status_from, recognised_from, recognised_until, contact, revocation, cross_authority,
           cross_serial, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(record.id.as_str())
    .bind(record.scheme.as_str())
    .bind(record.region.as_str())
    .bind(record.operator.as_str())
    .bind(to_json(&record.names))
    .bind(record.root.as_slice())
    .bind(record.issuing.as_slice())
    .bind(record.type_name.as_deref())
    .bind(record.type_oid.as_deref())
    .bind(record.policy_prefix.as_str())
    .bind(to_json(&record.policies))
    .bind(record.level)
    .bind(record.status.as_str())
    .bind(record.status_from)
    .bind(record.recognised_from)
    .bind(record.recognised_until)
    .bind(record.contact.as_str())
    .bind(to_json(&record.revocation))
    .bind(record.cross_authority.as_deref())
    .bind(record.cross_serial.as_deref())
    .bind(now)
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "trust").await
}

/// Sets the status and adds it to the history.
pub async fn set_status(connection: &mut Connection, id: &str, status: &Status) -> Result<()> {
    sqlx::query("UPDATE trust_record SET status = $1, status_from = $2 WHERE id = $3")
        .bind(status.status.as_str())
        .bind(status.at)
        .bind(id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO trust_status (record_id, at, status, reason, actor) VALUES ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(status.at)
        .bind(status.status.as_str())
        .bind(status.reason.as_str())
        .bind(status.actor.as_str())
        .execute(&mut *connection)
        .await?;
    bump_revision(connection, "trust").await
}

/// Notes the bridge and the serial of the cross-certificate that stands for a granted record. `false` when it is not
/// granted any more.
pub async fn set_cross_certificate(
    connection: &mut Connection,
    id: &str,
    authority: &str,
    serial: &str,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE trust_record SET cross_authority = $1, cross_serial = $2 WHERE id = $3 AND status = 'granted'",
    )
    .bind(authority)
    .bind(serial)
    .bind(id)
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "trust").await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that no cross-certificate stands for the record now; its bridge is kept, to certify it again.
pub async fn drop_cross_serial(connection: &mut Connection, id: &str) -> Result<()> {
    sqlx::query("UPDATE trust_record SET cross_serial = NULL WHERE id = $1").bind(id).execute(&mut *connection).await?;
    bump_revision(connection, "trust").await
}

/// Every status that the record had, oldest first.
pub async fn history(connection: &mut Connection, id: &str) -> Result<Vec<Status>> {
    Ok(sqlx::query_as("SELECT at, status, reason, actor FROM trust_status WHERE record_id = $1 ORDER BY at")
        .bind(id)
        .fetch_all(connection)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::super::{Store, create_private, durable_sqlite, install_drivers, pool_options};
    use super::*;

    #[tokio::test]
    async fn a_record_from_before_there_were_terms_is_held_to_the_standard() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("old.db").display().to_string();
        make_old(&path).await;
        let store = Store::open(&format!("sqlite:{path}"), 1).await.unwrap();
        let records = all(&mut store.read().await.unwrap()).await.unwrap();
        assert_eq!(records.iter().map(|record| record.revocation).collect::<Vec<_>>(), [RevocationTerms::default()]);
    }

    /// A database of the third migration, with a record in it.
    async fn make_old(path: &str) {
        install_drivers();
        create_private(path).unwrap();
        let pool = pool_options(1).connect(&format!("sqlite:{path}?mode=rw")).await.unwrap();
        durable_sqlite(&mut pool.acquire().await.unwrap()).await.unwrap();
        sqlx::migrate!("migrations/sqlite").run_to(3, &pool).await.unwrap();
        let record =
            "INSERT INTO trust_record (id, scheme, region, operator, names, root, issuing, policy_prefix, policies,
            level, status, status_from, recognised_from, contact, created_at)
            VALUES ('old', 'GD-HK-MR', 'HK', '', '{}', x'', x'', '1.2', '[]', 2, 'granted', 0, 0, '', 0)";
        sqlx::query(record).execute(&pool).await.unwrap();
        pool.close().await;
    }
}
