//! What clients learn of a login in frames: that it has changed (Session Management 1.0), and that it is over (Front-Channel
//! Logout 1.0), in Chromium with npm's oidc-client-ts.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::process::Command;

use support::demo::shared as demo;
use support::{repository, run, temporary_directory};

#[test]
fn an_application_in_the_browser_sees_in_a_frame_that_the_login_is_over() {
    let demo = demo();
    let mut node = Command::new("node");
    node.arg(repository("tests/browser/frames.mjs")).arg(demo.directory.join("demo.json"));
    node.arg(demo.directory.join("tls.pem")).arg(demo.directory.join("tls.key"));
    let one_time = demo.code("chan");
    node.args(["chan", &one_time]).env("NODE_EXTRA_CA_CERTS", &demo.description.ca_file);
    run(node.env("HOME", temporary_directory("home")));
}

/// A script may show its token, or a proof, in a header: the browser asks first (Fetch §3.2).
#[test]
fn a_browser_that_asks_whether_a_script_may_show_a_token_is_told_so() {
    let demo = demo();
    for path in ["token", "par", "revoke", "userinfo", "device_authorization"] {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-i", "-X", "OPTIONS", "--noproxy", "*", "--cacert"]).arg(&demo.description.ca_file);
        curl.args(["-H", "Origin: https://app.example", "-H", "Access-Control-Request-Method: POST"]);
        curl.args(["-H", "Access-Control-Request-Headers: authorization,dpop"]);
        let answer = run(curl.arg(format!("{}/oauth2/{path}", demo.description.issuer)));
        let answer = String::from_utf8(answer).expect("text").to_lowercase();
        assert!(answer.contains(" 204") && answer.contains("access-control-allow-origin: *"), "{path}: {answer}");
        assert!(answer.contains("access-control-allow-headers: authorization, content-type, dpop"), "{path}: {answer}");
    }
}
