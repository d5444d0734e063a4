//! The only place that may ask the system for the time. Everything else is handed a [`Clock`].

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Microseconds since 1970-01-01T00:00:00Z, the unit of every time in the database.
pub type Micros = i64;

/// One second, in [`Micros`].
pub const SECOND: Micros = 1_000_000;
/// One minute, in [`Micros`].
pub const MINUTE: Micros = 60 * SECOND;
/// One hour, in [`Micros`].
pub const HOUR: Micros = 60 * MINUTE;
/// One day, in [`Micros`].
pub const DAY: Micros = 24 * HOUR;

/// Where the time comes from: the system, or a test that moves it by hand.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's own clock.
    #[default]
    System,
    /// A clock that stands still until a test moves it.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `micros`.
    pub fn fixed(micros: Micros) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(micros)))
    }

    /// Now, in microseconds.
    pub fn now(&self) -> Micros {
        match self {
            Self::System => system_micros(),
            Self::Fixed(at) => at.load(Ordering::Relaxed),
        }
    }

    /// Now, in the engine's whole seconds.
    pub fn now_seconds(&self) -> pki::Time {
        pki::Time(self.now().div_euclid(SECOND))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that the rule sends everyone to")]
fn system_micros() -> Micros {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)
}
