//! Login attempts: where a browser was going, what it has proved so far, and the one-time means of proving more.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::{Connection, Result, from_json, to_json};
use crate::clock::Micros;
use crate::store::grant::ClaimsRequest;

/// Where the browser goes when the login is done.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Destination {
    /// Back to a client, with a code.
    Client(Box<AuthorizationRequest>),
    /// To a page of our own.
    Page {
        /// Path and query.
        path: String,
        /// The level that the page asks for; 0: any login does.
        #[serde(default)]
        level: i64,
    },
}

/// How the answer to an authorization request goes back to the client.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub enum ResponseMode {
    /// In the address.
    #[default]
    #[serde(rename = "query")]
    Query,
    /// As a form.
    #[serde(rename = "form_post")]
    FormPost,
    /// Signed, in the address.
    #[serde(rename = "query.jwt")]
    QueryJwt,
    /// Signed, as a form.
    #[serde(rename = "form_post.jwt")]
    FormPostJwt,
}

impl ResponseMode {
    /// The names that requests hold; `jwt` is the signed one in the address, as is usual for a code (JARM §2.3.4).
    pub const NAMES: [(&'static str, Self); 5] = [
        ("query", Self::Query),
        ("form_post", Self::FormPost),
        ("query.jwt", Self::QueryJwt),
        ("form_post.jwt", Self::FormPostJwt),
        ("jwt", Self::QueryJwt),
    ];

    /// The mode of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
    }

    /// Whether it is signed.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::QueryJwt | Self::FormPostJwt)
    }

    /// Whether the browser posts it.
    pub fn is_form(self) -> bool {
        matches!(self, Self::FormPost | Self::FormPostJwt)
    }
}

/// A checked authorization request (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Exactly one of its registered addresses.
    pub redirect_uri: String,
    /// How the answer goes there.
    #[serde(default)]
    pub response_mode: ResponseMode,
    /// What it asks for, space separated.
    pub scope: String,
    /// For which resource servers (RFC 8707); empty for any.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Given back as it came.
    pub state: Option<String>,
    /// Goes into the ID token.
    pub nonce: Option<String>,
    /// RFC 7636, S256.
    pub code_challenge: String,
    /// The level that `acr_values` asks for at least.
    pub level: i64,
    /// Seconds since the last active login, at most.
    pub max_age: Option<i64>,
    /// `prompt=none`: nothing may be asked.
    pub silent: bool,
    /// `prompt=login`: an existing session does not do.
    pub force_login: bool,
    /// `login_hint`.
    pub login_hint: Option<String>,
    /// `ui_locales`.
    pub ui_locales: Option<String>,
    /// Digest of the name under which it was pushed (RFC 9126): its code uses that up.
    #[serde(default)]
    pub pushed: Option<Vec<u8>>,
    /// Thumbprint of the key that its tokens must be bound to (RFC 9449 §10).
    #[serde(default)]
    pub dpop_jkt: Option<String>,
    /// The one person who may answer it, by the `sub` that the client knows (`id_token_hint`, or `sub` in `claims`).
    #[serde(default)]
    pub subject: Option<String>,
    /// What it asks for claim by claim.
    #[serde(default)]
    pub claims: ClaimsRequest,
}

/// What is proved so far.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Progress {
    /// The user name whose password was right: the code of the second factor is still to come.
    pub password_of: Option<String>,
    /// A good certificate that no account knows: *new here* or *link to my account* is still to be answered.
    pub stranger: Option<CertificateProof>,
    /// The signed-in person that adds a certificate to the account, with this attempt.
    pub linking: Option<String>,
    /// The signed-in person that shows a company's certificate, to act for it.
    #[serde(default)]
    pub representing: Option<String>,
}

/// A certificate that was judged good, and what its identity profile read from it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CertificateProof {
    /// `mtls` or `challenge`.
    pub method: String,
    /// `sha256:…`.
    pub fingerprint: String,
    /// Its holder, by the common name: the rest of the subject may tell a number.
    pub holder: String,
    /// Its serial.
    pub serial: String,
    /// Begin of validity.
    pub not_before: Micros,
    /// End of validity.
    pub not_after: Micros,
    /// The trust list record, or the province's own authority.
    pub ca: String,
    /// The recognition scheme.
    pub scheme: String,
    /// The subject's key within (scheme, CA).
    pub subject_key: String,
    /// Level of the certificate.
    pub level: i64,
    /// `person` or `company`.
    pub kind: String,
    /// Region code.
    pub region: String,
    /// Names by script.
    pub names: std::collections::BTreeMap<String, String>,
    /// The document, where the certificate names one; its number is sealed.
    pub document: Option<SealedDocument>,
}

/// A document whose number was sealed when it was read.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SealedDocument {
    /// The row's id, which the seal is bound to.
    pub id: String,
    /// `resident_id`, …
    pub kind: String,
    /// Keyed hash.
    pub number_hash: Vec<u8>,
    /// Sealed.
    pub number_sealed: Vec<u8>,
    /// As it may be shown.
    pub number_masked: String,
}

/// A login attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// In the URL.
    pub id: String,
    /// Digest of the cookie of the browser that began it.
    pub browser_hash: Vec<u8>,
    /// Where it goes.
    pub destination: Destination,
    /// What is proved.
    pub progress: Progress,
    /// When it is forgotten.
    pub expires_at: Micros,
    /// When it ended in a session.
    pub finished_at: Option<Micros>,
    /// Which session.
    pub session_id: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    browser_hash: Vec<u8>,
    request: String,
    state: String,
    expires_at: Micros,
    finished_at: Option<Micros>,
    session_id: Option<String>,
}

impl TryFrom<Row> for Attempt {
    type Error = super::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            destination: from_json("login attempt", &row.request)?,
            progress: from_json("login attempt", &row.state)?,
            id: row.id,
            browser_hash: row.browser_hash,
            expires_at: row.expires_at,
            finished_at: row.finished_at,
            session_id: row.session_id,
        })
    }
}

/// Writes a new attempt.
pub async fn insert(connection: &mut Connection, attempt: &Attempt, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO login_attempt (id, browser_hash, request, state, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(attempt.id.as_str())
    .bind(attempt.browser_hash.as_slice())
    .bind(to_json(&attempt.destination))
    .bind(to_json(&attempt.progress))
    .bind(now)
    .bind(attempt.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The attempt `id`, finished or not, unless it has expired.
pub async fn find(connection: &mut Connection, id: &str, now: Micros) -> Result<Option<Attempt>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, browser_hash, request, state, expires_at, finished_at, session_id
         FROM login_attempt WHERE id = $1 AND expires_at > $2",
    )
    .bind(id)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    row.map(Attempt::try_from).transpose()
}

/// Records what has been proved, while the attempt is open. `false` when it is not.
pub async fn record_progress(connection: &mut Connection, id: &str, progress: &Progress, now: Micros) -> Result<bool> {
    let done =
        sqlx::query("UPDATE login_attempt SET state = $1 WHERE id = $2 AND finished_at IS NULL AND expires_at > $3")
            .bind(to_json(progress))
            .bind(id)
            .bind(now)
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends the attempt in a session, once. `false` when it had ended before.
pub async fn finish(connection: &mut Connection, id: &str, session_id: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE login_attempt SET finished_at = $1, session_id = $2
         WHERE id = $3 AND finished_at IS NULL AND expires_at > $1",
    )
    .bind(now)
    .bind(session_id)
    .bind(id)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes what expired before `before`.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let mut removed = 0;
    for sql in [
        expired!("challenge", "attempt_id", "issued_at < $1"),
        expired!("handoff", "secret_hash", "expires_at < $1"),
        expired!("login_attempt", "id", "expires_at < $1"),
    ] {
        removed += sqlx::query(sql).bind(before).execute(&mut *connection).await?.rows_affected();
    }
    Ok(removed)
}

/// Sets the attempt's challenge; a new one replaces the old.
pub async fn set_challenge(connection: &mut Connection, attempt: &str, nonce: &[u8], now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO challenge (attempt_id, nonce, issued_at) VALUES ($1, $2, $3)
         ON CONFLICT (attempt_id) DO UPDATE SET nonce = excluded.nonce, issued_at = excluded.issued_at, used_at = NULL",
    )
    .bind(attempt)
    .bind(nonce)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The attempt's unused challenge: its nonce and when it was issued.
pub async fn challenge(connection: &mut Connection, attempt: &str) -> Result<Option<(Vec<u8>, Micros)>> {
    Ok(sqlx::query_as("SELECT nonce, issued_at FROM challenge WHERE attempt_id = $1 AND used_at IS NULL")
        .bind(attempt)
        .fetch_optional(connection)
        .await?)
}

/// Uses up the challenge with this `nonce`, once.
pub async fn use_challenge(connection: &mut Connection, attempt: &str, nonce: &[u8], now: Micros) -> Result<bool> {
    let done =
        sqlx::query("UPDATE challenge SET used_at = $1 WHERE attempt_id = $2 AND nonce = $3 AND used_at IS NULL")
            .bind(now)
            .bind(attempt)
            .bind(nonce)
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Leaves a proof for the attempt's browser to pick up with `secret_hash`.
pub async fn leave_proof(
    connection: &mut Connection,
    secret_hash: &[u8],
    attempt: &str,
    proof: &CertificateProof,
    expires_at: Micros,
) -> Result<()> {
    sqlx::query("INSERT INTO handoff (secret_hash, attempt_id, proof, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(secret_hash)
        .bind(attempt)
        .bind(to_json(proof))
        .bind(expires_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Picks the proof up, once.
pub async fn take_proof(
    connection: &mut Connection,
    secret_hash: &[u8],
    attempt: &str,
    now: Micros,
) -> Result<Option<CertificateProof>> {
    let proof: Option<String> = sqlx::query_scalar(
        "UPDATE handoff SET used_at = $1 WHERE secret_hash = $2 AND attempt_id = $3 AND used_at IS NULL AND expires_at > $1
         RETURNING proof",
    )
    .bind(now)
    .bind(secret_hash)
    .bind(attempt)
    .fetch_optional(connection)
    .await?;
    proof.map(|text| from_json("handoff", &text)).transpose()
}
