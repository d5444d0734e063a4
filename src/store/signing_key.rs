//! The OpenID Provider's signing keys and their states: published, active, retiring.

use sqlx::FromRow;

use super::{Connection, Result, bump_revision};
use crate::clock::Micros;

/// A signing key.
#[derive(Clone, Debug, FromRow)]
pub struct SigningKey {
    /// Key id in JOSE headers.
    pub kid: String,
    /// `ES256`, `RS256`, `PS256` or `EdDSA`.
    pub alg: String,
    /// The sealed private key.
    pub key_id: String,
    /// The public key as JWK.
    pub jwk: String,
    /// In the JWKS from here …
    pub published_at: Micros,
    /// … signing from here …
    pub active_from: Micros,
    /// … to here …
    pub active_until: Micros,
    /// … and gone from the JWKS here.
    pub removed_at: Micros,
}

/// Writes a key.
pub async fn insert(connection: &mut Connection, key: &SigningKey) -> Result<()> {
    sqlx::query(
        "INSERT INTO signing_key (kid, alg, key_id, jwk, published_at, active_from, active_until, removed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(key.kid.as_str())
    .bind(key.alg.as_str())
    .bind(key.key_id.as_str())
    .bind(key.jwk.as_str())
    .bind(key.published_at)
    .bind(key.active_from)
    .bind(key.active_until)
    .bind(key.removed_at)
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "signing_key").await
}

/// The keys that are not removed by `now`, newest first; those to be published later among them.
pub async fn kept(connection: &mut Connection, now: Micros) -> Result<Vec<SigningKey>> {
    Ok(sqlx::query_as(
        "SELECT kid, alg, key_id, jwk, published_at, active_from, active_until, removed_at FROM signing_key
         WHERE removed_at > $1 ORDER BY active_from DESC, kid",
    )
    .bind(now)
    .fetch_all(connection)
    .await?)
}
