//! The code flow by other people's clients, as a hall's developer would write it: discovery, code with PKCE, state, nonce
//! and `iss`, the ID token by the published keys, userinfo, refresh with rotation, reuse that revokes all, logout; and the
//! provider's machine side, a file an endpoint or standard.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

#[path = "oidc_clients/algorithms.rs"]
mod algorithms;
#[path = "oidc_clients/answers.rs"]
mod answers;
#[path = "oidc_clients/assertions.rs"]
mod assertions;
#[path = "oidc_clients/claims.rs"]
mod claims;
#[path = "oidc_clients/device.rs"]
mod device;
#[path = "oidc_clients/dpop.rs"]
mod dpop;
#[path = "oidc_clients/exchange.rs"]
mod exchange;
#[path = "oidc_clients/fapi.rs"]
mod fapi;
#[path = "oidc_clients/jwt_tokens.rs"]
mod jwt_tokens;
#[path = "oidc_clients/machines.rs"]
mod machines;
#[path = "oidc_clients/mtls.rs"]
mod mtls;
#[path = "oidc_clients/programs.rs"]
mod programs;
#[path = "oidc_clients/pushed.rs"]
mod pushed;
#[path = "oidc_clients/registering.rs"]
mod registering;
#[path = "oidc_clients/resources.rs"]
mod resources;
#[path = "oidc_clients/script.rs"]
mod script;
#[path = "oidc_clients/signed.rs"]
mod signed;
#[path = "oidc_clients/tokens.rs"]
mod tokens;

use std::process::Command;

use support::demo::shared as demo;
use support::{repository, run};

#[test]
fn npm_openid_client_walks_the_whole_code_flow() {
    let demo = demo();
    let mut node = Command::new("node");
    node.arg(repository("tests/browser/openid_client.mjs")).arg(demo.directory.join("demo.json"));
    let one_time = demo.code("chan");
    node.args(["chan", &one_time]).env("NODE_EXTRA_CA_CERTS", &demo.description.ca_file);
    run(&mut node);
}

#[test]
fn authlib_walks_the_whole_code_flow() {
    let demo = demo();
    let mut python = Command::new(repository("target/test-tools/venv/bin/python"));
    python.arg(repository("tests/clients/authlib_client.py")).arg(demo.directory.join("demo.json"));
    run(python.arg("lei"));
}
