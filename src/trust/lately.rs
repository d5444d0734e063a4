//! What was asked lately, elsewhere: nobody is asked the same thing twice at a time, nor again within half a minute,
//! whatever came of it. So a certificate that anybody may show is no lever to move its issuer's servers with, and who
//! does not answer at all is waited for once.
//!
//! It is in memory: other processes may ask as well, and after a restart everything may be asked again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use pki::ocsp::CertId;

use crate::clock::{Clock, Micros, SECOND};

/// How long nothing is asked again. New lists and answers come by the hour; a login that failed is tried again sooner.
pub(super) const PAUSE: Micros = 30 * SECOND;

/// At most so much is remembered, in a few hundred bytes each. A partner has a few lists; questions of single
/// certificates are as many as there are people who come within the pause.
const REMEMBERED: usize = 4_096;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// A list, at its address.
    List(String),
    /// The certificate of an issuer, at its address.
    Issuer(String),
    /// The certificate of who has signed a list, at its address.
    Signer(String),
    /// A responder at its address, about a certificate (a CertID's DER).
    Status(String, Box<[u8]>),
    /// A responder that did not answer at all, at its address.
    Silence(String),
}

impl What {
    pub(super) fn status(uri: &str, ask: &CertId) -> Self {
        Self::Status(uri.to_owned(), ask.der().into())
    }
}

/// When something was asked; locked while it is being asked.
type Slot = tokio::sync::Mutex<Option<Micros>>;

#[derive(Debug)]
pub(super) struct Lately {
    clock: Clock,
    slots: Mutex<HashMap<What, Arc<Slot>>>,
}

impl Lately {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, slots: Mutex::default() }
    }

    /// Asks, unless the same was asked within the pause; `None` then. Who comes while it is being asked waits for the
    /// end, and finds in the store what came of it.
    pub(super) async fn once<T>(&self, what: What, ask: impl Future<Output = T>) -> Option<T> {
        let slot = self.slot(what);
        let mut asked = slot.lock().await;
        if self.is_recent(*asked) {
            return None;
        }
        let outcome = ask.await;
        *asked = Some(self.clock.now());
        Some(outcome)
    }

    /// Notes that something was so just now.
    pub(super) fn note(&self, what: What) {
        if let Ok(mut asked) = self.slot(what).try_lock() {
            *asked = Some(self.clock.now());
        }
    }

    /// Whether it was noted within the pause.
    pub(super) fn knows(&self, what: &What) -> bool {
        let slot = self.lock().get(what).cloned();
        slot.is_some_and(|slot| slot.try_lock().is_ok_and(|asked| self.is_recent(*asked)))
    }

    fn slot(&self, what: What) -> Arc<Slot> {
        let mut slots = self.lock();
        if slots.len() >= REMEMBERED {
            // What is locked is being asked.
            slots.retain(|_, slot| slot.try_lock().map_or(true, |asked| self.is_recent(*asked)));
        }
        if slots.len() >= REMEMBERED {
            slots.clear();
        }
        slots.entry(what).or_default().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<What, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A clock that was set back makes nothing be recent for long.
    fn is_recent(&self, asked: Option<Micros>) -> bool {
        asked.is_some_and(|asked| (0..PAUSE).contains(&(self.clock.now() - asked)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lately() -> (Lately, Arc<std::sync::atomic::AtomicI64>) {
        let time = Arc::new(std::sync::atomic::AtomicI64::new(0));
        (Lately::new(Clock::Fixed(time.clone())), time)
    }

    fn list(number: usize) -> What {
        What::List(format!("http://example.org/{number}"))
    }

    #[tokio::test]
    async fn the_same_is_asked_again_after_the_pause() {
        let (lately, time) = lately();
        assert_eq!(lately.once(list(1), async { 1 }).await, Some(1));
        assert_eq!(lately.once(list(2), async { 2 }).await, Some(2));
        time.store(PAUSE - 1, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(lately.once(list(1), async { 3 }).await, None);
        time.store(PAUSE, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(lately.once(list(1), async { 4 }).await, Some(4));
    }

    #[tokio::test]
    async fn who_comes_meanwhile_waits_and_asks_only_if_the_first_gave_up() {
        let (lately, _) = lately();
        let (first, second) =
            tokio::join!(lately.once(list(1), tokio::task::yield_now()), lately.once(list(1), std::future::ready(())),);
        assert_eq!((first, second), (Some(()), None));
        // Whoever asked for the second has gone away before there was an answer.
        let gone = tokio::time::timeout(std::time::Duration::ZERO, lately.once(list(2), std::future::pending::<()>()));
        assert!(gone.await.is_err());
        assert_eq!(lately.once(list(2), async { 5 }).await, Some(5));
    }

    #[tokio::test]
    async fn what_is_remembered_is_bounded() {
        let (lately, _) = lately();
        for number in 0..2 * REMEMBERED {
            lately.note(list(number));
        }
        assert!(lately.lock().len() <= REMEMBERED);
        assert!(lately.knows(&list(2 * REMEMBERED - 1)) && !lately.knows(&list(0)));
    }
}
