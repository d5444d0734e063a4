//! Clients that act for themselves (RFC 6749 §4.4), as npm's openid-client and Authlib do.

use pearlbridge::oidc::jose::Algorithm;
use serde_json::json;

use crate::assertions::client_with_key;
use crate::script::{authlib, openid_client, register};

const ALONE: [&str; 4] = ["--grant-type", "client_credentials", "--scope", "records:read records:write"];

#[test]
fn a_program_gets_a_token_for_itself_and_no_person_with_it() {
    let program = client_with_key("program", Algorithm::Es256, &ALONE);
    let server = register("records", &["--grant-type", "", "--scope", "records:read", "--resource-server", "true"]);
    let window = register("no-program", &["--redirect-uri", "http://localhost:8499/callback"]);
    openid_client("machines.mjs", &json!({"program": program, "server": server, "window": window}));
}

#[test]
fn authlib_gets_a_token_for_itself() {
    authlib("machine_client.py", &register("program-authlib", &ALONE));
}
