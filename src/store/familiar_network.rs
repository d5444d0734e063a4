//! The networks in which a person has signed in before.

use super::{BATCH, Connection, Result};
use crate::clock::Micros;

/// Notes that the person signed in from `network`.
pub async fn remember(connection: &mut Connection, person_id: &str, network: &str, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO familiar_network (person_id, network, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id, network) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(person_id)
    .bind(network)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether the holder of `username` has signed in from `network`. A name that nobody has takes the same question.
pub async fn is_familiar(connection: &mut Connection, username: &str, network: &str) -> Result<bool> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT f.person_id FROM familiar_network f JOIN password p ON p.person_id = f.person_id
         WHERE p.username = $1 AND f.network = $2",
    )
    .bind(username)
    .bind(network)
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// The networks that the person has signed in from, and when last.
pub async fn of_person(connection: &mut Connection, person_id: &str) -> Result<Vec<(String, Micros)>> {
    Ok(sqlx::query_as(
        "SELECT network, seen_at FROM familiar_network WHERE person_id = $1 ORDER BY seen_at DESC, network",
    )
    .bind(person_id)
    .fetch_all(connection)
    .await?)
}

/// Forgets networks that were last signed in from before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let sql = "DELETE FROM familiar_network WHERE seen_at < $1 AND (person_id, network) IN
                 (SELECT person_id, network FROM familiar_network WHERE seen_at < $1 LIMIT $2)";
    Ok(sqlx::query(sql).bind(before).bind(BATCH.cast_signed()).execute(connection).await?.rows_affected())
}
