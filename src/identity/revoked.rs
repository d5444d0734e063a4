//! What a certificate opened ends when its authority's list says that it is revoked, whichever authority's it is: looked at
//! whenever something of trust has changed, so that a list counts as soon as it is here.

use std::sync::atomic::Ordering;

use pki::{Name, Serial};

use super::{Identity, Result};
use crate::store;
use crate::store::session::ByCertificate;
use crate::trust::Snapshot;

impl Identity {
    /// The live sessions whose certificate is on a list by now. None where nothing of trust has changed since the last time:
    /// a session that was opened since then was judged by what is here.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoked_sessions(&self) -> Result<Vec<ByCertificate>> {
        let snapshot = self.trust.snapshot().await?;
        if self.looked_at.load(Ordering::Relaxed) == snapshot.revision {
            return Ok(Vec::new());
        }
        let live = store::session::by_certificate(&mut *self.store.read().await?, self.clock.now()).await?;
        let revoked = live.into_iter().filter(|session| is_revoked(&snapshot, session)).collect();
        self.looked_at.store(snapshot.revision, Ordering::Relaxed);
        Ok(revoked)
    }
}

/// A list in the name of the authority: what is in the snapshot was signed by it, or for it (`trust::evidence`).
fn is_revoked(snapshot: &Snapshot, session: &ByCertificate) -> bool {
    let (Some(issuer), Some(serial)) = (issuer_of(snapshot, &session.ca), Serial::from_hex(&session.serial)) else {
        return false;
    };
    let lists = snapshot.crls.iter().filter(|list| list.issuer().matches(issuer));
    lists.into_iter().any(|list| list.revoked(&serial).is_some())
}

fn issuer_of<'s>(snapshot: &'s Snapshot, ca: &str) -> Option<&'s Name> {
    let listed = snapshot.records.iter().find(|record| record.row.id == ca).map(|record| record.issuing.subject());
    let own = || snapshot.authorities.iter().find(|(row, _)| row.id == ca).map(|(_, authority)| authority.subject());
    listed.or_else(own)
}
