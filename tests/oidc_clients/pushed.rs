//! RFC 9126 and RFC 9101, as npm's openid-client pushes and signs its requests.

use pearlbridge::oidc::jose::Algorithm;
use serde_json::json;

use crate::assertions::client_with_key;
use crate::script::{openid_client, register};

#[test]
fn a_request_is_pushed_and_signed_by_its_client_and_leads_to_one_code() {
    let usual = ["--redirect-uri", "http://localhost:8499/callback"];
    let (plain, other) = (register("pushing", &usual), register("pushing-too", &usual));
    let held = ["--require-par", "true", "--require-signed-request", "true", "--request-alg", "ES256"];
    let strict = client_with_key("pushing-signed", Algorithm::Es256, &[usual.as_slice(), &held].concat());
    openid_client("pushed.mjs", &json!([plain, other, strict]));
}
