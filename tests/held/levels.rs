//! A session states what its last login proved, and when.

use serde_json::json;

use crate::demo;
use crate::support::browser::Browser;
use crate::support::client::{self, ask, code, go, redeem, text};

#[test]
fn a_password_after_a_certificate_states_the_passwords_level_and_an_item_asks_for_more() {
    let browser = Browser::of(demo(), demo().person("lei"));
    let first = client::claims(text(&client::tokens(&browser, demo()), "id_token"));
    assert_eq!((&first["acr"], &first["amr"]), (&json!("urn:gd:loa:5"), &json!(["pop", "x509"])));

    let asked = ask(demo(), &[("prompt", "login")]);
    let login = go(&browser, browser.get(&asked.url)).expect(200);
    let back = client::with_password(&browser, demo(), &login, "lei");
    let tokens = redeem(&browser, demo(), &asked, &code(&back)).expect(200).json();
    let second = client::claims(text(&tokens, "id_token"));
    assert_eq!((&second["acr"], &second["amr"]), (&json!("urn:gd:loa:3"), &json!(["pwd", "otp", "mfa"])));
    assert!(second["auth_time"].as_i64() >= first["auth_time"].as_i64());
    let userinfo = client::userinfo(&browser, demo(), text(&tokens, "access_token")).expect(200).json();
    assert_eq!(userinfo["acr"], "urn:gd:loa:3");

    let item = format!("{}/items/practice", demo().hall("hall-window").url);
    let step_up = browser.open(&item).expect(200);
    assert!(step_up.url.path().starts_with("/login/"), "{}", step_up.url);
    let form = browser.open(step_up.link("/certificate/")).expect(200);
    assert_eq!(form.url.as_str(), item);
}

#[test]
fn what_a_client_was_told_before_is_not_told_of_the_later_login() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let tokens = client::tokens(&browser, demo());
    let login = go(&browser, browser.get(ask(demo(), &[("prompt", "login")]).url)).expect(200);
    code(&client::with_password(&browser, demo(), &login, "chan"));
    // The grant of the first login keeps level, method and time of that login together.
    let refreshed = client::refresh(&browser, demo(), text(&tokens, "refresh_token")).expect(200).json();
    let claims = [&tokens, &refreshed].map(|answer| client::claims(text(answer, "id_token")));
    for name in ["acr", "amr", "auth_time", "sid", "sub"] {
        assert_eq!(claims[0][name], claims[1][name], "{name}");
    }
}
