//! The modules of the OpenID conformance suite, as we read them (openid/conformance-suite): a test for each with its name, which
//! asserts what the module asserts, by scripts over npm's jose. `docs/conformance/openid-suite.md` lists them, and says where
//! ours differ.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

#[path = "openid_suite/basic.rs"]
mod basic;
#[path = "openid_suite/dynamic.rs"]
mod dynamic;
#[path = "openid_suite/expiry.rs"]
mod expiry;
#[path = "openid_suite/fapi2.rs"]
mod fapi2;
#[allow(dead_code, reason = "the rooms that other tests furnish")]
#[path = "held/house.rs"]
mod house;
#[path = "openid_suite/logout.rs"]
mod logout;
#[path = "openid_suite/rotation.rs"]
mod rotation;
#[allow(dead_code, reason = "it registers and runs what other tests need")]
#[path = "oidc_clients/script.rs"]
mod script;

use std::net::TcpListener;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use support::demo::Demo;

/// So many modules have a server of their own, where the provider fetches from or posts to.
const SERVERS: usize = 8;

/// A demonstration that may reach the servers of the modules, and the token by which they register.
struct Suite {
    demo: Demo,
    token: String,
    ports: Vec<u16>,
    taken: AtomicUsize,
}

fn suite() -> &'static Suite {
    static SUITE: OnceLock<Suite> = OnceLock::new();
    SUITE.get_or_init(|| {
        let listeners = (0..SERVERS).map(|_| TcpListener::bind("127.0.0.1:0").expect("a port is free"));
        let listeners: Vec<TcpListener> = listeners.collect();
        let port = |listener: &TcpListener| listener.local_addr().expect("it has an address").port();
        let ports: Vec<u16> = listeners.iter().map(port).collect();
        let origins: Vec<String> = ports.iter().map(|port| format!("https://localhost:{port}")).collect();
        let allowed = json!(origins).to_string();
        let variables = [("PEARLBRIDGE__FETCH__ALLOW_PRIVATE", allowed.as_str())];
        let demo = Demo::start_with(support::asked_for_postgresql(), &variables);
        // The plans do not use PKCE, and the operator who runs the suite lets them.
        let made = demo.operate(&[
            "client",
            "initial-access-token",
            "new",
            "--as",
            "suite",
            "--uses",
            "1000",
            "--pkce-optional",
            "--json",
            "--scope",
            "openid profile offline_access",
        ]);
        let made: Value = serde_json::from_str(&made).expect("JSON");
        let token = made["initial_access_token"].as_str().expect("a token").to_owned();
        Suite { demo, token, ports, taken: AtomicUsize::new(0) }
    })
}

/// What the scripts' person and the program work on.
fn demo() -> &'static Demo {
    &suite().demo
}

/// Runs a module of a script.
fn module(script: &str, name: &str) {
    run(script, name, json!({}));
}

/// Runs a module whose answers come by a form.
fn module_by_form(script: &str, name: &str) {
    run(script, name, json!({"response_mode": "form_post"}));
}

/// Runs a module that has a server of its own.
fn module_with_server(script: &str, name: &str) {
    let suite = suite();
    let port = suite.ports.get(suite.taken.fetch_add(1, Ordering::Relaxed));
    run(script, name, json!({"port": port.expect("there are as many ports as modules with servers")}));
}

fn run(script: &str, name: &str, more: Value) {
    let Suite { demo, token, .. } = suite();
    let (certificate, key) = (demo.directory.join("tls.pem"), demo.directory.join("tls.key"));
    let mut given = json!({"module": name, "token": token, "certificate": certificate, "key": key});
    let more = more.as_object().cloned().expect("an object");
    given.as_object_mut().expect("an object").extend(more);
    script::openid_client(&format!("../openid_suite/{script}"), &given);
}

/// A test for each module of a script: its name in Rust, and in the suite.
macro_rules! modules {
    ($run:path, $script:literal: $($test:ident = $name:literal,)*) => {
        $(#[test]
        fn $test() {
            $run($script, $name);
        })*
    };
}
use modules;
