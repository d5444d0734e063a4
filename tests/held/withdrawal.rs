//! Trust that is taken back ends what was opened with it, and the halls hear of it.

use crate::support::browser::Browser;
use crate::support::client::{self, code, text, userinfo};
use crate::support::demo::Demo;
use crate::support::wait_for;
use crate::{is_known_at, is_signed_out, login_page};

/// A browser whose holder is signed in by certificate at the provider and at both halls, and the script client's tokens.
fn signed_in(demo: &Demo, username: &str) -> (Browser, serde_json::Value) {
    let browser = Browser::of(demo, demo.person(username));
    let tokens = client::tokens(&browser, demo);
    for hall in halls(demo) {
        browser.open(&hall).expect(200);
        assert!(is_known_at(&browser, &hall));
    }
    (browser, tokens)
}

fn halls(demo: &Demo) -> [String; 2] {
    ["hall-window", "hall-city"].map(|id| demo.hall(id).url.clone())
}

fn has_ended(demo: &Demo, browser: &Browser, tokens: &serde_json::Value) {
    assert!(is_signed_out(demo, browser));
    userinfo(browser, demo, text(tokens, "access_token")).expect(401);
    client::refresh(browser, demo, text(tokens, "refresh_token")).expect(400);
    let forgotten = || halls(demo).iter().all(|hall| !is_known_at(browser, hall)).then_some(());
    wait_for(20, "the halls hear of it", forgotten);
}

fn goes_on(demo: &Demo, browser: &Browser, tokens: &serde_json::Value) {
    assert!(!is_signed_out(demo, browser));
    userinfo(browser, demo, text(tokens, "access_token")).expect(200);
    assert!(halls(demo).iter().all(|hall| is_known_at(browser, hall)));
}

#[test]
fn a_withdrawn_authority_and_a_revoked_certificate_end_what_was_opened_with_them() {
    let demo = Demo::start();
    let (lei, chan) = (signed_in(&demo, "lei"), signed_in(&demo, "chan"));
    let by_password = Browser::new(&demo);
    code(&client::with_password(&by_password, &demo, &login_page(&demo, &by_password), "lei"));

    let said = demo.operate(&["trust", "status", "mo-qualified", "withdrawn", "--reason", "a test", "--json"]);
    assert!(said.contains("\"sessions_ended\":1"), "{said}");
    has_ended(&demo, &lei.0, &lei.1);
    goes_on(&demo, &chan.0, &chan.1);
    assert!(!is_signed_out(&demo, &by_password), "what the password opened is not the authority's");

    demo.operate(&["trust", "status", "mo-qualified", "granted", "--reason", "the test is over"]);
    let lei = signed_in(&demo, "lei");

    let chain = std::fs::read(&demo.person("chan").cert).expect("a file");
    let certificate = pem::parse(chain).expect("PEM").into_contents();
    let serial = pki::Certificate::from_der(&certificate).expect("a certificate").serial().to_string();
    let said = demo.operate(&["ca", "revoke", &serial, "--reason", "keyCompromise", "--json"]);
    assert!(said.contains("\"sessions_ended\":1"), "{said}");
    has_ended(&demo, &chan.0, &chan.1);
    goes_on(&demo, &lei.0, &lei.1);
}
