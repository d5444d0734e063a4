//! Signed requests by value at the authorization endpoint (RFC 9101), by npm's openid-client and jose.

use serde_json::Value;

use crate::script::openid_client;

#[test]
fn a_signed_request_counts_alone_and_one_that_is_not_good_goes_back() {
    openid_client("signed.mjs", &Value::Null);
}
