//! Certification authorities, what they issued, what they revoked, and the lists that say so.

use sqlx::FromRow;

use super::{Connection, Result, bump_revision};
use crate::clock::Micros;

/// A certification authority whose key is here.
#[derive(Clone, Debug, FromRow)]
pub struct Authority {
    /// The `{ca}` of `/pki/{ca}.cer`.
    pub id: String,
    /// `root`, `issuing`, `bridge`, `partner-root`, `partner-issuing`.
    pub role: String,
    /// For people.
    pub name: String,
    /// DER.
    pub certificate: Vec<u8>,
    /// Its sealed key.
    pub key_id: String,
    /// Number of its latest CRL.
    pub crl_number: i64,
}

/// A row of the issuance record.
#[derive(Clone, Debug, FromRow)]
pub struct Issued {
    /// Who signs.
    pub authority_id: String,
    /// Upper hexadecimal.
    pub serial: String,
    /// By which profile.
    pub profile: String,
    /// RFC 4514.
    pub subject: String,
    /// For whom, if for a person.
    pub person_id: Option<String>,
    /// What was decided, before it was signed.
    pub tbs: Vec<u8>,
    /// What was signed.
    pub certificate: Option<Vec<u8>>,
    /// End of validity.
    pub not_after: Micros,
    /// When revoked.
    pub revoked_at: Option<Micros>,
    /// CRLReason.
    pub revoked_why: Option<i64>,
}

macro_rules! select_issued {
    ($rest:literal) => {
        concat!(
            "SELECT authority_id, serial, profile, subject, person_id, tbs, certificate, not_after, revoked_at, revoked_why ",
            "FROM issued_certificate ",
            $rest
        )
    };
}

/// Writes an authority.
pub async fn insert(connection: &mut Connection, authority: &Authority, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO authority (id, role, name, certificate, key_id, crl_number, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(authority.id.as_str())
    .bind(authority.role.as_str())
    .bind(authority.name.as_str())
    .bind(authority.certificate.as_slice())
    .bind(authority.key_id.as_str())
    .bind(authority.crl_number)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "trust").await
}

/// All authorities, in the order they were made.
pub async fn all(connection: &mut Connection) -> Result<Vec<Authority>> {
    Ok(sqlx::query_as("SELECT id, role, name, certificate, key_id, crl_number FROM authority ORDER BY created_at, id")
        .fetch_all(connection)
        .await?)
}

/// The authority `id`.
pub async fn find(connection: &mut Connection, id: &str) -> Result<Option<Authority>> {
    Ok(sqlx::query_as("SELECT id, role, name, certificate, key_id, crl_number FROM authority WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await?)
}

/// Records a certificate before it is signed. The serial is unique within the authority by constraint.
pub async fn record_prepared(connection: &mut Connection, issued: &Issued, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO issued_certificate (authority_id, serial, profile, subject, person_id, tbs, not_after, prepared_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(issued.authority_id.as_str())
    .bind(issued.serial.as_str())
    .bind(issued.profile.as_str())
    .bind(issued.subject.as_str())
    .bind(issued.person_id.as_deref())
    .bind(issued.tbs.as_slice())
    .bind(issued.not_after)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Records the signed certificate, once.
pub async fn record_signed(
    connection: &mut Connection,
    authority_id: &str,
    serial: &str,
    certificate: &[u8],
    now: Micros,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE issued_certificate SET certificate = $1, signed_at = $2
         WHERE authority_id = $3 AND serial = $4 AND certificate IS NULL",
    )
    .bind(certificate)
    .bind(now)
    .bind(authority_id)
    .bind(serial)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What was recorded but never signed: a crash stood between.
pub async fn unsigned(connection: &mut Connection) -> Result<Vec<Issued>> {
    Ok(sqlx::query_as(select_issued!("WHERE certificate IS NULL AND revoked_at IS NULL")).fetch_all(connection).await?)
}

/// The certificates with this serial, whichever authority issued them.
pub async fn with_serial(connection: &mut Connection, serial: &str) -> Result<Vec<Issued>> {
    Ok(sqlx::query_as(select_issued!("WHERE serial = $1")).bind(serial).fetch_all(connection).await?)
}

/// The person's certificates, newest first.
pub async fn of_person(connection: &mut Connection, person_id: &str) -> Result<Vec<Issued>> {
    Ok(sqlx::query_as(select_issued!("WHERE person_id = $1 AND certificate IS NOT NULL ORDER BY prepared_at DESC"))
        .bind(person_id)
        .fetch_all(connection)
        .await?)
}

/// Revokes, once.
pub async fn revoke(
    connection: &mut Connection,
    authority_id: &str,
    serial: &str,
    why: i64,
    now: Micros,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE issued_certificate SET revoked_at = $1, revoked_why = $2
         WHERE authority_id = $3 AND serial = $4 AND revoked_at IS NULL",
    )
    .bind(now)
    .bind(why)
    .bind(authority_id)
    .bind(serial)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The serials that an authority issued under a profile and that are in force: not revoked, not expired.
pub async fn in_force(
    connection: &mut Connection,
    authority_id: &str,
    profile: &str,
    now: Micros,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT serial FROM issued_certificate
         WHERE authority_id = $1 AND profile = $2 AND revoked_at IS NULL AND not_after > $3 ORDER BY serial",
    )
    .bind(authority_id)
    .bind(profile)
    .bind(now)
    .fetch_all(connection)
    .await?)
}

/// Whether an authority issued a certificate with this serial, and has not revoked it.
pub async fn is_in_force(connection: &mut Connection, authority_id: &str, serial: &str) -> Result<bool> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT serial FROM issued_certificate WHERE authority_id = $1 AND serial = $2 AND revoked_at IS NULL",
    )
    .bind(authority_id)
    .bind(serial)
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// The certificate that was signed for a serial.
pub async fn signed(connection: &mut Connection, authority_id: &str, serial: &str) -> Result<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> =
        sqlx::query_scalar("SELECT certificate FROM issued_certificate WHERE authority_id = $1 AND serial = $2")
            .bind(authority_id)
            .bind(serial)
            .fetch_optional(connection)
            .await?;
    Ok(found.flatten())
}

/// What the next CRL lists: (serial, when, why) of each certificate that is revoked and ends after `since`.
pub async fn revoked(
    connection: &mut Connection,
    authority_id: &str,
    since: Micros,
) -> Result<Vec<(String, Micros, i64)>> {
    Ok(sqlx::query_as(
        "SELECT serial, revoked_at, revoked_why FROM issued_certificate
         WHERE authority_id = $1 AND revoked_at IS NOT NULL AND not_after > $2 ORDER BY serial",
    )
    .bind(authority_id)
    .bind(since)
    .fetch_all(connection)
    .await?)
}

/// Takes the next CRL number (RFC 5280 §5.2.3: it only grows).
pub async fn next_crl_number(connection: &mut Connection, authority_id: &str) -> Result<i64> {
    Ok(sqlx::query_scalar("UPDATE authority SET crl_number = crl_number + 1 WHERE id = $1 RETURNING crl_number")
        .bind(authority_id)
        .fetch_one(connection)
        .await?)
}

/// A published list.
#[derive(Clone, Debug, FromRow)]
pub struct Crl {
    /// Whose.
    pub authority_id: String,
    /// CRL number.
    pub number: i64,
    /// DER.
    pub der: Vec<u8>,
    /// thisUpdate.
    pub this_update: Micros,
    /// nextUpdate.
    pub next_update: Micros,
}

/// Publishes a list, and removes those before the last ten.
pub async fn publish_crl(connection: &mut Connection, crl: &Crl) -> Result<()> {
    sqlx::query("INSERT INTO crl (authority_id, number, der, this_update, next_update) VALUES ($1, $2, $3, $4, $5)")
        .bind(crl.authority_id.as_str())
        .bind(crl.number)
        .bind(crl.der.as_slice())
        .bind(crl.this_update)
        .bind(crl.next_update)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM crl WHERE authority_id = $1 AND number <= $2")
        .bind(crl.authority_id.as_str())
        .bind(crl.number - 10)
        .execute(&mut *connection)
        .await?;
    bump_revision(connection, "trust").await
}

/// The latest list of an authority.
pub async fn latest_crl(connection: &mut Connection, authority_id: &str) -> Result<Option<Crl>> {
    Ok(sqlx::query_as(
        "SELECT authority_id, number, der, this_update, next_update FROM crl WHERE authority_id = $1
         ORDER BY number DESC LIMIT 1",
    )
    .bind(authority_id)
    .fetch_optional(connection)
    .await?)
}
