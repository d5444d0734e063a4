//! The partners' revocation lists: fetched once when the engine says that one is missing, refreshed before they run out,
//! kept in the store.
//!
//! A list is asked for only on behalf of a certificate that a known authority signed, and kept only when a known
//! authority, or a key that it has certified for that (`trust::signer`), signed the list: strangers can make the service
//! neither fetch nor remember anything. A list takes the place of an older one of the same issuer alone, so that who
//! serves another's list at its address withholds nothing. And whatever came of it, no address is asked twice at a time
//! or again at once (`trust::lately`).

use std::collections::BTreeSet;

use pki::CertificateList;
use pki::path::{Missing, MissingKind};

use super::lately::What;
use super::{Snapshot, Trust};
use crate::clock::{HOUR, Micros, SECOND};
use crate::store::{self, evidence::Evidence};

/// At most so many addresses are asked for one judgement: a certificate may name as many as it likes.
const ADDRESSES: usize = 8;

impl Trust {
    /// Fetches the lists that are missing. What came is in the next snapshot.
    pub(super) async fn fetch_missing(&self, snapshot: &Snapshot, missing: &[Missing]) {
        let lists = missing.iter().filter(|item| matches!(item.kind, MissingKind::Crl | MissingKind::DeltaCrl));
        // Our own lists are in the snapshot already: what is not there is not at that address either.
        let foreign = lists.flat_map(|item| &item.uris).filter(|uri| !uri.starts_with(&self.pki_url));
        let wanted: Vec<&String> = foreign.take(ADDRESSES).collect();
        for uri in wanted {
            self.fetch_list(snapshot, uri).await;
        }
    }

    /// Fetches again what has been kept for an hour, or for a quarter of its life. Gives how many lists are newer.
    ///
    /// # Errors
    /// The database's.
    pub async fn refresh_evidence(&self) -> store::Result<usize> {
        let snapshot = self.snapshot().await?;
        let kept = store::evidence::all(&mut *self.store.read().await?).await?;
        let due = kept.iter().filter(|evidence| is_due(evidence, self.clock.now()));
        let mut newer = 0;
        // An address may have given lists of several issuers; it is asked once.
        for uri in due.map(|evidence| &evidence.uri).collect::<BTreeSet<_>>() {
            newer += usize::from(self.fetch_list(&snapshot, uri).await);
        }
        Ok(newer)
    }

    async fn fetch_list(&self, snapshot: &Snapshot, uri: &str) -> bool {
        let what = What::List(uri.to_owned());
        match self.lately.once(what, self.try_fetch(snapshot, uri)).await.unwrap_or(Ok(false)) {
            Ok(newer) => newer,
            Err(why) => {
                tracing::warn!(uri, why, "a revocation list could not be had");
                false
            }
        }
    }

    async fn try_fetch(&self, snapshot: &Snapshot, uri: &str) -> Result<bool, String> {
        let der = self.fetch.get(uri).await.map_err(|error| error.to_string())?;
        let list = CertificateList::from_der(&der).map_err(|error| error.to_string())?;
        let voucher = snapshot.voucher_of(&list).map(|voucher| voucher.fingerprint().to_string());
        if voucher.is_none() && !self.find_signer(snapshot, &list).await? {
            return Err("no authority that we know has signed it, nor a key that one has certified for that".to_owned());
        }
        let evidence = Evidence {
            uri: uri.to_owned(),
            issuer: list.issuer().to_string(),
            der,
            fetched_at: self.clock.now(),
            this_update: list.this_update().0 * SECOND,
            next_update: list.next_update().map(|time| time.0 * SECOND),
        };
        let kept = self.store.write(move |tx| {
            Box::pin(async move {
                if let Some(voucher) = voucher {
                    store::crl_signer::note_use(tx, &voucher, evidence.fetched_at).await?;
                }
                store::evidence::keep(tx, &evidence).await
            })
        });
        kept.await.map_err(|error: store::Error| error.to_string())
    }
}

fn is_due(evidence: &Evidence, now: Micros) -> bool {
    let life = evidence.next_update.map_or(HOUR, |next| next - evidence.this_update);
    now - evidence.fetched_at > (life / 4).clamp(0, HOUR)
}
