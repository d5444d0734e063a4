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

/// Ends the signing of all keys of `alg` at `until`, and their publication at `removed_at`, where they would go on longer.
pub async fn retire(connection: &mut Connection, alg: &str, until: Micros, removed_at: Micros) -> Result<()> {
    // A key that was to sign later than that never signs.
    sqlx::query(
        "UPDATE signing_key SET active_until = CASE WHEN active_from > $1 THEN active_from ELSE $1 END, removed_at = $2
         WHERE alg = $3 AND active_until > $1",
    )
    .bind(until)
    .bind(removed_at)
    .bind(alg)
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "signing_key").await
}

/// Takes a key away at once. `false` when it was gone.
pub async fn withdraw(connection: &mut Connection, kid: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE signing_key SET removed_at = $1, active_until = CASE WHEN active_until > $1 THEN $1 ELSE active_until END
         WHERE kid = $2 AND removed_at > $1",
    )
    .bind(now)
    .bind(kid)
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "signing_key").await?;
    Ok(done.rows_affected() == 1)
}
