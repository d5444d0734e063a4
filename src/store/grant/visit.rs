//! Where a person was: a grant, as it is remembered.

use sqlx::FromRow;

use crate::clock::Micros;
use crate::store::{Connection, Result};

/// A login of a person at a client.
#[derive(Clone, Debug, FromRow)]
pub struct Visit {
    /// Which client.
    pub client_id: String,
    /// What it might read.
    pub scope: String,
    /// At what level.
    pub level: i64,
    /// When.
    pub created_at: Micros,
    /// When it was taken back before its time.
    pub revoked_at: Option<Micros>,
    /// Why.
    pub revoked_why: Option<String>,
}

/// All logins of a person at clients, latest first.
pub async fn visits(connection: &mut Connection, person_id: &str) -> Result<Vec<Visit>> {
    Ok(sqlx::query_as(
        "SELECT client_id, scope, level, created_at, revoked_at, revoked_why FROM grant_record WHERE person_id = $1
         ORDER BY created_at DESC, id",
    )
    .bind(person_id)
    .fetch_all(connection)
    .await?)
}
