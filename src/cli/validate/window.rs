//! The lines that are under way: a window of bounded size between the one who reads, those who judge, and what is
//! written, in the order in which it was read.
//!
//! There is no writer of its own: who finishes the oldest line writes it, and whatever is ready behind it. What is
//! written is flushed as soon as nothing is under way, so that who sends a line and waits for its answer gets it.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::lines::Line;

/// Octets of lines under way, beyond the first of them.
const OCTETS: usize = 64 << 20;

/// The window, and where its results go.
pub(super) struct Window<W> {
    /// Lines under way at most.
    size: usize,
    state: Mutex<State>,
    /// There is room for a line, or no more need.
    room: Condvar,
    /// There is a line to judge, or none will come.
    work: Condvar,
    output: Mutex<W>,
}

struct State {
    /// The lines that are not written yet, the oldest first.
    slots: VecDeque<Slot>,
    /// How many lines were written.
    written: u64,
    /// How many of the slots were given out.
    taken: usize,
    octets: usize,
    ended: bool,
    /// Whether somebody writes now.
    writing: bool,
    failure: Option<io::Error>,
}

struct Slot {
    line: Option<Line>,
    octets: usize,
    result: Option<String>,
}

impl<W: Write> Window<W> {
    pub(super) fn new(size: usize, output: W) -> Self {
        let state = State {
            slots: VecDeque::new(),
            written: 0,
            taken: 0,
            octets: 0,
            ended: false,
            writing: false,
            failure: None,
        };
        let (room, work) = (Condvar::new(), Condvar::new());
        Self { size, state: Mutex::new(state), room, work, output: Mutex::new(output) }
    }

    /// Brings a line in when there is room for it. `false` when nobody wants results any more.
    pub(super) fn put(&self, line: Line) -> bool {
        let octets = line.len();
        let full = |state: &mut State| {
            let too_many = state.slots.len() >= self.size || state.octets + octets > OCTETS;
            state.failure.is_none() && too_many && !state.slots.is_empty()
        };
        let mut state = self.room.wait_while(self.state(), full).unwrap_or_else(PoisonError::into_inner);
        state.octets += octets;
        state.slots.push_back(Slot { line: Some(line), octets, result: None });
        self.work.notify_one();
        state.failure.is_none()
    }

    /// No line will come any more.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.work.notify_all();
    }

    /// The next line to judge, with its number; `None` when there will be none.
    pub(super) fn take(&self) -> Option<(u64, Line)> {
        let idle = |state: &mut State| state.taken == state.slots.len() && !state.ended;
        let mut state = self.work.wait_while(self.state(), idle).unwrap_or_else(PoisonError::into_inner);
        let at = state.taken;
        let line = state.slots.get_mut(at)?.line.take()?;
        state.taken += 1;
        Some((state.written + at as u64, line))
    }

    /// Hands in the result of a line, and writes what is ready unless somebody does so already.
    pub(super) fn finish(&self, number: u64, result: String) {
        let mut state = self.state();
        let at = (number - state.written) as usize;
        if let Some(slot) = state.slots.get_mut(at) {
            slot.result = Some(result);
        }
        if std::mem::replace(&mut state.writing, true) {
            return;
        }
        loop {
            let ready = state.take_ready();
            if ready.is_empty() {
                state.writing = false;
                return;
            }
            let idle = state.slots.is_empty();
            drop(state);
            self.room.notify_one();
            let written = self.write(&ready, idle);
            state = self.state();
            if let (Err(why), None) = (written, &state.failure) {
                state.failure = Some(why);
                self.room.notify_one();
            }
        }
    }

    fn write(&self, results: &[String], flush: bool) -> io::Result<()> {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        results.iter().try_for_each(|result| writeln!(output, "{result}"))?;
        if flush { output.flush() } else { Ok(()) }
    }

    /// How many lines were written.
    pub(super) fn written(&self) -> u64 {
        self.state().written
    }

    /// The end: why results could not be written, if they could not.
    pub(super) fn close(self) -> io::Result<()> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.failure.map_or(Ok(()), Err)?;
        self.output.into_inner().unwrap_or_else(PoisonError::into_inner).flush()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic is done under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The results at the front.
    fn take_ready(&mut self) -> Vec<String> {
        let mut ready = Vec::new();
        while let Some(result) = self.slots.front_mut().and_then(|slot| slot.result.take()) {
            if let Some(slot) = self.slots.pop_front() {
                self.octets -= slot.octets;
            }
            (self.taken, self.written) = (self.taken - 1, self.written + 1);
            ready.push(result);
        }
        ready
    }
}
