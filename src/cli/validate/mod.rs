//! `pearlbridge validate`: one certificate from files, or a batch of cases from standard input.

mod batch;
mod case;
mod evidence;
mod options;
mod outcome;

use std::io::{self, Write};
use std::process::ExitCode;

pub(crate) use options::Options;

use pki::Time;

const VALID: u8 = 0;
const INVALID: u8 = 1;
const UNREADABLE: u8 = 2;

/// Runs the command and answers in words or in JSON; `now` is the time of validation where none is given.
pub(crate) fn run(options: &Options, json: bool, now: Time) -> ExitCode {
    let done = if options.batch { run_batch(now) } else { run_one(options, json, now) };
    ExitCode::from(done.unwrap_or_else(|why| {
        // Nothing is left to be done if even this cannot be written.
        let _ = writeln!(io::stderr(), "pearlbridge validate: {why}");
        UNREADABLE
    }))
}

fn run_batch(now: Time) -> Result<u8, String> {
    let (input, output) = (io::stdin().lock(), io::BufWriter::new(io::stdout().lock()));
    batch::run(input, output, now).map(|()| VALID).map_err(|why| why.to_string())
}

fn run_one(options: &Options, json: bool, now: Time) -> Result<u8, String> {
    let outcome = options.read_question(now)?.judge();
    let text = if json { outcome.to_json() } else { outcome.to_string() };
    writeln!(io::stdout(), "{text}").map_err(|why| why.to_string())?;
    Ok(if outcome.valid { VALID } else { INVALID })
}
