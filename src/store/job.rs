//! Leases of background jobs: of the nodes that share a database one runs each.

use super::{Connection, Result};
use crate::clock::Micros;

/// Takes the lease of job `name` until `until`, if nobody holds it.
pub async fn lease(connection: &mut Connection, name: &str, now: Micros, until: Micros) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO job (name, leased_until) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET leased_until = excluded.leased_until WHERE job.leased_until <= $3",
    )
    .bind(name)
    .bind(until)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
