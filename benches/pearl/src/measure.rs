//! Two closures in turn, medians of their rates. Time is the processor's, so that others on the machine do not count;
//! for a program with processes and threads of its own it is that of the clock on the wall.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// How long a side works before it is the other's turn: short, so that both have the same weather.
const ROUND: Duration = Duration::from_millis(5);
/// How long a row is measured, and how often each side works at least, where one piece of work takes long.
const ROW: Duration = Duration::from_secs(3);
const ROUNDS: usize = 7;

/// One row.
pub(crate) struct Result {
    name: String,
    ours: f64,
    peer: f64,
    peer_name: &'static str,
    goal: f64,
    more: Vec<(&'static str, f64)>,
}

/// Measures `ours` against `peer`, each a piece of work that is done once a call.
pub(crate) fn compare(ours: impl FnMut(), peer_name: &'static str, peer: impl FnMut(), goal: f64) -> Result {
    compare_by(processor, ours, peer_name, peer, goal)
}

/// The same by the clock on the wall.
pub(crate) fn compare_on_wall(ours: impl FnMut(), peer_name: &'static str, peer: impl FnMut(), goal: f64) -> Result {
    compare_by(wall, ours, peer_name, peer, goal)
}

fn compare_by<E: Fn() -> Duration>(
    start: impl Fn() -> E,
    mut ours: impl FnMut(),
    peer_name: &'static str,
    mut peer: impl FnMut(),
    goal: f64,
) -> Result {
    let (mut rates, row) = ((Vec::new(), Vec::new()), start());
    while rates.0.len() < ROUNDS || row() < ROW {
        rates.0.push(rate(start(), &mut ours));
        rates.1.push(rate(start(), &mut peer));
    }
    Result::of_rates(rates.0, peer_name, rates.1, goal)
}

/// Measures `ours` against what the budget allows: the time of `work`, and `allowance` more.
pub(crate) fn within(ours: impl FnMut(), budget: &'static str, work: impl FnMut(), allowance: Duration) -> Result {
    let mut result = compare(ours, budget, work, 1.0);
    result.peer = 1.0 / (1.0 / result.peer + allowance.as_secs_f64());
    result
}

/// Measures the slowest of several works against the time that each of them is allowed.
pub(crate) fn slowest(works: &mut [Box<dyn FnMut()>], budget: &'static str, allowance: Duration) -> Result {
    let rates = works.iter_mut().map(|work| median((0..ROUNDS).map(|_| rate(processor(), work)).collect()));
    let ours = rates.fold(f64::INFINITY, f64::min);
    Result::of_rates([ours], budget, [1.0 / allowance.as_secs_f64()], 1.0)
}

/// How much time this process has taken since.
fn processor() -> impl Fn() -> Duration {
    let begin = ProcessTime::now();
    move || begin.elapsed()
}

/// How much time has gone by since.
fn wall() -> impl Fn() -> Duration {
    let begin = Instant::now();
    move || begin.elapsed()
}

/// How often a second the work is done, by the time that `elapsed` since now.
fn rate(elapsed: impl Fn() -> Duration, work: &mut impl FnMut()) -> f64 {
    let mut done = 0u32;
    while elapsed() < ROUND {
        work();
        done += 1;
    }
    f64::from(done) / elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

impl Result {
    /// The medians of rates, a second each.
    pub(crate) fn of_rates(
        ours: impl IntoIterator<Item = f64>,
        peer_name: &'static str,
        peer: impl IntoIterator<Item = f64>,
        goal: f64,
    ) -> Self {
        let (ours, peer) = (median(ours.into_iter().collect()), median(peer.into_iter().collect()));
        Self { name: String::new(), ours, peer, peer_name, goal, more: Vec::new() }
    }

    /// Adds something that was measured beside it.
    pub(crate) fn with(mut self, name: &'static str, value: f64) -> Self {
        self.more.push((name, (value * 10.0).round() / 10.0));
        self
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    /// Counts each call as `pieces` of work.
    pub(crate) fn times(mut self, pieces: usize) -> Self {
        self.ours *= pieces as f64;
        self.peer *= pieces as f64;
        self
    }

    fn ratio(&self) -> f64 {
        self.ours / self.peer
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        let mut row = serde_json::json!({
            "name": self.name,
            "unit": "1/s",
            "ours": self.ours.round(),
            "peer": self.peer.round(),
            "peer_name": self.peer_name,
            "ratio": (self.ratio() * 100.0).round() / 100.0,
            "goal": self.goal,
            "met": self.ratio() >= self.goal,
            "machine": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        });
        let more = self.more.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        row.as_object_mut().expect("a row is an object").extend(more);
        row
    }
}

impl std::fmt::Display for Result {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let met = if self.ratio() >= self.goal { "met" } else { "not met" };
        write!(
            f,
            "{:18} {:>10.0}/s  {:>10.0}/s  {:28} ratio {:>5.2}  goal {:>5.2}  {met}",
            self.name,
            self.ours,
            self.peer,
            self.peer_name,
            self.ratio(),
            self.goal
        )?;
        self.more.iter().try_for_each(|(name, value)| write!(f, "\n{:20}{name} {value}", ""))
    }
}
