//! What the end-to-end tests share: a demonstration that runs ([`demo`]), a browser without a screen ([`browser`]), a device with a passkey ([`authenticator`]), a
//! client of the provider ([`client`]), a hall that is the snippet of `client add` ([`snippet`]), a second node ([`node`]), certificates of every kind ([`leaf`]), a database server ([`postgres`]).
#![allow(dead_code, reason = "each file of tests is a program of its own and uses a part of this")]

pub(crate) mod authenticator;
pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod demo;
pub(crate) mod leaf;
pub(crate) mod node;
pub(crate) mod postgres;
pub(crate) mod snippet;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pearlbridge::app::App;

/// A directory of this process under the system's temporary one. It is removed soon after the process ends, however it
/// ends: a shell waits for the other end of its pipe. `PEARLBRIDGE_TEST_KEEP` keeps it.
pub(crate) fn temporary_directory(name: &str) -> PathBuf {
    let unique = hex::encode(pearlbridge::rng::bytes::<6>());
    let directory = std::env::temp_dir().join(format!("pearlbridge-{name}-{unique}"));
    std::fs::create_dir(&directory).expect("the temporary directory can be made");
    if std::env::var_os("PEARLBRIDGE_TEST_KEEP").is_none() {
        let script = "cat >/dev/null; sleep 1; rm -rf \"$0\"";
        let mut broom = Command::new("sh");
        broom.args(["-c", script]).arg(&directory).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // The pipe's end is kept open by forgetting it: only the end of the process closes it.
        std::mem::forget(broom.spawn().expect("sh runs"));
    }
    directory
}

/// The URL of a database of one's own: SQLite in `directory`, or one of the tests' PostgreSQL where
/// `PEARLBRIDGE_TEST_DATABASE=postgresql` asks for it.
pub(crate) fn new_database(directory: &Path) -> String {
    asked_for_postgresql().unwrap_or_else(|| format!("sqlite:{}", directory.join("pearlbridge.db").display()))
}

/// A new database in PostgreSQL if the whole run is about that.
pub(crate) fn asked_for_postgresql() -> Option<String> {
    let asked = std::env::var("PEARLBRIDGE_TEST_DATABASE").is_ok_and(|name| name == "postgresql");
    asked.then(postgres::new_database)
}

/// Runs a command to its end. Gives what it wrote on standard output.
///
/// # Panics
/// When it fails, with what it said.
pub(crate) fn run(command: &mut Command) -> Vec<u8> {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// The program under test.
pub(crate) fn pearlbridge() -> Command {
    Command::new(env!("CARGO_BIN_EXE_pearlbridge"))
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Asks again and again until there is an answer, for as long as `seconds`.
pub(crate) fn wait_for<T>(seconds: i64, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let clock = pearlbridge::clock::Clock::System;
    let until = clock.now() + seconds * pearlbridge::clock::SECOND;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(clock.now() < until, "{what}: not after {seconds} seconds");
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
}

/// The details of all events of a kind, oldest first.
pub(crate) async fn events(app: &App, kind: &str) -> Vec<serde_json::Value> {
    let mut connection = app.store.read().await.expect("the database can be read");
    let query = "SELECT detail FROM audit_event WHERE kind = $1 ORDER BY seq";
    let rows: Vec<(String,)> =
        sqlx::query_as(query).bind(kind).fetch_all(&mut *connection).await.expect("the events can be read");
    rows.iter().map(|(detail,)| serde_json::from_str(detail).expect("an event is JSON")).collect()
}
