//! OAuth clients: the windows and halls that may ask for a login.

use std::collections::BTreeMap;

use sqlx::FromRow;

use super::{Connection, Result, bump_revision, from_json, to_json};
use crate::clock::Micros;

/// A registered client.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// Digest of `client_secret`.
    pub secret_hash: Vec<u8>,
    /// Its name by language tag.
    pub names: BTreeMap<String, String>,
    /// Pairwise subjects are the same within a sector (OpenID Connect Core §8.1).
    pub sector: String,
    /// Compared as strings, whole.
    pub redirect_uris: Vec<String>,
    /// Compared as strings, whole.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where logout tokens go.
    pub backchannel_logout_uri: Option<String>,
    /// The scopes it is approved for.
    pub scopes: String,
    /// `ES256` or `RS256`.
    pub id_token_alg: String,
}

#[derive(FromRow)]
struct Row {
    id: String,
    secret_hash: Vec<u8>,
    names: String,
    sector: String,
    redirect_uris: String,
    post_logout_redirect_uris: String,
    backchannel_logout_uri: Option<String>,
    scopes: String,
    id_token_alg: String,
}

impl TryFrom<Row> for Client {
    type Error = super::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            names: from_json("client", &row.names)?,
            redirect_uris: from_json("client", &row.redirect_uris)?,
            post_logout_redirect_uris: from_json("client", &row.post_logout_redirect_uris)?,
            id: row.id,
            secret_hash: row.secret_hash,
            sector: row.sector,
            backchannel_logout_uri: row.backchannel_logout_uri,
            scopes: row.scopes,
            id_token_alg: row.id_token_alg,
        })
    }
}

/// Writes a new client.
pub async fn insert(connection: &mut Connection, client: &Client, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO client (id, secret_hash, names, sector, redirect_uris, post_logout_redirect_uris,
           backchannel_logout_uri, scopes, id_token_alg, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(client.id.as_str())
    .bind(client.secret_hash.as_slice())
    .bind(to_json(&client.names))
    .bind(client.sector.as_str())
    .bind(to_json(&client.redirect_uris))
    .bind(to_json(&client.post_logout_redirect_uris))
    .bind(client.backchannel_logout_uri.as_deref())
    .bind(client.scopes.as_str())
    .bind(client.id_token_alg.as_str())
    .bind(now)
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "client").await
}

/// The client `id`.
pub async fn find(connection: &mut Connection, id: &str) -> Result<Option<Client>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, secret_hash, names, sector, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, scopes,
           id_token_alg FROM client WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?;
    row.map(Client::try_from).transpose()
}

/// Writes a client's addresses and names anew.
pub async fn update(connection: &mut Connection, client: &Client) -> Result<()> {
    sqlx::query(
        "UPDATE client SET names = $1, redirect_uris = $2, post_logout_redirect_uris = $3, backchannel_logout_uri = $4,
           scopes = $5, id_token_alg = $6 WHERE id = $7",
    )
    .bind(to_json(&client.names))
    .bind(to_json(&client.redirect_uris))
    .bind(to_json(&client.post_logout_redirect_uris))
    .bind(client.backchannel_logout_uri.as_deref())
    .bind(client.scopes.as_str())
    .bind(client.id_token_alg.as_str())
    .bind(client.id.as_str())
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "client").await
}
