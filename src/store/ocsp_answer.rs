//! What OCSP responders said of single certificates: kept, so that a responder is asked once while its answer counts, and
//! that a cut line ends no login. Unlike lists they change nothing for anybody else, and are no part of the trust that
//! is read at once.

use sqlx::FromRow;

use super::{Connection, Result};
use crate::clock::Micros;

/// An answer.
#[derive(Clone, Debug, FromRow)]
pub struct OcspAnswer {
    /// Who issued the certificate, RFC 4514 …
    pub issuer: String,
    /// … and its serial number, hex.
    pub serial: String,
    /// Who was asked.
    pub uri: String,
    /// The whole response, DER.
    pub der: Vec<u8>,
    /// When.
    pub fetched_at: Micros,
    /// From when it counts, as it says itself …
    pub this_update: Micros,
    /// … and until when.
    pub next_update: Option<Micros>,
}

/// The answer about a certificate.
pub async fn find(connection: &mut Connection, issuer: &str, serial: &str) -> Result<Option<OcspAnswer>> {
    Ok(sqlx::query_as(
        "SELECT issuer, serial, uri, der, fetched_at, this_update, next_update FROM ocsp_answer
         WHERE issuer = $1 AND serial = $2",
    )
    .bind(issuer)
    .bind(serial)
    .fetch_optional(connection)
    .await?)
}

/// Keeps an answer in place of an older one.
pub async fn keep(connection: &mut Connection, answer: &OcspAnswer) -> Result<()> {
    sqlx::query(
        "INSERT INTO ocsp_answer (issuer, serial, uri, der, fetched_at, this_update, next_update)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (issuer, serial) DO UPDATE SET uri = excluded.uri, der = excluded.der,
           fetched_at = excluded.fetched_at, this_update = excluded.this_update, next_update = excluded.next_update
         WHERE ocsp_answer.this_update <= excluded.this_update",
    )
    .bind(answer.issuer.as_str())
    .bind(answer.serial.as_str())
    .bind(answer.uri.as_str())
    .bind(answer.der.as_slice())
    .bind(answer.fetched_at)
    .bind(answer.this_update)
    .bind(answer.next_update)
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes what was asked for before a time.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done = sqlx::query("DELETE FROM ocsp_answer WHERE fetched_at < $1").bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
