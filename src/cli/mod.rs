//! The command line: one file a command.
//!
//! Exit codes: 0 yes or done, 1 no or invalid (with the reason), 2 wrong usage or unreadable input.

mod audit;
mod ca;
mod client;
mod completions;
mod demo;
mod doctor;
mod init;
mod migrate;
mod open;
mod person;
mod request;
mod serve;
mod sign_challenge;
mod signing_key;
mod trust;
mod validate;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::clock::Clock;

/// Identity and cross-certification authority of the online service hall.
#[derive(Debug, Parser)]
#[command(name = "pearlbridge", version, about)]
struct Arguments {
    /// Settings file [default: pearlbridge.toml, else that of the demonstration in $PEARLBRIDGE_DATA or data/demo]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Machine-readable output
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a demonstration province on first use, and serve it on loopback
    Demo(demo::Options),
    /// Serve
    Serve,
    /// Run a key ceremony
    Init(init::Options),
    /// Bring the database up to date
    Migrate,
    /// Check a set-up and say what to do
    Doctor,
    /// Judge a certificate, or a batch of them
    Validate(Box<validate::Options>),
    /// The authorities: revoke a certificate, publish lists
    #[command(subcommand)]
    Ca(ca::Command),
    /// The trust list: show it, change a record's status
    #[command(subcommand)]
    Trust(trust::Command),
    /// The clients: register a window or a hall, change it, disable it
    #[command(subcommand)]
    Client(Box<client::Command>),
    /// The accounts: show them, end their sessions
    #[command(subcommand)]
    Person(person::Command),
    /// The keys that sign tokens: list, rotate, take one away
    #[command(subcommand)]
    SigningKey(signing_key::Command),
    /// What happened
    #[command(subcommand)]
    Audit(audit::Command),
    /// Print the completions for a shell
    Completions(completions::Options),
    /// Make a key and a certificate request; the key stays with you
    Request(request::Options),
    /// Sign a login challenge with a key of your own
    SignChallenge(sign_challenge::Options),
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let Arguments { config, json, command } = Arguments::parse();
    let out = Out { json };
    let done = match command {
        Command::Validate(options) => return validate::run(&options, json, Clock::System.now_seconds()),
        Command::Request(options) => request::run(&options, out),
        Command::SignChallenge(options) => sign_challenge::run(&options, out),
        Command::Doctor => return doctor::run(config.as_deref(), json),
        Command::Demo(options) => open::block_on(demo::run(options)),
        Command::Serve => open::block_on(serve::run(config)),
        Command::Init(options) => open::block_on(init::run(config, options, out)),
        Command::Migrate => open::block_on(migrate::run(config, out)),
        Command::Ca(command) => open::block_on(ca::run(config, command, out)),
        Command::Client(command) => open::block_on(client::run(config, *command, out)),
        Command::Person(command) => open::block_on(person::run(config, command, out)),
        Command::SigningKey(command) => open::block_on(signing_key::run(config, command, out)),
        Command::Audit(command) => open::block_on(audit::run(config, command)),
        Command::Completions(options) => completions::run(&options),
        Command::Trust(command) => open::block_on(trust::run(config, command, out)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}

/// Where a command says what it did: in words, or as one JSON value a line.
#[derive(Clone, Copy, Debug)]
struct Out {
    json: bool,
}

impl Out {
    fn say(self, text: impl std::fmt::Display, value: &serde_json::Value) {
        // Whoever reads may have had enough: `… | head -1`.
        let mut stdout = std::io::stdout();
        let _ = if self.json { writeln!(stdout, "{value}") } else { writeln!(stdout, "{text}") };
    }
}

/// Why a command did not do as asked.
#[derive(Debug)]
enum Failure {
    /// Exit code 1: no, and why.
    No(String),
    /// Exit code 2: the input cannot be read.
    Unreadable(String),
}

impl Failure {
    #[expect(clippy::print_stderr, reason = "the command line speaks to its user there")]
    fn report(self, json: bool) -> ExitCode {
        let (text, code) = match self {
            Self::No(text) => (text, 1),
            Self::Unreadable(text) => (text, 2),
        };
        if json {
            println!("{}", serde_json::json!({"error": text}));
        } else {
            eprintln!("pearlbridge: {text}");
        }
        ExitCode::from(code)
    }

    fn no(error: impl std::fmt::Display) -> Self {
        Self::No(error.to_string())
    }

    fn unreadable(path: &std::path::Path, error: impl std::fmt::Display) -> Self {
        Self::Unreadable(format!("{}: {error}", path.display()))
    }
}

type Done = Result<(), Failure>;
