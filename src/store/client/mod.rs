//! OAuth clients: the windows and halls that may ask for a login. Whatever changes one counts it as a revision of `client`:
//! the provider remembers clients by that.

pub mod registration;
mod security;
mod stage;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sqlx::FromRow;

pub use security::{CLIENT_CREDENTIALS, CODE, DEVICE_CODE, REFRESH, Security, TOKEN_EXCHANGE};
pub use stage::Stage;

use super::{Connection, Error, Result, bump_revision, from_json, to_json};
use crate::clock::Micros;

/// How a client proves at the token endpoint who it is (RFC 7591 §2, `token_endpoint_auth_method`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// By its secret, in the header or in the body as it likes.
    Secret,
    /// By its secret in the `Authorization` header.
    Basic,
    /// By its secret in the body.
    Post,
    /// By a token that it signs (RFC 7523).
    PrivateKeyJwt,
    /// By a certificate that an authority issued (RFC 8705 §2.1).
    TlsClient,
    /// By a certificate of its own making (RFC 8705 §2.2).
    SelfSignedTls,
    /// Not at all: a public client, which PKCE alone binds to its code.
    None,
}

impl AuthMethod {
    const NAMES: [(Self, &'static str); 7] = [
        (Self::Secret, "client_secret"),
        (Self::Basic, "client_secret_basic"),
        (Self::Post, "client_secret_post"),
        (Self::PrivateKeyJwt, "private_key_jwt"),
        (Self::TlsClient, "tls_client_auth"),
        (Self::SelfSignedTls, "self_signed_tls_client_auth"),
        (Self::None, "none"),
    ];

    /// Whether it has a secret.
    pub fn has_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Basic | Self::Post)
    }

    /// Whether it proves who it is by a key of its own, which nobody else ever has.
    pub fn has_key(self) -> bool {
        matches!(self, Self::PrivateKeyJwt | Self::TlsClient | Self::SelfSignedTls)
    }

    /// Its registered name; `client_secret` is our own, for either way.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(method, _)| *method == self).map_or("", |(_, name)| name)
    }

    /// The method of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(method, _)| *method)
    }
}

/// A registered client.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// Digest of `client_secret`; empty for a public client.
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
    /// By its JOSE name.
    pub id_token_alg: String,
    /// How it proves who it is.
    pub auth_method: AuthMethod,
    /// The least level of a login there.
    pub level: i64,
    /// The claims it is approved for within its scopes; `None` for all of them.
    pub claims: Option<Vec<String>>,
    /// By which URI clients name it as a resource server (RFC 8707); no two have the same.
    pub resource: Option<String>,
    /// What it is held to, and may do.
    pub security: Security,
    /// Since when it may ask for nothing.
    pub disabled_at: Option<Micros>,
    /// How far it has come.
    pub stage: Stage,
}

impl Client {
    /// A client that holds nothing yet: no address, no secret, the scope `openid`, a sector of its own.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret_hash: Vec::new(),
            names: BTreeMap::new(),
            sector: id.to_owned(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            scopes: "openid".to_owned(),
            id_token_alg: "ES256".to_owned(),
            auth_method: AuthMethod::Secret,
            level: 2,
            claims: None,
            resource: None,
            security: Security::default(),
            disabled_at: None,
            stage: Stage::Production,
        }
    }

    /// Those scopes of a list that it is approved for now.
    pub fn approved(&self, scope: &str) -> String {
        let approved = |scope: &&str| self.scopes.split(' ').any(|known| known == *scope);
        scope.split(' ').filter(approved).collect::<Vec<_>>().join(" ")
    }
}

/// What is to be another than it is; `None` leaves a field alone.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// By language tag.
    pub names: Option<BTreeMap<String, String>>,
    /// All of them.
    pub redirect_uris: Option<Vec<String>>,
    /// All of them.
    pub post_logout_redirect_uris: Option<Vec<String>>,
    /// Empty for none.
    pub backchannel_logout_uri: Option<String>,
    /// All of them, space separated.
    pub scopes: Option<String>,
    /// By its JOSE name.
    pub id_token_alg: Option<String>,
    /// By secret in one way or another.
    pub auth_method: Option<AuthMethod>,
    /// The least level.
    pub level: Option<i64>,
    /// Empty for all that the scopes hold.
    pub claims: Option<Vec<String>>,
    /// Empty for none.
    pub resource: Option<String>,
    /// Fields of [`Security`]; `null` for their default.
    pub security: Map<String, Value>,
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
    auth_method: String,
    level: i64,
    claims: Option<String>,
    resource: Option<String>,
    security: String,
    disabled_at: Option<Micros>,
    stage: String,
}

impl TryFrom<Row> for Client {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let unknown = || Error::Damaged { noun: "client", why: format!("authentication method {:?}", row.auth_method) };
        Ok(Self {
            names: from_json("client", &row.names)?,
            redirect_uris: from_json("client", &row.redirect_uris)?,
            post_logout_redirect_uris: from_json("client", &row.post_logout_redirect_uris)?,
            auth_method: AuthMethod::from_name(&row.auth_method).ok_or_else(unknown)?,
            security: from_json("client", &row.security)?,
            claims: row.claims.as_deref().map(|claims| from_json("client", claims)).transpose()?,
            id: row.id,
            secret_hash: row.secret_hash,
            sector: row.sector,
            backchannel_logout_uri: row.backchannel_logout_uri,
            scopes: row.scopes,
            id_token_alg: row.id_token_alg,
            level: row.level,
            resource: row.resource,
            disabled_at: row.disabled_at,
            stage: Stage::read(&row.stage)?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, secret_hash, names, sector, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, scopes, ",
            "id_token_alg, auth_method, level, claims, resource, security, disabled_at, stage FROM client ",
            $rest
        )
    };
}

/// Writes a new client.
pub async fn insert(connection: &mut Connection, client: &Client, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO client (id, secret_hash, names, sector, redirect_uris, post_logout_redirect_uris,
           backchannel_logout_uri, scopes, id_token_alg, auth_method, level, claims, disabled_at, created_at, security, stage,
           resource) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
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
    .bind(client.auth_method.name())
    .bind(client.level)
    .bind(client.claims.as_ref().map(to_json))
    .bind(client.disabled_at)
    .bind(now)
    .bind(to_json(&client.security))
    .bind(client.stage.name())
    .bind(client.resource.as_deref())
    .execute(&mut *connection)
    .await?;
    bump_revision(connection, "client").await
}

/// The client `id`, disabled or not.
pub async fn find(connection: &mut Connection, id: &str) -> Result<Option<Client>> {
    let row: Option<Row> = sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_optional(connection).await?;
    row.map(Client::try_from).transpose()
}

/// The resource server of this URI, disabled or not.
pub async fn find_by_resource(connection: &mut Connection, resource: &str) -> Result<Option<Client>> {
    let row: Option<Row> =
        sqlx::query_as(select!("WHERE resource = $1")).bind(resource).fetch_optional(connection).await?;
    row.map(Client::try_from).transpose()
}

/// All clients, by id.
pub async fn all(connection: &mut Connection) -> Result<Vec<Client>> {
    let rows: Vec<Row> = sqlx::query_as(select!("ORDER BY id")).fetch_all(connection).await?;
    rows.into_iter().map(Client::try_from).collect()
}

/// Changes what is to be changed, and nothing else: two changes at once of different fields both last. `false` when there
/// is no such client.
pub async fn change(connection: &mut Connection, id: &str, change: &Change) -> Result<bool> {
    // An empty text stands for NULL in the columns that can be it.
    let claims = change.claims.as_ref().map(|claims| if claims.is_empty() { String::new() } else { to_json(claims) });
    let done = sqlx::query(
        "UPDATE client SET names = COALESCE($1, names), redirect_uris = COALESCE($2, redirect_uris),
           post_logout_redirect_uris = COALESCE($3, post_logout_redirect_uris),
           backchannel_logout_uri = NULLIF(COALESCE($4, backchannel_logout_uri), ''), scopes = COALESCE($5, scopes),
           id_token_alg = COALESCE($6, id_token_alg), auth_method = COALESCE($7, auth_method),
           level = COALESCE($8, level), claims = NULLIF(COALESCE($9, claims), ''),
           resource = NULLIF(COALESCE($10, resource), '') WHERE id = $11",
    )
    .bind(change.names.as_ref().map(to_json))
    .bind(change.redirect_uris.as_ref().map(to_json))
    .bind(change.post_logout_redirect_uris.as_ref().map(to_json))
    .bind(change.backchannel_logout_uri.as_deref())
    .bind(change.scopes.as_deref())
    .bind(change.id_token_alg.as_deref())
    .bind(change.auth_method.map(AuthMethod::name))
    .bind(change.level)
    .bind(claims)
    .bind(change.resource.as_deref())
    .bind(id)
    .execute(&mut *connection)
    .await?;
    if !change.security.is_empty() && done.rows_affected() == 1 {
        change_security(connection, id, &change.security).await?;
    }
    bump_revision(connection, "client").await?;
    Ok(done.rows_affected() == 1)
}

/// The statement before this one holds the row until the transaction ends, so that what is read here is what is changed.
async fn change_security(connection: &mut Connection, id: &str, change: &Map<String, Value>) -> Result<()> {
    let text: String =
        sqlx::query_scalar("SELECT security FROM client WHERE id = $1").bind(id).fetch_one(&mut *connection).await?;
    let before: Security = from_json("client", &text)?;
    let after = before.with(change).map_err(|error| Error::Damaged { noun: "client", why: error.to_string() })?;
    sqlx::query("UPDATE client SET security = $1 WHERE id = $2")
        .bind(to_json(&after))
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Puts another secret in the place of a client's, if it has one. `false` when nothing was changed.
pub async fn set_secret(connection: &mut Connection, id: &str, secret_hash: &[u8]) -> Result<bool> {
    let done = sqlx::query("UPDATE client SET secret_hash = $1 WHERE id = $2 AND auth_method LIKE 'client_secret%'")
        .bind(secret_hash)
        .bind(id)
        .execute(&mut *connection)
        .await?;
    bump_revision(connection, "client").await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets the secret of a client that has none any more.
pub async fn forget_secret(connection: &mut Connection, id: &str) -> Result<()> {
    sqlx::query("UPDATE client SET secret_hash = $1 WHERE id = $2 AND auth_method NOT LIKE 'client_secret%'")
        .bind([].as_slice())
        .bind(id)
        .execute(&mut *connection)
        .await?;
    bump_revision(connection, "client").await
}

/// Disables or enables. `false` when it was so already, or is not there. What waits for approval is enabled by that alone.
pub async fn set_disabled(connection: &mut Connection, id: &str, since: Option<Micros>) -> Result<bool> {
    registration::note_change(connection, id).await?;
    let done = match since {
        Some(since) => {
            let sql = "UPDATE client SET disabled_at = COALESCE(disabled_at, $1),
                         stage = CASE WHEN stage = 'pending' THEN 'refused' ELSE stage END
                       WHERE id = $2 AND (disabled_at IS NULL OR stage = 'pending')";
            sqlx::query(sql).bind(since).bind(id).execute(&mut *connection).await?
        }
        None => {
            let sql = "UPDATE client SET disabled_at = CASE WHEN stage = 'refused' THEN disabled_at END,
                         stage = CASE WHEN stage = 'refused' THEN 'pending' ELSE stage END
                       WHERE id = $1 AND disabled_at IS NOT NULL AND stage NOT IN ('pending', 'deleted')";
            sqlx::query(sql).bind(id).execute(&mut *connection).await?
        }
    };
    bump_revision(connection, "client").await?;
    Ok(done.rows_affected() == 1)
}
