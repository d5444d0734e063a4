//! Whose software statements are believed (RFC 7591 §2.3), and by which keys.

use serde_json::Value;

use super::{Connection, Result, from_json, to_json};
use crate::clock::Micros;

/// Registers an issuer, or gives it other keys.
pub async fn put(connection: &mut Connection, issuer: &str, jwks: &Value, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO software_issuer (issuer, jwks, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (issuer) DO UPDATE SET jwks = excluded.jwks",
    )
    .bind(issuer)
    .bind(to_json(jwks))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// An issuer's keys, a JWK Set.
pub async fn keys(connection: &mut Connection, issuer: &str) -> Result<Option<Value>> {
    let text: Option<String> = sqlx::query_scalar("SELECT jwks FROM software_issuer WHERE issuer = $1")
        .bind(issuer)
        .fetch_optional(connection)
        .await?;
    text.map(|text| from_json("software issuer", &text)).transpose()
}

/// Believes an issuer no longer. `false` when it was not registered.
pub async fn remove(connection: &mut Connection, issuer: &str) -> Result<bool> {
    let sql = "DELETE FROM software_issuer WHERE issuer = $1";
    Ok(sqlx::query(sql).bind(issuer).execute(connection).await?.rows_affected() == 1)
}
