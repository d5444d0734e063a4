//! The command line: one file a command.
//!
//! Exit codes: 0 yes or done, 1 no or invalid (with the reason), 2 wrong usage or unreadable input.

mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "pearlbridge", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a certificate, or a batch of them
    Validate(validate::Options),
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Validate(options) => validate::run(&options, now()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is where the time of the day comes in"
)]
fn now() -> pki::Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    pki::Time(since.map_or(0, |since| since.as_secs() as i64))
}
