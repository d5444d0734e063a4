//! `pearlbridge person …`: accounts from a terminal. No document's number is shown but masked.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Done, Failure, Out, open};
use crate::app::App;
use crate::audit::Actor;
use crate::clock::{Micros, SECOND};
use crate::oidc::claims::display_name;
use crate::store;
use crate::store::person::Person;

/// So many are read at once.
const PAGE: i64 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the accounts
    List,
    /// Show an account: its documents, certificates and sessions
    Show {
        /// Account
        id: String,
    },
    /// End all sessions of an account; the halls hear of it
    EndSessions {
        /// Account
        id: String,
    },
}

pub(super) async fn run(config: Option<PathBuf>, command: Command, out: Out) -> Done {
    let app = open::app(open::settings(config.as_deref())?).await?;
    let done = match command {
        Command::List => list(&app, out).await,
        Command::Show { id } => show(&app, &id, out).await,
        Command::EndSessions { id } => end_sessions(&app, &id, out).await,
    };
    app.store.close().await;
    done
}

async fn list(app: &App, out: Out) -> Done {
    let mut after = String::new();
    loop {
        let mut connection = app.store.read().await.map_err(Failure::no)?;
        let people = store::person::after(&mut connection, &after, PAGE).await.map_err(Failure::no)?;
        drop(connection);
        let Some(last) = people.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for person in &people {
            let name = display_name(person);
            out.say(
                format!("{:24} {:8} {:4} level {} {name}", person.id, person.kind, person.region, person.level),
                &account(person),
            );
        }
    }
}

async fn show(app: &App, id: &str, out: Out) -> Done {
    let person = find(app, id).await?;
    let overview = app.identity.overview(&person).await.map_err(Failure::no)?;
    let documents =
        overview.documents.iter().map(|document| json!({"kind": document.kind, "number": document.number_masked}));
    let certificates = overview.certificates.iter().map(|certificate| {
        let (at, until) = (time(certificate.linked_at), time(certificate.not_after));
        json!({"ca": certificate.ca, "level": certificate.level, "not_after": until, "linked_at": at, "linked_how": certificate.linked_how})
    });
    let sessions = overview.sessions.iter().map(|session| {
        json!({"id": session.id, "method": session.method, "level": session.level, "used_at": time(session.used_at), "address": session.address})
    });
    let mut value = account(&person);
    value["documents"] = documents.collect();
    value["certificates"] = certificates.collect();
    value["sessions"] = sessions.collect();
    value["username"] = json!(overview.password.map(|(username, _)| username));
    let lines = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let text: Vec<String> = lines.map(|(name, value)| format!("{name:14} {value}")).collect();
    out.say(text.join("\n"), &value);
    Ok(())
}

async fn end_sessions(app: &App, id: &str, out: Out) -> Done {
    let person = find(app, id).await?;
    let sessions = app.identity.overview(&person).await.map_err(Failure::no)?.sessions;
    let mut ended = 0;
    for session in sessions {
        let done = app.provider.end_session(&session.id, id, "ended_by_operator", &Actor::Operator, "").await;
        ended += usize::from(done.map_err(Failure::no)?);
    }
    out.say(format!("{ended} session(s) ended"), &json!({"person": id, "sessions_ended": ended}));
    Ok(())
}

async fn find(app: &App, id: &str) -> Result<Person, Failure> {
    let mut connection = app.store.read().await.map_err(Failure::no)?;
    let found = store::person::find(&mut connection, id).await.map_err(Failure::no)?;
    found.ok_or_else(|| Failure::No(format!("no account {id}")))
}

fn account(person: &Person) -> Value {
    json!({
        "id": person.id,
        "kind": person.kind,
        "region": person.region,
        "names": person.names,
        "level": person.level,
        "verified_how": person.verified_how,
        "created_at": time(person.created_at),
    })
}

fn time(micros: Micros) -> String {
    pki::Time(micros.div_euclid(SECOND)).to_string()
}
