//! Secrets that were made up, or come a second time: state, code, challenge, refresh token, hand-off, form token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::browser::Browser;
use crate::support::client::{self, ask, code, go, redeem, refresh, text, token, userinfo, with_certificate};
use crate::{demo, is_signed_out, login_page};

#[test]
fn an_address_that_is_not_registered_is_shown_and_never_followed() {
    let browser = Browser::new(demo());
    for uri in ["https://evil.example/callback", "http://localhost:8499/callback/", "http://localhost:8499/callback?x"]
    {
        let page = browser.get(ask(demo(), &[("redirect_uri", uri)]).url).expect(400);
        assert_eq!(page.location(), None);
        assert!(page.text().contains(uri), "{}", page.text());
    }
    let page = browser.get(ask(demo(), &[("client_id", "nobody")]).url).expect(400);
    assert_eq!(page.location(), None);
}

#[test]
fn a_logout_that_leads_elsewhere_is_refused() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let tokens = client::tokens(&browser, demo());
    let hint = text(&tokens, "id_token");
    let address = format!("{}/oauth2/end_session?id_token_hint={hint}", demo().description.issuer);
    let page = browser.get(format!("{address}&post_logout_redirect_uri=https://evil.example/")).expect(400);
    assert_eq!(page.location(), None);
    assert!(!is_signed_out(demo(), &browser), "nothing changed");
}

#[test]
fn a_hall_takes_no_state_that_it_did_not_give_and_none_twice() {
    let (hall, issuer) = (demo().hall("hall-window"), &demo().description.issuer);
    let browser = Browser::of(demo(), demo().person("chan"));
    browser.get(format!("{}/callback?code=x&state=forged&iss={issuer}", hall.url)).expect(400);
    let callback = callback(&browser);
    let form = browser.open(&callback).expect(200);
    assert_eq!(form.url.path(), "/items/practice");
    browser.get(&callback).expect(400);
}

#[test]
fn a_hall_takes_no_state_from_another_browser() {
    let callback = callback(&Browser::of(demo(), demo().person("chan")));
    let thief = Browser::new(demo());
    thief.get(&callback).expect(400);
    assert!(thief.get(demo().hall("hall-window").url.clone() + "/items/practice").location().is_some());
}

/// Signs in for an item and stops at the hall's door: the address that leads in.
fn callback(browser: &Browser) -> url::Url {
    let hall = demo().hall("hall-window");
    let login = browser.open(format!("{}/items/practice", hall.url)).expect(200);
    let back = browser.follow(browser.get(login.link("/certificate/")), |url| url.path() == "/callback");
    back.location().expect("the way back to the hall")
}

#[test]
fn a_code_that_was_made_up_is_refused() {
    let browser = Browser::new(demo());
    let answer = redeem(&browser, demo(), &ask(demo(), &[]), &pearlbridge::id::new_secret()).expect(400);
    assert_eq!(answer.json()["error"], "invalid_grant");
}

#[test]
fn a_code_with_another_verifier_is_refused_and_costs_its_client_nothing() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let asked = ask(demo(), &[]);
    let code = code(&with_certificate(&browser, &go(&browser, browser.get(&asked.url))));
    let forged = redeem(&browser, demo(), &ask(demo(), &[]), &code).expect(400);
    assert_eq!(forged.json()["error"], "invalid_grant");
    redeem(&browser, demo(), &asked, &code).expect(200);
}

#[test]
fn a_code_that_comes_twice_revokes_what_it_gave() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let asked = ask(demo(), &[]);
    let code = code(&with_certificate(&browser, &go(&browser, browser.get(&asked.url))));
    let tokens = redeem(&browser, demo(), &asked, &code).expect(200).json();
    userinfo(&browser, demo(), text(&tokens, "access_token")).expect(200);
    let again = redeem(&browser, demo(), &asked, &code).expect(400);
    assert_eq!(again.json()["error"], "invalid_grant");
    userinfo(&browser, demo(), text(&tokens, "access_token")).expect(401);
    refresh(&browser, demo(), text(&tokens, "refresh_token")).expect(400);
}

#[test]
fn a_refresh_token_that_was_made_up_is_refused() {
    let answer = refresh(&Browser::new(demo()), demo(), &pearlbridge::id::new_secret()).expect(400);
    assert_eq!(answer.json()["error"], "invalid_grant");
}

#[test]
fn a_refresh_token_that_comes_twice_revokes_its_descendants() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let first = client::tokens(&browser, demo());
    let second = refresh(&browser, demo(), text(&first, "refresh_token")).expect(200).json();
    refresh(&browser, demo(), text(&first, "refresh_token")).expect(400);
    refresh(&browser, demo(), text(&second, "refresh_token")).expect(400);
    userinfo(&browser, demo(), text(&second, "access_token")).expect(401);
}

#[test]
fn a_client_with_a_wrong_secret_gets_nothing() {
    let browser = Browser::new(demo());
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "demo-client")];
    let fields = [&fields[..], &[("client_secret", "wrong")]].concat();
    let answer = browser.post(format!("{}/oauth2/token", demo().description.issuer), &fields).expect(400);
    assert_eq!(answer.json()["error"], "invalid_client");
    let twice = token(&browser, demo(), &[("client_secret", "again"), ("grant_type", "refresh_token")]).expect(400);
    assert_eq!(twice.json()["error"], "invalid_request");
}

#[test]
fn a_hand_off_counts_once_and_in_its_own_browser_only() {
    let chan = demo().person("chan");
    let browser = Browser::of(demo(), chan);
    let handed = browser.get(login_page(demo(), &browser).link("/certificate/"));
    let address = handed.location().expect("the certificate is good");
    assert!(address.query_pairs().any(|(name, _)| name == "proof"), "{address}");

    let thief = Browser::new(demo());
    thief.get(&address).expect(410);
    assert!(is_signed_out(demo(), &thief));

    let mut forged = address.clone();
    forged.set_query(Some(&format!("proof={}", pearlbridge::id::new_secret())));
    browser.get(&forged).expect(410);
    assert!(is_signed_out(demo(), &browser));

    code(&go(&browser, browser.get(&address)));
    browser.get(&address).expect(410);
}

#[test]
fn a_hand_off_of_one_attempt_does_not_count_for_another() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let other = login_page(demo(), &browser);
    let handed = browser.get(login_page(demo(), &browser).link("/certificate/"));
    let address = handed.location().expect("the certificate is good");
    let query = address.query().expect("the proof is in the query");
    browser.get(format!("{}/certificate?{query}", other.url)).expect(410);
    assert!(is_signed_out(demo(), &browser));
}

#[test]
fn a_signature_over_another_challenge_is_refused() {
    let chan = demo().person("chan");
    let browser = Browser::new(demo());
    let challenge = |login: &url::Url| browser.get(format!("{login}/challenge.bin")).expect(200).body;
    let (one, two) = (login_page(demo(), &browser).url, login_page(demo(), &browser).url);
    let signature = STANDARD.encode(sign(&chan.key, challenge(&one).as_bytes()));
    let chain = std::fs::read_to_string(&chan.cert).expect("a file");
    let answer = |login: &url::Url, signature: &str| {
        let form = browser.open(format!("{login}/challenge")).expect(200).form("/challenge");
        browser.send(&form, &[("chain", &chain), ("signature", signature)])
    };
    challenge(&two);
    answer(&two, &signature).expect(422);
    answer(&one, "AAAA").expect(422);
    answer(&one, "not base64!").expect(422);
    assert!(is_signed_out(demo(), &browser));

    let page = browser.open(format!("{one}/challenge")).expect(200).form("/challenge");
    code(&go(&browser, browser.send(&page, &[("chain", &chain), ("signature", &signature)])));
    let again = browser.send(&page, &[("chain", &chain), ("signature", &signature)]);
    assert!(again.status >= 400, "{} {:?}", again.status, again.location());
}

fn sign(key: &std::path::Path, bytes: &[u8]) -> Vec<u8> {
    let file = crate::support::temporary_directory("sign").join("challenge.bin");
    std::fs::write(&file, bytes).expect("the challenge can be written");
    let mut openssl = std::process::Command::new("openssl");
    crate::support::run(openssl.args(["dgst", "-sha256", "-sign"]).arg(key).arg(&file))
}

#[test]
fn a_form_without_its_token_is_refused_everywhere() {
    let chan = demo().person("chan");
    let browser = Browser::of(demo(), chan);
    let login = login_page(demo(), &browser);
    let fields = [("username", "chan"), ("password", chan.password.as_str())];
    browser.post(login.form("/password").action, &fields).expect(403);
    let foreign = [("csrf", "0000000000000000"), fields[0], fields[1]];
    browser.post(login.form("/password").action, &foreign).expect(403);
    browser.post(format!("{}/challenge", login.url), &[("signature", "x")]).expect(403);
    browser.upload(format!("{}/verify", demo().description.issuer), &[("pem", "x")], None).expect(403);

    code(&with_certificate(&browser, &login));
    let account = format!("{}/account", demo().description.issuer);
    browser.post(format!("{account}/logout"), &[]).expect(403);
    browser.post(format!("{account}/sessions/end-others"), &[]).expect(403);
    browser.upload(format!("{account}/certificates"), &[("csr", "x")], None).expect(403);
    assert!(!is_signed_out(demo(), &browser), "nothing changed");

    let hall = demo().hall("hall-window");
    browser.open(format!("{}/items/practice", hall.url)).expect(200);
    browser.post(format!("{}/items/practice", hall.url), &[("purpose", "first")]).expect(403);
    browser.post(format!("{}/logout", hall.url), &[]).expect(403);
}

#[test]
fn a_link_on_a_foreign_page_signs_nobody_out() {
    let browser = Browser::of(demo(), demo().person("chan"));
    client::tokens(&browser, demo());
    let asks = browser.get(format!("{}/oauth2/end_session", demo().description.issuer)).expect(200);
    assert!(!is_signed_out(demo(), &browser));
    browser.submit(&asks.form("/oauth2/end_session"), &[]).expect(200);
    assert!(is_signed_out(demo(), &browser));
}

#[test]
fn who_guesses_passwords_has_to_wait_and_so_has_who_knows_it() {
    let company = demo().person("company");
    let browser = Browser::new(demo());
    let login = login_page(demo(), &browser);
    let form = login.form("/password");
    for _ in 0..10 {
        browser.send(&form, &[("username", "company"), ("password", "guess")]).expect(422);
    }
    let right = [("username", "company"), ("password", company.password.as_str())];
    let page = browser.send(&form, &right).expect(422);
    assert_eq!(page.location(), None);
    // Others are not made to wait.
    let back = client::with_password(&browser, demo(), &login, "zhang");
    code(&back);
}

#[test]
fn a_one_time_code_counts_once() {
    let lei = demo().person("lei");
    let right = demo().code("lei");
    let sign_in = |browser: &Browser| {
        let login = login_page(demo(), browser);
        let fields = [("username", "lei"), ("password", lei.password.as_str())];
        let factor = go(browser, browser.send(&login.form("/password"), &fields)).expect(200);
        browser.send(&factor.form("/totp"), &[("code", &right)])
    };
    let (first, second) = (Browser::new(demo()), Browser::new(demo()));
    code(&go(&first, sign_in(&first)));
    sign_in(&second).expect(422);
    assert!(is_signed_out(demo(), &second));
}

#[test]
fn parameters_that_break_the_protocol_go_back_to_the_client_as_errors() {
    let browser = Browser::new(demo());
    let cases = [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("scope", "profile"), "invalid_scope"),
        (("prompt", "none"), "login_required"),
        (("max_age", "soon"), "invalid_request"),
    ];
    for (parameter, error) in cases {
        let asked = ask(demo(), &[parameter]);
        let page = browser.get(&asked.url);
        assert_eq!(client::parameter(&page, "error").as_deref(), Some(error), "{parameter:?}");
        assert_eq!(client::parameter(&page, "state").as_deref(), Some(asked.state.as_str()));
        assert_eq!(client::parameter(&page, "iss").as_deref(), Some(demo().description.issuer.as_str()));
    }
    let mut twice = ask(demo(), &[]).url;
    twice.query_pairs_mut().append_pair("state", "second");
    assert_eq!(browser.get(&twice).expect(400).location(), None);
}
