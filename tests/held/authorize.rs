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

/// OpenID Connect Core §3.1.2.1: the hint names the person whom the answer must be about.
#[test]
fn a_request_about_one_person_is_not_answered_by_another() {
    let chan = signed_in();
    let hint = client::tokens(&chan, demo())["id_token"].as_str().expect("a token").to_owned();
    let about = [("id_token_hint", hint.as_str()), ("prompt", "none")];
    code(&chan.get(ask(demo(), &about).url).expect(303));

    let lei = Browser::of(demo(), demo().person("lei"));
    client::tokens(&lei, demo());
    let refused = lei.get(ask(demo(), &about).url).expect(303);
    assert_eq!(parameter(&refused, "error").as_deref(), Some("login_required"));
    // Asked to sign in, and the wrong person again.
    let login = go(&lei, lei.get(ask(demo(), &about[..1]).url)).expect(200);
    let back = with_certificate(&lei, &login);
    assert_eq!(parameter(&back, "error").as_deref(), Some("login_required"));
    // Nobody's session is ended by another's hint.
    let end = format!("{}/oauth2/end_session?id_token_hint={hint}", demo().description.issuer);
    assert_eq!(lei.get(end).expect(200).location(), None);
    client::tokens(&lei, demo());
}

fn signed_in() -> Browser {
    let browser = Browser::of(demo(), demo().person("chan"));
    client::tokens(&browser, demo());
    browser
}
