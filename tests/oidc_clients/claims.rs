//! What a client asks for claim by claim, and how it gets it: by npm's openid-client, npm's jose and joserfc.

use serde_json::{Value, json};

use crate::script::{authlib, openid_client, register};

#[test]
fn a_client_asks_claim_by_claim_and_about_one_person_and_gets_what_it_is_approved_for() {
    let usual = ["--redirect-uri", "http://localhost:8499/callback", "--scope", "openid profile identity"];
    let window = register("asking", &usual);
    let frugal = register("asking-little", &[usual.as_slice(), &["--claim", "name"]].concat());
    openid_client("claims.mjs", &json!([window, frugal]));
}

#[test]
fn tokens_are_signed_and_encrypted_as_the_client_registered_itself() {
    openid_client("sealed.mjs", &Value::Null);
}

#[test]
fn joserfc_opens_what_is_encrypted() {
    authlib("sealed_client.py", &Value::Null);
}
