//! What an operator watches: the figures of `/metrics`, and the log. Nothing here holds a name, a number, a token.

pub mod metrics;
mod process;

pub use metrics::Metrics;

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
