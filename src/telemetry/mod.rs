//! What an operator watches: the figures of `/metrics`, and the log. Nothing here holds a name, a number, a token.

pub mod metrics;
mod process;

pub use metrics::Metrics;

use crate::config::LogFormat;

/// Sends the log to standard error: what `RUST_LOG` asks for, warnings and our own news without it.
pub fn start_log(format: LogFormat) {
    use std::io::IsTerminal as _;

    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,pearlbridge=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in the same process (tests) keeps the first.
    let _ = match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}
