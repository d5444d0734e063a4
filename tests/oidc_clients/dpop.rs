//! RFC 9449, as npm's openid-client proves that it has its key.

use serde_json::json;

use crate::script::{openid_client, register};

#[test]
fn a_token_that_is_bound_to_a_key_is_of_no_use_without_it() {
    let usual = ["--redirect-uri", "http://localhost:8499/callback"];
    let window = register("bound-window", &usual);
    let native = register("bound-native", &[usual.as_slice(), &["--auth-method", "none"]].concat());
    let held = register("bound-held", &[usual.as_slice(), &["--require-dpop", "true"]].concat());
    let machine = register("bound-machine", &["--grant-type", "client_credentials", "--scope", "records:read"]);
    openid_client("dpop.mjs", &json!([window, native, held, machine]));
}
