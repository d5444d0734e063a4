//! Mandates: who acts for which company, for what, until when; and for whom a session acts at a client.

use sqlx::FromRow;

use super::shown_certificate::Resting;
use super::{Connection, Result, from_json, to_json};
use crate::clock::Micros;

/// A mandate.
#[derive(Clone, Debug)]
pub struct Mandate {
    /// Row id.
    pub id: String,
    /// The company's account.
    pub company_id: String,
    /// Until when the offer can be taken up.
    pub offer_until: Micros,
    /// Codes of items; none for all.
    pub items: Vec<String>,
    /// Its end.
    pub until: Micros,
    /// When the company gave it.
    pub given_at: Micros,
    /// The person who took it up.
    pub holder_id: Option<String>,
    /// When.
    pub accepted_at: Option<Micros>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Micros>,
    /// By whom: `company` or `holder`; or `certificate`, when what it rests on was revoked or taken away.
    pub withdrawn_by: Option<String>,
}

impl Mandate {
    /// Whether its holder may act by it.
    pub fn is_live(&self, now: Micros) -> bool {
        self.accepted_at.is_some() && self.withdrawn_at.is_none() && self.until > now
    }
}

/// A mandate as it is given.
#[derive(Clone, Debug)]
pub struct Given {
    /// Row id.
    pub id: String,
    /// The company's account.
    pub company_id: String,
    /// Digest of the secret in the link.
    pub offer_hash: Vec<u8>,
    /// Until when it can be taken up.
    pub offer_until: Micros,
    /// Codes of items; none for all.
    pub items: Vec<String>,
    /// Its end.
    pub until: Micros,
    /// Level of the login that gives it.
    pub level: i64,
    /// The credential of that login.
    pub proof: String,
    /// The certificate that it rests on, by its fingerprint.
    pub fingerprint: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    company_id: String,
    offer_until: Micros,
    items: String,
    until: Micros,
    given_at: Micros,
    holder_id: Option<String>,
    accepted_at: Option<Micros>,
    withdrawn_at: Option<Micros>,
    withdrawn_by: Option<String>,
}

impl TryFrom<Row> for Mandate {
    type Error = super::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            items: from_json("mandate", &row.items)?,
            id: row.id,
            company_id: row.company_id,
            offer_until: row.offer_until,
            until: row.until,
            given_at: row.given_at,
            holder_id: row.holder_id,
            accepted_at: row.accepted_at,
            withdrawn_at: row.withdrawn_at,
            withdrawn_by: row.withdrawn_by,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.company_id, m.offer_until, m.items, m.until, m.given_at, m.holder_id, m.accepted_at, ",
            "m.withdrawn_at, m.withdrawn_by FROM mandate m ",
            $rest
        )
    };
}

fn all(rows: Vec<Row>) -> Result<Vec<Mandate>> {
    rows.into_iter().map(Mandate::try_from).collect()
}

/// Writes a mandate that a company gives.
pub async fn insert(connection: &mut Connection, given: &Given, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO mandate (id, company_id, offer_hash, offer_until, items, until, level, proof, fingerprint,
           given_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(given.id.as_str())
    .bind(given.company_id.as_str())
    .bind(given.offer_hash.as_slice())
    .bind(given.offer_until)
    .bind(to_json(&given.items))
    .bind(given.until)
    .bind(given.level)
    .bind(given.proof.as_str())
    .bind(given.fingerprint.as_deref())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The offer behind a link, while it can be taken up.
pub async fn offer(connection: &mut Connection, hash: &[u8], now: Micros) -> Result<Option<Mandate>> {
    let row: Option<Row> = sqlx::query_as(select!(
        "WHERE m.offer_hash = $1 AND m.offer_until > $2 AND m.until > $2 AND m.accepted_at IS NULL AND m.withdrawn_at IS NULL"
    ))
    .bind(hash)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    row.map(Mandate::try_from).transpose()
}

/// Takes an offer up, once. `false` when it is over, or was taken up before.
pub async fn accept(
    connection: &mut Connection,
    id: &str,
    holder_id: &str,
    holder_level: i64,
    now: Micros,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE mandate SET holder_id = $1, holder_level = $2, accepted_at = $3
         WHERE id = $4 AND offer_until > $3 AND until > $3 AND accepted_at IS NULL AND withdrawn_at IS NULL",
    )
    .bind(holder_id)
    .bind(holder_level)
    .bind(now)
    .bind(id)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The mandates that a company gave, latest first.
pub async fn of_company(connection: &mut Connection, company_id: &str) -> Result<Vec<Mandate>> {
    all(sqlx::query_as(select!("WHERE m.company_id = $1 ORDER BY m.given_at DESC, m.id"))
        .bind(company_id)
        .fetch_all(connection)
        .await?)
}

/// The mandates that a person took up, latest first.
pub async fn of_holder(connection: &mut Connection, holder_id: &str) -> Result<Vec<Mandate>> {
    all(sqlx::query_as(select!("WHERE m.holder_id = $1 ORDER BY m.accepted_at DESC, m.id"))
        .bind(holder_id)
        .fetch_all(connection)
        .await?)
}

/// The mandate by which a grant was made, whatever became of it.
pub async fn of_grant(connection: &mut Connection, grant_id: &str) -> Result<Option<Mandate>> {
    let row: Option<Row> = sqlx::query_as(select!("JOIN grant_record g ON g.mandate_id = m.id WHERE g.id = $1"))
        .bind(grant_id)
        .fetch_optional(connection)
        .await?;
    row.map(Mandate::try_from).transpose()
}

/// Withdraws a mandate, or takes an offer back, and revokes the grants that were made by it: with them all their tokens.
/// `person_id` is the company, or the holder. Gives who withdrew; `None` when it is neither's, or was withdrawn before.
pub async fn withdraw(connection: &mut Connection, id: &str, person_id: &str, now: Micros) -> Result<Option<String>> {
    let by: Option<String> = sqlx::query_scalar(
        "UPDATE mandate SET withdrawn_at = $1, withdrawn_by = CASE WHEN company_id = $2 THEN 'company' ELSE 'holder' END
         WHERE id = $3 AND withdrawn_at IS NULL AND (company_id = $2 OR holder_id = $2) RETURNING withdrawn_by",
    )
    .bind(now)
    .bind(person_id)
    .bind(id)
    .fetch_optional(&mut *connection)
    .await?;
    if by.is_some() {
        revoke_grants(connection, id, now).await?;
    }
    Ok(by)
}

/// Ends a mandate with the certificate that it rests on, and what was granted by it. `false` when it was withdrawn before.
pub async fn end(connection: &mut Connection, id: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE mandate SET withdrawn_at = $1, withdrawn_by = 'certificate' WHERE id = $2 AND withdrawn_at IS NULL",
    )
    .bind(now)
    .bind(id)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    revoke_grants(connection, id, now).await?;
    Ok(true)
}

async fn revoke_grants(connection: &mut Connection, id: &str, now: Micros) -> Result<()> {
    sqlx::query(
        "UPDATE grant_record SET revoked_at = $1, revoked_why = 'mandate_withdrawn'
         WHERE mandate_id = $2 AND revoked_at IS NULL",
    )
    .bind(now)
    .bind(id)
    .execute(connection)
    .await?;
    Ok(())
}

/// The mandates that a company gave in logins with `credential`, or with a passkey that such a login added.
pub async fn resting_on(connection: &mut Connection, company_id: &str, credential: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM mandate WHERE company_id = $1 AND withdrawn_at IS NULL
           AND (proof = $2 OR proof IN (SELECT id FROM passkey WHERE person_id = $1 AND added_by = $2))",
    )
    .bind(company_id)
    .bind(credential)
    .fetch_all(connection)
    .await?)
}

/// The mandates and offers that rest on a certificate.
pub async fn by_certificate(connection: &mut Connection, now: Micros) -> Result<Vec<Resting>> {
    Ok(sqlx::query_as(
        "SELECT m.id, m.company_id AS person_id, c.ca, c.serial FROM mandate m
         JOIN shown_certificate c ON c.fingerprint = m.fingerprint WHERE m.withdrawn_at IS NULL AND m.until > $1",
    )
    .bind(now)
    .fetch_all(connection)
    .await?)
}

/// The mandate `id`.
pub async fn find(connection: &mut Connection, id: &str) -> Result<Option<Mandate>> {
    let row: Option<Row> = sqlx::query_as(select!("WHERE m.id = $1")).bind(id).fetch_optional(connection).await?;
    row.map(Mandate::try_from).transpose()
}

/// Revokes the grants whose mandate has come to its end, or was withdrawn. Gives how many.
pub async fn revoke_over(connection: &mut Connection, now: Micros) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE grant_record SET revoked_at = $1, revoked_why = 'mandate_over'
         WHERE revoked_at IS NULL AND mandate_id IN (SELECT id FROM mandate WHERE until <= $1 OR withdrawn_at IS NOT NULL)",
    )
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Writes by which mandate a grant is made, while that is live. `false` when it is not.
pub async fn bind_grant(connection: &mut Connection, grant_id: &str, mandate_id: &str, now: Micros) -> Result<bool> {
    // Takes the row's lock: whoever withdraws the mandate now waits for this grant and sees it, or came first and is seen.
    let live = sqlx::query(
        "UPDATE mandate SET until = until
         WHERE id = $1 AND accepted_at IS NOT NULL AND withdrawn_at IS NULL AND until > $2",
    )
    .bind(mandate_id)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    if live.rows_affected() == 0 {
        return Ok(false);
    }
    let done = sqlx::query(
        "UPDATE grant_record SET mandate_id = $1 WHERE id = $2 AND EXISTS
           (SELECT 1 FROM mandate m WHERE m.id = $1 AND m.holder_id = grant_record.person_id)",
    )
    .bind(mandate_id)
    .bind(grant_id)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// For whom a session acts at a client, if that was chosen at or after `since`: the outer `None` where it was not, the inner
/// for themselves.
pub async fn acting(
    connection: &mut Connection,
    session_id: &str,
    client_id: &str,
    since: Micros,
) -> Result<Option<Option<String>>> {
    Ok(sqlx::query_scalar("SELECT mandate_id FROM acting WHERE session_id = $1 AND client_id = $2 AND chosen_at >= $3")
        .bind(session_id)
        .bind(client_id)
        .bind(since)
        .fetch_optional(connection)
        .await?)
}

/// Chooses for whom a session acts at a client.
pub async fn act(
    connection: &mut Connection,
    session_id: &str,
    client_id: &str,
    mandate_id: Option<&str>,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO acting (session_id, client_id, mandate_id, chosen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (session_id, client_id) DO UPDATE SET mandate_id = excluded.mandate_id,
           chosen_at = excluded.chosen_at",
    )
    .bind(session_id)
    .bind(client_id)
    .bind(mandate_id)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the choices of sessions that are over.
pub async fn purge(connection: &mut Connection, before: Micros) -> Result<u64> {
    let done = sqlx::query("DELETE FROM acting WHERE chosen_at < $1").bind(before).execute(connection).await?;
    Ok(done.rows_affected())
}
