//! How far a batch has come, on a terminal alone: a line of standard error that is written over and over.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How often it is written.
const TICK: Duration = Duration::from_millis(250);

/// What is counted, and when it ends.
pub(super) struct Progress {
    /// Octets of the input, where it is a file.
    whole: Option<u64>,
    read: AtomicU64,
    ended: Mutex<bool>,
    changed: Condvar,
}

impl Progress {
    /// Of standard input to standard output. `None` in a pipe, and where the results themselves show on the terminal.
    pub(super) fn on_terminal() -> Option<Self> {
        let shown = io::stderr().is_terminal() && !io::stdout().is_terminal();
        shown.then(|| Self {
            whole: length_of_stdin(),
            read: AtomicU64::new(0),
            ended: Mutex::new(false),
            changed: Condvar::new(),
        })
    }

    pub(super) fn read(&self, octets: u64) {
        self.read.fetch_add(octets, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Writes the line until the end comes, then wipes it.
    pub(super) fn show(&self, lines: impl Fn() -> u64) {
        let (mut ended, mut before) = (self.ended.lock().unwrap_or_else(PoisonError::into_inner), 0);
        while !*ended {
            (ended, _) = self.changed.wait_timeout(ended, TICK).unwrap_or_else(PoisonError::into_inner);
            let now = lines();
            let share = self.whole.map(|whole| self.read.load(Ordering::Relaxed) * 100 / whole.max(1));
            write(&describe(now, now - before, share));
            before = now;
        }
        write("");
    }
}

/// A terminal that is gone is nobody's loss.
fn write(text: &str) {
    let _ = write!(io::stderr(), "\r\x1b[K{text}");
    let _ = io::stderr().flush();
}

fn describe(lines: u64, in_a_tick: u64, share: Option<u64>) -> String {
    let rate = in_a_tick * (1000 / TICK.as_millis() as u64);
    let share = share.map_or_else(String::new, |share| format!("{share} %, "));
    format!("{share}{} lines, {} a second", grouped(lines), grouped(rate))
}

/// 1234567 is 1 234 567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

fn length_of_stdin() -> Option<u64> {
    let input = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    input.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_in_lines_and_where_it_is_known_in_percent() {
        assert_eq!(describe(1_234_567, 2500, Some(40)), "40 %, 1 234 567 lines, 10 000 a second");
        assert_eq!(describe(7, 0, None), "7 lines, 0 a second");
    }
}
