//! What rests on a certificate ends when its authority's list says that it is revoked, whichever authority's it is: sessions
//! that it opened, passkeys that such a session added, mandates that such a session gave. Looked at whenever something of
//! trust has changed, so that a list counts as soon as it is here.

use std::sync::atomic::{AtomicI64, Ordering};

use pki::{Name, Serial};

use super::{Identity, Result};
use crate::store;
use crate::store::shown_certificate::Resting;
use crate::trust::Snapshot;

/// At which states of trust what is live was looked at.
#[derive(Debug)]
pub(super) struct Looked {
    last: AtomicI64,
    twice: AtomicI64,
}

impl Default for Looked {
    fn default() -> Self {
        Self { last: AtomicI64::new(-1), twice: AtomicI64::new(-1) }
    }
}

/// What rests on certificates that count no longer.
#[derive(Debug)]
pub struct Revoked {
    /// The state of trust that says so.
    revision: i64,
    /// Live sessions whose certificate is on a list.
    pub sessions: Vec<Resting>,
    /// Mandates whose certificate is on a list, or whose authority is no longer granted.
    pub mandates: Vec<Resting>,
}

impl Identity {
    /// What rests on a certificate that is on a list by now. None where nothing of trust has changed since it was looked at
    /// twice: what was judged by the state before may have been written after the first time.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoked(&self) -> Result<Option<Revoked>> {
        let snapshot = self.trust.snapshot().await?;
        if self.looked.twice.load(Ordering::Relaxed) == snapshot.revision {
            return Ok(None);
        }
        let now = self.clock.now();
        let mut connection = self.store.read().await?;
        let sessions = store::session::by_certificate(&mut connection, now).await?;
        let mandates = store::mandate::by_certificate(&mut connection, now).await?;
        drop(connection);
        let revoked = |resting: &Resting| is_revoked(&snapshot, &resting.ca, &resting.serial);
        let over = |resting: &Resting| revoked(resting) || is_refused(&snapshot, &resting.ca);
        Ok(Some(Revoked {
            revision: snapshot.revision,
            sessions: sessions.into_iter().filter(revoked).collect(),
            mandates: mandates.into_iter().filter(over).collect(),
        }))
    }

    /// Notes that all of it has ended; what fails on the way is ended at the next turn.
    pub fn note_ended(&self, revoked: &Revoked) {
        if self.looked.last.swap(revoked.revision, Ordering::Relaxed) == revoked.revision {
            self.looked.twice.store(revoked.revision, Ordering::Relaxed);
        }
    }

    /// Whether the certificate of a fingerprint still bears what rests on it: its authority is trusted, and no list names it.
    /// That it has run out changes nothing.
    pub(super) async fn bears(&self, fingerprint: &str) -> Result<bool> {
        let snapshot = self.trust.snapshot().await?;
        let shown = store::shown_certificate::find(&mut *self.store.read().await?, fingerprint).await?;
        Ok(shown.is_some_and(|shown| {
            issuer_of(&snapshot, &shown.ca).is_some()
                && !is_refused(&snapshot, &shown.ca)
                && !is_revoked(&snapshot, &shown.ca, &shown.serial)
        }))
    }
}

/// A list in the name of the authority: what is in the snapshot was signed by it, or for it (`trust::evidence`).
fn is_revoked(snapshot: &Snapshot, ca: &str, serial: &str) -> bool {
    let (Some(issuer), Some(serial)) = (issuer_of(snapshot, ca), Serial::from_hex(serial)) else {
        return false;
    };
    let lists = snapshot.crls.iter().filter(|list| list.issuer().matches(issuer));
    lists.into_iter().any(|list| list.revoked(&serial).is_some())
}

/// Whether an authority of the trust list is no longer granted.
fn is_refused(snapshot: &Snapshot, ca: &str) -> bool {
    snapshot.records.iter().any(|record| record.row.id == ca && record.row.status != "granted")
}

fn issuer_of<'s>(snapshot: &'s Snapshot, ca: &str) -> Option<&'s Name> {
    let listed = snapshot.records.iter().find(|record| record.row.id == ca).map(|record| record.issuing.subject());
    let own = || snapshot.authorities.iter().find(|(row, _)| row.id == ca).map(|(_, authority)| authority.subject());
    listed.or_else(own)
}
