//! The figures of `/metrics` (OpenMetrics 1.0): what this process counts as it goes, and what is read when it is asked.
//!
//! Labels come from closed lists (a route's pattern, a grant type, an error's code), so that no visitor can make a series.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::process;
use crate::clock::{Micros, SECOND};

/// Upper bounds of the classes of time that an answer takes, in seconds: from a page that is at hand to a certificate
/// whose evidence has to be fetched.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// A gauge of times and of amounts that are no whole numbers.
type Level = Gauge<f64, AtomicU64>;

/// Labels by name.
type Labels<const N: usize> = [(&'static str, String); N];

/// What this process counts as it goes.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    logins: Family<Labels<2>, Counter>,
    grants: Family<Labels<2>, Counter>,
    jobs: Family<Labels<2>, Counter>,
    jobs_done: Family<Labels<1>, Level>,
    answers: Family<Labels<2>, Counter>,
    durations: Family<Labels<1>, Histogram, fn() -> Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            logins: Family::default(),
            grants: Family::default(),
            jobs: Family::default(),
            jobs_done: Family::default(),
            answers: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let ours = self.registry.sub_registry_with_prefix("pearlbridge");
        ours.register("logins", "Logins by method and outcome", self.logins.clone());
        ours.register("grants", "Requests for tokens by grant type and outcome", self.grants.clone());
        ours.register("jobs", "Runs of background jobs by outcome", self.jobs.clone());
        let help = "When a background job last ended well, on this machine";
        ours.register_with_unit(
            "job_last_success",
            help,
            Unit::Other("timestamp_seconds".into()),
            self.jobs_done.clone(),
        );
        ours.register("http_requests", "Answers by route and status", self.answers.clone());
        let help = "Time to an answer's head, by route";
        ours.register_with_unit("http_request_duration", help, Unit::Seconds, self.durations.clone());
        self
    }

    /// Counts a login by its method (`mtls`, `challenge`, `password`, …), `ok` or the reason's code.
    pub fn login(&self, method: &str, outcome: &str) {
        self.logins.get_or_create(&[("method", method.to_owned()), ("outcome", outcome.to_owned())]).inc();
    }

    /// Counts a request for tokens by a grant type of ours, `ok` or the error's code.
    pub fn grant(&self, grant_type: &str, outcome: &str) {
        self.grants.get_or_create(&[("grant_type", grant_type.to_owned()), ("outcome", outcome.to_owned())]).inc();
    }

    /// Counts a job's run, which ended `at`.
    pub fn job(&self, job: &str, ended_well: bool, at: Micros) {
        let outcome = if ended_well { "ok" } else { "failed" };
        self.jobs.get_or_create(&[("name", job.to_owned()), ("outcome", outcome.to_owned())]).inc();
        if ended_well {
            self.jobs_done.get_or_create(&[("name", job.to_owned())]).set(seconds(at));
        }
    }

    /// Counts an answer, and the time it took.
    pub fn request(&self, route: &str, status: u16, took: Micros) {
        self.answers.get_or_create(&[("route", route.to_owned()), ("status", status.to_string())]).inc();
        self.durations.get_or_create(&[("route", route.to_owned())]).observe(seconds(took));
    }

    /// The text of `/metrics`: what was counted, and `reading`.
    pub fn text(&self, reading: &Reading) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = encode_registry(&mut text, &self.registry);
        let _ = encode_registry(&mut text, &reading.registry());
        let _ = encode_eof(&mut text);
        text
    }
}

/// What is read from the rooms when somebody asks.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Whether all that `/readyz` asks for is there.
    pub ready: bool,
    /// Records of the trust list by status.
    pub trust_records: Vec<(String, i64)>,
    /// When each list of revocations of our own runs out.
    pub crl_expiry: Vec<(String, Micros)>,
    /// Logouts that a client has not taken yet.
    pub logouts_waiting: Option<i64>,
    /// Connections to the database: in use, idle.
    pub connections: (i64, i64),
    /// Outbound requests by outcome.
    pub fetches: Vec<(&'static str, u64)>,
}

impl Reading {
    fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        let ours = registry.sub_registry_with_prefix("pearlbridge");
        ours.register("ready", "1 when /readyz says so", whole(i64::from(self.ready)));
        ours.register("build", "The program", family("version", &[(env!("CARGO_PKG_VERSION").to_owned(), 1)]));
        ours.register("trust_records", "Records of the trust list by status", family("status", &self.trust_records));
        let expiry = Family::<Labels<1>, Level>::default();
        for (authority, until) in &self.crl_expiry {
            expiry.get_or_create(&[("authority", authority.clone())]).set(seconds(*until));
        }
        let unit = Unit::Other("timestamp_seconds".into());
        ours.register_with_unit("crl_expiry", "When an authority's list of revocations runs out", unit, expiry);
        if let Some(waiting) = self.logouts_waiting {
            ours.register("logouts_waiting", "Logouts that a client has not taken yet", whole(waiting));
        }
        let (used, idle) = self.connections;
        let connections = family("state", &[("used".to_owned(), used), ("idle".to_owned(), idle)]);
        ours.register("database_connections", "Connections to the database", connections);
        let fetches = Family::<Labels<1>, Counter>::default();
        for (outcome, count) in &self.fetches {
            fetches.get_or_create(&[("outcome", (*outcome).to_owned())]).inc_by(*count);
        }
        ours.register("fetches", "Outbound requests by outcome", fetches);
        process::register(&mut registry);
        registry
    }
}

fn whole(value: i64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(value);
    gauge
}

fn family(label: &'static str, values: &[(String, i64)]) -> Family<Labels<1>, Gauge> {
    let family = Family::<Labels<1>, Gauge>::default();
    for (name, value) in values {
        family.get_or_create(&[(label, name.clone())]).set(*value);
    }
    family
}

/// Exact to the microsecond for two centuries to come: 2^53.
fn seconds(micros: Micros) -> f64 {
    micros as f64 / SECOND as f64
}
