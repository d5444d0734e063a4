//! Whatever comes in that is wrong: a clear page or error, the right status, and nothing changed.
//!
//! Certificates are refused over real mutual TLS: the page says why in the person's language and what to do, the log
//! says why in the engine's words, under the id that the page shows.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

#[path = "bad_input/certificates.rs"]
mod certificates;
#[path = "bad_input/forgeries.rs"]
mod forgeries;
#[path = "bad_input/uploads.rs"]
mod uploads;

use std::sync::OnceLock;

use support::browser::{Browser, Page};
use support::client;
use support::demo::Demo;

/// One for all tests that leave it as they found it.
fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(Demo::start)
}

/// The login page that the script client's request leads to.
fn login_page(demo: &Demo, browser: &Browser) -> Page {
    client::go(browser, browser.get(&client::ask(demo, &[]).url)).expect(200)
}

/// Nobody is signed in: the account page asks for a login.
fn is_signed_out(demo: &Demo, browser: &Browser) -> bool {
    let account = browser.get(format!("{}/account", demo.description.issuer));
    account.location().is_some_and(|to| to.path().starts_with("/login/"))
}
