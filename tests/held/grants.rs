//! Only a good request costs a code or a refresh token, and less scope is less.

use serde_json::Value;

use crate::demo;
use crate::support::browser::Browser;
use crate::support::client::{self, ask, code, go, redeem, text, token, userinfo};

fn refresh(browser: &Browser, refresh_token: &str, scope: &str) -> (u16, Value) {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("scope", scope)];
    let answer = token(browser, demo(), &fields);
    (answer.status, answer.json())
}

#[test]
fn a_scope_that_was_narrowed_reads_less_and_the_next_refresh_may_have_all_again() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let tokens = client::tokens(&browser, demo());
    let whole = userinfo(&browser, demo(), text(&tokens, "access_token")).expect(200).json();
    assert!(whole["name"].is_string() && whole["document_number_masked"].is_string(), "{whole}");

    let (status, narrow) = refresh(&browser, text(&tokens, "refresh_token"), "openid");
    assert_eq!((status, &narrow["scope"]), (200, &Value::from("openid")));
    let read = userinfo(&browser, demo(), text(&narrow, "access_token")).expect(200).json();
    let names: Vec<&String> = read.as_object().expect("claims").keys().collect();
    assert_eq!(names, ["acr", "sub"], "{read}");

    let (status, again) = refresh(&browser, text(&narrow, "refresh_token"), "openid profile");
    assert_eq!(status, 200);
    let read = userinfo(&browser, demo(), text(&again, "access_token")).expect(200).json();
    assert!(read["name"].is_string() && read["document_number_masked"].is_null(), "{read}");
}

#[test]
fn a_refresh_that_asks_for_more_than_was_granted_costs_nothing() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let asked = ask(demo(), &[("scope", "openid profile")]);
    let back = client::with_certificate(&browser, &go(&browser, browser.get(&asked.url)));
    let tokens = redeem(&browser, demo(), &asked, &code(&back)).expect(200).json();
    for scope in ["openid identity", "openid nonsense", "openid  profile"] {
        let (status, answer) = refresh(&browser, text(&tokens, "refresh_token"), scope);
        assert_eq!((status, &answer["error"]), (400, &Value::from("invalid_scope")), "{scope}");
    }
    let (status, _) = refresh(&browser, text(&tokens, "refresh_token"), "openid profile");
    assert_eq!(status, 200);
}

#[test]
fn a_code_that_comes_with_another_address_is_refused_and_costs_nothing() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let asked = ask(demo(), &[]);
    let code = code(&client::with_certificate(&browser, &go(&browser, browser.get(&asked.url))));
    let other = demo().client().redirect_uris[1].clone();
    let wrong = client::Asked { redirect_uri: other, verifier: asked.verifier.clone(), ..ask(demo(), &[]) };
    assert_eq!(redeem(&browser, demo(), &wrong, &code).expect(400).json()["error"], "invalid_grant");
    redeem(&browser, demo(), &asked, &code).expect(200);
}
