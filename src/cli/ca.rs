//! `pearlbridge ca …`: what the operator of the machine does to certificates; logged as done by them.

use std::path::PathBuf;

use clap::Subcommand;
use pki::crl::Reason;

use serde_json::json;

use super::{Done, Failure, Out, open};
use crate::app::App;
use crate::audit::Circumstance;
use crate::store;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the authorities
    List,
    /// Revoke a certificate by its serial number and publish the list
    Revoke {
        /// Hexadecimal
        serial: String,
        /// keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn, …
        #[arg(long, default_value = "unspecified")]
        reason: String,
    },
    /// Publish new revocation lists, of all authorities or of one
    Crl {
        /// Authority
        id: Option<String>,
    },
}

pub(super) async fn run(config: Option<PathBuf>, command: Command, out: Out) -> Done {
    let app = open::app(open::settings(config.as_deref())?).await?;
    match command {
        Command::List => list(&app, out).await?,
        Command::Revoke { serial, reason } => revoke(&app, &serial, &reason, out).await?,
        Command::Crl { id } => crl(&app, id, out).await?,
    }
    app.store.close().await;
    Ok(())
}

async fn list(app: &App, out: Out) -> Done {
    for (row, certificate) in &app.trust.snapshot().await.map_err(Failure::no)?.authorities {
        let subject = certificate.subject().to_string();
        let text = format!("{:16} {:16} {subject}", row.id, row.role);
        let fingerprint = certificate.fingerprint().to_string();
        out.say(text, &json!({"id": row.id, "role": row.role, "subject": subject, "certificate": fingerprint}));
    }
    Ok(())
}

async fn revoke(app: &App, serial: &str, reason: &str, out: Out) -> Done {
    let reason = Reason::from_name(reason).ok_or_else(|| Failure::Unreadable(format!("no such reason: {reason}")))?;
    let circumstance = Circumstance::operator(app.clock.now());
    let authority = app.ca.revoke(serial, reason, circumstance).await.map_err(Failure::no)?;
    let ended = end_sessions(app, serial).await?;
    let text = format!("revoked by {authority}; a new list is published; {ended} session(s) ended");
    out.say(text, &json!({"authority": authority, "serial": serial, "sessions_ended": ended}));
    Ok(())
}

/// What was opened with the certificate ends with it.
async fn end_sessions(app: &App, serial: &str) -> Result<usize, Failure> {
    let serial = serial.replace(':', "").to_uppercase();
    let mut connection = app.store.read().await.map_err(Failure::no)?;
    let issued = store::authority::with_serial(&mut connection, &serial).await.map_err(Failure::no)?;
    drop(connection);
    let mut ended = 0;
    for der in issued.into_iter().filter_map(|issued| issued.certificate) {
        let fingerprint = pki::Fingerprint::of(&der).to_string();
        ended += app.provider.end_sessions_of_certificate(&fingerprint).await.map_err(Failure::no)?;
    }
    Ok(ended)
}

async fn crl(app: &App, id: Option<String>, out: Out) -> Done {
    let snapshot = app.trust.snapshot().await.map_err(Failure::no)?;
    let all = snapshot.authorities.iter().map(|(row, _)| row.id.clone());
    for id in id.map_or_else(|| all.collect(), |id| vec![id]) {
        let number = app.ca.publish_crl(&id).await.map_err(Failure::no)?;
        out.say(format!("{id}: list {number}"), &json!({"authority": id, "number": number}));
    }
    Ok(())
}
