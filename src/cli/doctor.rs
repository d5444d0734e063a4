//! `pearlbridge doctor`: looks at a set-up from the service's own point of view and says what to do.

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
    ];
    let mut inside = Vec::new();
    let opened = open::block_on(async {
        let app = open::app(settings).await?;
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
        "see the reason; `pearlbridge init` makes a master key",
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
    ]
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
