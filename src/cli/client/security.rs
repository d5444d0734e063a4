//! The options of `pearlbridge client add` and `set` that say what a client is held to, and may do.

use clap::Args;
use serde_json::{Map, Value, json};

/// Those of [`crate::store::client::Security`].
#[derive(Debug, Args)]
pub(super) struct Options {
    /// A grant that it may use at the token endpoint; "" for none [new: authorization_code and refresh_token]
    #[arg(long = "grant-type", value_name = "GRANT")]
    grant_types: Vec<String>,
    /// Whether it is a resource server: it may ask what access tokens with a scope of its own are (RFC 7662)
    #[arg(long, value_name = "BOOL")]
    resource_server: Option<bool>,
    /// Algorithm of signed introspection answers (RFC 9701) [new: RS256]
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "ES256", "PS256", "EdDSA"])]
    introspection_alg: Option<String>,
}

impl Options {
    /// What was named, by the names of RFC 7591.
    pub(super) fn change(self) -> Map<String, Value> {
        let grants = super::several(self.grant_types).map(super::without_empty);
        let named = [
            ("grant_types", grants.map(|grants| json!(grants))),
            ("resource_server", self.resource_server.map(Value::Bool)),
            ("introspection_signed_response_alg", self.introspection_alg.map(Value::String)),
        ];
        named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}
