//! `pearlbridge trust …`: the trust list from a terminal; changes are logged as done by the machine's operator.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use pki::{Certificate, Time};
use serde_json::{Value, json};

use super::{Done, Failure, Out, open};
use crate::app::App;
use crate::audit::Circumstance;
use crate::ca::record::RecordScript;
use crate::ca::{self, partner};
use crate::clock::{Micros, SECOND};
use crate::trust::Record;
use crate::trust::lint::{self, Finding};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Put a partner on the list, with its certificates and the conditions of its recognition; the bridge certifies it
    Add {
        /// The record; its certificates lie beside it
        #[arg(value_name = "RECORD.toml")]
        record: PathBuf,
    },
    /// Hold a partner's certificate to a record, field by field
    Lint {
        /// A record of the list, or a file that `add` would take
        #[arg(value_name = "RECORD|RECORD.toml")]
        record: String,
        /// The certificate of one of the partner's subscribers
        file: PathBuf,
    },
    /// List the records
    List,
    /// Show a record with all that it names, and every status it had
    Show {
        /// Record
        record: String,
    },
    /// Change a record's status; its cross-certificate follows
    Status {
        /// Record
        record: String,
        /// granted, suspended or withdrawn
        #[arg(value_parser = crate::ca::bridge::STATUSES)]
        status: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

pub(super) async fn run(config: Option<PathBuf>, command: Command, out: Out) -> Done {
    let app = open::app(open::settings(config.as_deref())?).await?;
    let done = match command {
        Command::Add { record } => add(&app, &record, out).await,
        Command::Lint { record, file } => lint(&app, &record, &file, out).await,
        Command::List => list(&app, out).await,
        Command::Show { record } => show(&app, &record, out).await,
        Command::Status { record, status, reason } => set_status(&app, &record, &status, &reason, out).await,
    };
    app.store.close().await;
    done
}

async fn add(app: &App, file: &Path, out: Out) -> Done {
    let script = RecordScript::load(file).map_err(failure)?;
    script.check().map_err(failure)?;
    let directory = file.parent().unwrap_or(Path::new(""));
    let partner = script.partner(directory, app.clock.now_seconds()).map_err(failure)?;
    if !app.identity.has_profile(&script.id) {
        let profile = app.settings.authority.identity_profiles.join(format!("{}.toml", script.id));
        let why = "no identity profile: nobody would know where its certificates say who their holder is";
        return Err(Failure::No(format!("{}: {why}", profile.display())));
    }
    app.ca.add_record(&script, &partner, Circumstance::operator(app.clock.now())).await.map_err(failure)?;
    show(app, &script.id, out).await
}

async fn lint(app: &App, record: &str, file: &Path, out: Out) -> Done {
    let leaf = partner::read(file).map_err(failure)?.remove(0);
    let record = record_of(app, record).await?;
    let mut findings = lint::run(&record, &leaf, app.clock.now_seconds());
    let found = app.identity.finds_holder(&record.row.id, &leaf);
    let deviation = (!found).then(|| format!("identity profile {} finds no holder in it", record.row.id));
    findings.push(Finding { field: "identity", deviation });
    for Finding { field, deviation } in &findings {
        let text = match deviation {
            None => format!("PASS  {field}"),
            Some(why) => format!("FAIL  {field}: {why}"),
        };
        out.say(text, &json!({"field": field, "pass": deviation.is_none(), "deviation": deviation}));
    }
    match findings.iter().filter(|finding| finding.deviation.is_some()).count() {
        0 => Ok(()),
        count => Err(Failure::No(format!("{count} field(s) deviate from record {}", record.row.id))),
    }
}

/// A record of the list, or one that a file holds and nobody has added yet.
async fn record_of(app: &App, name: &str) -> Result<Arc<Record>, Failure> {
    if Path::new(name).extension().is_none_or(|ending| ending != "toml") {
        let snapshot = app.trust.snapshot().await.map_err(Failure::no)?;
        let found = snapshot.records.iter().find(|record| record.row.id == name).cloned();
        return found.ok_or_else(|| Failure::No(format!("no trust list record {name}")));
    }
    let file = Path::new(name);
    let script = RecordScript::load(file).map_err(failure)?;
    script.check().map_err(failure)?;
    let partner = script.partner(file.parent().unwrap_or(Path::new("")), app.clock.now_seconds()).map_err(failure)?;
    let record = Record::parse(script.row(&partner).map_err(failure)?, Vec::new());
    record.map(Arc::new).map_err(|why| Failure::unreadable(file, why))
}

async fn set_status(app: &App, record: &str, status: &str, reason: &str, out: Out) -> Done {
    let circumstance = Circumstance::operator(app.clock.now());
    app.ca.set_record_status(record, status, reason, circumstance).await.map_err(Failure::no)?;
    let ended = app.provider.sweep_sessions(app.identity.idle_since()).await.map_err(Failure::no)?;
    let text = format!("{record} is {status}; {ended} session(s) ended");
    out.say(text, &json!({"record": record, "status": status, "sessions_ended": ended}));
    Ok(())
}

/// What a file holds is input; what the province says to it is an answer.
fn failure(error: ca::Error) -> Failure {
    match error {
        ca::Error::File { .. } => Failure::Unreadable(error.to_string()),
        other => Failure::no(other),
    }
}

async fn show(app: &App, id: &str, out: Out) -> Done {
    let snapshot = app.trust.snapshot().await.map_err(Failure::no)?;
    let record = snapshot.records.iter().find(|record| record.row.id == id);
    let record = record.ok_or_else(|| Failure::No(format!("no trust list record {id}")))?;
    let value = describe(record, app.identity.has_profile(id));
    let lines = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let text: Vec<String> = lines.map(|(name, value)| format!("{name:20} {}", plain(value))).collect();
    out.say(text.join("\n"), &value);
    Ok(())
}

/// A text as it is, all else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn describe(record: &Record, has_profile: bool) -> Value {
    let row = &record.row;
    let time = |micros: Micros| Time(micros.div_euclid(SECOND)).to_string();
    let certificate = |certificate: &Certificate| {
        json!({
            "subject": certificate.subject().to_string(),
            "serial": certificate.serial().to_string(),
            "not_after": certificate.not_after().to_string(),
            "fingerprint": certificate.fingerprint().to_string(),
        })
    };
    let history = record.history.iter().map(
        |entry| json!({"at": time(entry.at), "status": entry.status, "reason": entry.reason, "actor": entry.actor}),
    );
    json!({
        "id": row.id,
        "scheme": row.scheme,
        "region": row.region,
        "operator": row.operator,
        "names": row.names,
        "status": row.status,
        "status_from": time(row.status_from),
        "history": history.collect::<Vec<_>>(),
        "recognised_from": time(row.recognised_from),
        "recognised_until": row.recognised_until.map(time),
        "level": row.level,
        "root": certificate(&record.root),
        "issuing": certificate(&record.issuing),
        "type_name": row.type_name,
        "type_oid": row.type_oid,
        "policy_prefix": row.policy_prefix,
        "policies": row.policies,
        "contact": row.contact,
        "revocation": row.revocation,
        "bridge": row.cross_authority,
        "cross_certificate": record.cross.as_ref().map(certificate),
        "identity_profile": has_profile,
    })
}

async fn list(app: &App, out: Out) -> Done {
    for record in &app.trust.snapshot().await.map_err(Failure::no)?.records {
        let row = &record.row;
        let subject = record.issuing.subject().to_string();
        let text = format!("{:20} {:10} {:4} level {} {subject}", row.id, row.status, row.region, row.level);
        let value =
            json!({"id": row.id, "status": row.status, "region": row.region, "level": row.level, "issuing": subject});
        out.say(text, &value);
    }
    Ok(())
}
