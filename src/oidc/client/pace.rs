//! How often somebody may have something written down in the name of a public client: it is named by its id alone, which
//! everybody knows, so that the tries are counted by client and network, as those of passwords are.

use super::Credentials;
use crate::clock::{Micros, SECOND};
use crate::identity::network;
use crate::oidc::{Error, Provider, Result};
use crate::store::client::{AuthMethod, Client};
use crate::store::{self};

/// A subscriber's network has a turn so often …
const TURN: Micros = SECOND;

/// … and the turns of so long at once: many people may sit behind one address.
const SAVED: Micros = 60 * TURN;

impl Provider {
    /// Takes a turn for a request that leaves a row behind. Clients that proved who they are need none.
    ///
    /// # Errors
    /// [`Error::TooMany`]; the database's.
    pub(in crate::oidc) async fn take_turn(&self, client: &Client, credentials: &Credentials) -> Result<()> {
        if client.auth_method != AuthMethod::None {
            return Ok(());
        }
        let (id, now) = (client.id.clone(), self.clock.now());
        let networks = network::around(&credentials.address);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    for (network, times) in networks {
                        let subject = format!("public client {id} {network}");
                        if !store::throttle::take_turn(tx, &subject, now, TURN / times, SAVED).await? {
                            // The error gives back those of the narrower networks.
                            return Err(Error::TooMany);
                        }
                    }
                    Ok(())
                })
            })
            .await
    }
}
