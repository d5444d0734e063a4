//! How a person proves who they are: a password with a one-time code, or a certificate.

use sqlx::FromRow;

use super::{Connection, Result};
use crate::clock::Micros;

/// A password and the time-based code beside it.
#[derive(Clone, Debug, FromRow)]
pub struct Password {
    /// As typed at login.
    pub username: String,
    /// Whose.
    pub person_id: String,
    /// argon2id, PHC string.
    pub phc: String,
    /// The TOTP secret, sealed.
    pub totp_sealed: Vec<u8>,
    /// The last time step that was used.
    pub totp_step: i64,
}

/// A certificate that opens an account. The key is (scheme, CA, subject key): a renewed certificate is the same one.
#[derive(Clone, Debug, FromRow)]
pub struct CertificateCredential {
    /// Row id.
    pub id: String,
    /// Whose.
    pub person_id: String,
    /// Recognition scheme.
    pub scheme: String,
    /// Trust list record, or own authority.
    pub ca: String,
    /// The subject's key within both.
    pub subject_key: String,
    /// Holder of the certificate that was seen last, by the common name.
    pub holder: String,
    /// Its level.
    pub level: i64,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Its serial.
    pub serial: String,
    /// Its begin.
    pub not_before: Micros,
    /// Its end.
    pub not_after: Micros,
    /// When it was linked.
    pub linked_at: Micros,
    /// On what proof: `new`, `password`, `session`.
    pub linked_how: String,
}

/// Writes a password.
pub async fn insert_password(connection: &mut Connection, password: &Password, now: Micros) -> Result<()> {
    sqlx::query(
        "INSERT INTO password (username, person_id, phc, totp_sealed, totp_step, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(password.username.as_str())
    .bind(password.person_id.as_str())
    .bind(password.phc.as_str())
    .bind(password.totp_sealed.as_slice())
    .bind(password.totp_step)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The password of `username`.
pub async fn find_password(connection: &mut Connection, username: &str) -> Result<Option<Password>> {
    Ok(sqlx::query_as("SELECT username, person_id, phc, totp_sealed, totp_step FROM password WHERE username = $1")
        .bind(username)
        .fetch_optional(connection)
        .await?)
}

/// The user name of a person, and when its password was set.
pub async fn password_of_person(connection: &mut Connection, person_id: &str) -> Result<Option<(String, Micros)>> {
    Ok(sqlx::query_as("SELECT username, created_at FROM password WHERE person_id = $1 ORDER BY username LIMIT 1")
        .bind(person_id)
        .fetch_optional(connection)
        .await?)
}

/// Uses up the time step of a code: `false` when that or a later one was used before.
pub async fn use_totp_step(connection: &mut Connection, username: &str, step: i64) -> Result<bool> {
    let done = sqlx::query("UPDATE password SET totp_step = $1 WHERE username = $2 AND totp_step < $1")
        .bind(step)
        .bind(username)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts another authenticator in the place of an account's; the step of its first code is used.
pub async fn set_totp(connection: &mut Connection, username: &str, sealed: &[u8], step: i64) -> Result<()> {
    sqlx::query("UPDATE password SET totp_sealed = $1, totp_step = $2 WHERE username = $3")
        .bind(sealed)
        .bind(step)
        .bind(username)
        .execute(connection)
        .await?;
    Ok(())
}

macro_rules! select_certificate {
    ($rest:literal) => {
        concat!(
            "SELECT id, person_id, scheme, ca, subject_key, holder, level, fingerprint, serial, not_before, not_after, ",
            "linked_at, linked_how ",
            "FROM certificate_credential ",
            $rest
        )
    };
}

/// The credential that a certificate opens.
pub async fn find_certificate(
    connection: &mut Connection,
    scheme: &str,
    ca: &str,
    subject_key: &str,
) -> Result<Option<CertificateCredential>> {
    Ok(sqlx::query_as(select_certificate!("WHERE scheme = $1 AND ca = $2 AND subject_key = $3"))
        .bind(scheme)
        .bind(ca)
        .bind(subject_key)
        .fetch_optional(connection)
        .await?)
}

/// The person's certificates, oldest link first.
pub async fn certificates(connection: &mut Connection, person_id: &str) -> Result<Vec<CertificateCredential>> {
    Ok(sqlx::query_as(select_certificate!("WHERE person_id = $1 ORDER BY linked_at, id"))
        .bind(person_id)
        .fetch_all(connection)
        .await?)
}

/// Links a certificate; `false` when it opens an account already.
pub async fn link_certificate(connection: &mut Connection, link: &CertificateCredential) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO certificate_credential
           (id, person_id, scheme, ca, subject_key, holder, level, fingerprint, serial, not_before, not_after,
            linked_at, linked_how)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (scheme, ca, subject_key) DO NOTHING",
    )
    .bind(link.id.as_str())
    .bind(link.person_id.as_str())
    .bind(link.scheme.as_str())
    .bind(link.ca.as_str())
    .bind(link.subject_key.as_str())
    .bind(link.holder.as_str())
    .bind(link.level)
    .bind(link.fingerprint.as_str())
    .bind(link.serial.as_str())
    .bind(link.not_before)
    .bind(link.not_after)
    .bind(link.linked_at)
    .bind(link.linked_how.as_str())
    .execute(&mut *connection)
    .await?;
    super::shown_certificate::keep(connection, &link.fingerprint, &link.ca, &link.serial).await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a certificate away from its account; its holder may link it again.
pub async fn unlink_certificate(connection: &mut Connection, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM certificate_credential WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}

/// Notes the certificate that was seen last for a credential: the one that `seen` describes.
pub async fn refresh_certificate(
    connection: &mut Connection,
    id: &str,
    seen: &super::attempt::CertificateProof,
) -> Result<()> {
    sqlx::query(
        "UPDATE certificate_credential SET fingerprint = $1, holder = $2, serial = $3, not_before = $4, not_after = $5,
           level = $6 WHERE id = $7",
    )
    .bind(seen.fingerprint.as_str())
    .bind(seen.holder.as_str())
    .bind(seen.serial.as_str())
    .bind(seen.not_before)
    .bind(seen.not_after)
    .bind(seen.level)
    .bind(id)
    .execute(&mut *connection)
    .await?;
    super::shown_certificate::keep(connection, &seen.fingerprint, &seen.ca, &seen.serial).await
}
