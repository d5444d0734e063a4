//! ID tokens by every algorithm that is announced, as npm's openid-client checks them.

use serde_json::Value;

use crate::script::{openid_client, register};

#[test]
fn an_id_token_is_signed_by_the_algorithm_that_the_client_is_registered_with() {
    let client = |alg: &str| {
        let id = format!("signed-by-{}", alg.to_lowercase());
        register(&id, &["--redirect-uri", "http://localhost:8499/callback", "--id-token-alg", alg])
    };
    openid_client("algorithms.mjs", &["ES256", "RS256", "PS256", "EdDSA"].map(client).into_iter().collect::<Value>());
}
