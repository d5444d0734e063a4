//! Session Management 1.0: what a client can watch in a frame of ours, to see that the person has signed out here.
//!
//! The frame reads a cookie that says nothing but which session it is; browsers that give frames no cookies of other sites
//! show every session as changed. Whoever wants to be sure registers a back-channel address.

use url::Url;

use super::Provider;
use crate::id::{base64url, sha256};
use crate::store::client::Client;

impl Provider {
    /// What the cookie holds for a session ("OP user agent state", §4.2).
    pub fn browser_state(&self, session_id: &str) -> String {
        base64url(&self.custody.index("browser state", session_id))
    }

    /// `session_state` of an authorization response (§2), for clients that are not held to FAPI 2.0, which ask for less and
    /// not for more in the address bar.
    pub(super) fn session_state(&self, client: &Client, redirect_uri: &str, session_id: &str) -> Option<String> {
        let origin = Url::parse(redirect_uri).ok()?.origin().ascii_serialization();
        let salt = base64url(&crate::rng::bytes::<9>());
        let state = self.browser_state(session_id);
        (!client.security.fapi).then(|| session_state(&client.id, &origin, &state, &salt))
    }
}

/// §4.2: "The session state value … SHOULD be based on a salted cryptographic hash of Client ID, origin URL, and OP User Agent
/// state"; as `check_session.js` computes it.
fn session_state(client_id: &str, origin: &str, state: &str, salt: &str) -> String {
    let digest = sha256(format!("{client_id} {origin} {state} {salt}").as_bytes());
    format!("{}.{salt}", base64url(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_of_one_client_origin_and_session() {
        let first = session_state("c", "https://rp.example", "s", "x");
        for other in [
            session_state("d", "https://rp.example", "s", "x"),
            session_state("c", "https://rp.example:8443", "s", "x"),
            session_state("c", "https://rp.example", "t", "x"),
            session_state("c", "https://rp.example", "s", "y"),
        ] {
            assert_ne!(first, other);
        }
        assert!(!first.contains(' ') && first.ends_with(".x"));
    }
}
