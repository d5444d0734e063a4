//! `pearlbridge validate`: one certificate from files, or a batch of cases from standard input.

mod batch;
mod lines;
mod options;
mod progress;
mod report;
mod window;

use std::io::{self, Write};
use std::process::ExitCode;

pub(crate) use options::Options;

use pki::Time;

use crate::trust::validation::{Outcome, Unreadable};

const VALID: u8 = 0;
const INVALID: u8 = 1;
const UNREADABLE: u8 = 2;

/// Runs the command and answers in words or in JSON; `now` is the time of validation where none is given.
pub(crate) fn run(options: &Options, json: bool, now: Time) -> ExitCode {
    let done = if options.batch { run_batch(now) } else { run_one(options, json, now) };
    ExitCode::from(done.unwrap_or_else(|why| {
        complain(why, json && !options.batch);
        UNREADABLE
    }))
}

/// A program that reads JSON reads it here too. Nothing is left to be done if even this cannot be written.
fn complain(message: String, json: bool) {
    let _ = match json {
        // RFC 7468 §2 and §5.1: what a file of certificates is.
        true => {
            let outcome = Outcome::unreadable(&Unreadable { message, rfc: "RFC 7468 §2" });
            writeln!(io::stdout(), "{}", outcome.to_json())
        }
        false => writeln!(io::stderr(), "pearlbridge validate: {message}"),
    };
}

fn run_batch(now: Time) -> Result<u8, String> {
    let output = io::BufWriter::new(io::stdout());
    batch::run(io::BufReader::with_capacity(BUFFER, io::stdin()), output, now)
        .map(|()| VALID)
        .map_err(|why| why.to_string())
}

/// Octets that are read at once.
const BUFFER: usize = 256 << 10;

fn run_one(options: &Options, json: bool, now: Time) -> Result<u8, String> {
    let question = options.read_question(now)?;
    let answer = question.judge(None);
    let outcome = Outcome::of(&question, &answer);
    let text = if json { outcome.to_json() } else { report::of(&question, &answer, options.detail()) };
    match writeln!(io::stdout(), "{text}") {
        Err(why) if why.kind() != io::ErrorKind::BrokenPipe => return Err(why.to_string()),
        _ => {}
    }
    Ok(if outcome.valid { VALID } else { INVALID })
}
