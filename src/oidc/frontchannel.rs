//! Front-Channel Logout 1.0: the browser that signs out goes to each client of the session once, in a frame.
//!
//! It reaches what only that browser can say (a cookie of the client's), and nothing where browsers give frames no cookies;
//! whoever wants to be sure registers a back-channel address too. A disabled client's page is not opened on ours.

use url::Url;

use super::{Provider, Result};
use crate::store::{self};

impl Provider {
    /// The addresses to open when a session has ended (§3): `iss` and `sid` always stand in them.
    ///
    /// # Errors
    /// The database's.
    pub async fn frontchannel_logouts(&self, session_id: &str) -> Result<Vec<Url>> {
        let mut connection = self.store.read().await?;
        let mut addresses = Vec::new();
        for id in store::grant::clients_of_session(&mut connection, session_id).await? {
            let client = store::client::find(&mut connection, &id).await?;
            let uri = client.filter(|client| client.disabled_at.is_none());
            let uri = uri.and_then(|client| client.security.frontchannel_logout_uri);
            if let Some(mut url) = uri.and_then(|uri| Url::parse(&uri).ok()) {
                url.query_pairs_mut().append_pair("iss", &self.issuer).append_pair("sid", session_id);
                addresses.push(url);
            }
        }
        Ok(addresses)
    }
}
