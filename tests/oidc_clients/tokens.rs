//! RFC 7009 and RFC 7662 (with RFC 9701), as npm's openid-client speaks them.

use serde_json::json;

use crate::demo;
use crate::script::{openid_client, register};

const CALLBACK: [&str; 2] = ["--redirect-uri", "http://localhost:8499/callback"];

#[tokio::test]
async fn a_token_is_told_and_revoked_to_whom_it_concerns_and_nobody_else() {
    let [more_scope, post, native] = [
        ["--scope", "openid profile offline_access records:read"],
        ["--auth-method", "client_secret_post"],
        ["--auth-method", "none"],
    ];
    let owner = register("token-owner", &[CALLBACK, more_scope].concat());
    let other = register("token-other", &[CALLBACK, post].concat());
    let native = register("token-native", &[CALLBACK, native].concat());
    let alone = ["--grant-type", "", "--scope", "profile records:read", "--resource-server", "true"];
    let server = register("token-server", &[alone.as_slice(), &["--introspection-alg", "ES256"]].concat());
    openid_client("tokens.mjs", &json!([owner, other, server, native]));

    let revoked = demo().events("token_revoked").await;
    let of = |client: &str| revoked.iter().filter(|event| event["client"] == client).collect::<Vec<_>>();
    let whats: Vec<_> = of("token-owner").iter().map(|event| event["what"].clone()).collect();
    assert_eq!(whats, ["access_token", "refresh_token"]);
    assert_eq!((of("token-native").len(), of("token-other").len()), (1, 0));
}
