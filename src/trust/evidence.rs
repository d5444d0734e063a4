//! Fetching what the engine says is missing, once, through the cache in the store.

use pki::path::{Missing, MissingKind};
use pki::{Certificate, CertificateList};

use super::Trust;
use crate::store::{self, evidence::Evidence};

/// At most so many addresses are asked for one judgement: a certificate may name as many as it likes.
const ADDRESSES: usize = 8;

impl Trust {
    /// Fetches what is missing. `true` when something new came.
    pub(super) async fn fetch_missing(&self, missing: &[Missing]) -> bool {
        let mut came = false;
        let wanted = missing.iter().flat_map(|item| item.uris.iter().map(|uri| (item.kind, uri.as_str())));
        let wanted: Vec<(MissingKind, &str)> = wanted.take(ADDRESSES).collect();
        for (kind, uri) in wanted {
            // Our own lists are in the snapshot already: what is not there is not at that address either.
            if uri.starts_with(&self.pki_url) {
                continue;
            }
            match self.fetch_one(kind, uri).await {
                Ok(()) => came = true,
                Err(why) => tracing::warn!(uri, why, "evidence could not be had"),
            }
        }
        came
    }

    async fn fetch_one(&self, kind: MissingKind, uri: &str) -> Result<(), String> {
        let der = self.fetch.get(uri).await.map_err(|error| error.to_string())?;
        let evidence = self.read(kind, uri, der)?;
        self.store
            .write(move |tx| Box::pin(async move { store::evidence::keep(tx, &evidence).await }))
            .await
            .map_err(|error: store::Error| error.to_string())
    }

    fn read(&self, kind: MissingKind, uri: &str, der: Vec<u8>) -> Result<Evidence, String> {
        let (name, next_update) = match kind {
            MissingKind::Crl => {
                let crl = CertificateList::from_der(&der).map_err(|error| error.to_string())?;
                ("crl", crl.next_update().map(|time| time.0 * crate::clock::SECOND))
            }
            MissingKind::Issuer => {
                Certificate::from_der(&der).map_err(|error| error.to_string())?;
                ("certificate", None)
            }
            MissingKind::Ocsp => return Err("OCSP is not asked over the network".to_owned()),
        };
        Ok(Evidence { uri: uri.to_owned(), kind: name.to_owned(), der, fetched_at: self.clock.now(), next_update })
    }
}
