//! `pearlbridge doctor`: looks at a set-up from the service's own point of view and says what to do. It looks and changes
//! nothing: a database that is not there is not made, one of an older program not brought up to date.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::{Failure, open};
use crate::app::{self, App};
use crate::clock::Clock;
use crate::config::Settings;
use crate::store;

/// One check: what was looked at, and what is wrong with it and how to mend it.
struct Check {
    name: &'static str,
    problem: Option<(String, &'static str)>,
}

impl Check {
    fn of(name: &'static str, result: Result<(), String>, cure: &'static str) -> Self {
        Self { name, problem: result.err().map(|why| (why, cure)) }
    }
}

pub(super) fn run(config: Option<&Path>, json: bool) -> ExitCode {
    let checks = match open::settings(config) {
        Ok(settings) => examine(settings),
        Err(Failure::No(why) | Failure::Unreadable(why)) => {
            vec![Check::of("settings", Err(why), "correct the field that is named; config/default.toml documents each")]
        }
    };
    print(&checks, json);
    if checks.iter().all(|check| check.problem.is_none()) { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn print(checks: &[Check], as_json: bool) {
    if as_json {
        let list = checks.iter().map(|check| {
            let (why, cure) = check.problem.as_ref().map(|(why, cure)| (why.as_str(), *cure)).unzip();
            json!({"check": check.name, "ok": check.problem.is_none(), "problem": why, "cure": cure})
        });
        return println!("{}", serde_json::Value::from_iter(list));
    }
    for check in checks {
        match &check.problem {
            None => println!("ok    {}", check.name),
            Some((why, cure)) => println!("FAIL  {}: {why}\n      → {cure}", check.name),
        }
    }
}

fn examine(settings: Settings) -> Vec<Check> {
    let server = &settings.server;
    let tls = crate::web::listen::server_config(&server.tls_certificate, &server.tls_key, false).map(drop);
    let roots = app::certificates_in(&settings.fetch.tls_roots).map(drop).map_err(|error| error.to_string());
    let clock = if Clock::System.now_seconds().year() >= 2025 {
        Ok(())
    } else {
        Err("the clock stands before 2025".to_owned())
    };
    let mut checks = vec![
        Check::of("settings", Ok(()), ""),
        Check::of("clock", clock, "set the clock: certificates are judged by it"),
        Check::of(
            "TLS certificate and key",
            tls,
            "set server.tls_certificate and server.tls_key to files that belong together",
        ),
        Check::of("TLS roots for fetching", roots, "install ca-certificates, or set fetch.tls_roots"),
        Check::of("private files are private", private_files(&settings), "chmod 600 the files that are named"),
    ];
    let mut inside = Vec::new();
    let opened = open::block_on(async {
        let app = open::existing_app(settings).await?;
        inside = examine_inside(&app).await;
        app.store.close().await;
        Ok(())
    });
    let opened = opened.map_err(|failure| match failure {
        Failure::No(why) | Failure::Unreadable(why) => why,
    });
    checks.push(Check::of(
        "database, master key, profiles",
        opened,
        "see the reason; `pearlbridge init` makes master key and database, `pearlbridge migrate` brings it up to date",
    ));
    checks.extend(inside);
    checks
}

async fn examine_inside(app: &App) -> Vec<Check> {
    let trust = match app.trust.snapshot().await {
        Ok(snapshot) => match snapshot.problems(app.clock.now()) {
            problems if problems.is_empty() => Ok(()),
            problems => Err(problems.join("; ")),
        },
        Err(error) => Err(error.to_string()),
    };
    vec![
        Check::of(
            "sealed keys open with the master key",
            open_a_key(app).await,
            "restore the master key that sealed them",
        ),
        Check::of("trust anchors and lists", trust, "run `pearlbridge init` with a ceremony, or `pearlbridge ca crl`"),
        Check::of(
            "certificate profiles have their authorities",
            profile_issuers(app).await,
            "name an authority of the ceremony in the profile, or take the profile away",
        ),
        Check::of(
            "recognised partners are certified and readable",
            partners(app).await,
            "write the identity profile that is named; `pearlbridge trust status RECORD granted` certifies again",
        ),
    ]
}

/// The master key and the database are the owner's alone; the TLS key may be a group's.
fn private_files(settings: &Settings) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let database = settings.database.url.strip_prefix("sqlite:").map(Path::new);
    let files = [(Some(settings.custody.master_key_file.as_path()), 0o077), (database, 0o077)];
    let files = files.into_iter().chain([(Some(settings.server.tls_key.as_path()), 0o007)]);
    let open = files.filter_map(|(path, forbidden)| {
        let path = path?;
        let mode = std::fs::metadata(path).ok()?.permissions().mode();
        (mode & forbidden != 0).then(|| format!("{} has mode {:o}", path.display(), mode & 0o777))
    });
    told(open.collect())
}

fn told(problems: Vec<String>) -> Result<(), String> {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
}

/// Without its authority a profile is offered to people and fails.
async fn profile_issuers(app: &App) -> Result<(), String> {
    let snapshot = app.trust.snapshot().await.map_err(|error| error.to_string())?;
    let is_issuing = |id: &str| snapshot.authorities.iter().any(|(row, _)| row.id == id && row.role == "issuing");
    let named = app.profiles.iter().flat_map(|profile| [(profile, &profile.issuer), (profile, &profile.issuer_sm2)]);
    let missing = named.filter(|(_, issuer)| !is_issuing(issuer));
    told(missing.map(|(profile, issuer)| format!("profile {}: no issuing authority {issuer}", profile.id)).collect())
}

/// A record that is granted needs a certificate of the bridge, an authority in force, and an identity profile.
async fn partners(app: &App) -> Result<(), String> {
    let snapshot = app.trust.snapshot().await.map_err(|error| error.to_string())?;
    let now = app.clock.now_seconds();
    let mut problems = Vec::new();
    for record in snapshot.records.iter().filter(|record| record.row.status == "granted") {
        let id = &record.row.id;
        if !app.identity.has_profile(id) {
            let file = app.settings.authority.identity_profiles.join(format!("{id}.toml"));
            problems.push(format!("record {id}: no identity profile {}", file.display()));
        }
        if record.issuing.not_after() <= now {
            problems.push(format!("record {id}: its authority ran out at {}", record.issuing.not_after()));
        } else if record.cross.as_ref().is_none_or(|cross| cross.not_after() <= now) {
            problems.push(format!("record {id}: the bridge has not certified it"));
        }
    }
    told(problems)
}

async fn open_a_key(app: &App) -> Result<(), String> {
    let mut connection = app.store.read().await.map_err(|error| error.to_string())?;
    let known = store::sealed_key::any(&mut connection).await.map_err(|error| error.to_string())?;
    drop(connection);
    match known {
        None => Ok(()),
        Some(id) => app.custody.signer(&app.store, &id).await.map(drop).map_err(|error| error.to_string()),
    }
}
