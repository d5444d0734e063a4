//! Clients as they were read at one revision of the store. Whoever asks has looked at the revision first, so that a change on
//! any node counts at the next request.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::store::client::Client;

/// As many are kept: a hundred megabytes where each is as long as it may be, and one or two as they are.
const KEPT: usize = 2_000;

/// The clients of a revision.
#[derive(Debug, Default)]
pub(in crate::oidc) struct ClientCache(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    revision: i64,
    clients: HashMap<String, Arc<Client>>,
}

impl ClientCache {
    /// The client, if it was read at this revision.
    pub(super) fn find(&self, revision: i64, id: &str) -> Option<Client> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let client = known.clients.get(id).filter(|_| known.revision == revision)?.clone();
        drop(known);
        Some(Client::clone(&client))
    }

    /// Keeps a client that was read after this revision. What is older than what is known is not kept.
    pub(super) fn keep(&self, revision: i64, client: &Client) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if revision < known.revision {
            return;
        }
        if revision > known.revision || known.clients.len() >= KEPT {
            *known = Known { revision, clients: HashMap::new() };
        }
        known.clients.insert(client.id.clone(), Arc::new(client.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_known_at_the_revision_that_it_was_read_at_alone() {
        let cache = ClientCache::default();
        cache.keep(2, &Client::new("c"));
        assert!(cache.find(2, "c").is_some() && cache.find(3, "c").is_none() && cache.find(2, "d").is_none());
        cache.keep(1, &Client::new("d"));
        assert!(cache.find(1, "d").is_none());
        cache.keep(3, &Client::new("d"));
        assert!(cache.find(3, "d").is_some() && cache.find(3, "c").is_none());
    }
}
