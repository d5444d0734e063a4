//! What halls may still read, and how a person takes that back.

use super::{Error, Provider, Result};
use crate::audit::{self, Circumstance, Event};
use crate::identity::Origin;
use crate::store;

impl Provider {
    /// The clients that may read something of a person now.
    ///
    /// # Errors
    /// The database's.
    pub async fn halls_with_access(&self, person_id: &str) -> Result<Vec<String>> {
        let now = self.clock.now();
        Ok(store::grant::clients_with_access(&mut *self.store.read().await?, person_id, now).await?)
    }

    /// Takes a client's access to a person back: all its codes and tokens of them count no longer. Gives how many logins at it
    /// that were; the person may sign in there again.
    ///
    /// # Errors
    /// The database's.
    pub async fn show_out(&self, client_id: &str, person_id: &str, origin: &Origin) -> Result<u64> {
        let (client, person, address) = (client_id.to_owned(), person_id.to_owned(), origin.address.clone());
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let ended = store::grant::revoke_of_person(tx, &client, &person, "withdrawn", now).await?;
                    if ended > 0 {
                        let circumstance = Circumstance::person(now, &person, Some(&address));
                        audit::record(tx, &circumstance, &Event::HallShownOut { client }).await?;
                    }
                    Ok::<_, Error>(ended)
                })
            })
            .await
    }
}
