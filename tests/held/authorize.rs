//! Parameters at the edge of what they may be.

use crate::demo;
use crate::support::browser::Browser;
use crate::support::client::{self, ask, code, go, parameter, with_certificate};

#[test]
fn an_age_that_is_absurd_goes_back_to_the_client_as_an_error() {
    for browser in [Browser::new(demo()), signed_in()] {
        for age in ["9223372036854775807", "9223372036854775808", "-1", "abc", "1e3", "0x10", "1 "] {
            let back = browser.get(ask(demo(), &[("max_age", age)]).url).expect(303);
            assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request"), "{age}");
        }
    }
}

#[test]
fn a_blank_beside_none_is_silent() {
    for prompt in ["none ", " none", "none"] {
        let back = Browser::new(demo()).get(ask(demo(), &[("prompt", prompt)]).url).expect(303);
        assert_eq!(parameter(&back, "error").as_deref(), Some("login_required"), "{prompt:?}");
        code(&signed_in().get(ask(demo(), &[("prompt", prompt)]).url).expect(303));
    }
}

#[test]
fn an_age_of_nothing_asks_for_a_login_and_then_goes_on() {
    let browser = signed_in();
    let silent = browser.get(ask(demo(), &[("max_age", "0"), ("prompt", "none")]).url).expect(303);
    assert_eq!(parameter(&silent, "error").as_deref(), Some("login_required"));
    let login = go(&browser, browser.get(ask(demo(), &[("max_age", "0")]).url)).expect(200);
    assert!(login.url.path().starts_with("/login/"), "{}", login.url);
    code(&with_certificate(&browser, &login));
}

fn signed_in() -> Browser {
    let browser = Browser::of(demo(), demo().person("chan"));
    client::tokens(&browser, demo());
    browser
}
