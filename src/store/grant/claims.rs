//! What a client asked for claim by claim, beyond what its scopes open.

use serde::{Deserialize, Serialize};

use super::super::to_json;
use super::Grant;

/// The `claims` parameter (OpenID Connect Core §5.5), as far as it names claims that there are; and `claims_locales`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct ClaimsRequest {
    /// For the ID token.
    pub id_token: Vec<String>,
    /// For UserInfo.
    pub userinfo: Vec<String>,
    /// The scripts in which names are wished for, the best first.
    pub scripts: Vec<String>,
}

impl ClaimsRequest {
    /// As a grant keeps it.
    pub fn to_column(&self) -> Option<String> {
        (*self != Self::default()).then(|| to_json(self))
    }
}

impl Grant {
    /// What was asked for. What cannot be read asks for nothing.
    pub fn asked(&self) -> ClaimsRequest {
        self.claims.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}
