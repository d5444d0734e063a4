//! Form Post and JARM, as npm's openid-client takes its answers.

use pearlbridge::oidc::jose::Algorithm;
use serde_json::json;

use crate::assertions::client_with_key;
use crate::script::{openid_client, register};

#[test]
fn an_answer_is_posted_or_signed_as_the_client_asks() {
    let callback = ["--redirect-uri", "http://localhost:8499/callback"];
    let window = register("answer-window", &callback);
    let signed = register("answer-signed", &[callback.as_slice(), &["--response-alg", "ES256"]].concat());
    let fapi =
        ["--fapi", "true", "--fapi-message-signing", "true", "--redirect-uri", "https://localhost:8499/callback"];
    let held = client_with_key("answer-held", Algorithm::Es256, &fapi);
    openid_client("answers.mjs", &json!({"window": window, "signed": signed, "held": held}));
}
