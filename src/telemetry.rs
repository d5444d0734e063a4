//! What an operator watches: counters for `/metrics`, and the log's set-up. Nothing here holds a name, a number, a token.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// Labels of a login.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct LoginLabels {
    /// `mtls`, `challenge`, `password`.
    pub method: String,
    /// `ok`, or the reason's code.
    pub outcome: String,
}

/// Labels of an answer.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RequestLabels {
    /// The route's pattern, never the path itself.
    pub route: String,
    /// Status.
    pub status: u16,
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    logins: Family<LoginLabels, Counter>,
    requests: Family<RequestLabels, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("pearlbridge");
        let (logins, requests) = (Family::default(), Family::default());
        registry.register("logins", "Logins by method and outcome", Family::clone(&logins));
        registry.register("http_requests", "Answers by route and status", Family::clone(&requests));
        Self { registry, logins, requests }
    }
}

impl Metrics {
    /// Counts a login.
    pub fn login(&self, method: &str, outcome: &str) {
        self.logins.get_or_create(&LoginLabels { method: method.to_owned(), outcome: outcome.to_owned() }).inc();
    }

    /// Counts an answer.
    pub fn request(&self, route: &str, status: u16) {
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), status }).inc();
    }

    /// The text of `/metrics`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Sends the log to standard error: what `RUST_LOG` asks for, warnings and our own news without it.
pub fn start_log() {
    use std::io::IsTerminal as _;

    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,pearlbridge=info"));
    // A second start in the same process (tests) keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
}
