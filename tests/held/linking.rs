//! Linking must not make one person of two.

use pearlbridge::locale::Locale;
use pearlbridge::web::view::problem::Problem;

use crate::support::browser::{Browser, Page};
use crate::support::client::{self, ask, code, go, redeem, text};
use crate::support::leaf::{self, Wish};
use crate::{demo, login_page};

/// Signs in as `username` by password, and shows the browser's certificate to be linked.
fn link(browser: &Browser, username: &str) -> Page {
    code(&client::with_password(browser, demo(), &login_page(demo(), browser), username));
    let page = browser.open(format!("{}/account/link", demo().description.issuer)).expect(200);
    go(browser, browser.get(page.link("/certificate/")))
}

#[test]
fn a_certificate_that_shows_another_name_is_not_linked() {
    let newcomer = demo().partner("HK");
    let of_newcomer = || Browser::new(demo()).with_certificate(&newcomer.leaf, &newcomer.leaf_key);
    let browser = of_newcomer();
    let refused = link(&browser, "lei").expect(422);
    assert!(refused.text().contains(&Problem::AnotherPerson.text(&Locale::En)), "{}", refused.text());
    refused.link("/certificate/");

    // It raises nothing: what the session proved is still the password alone.
    let silent = browser.get(ask(demo(), &[("prompt", "none"), ("acr_values", "urn:gd:loa:4")]).url);
    assert_eq!(client::parameter(&silent, "error").as_deref(), Some("login_required"));
    // It opens nothing: the certificate is still that of somebody who has no account.
    let stranger = of_newcomer();
    let welcome = client::with_certificate(&stranger, &login_page(demo(), &stranger)).expect(200);
    assert!(welcome.url.path().ends_with("/welcome"), "{}", welcome.url);
}

#[test]
fn a_stranger_that_proves_an_account_of_another_name_is_not_linked_either() {
    let newcomer = demo().partner("HK");
    let browser = Browser::new(demo()).with_certificate(&newcomer.leaf, &newcomer.leaf_key);
    let welcome = client::with_certificate(&browser, &login_page(demo(), &browser)).expect(200);
    let (company, one_time) = (demo().person("company"), demo().code("company"));
    let fields = [("action", "link"), ("username", "company"), ("password", &company.password), ("code", &one_time)];
    let refused = browser.send(&welcome.form("/welcome"), &fields).expect(422);
    assert!(refused.text().contains(&Problem::AnotherPerson.text(&Locale::En)), "{}", refused.text());
    assert!(crate::is_signed_out(demo(), &browser));
}

#[tokio::test]
async fn a_certificate_of_ones_own_name_is_linked_and_raises_the_session() {
    let wish = Wish { number: "1000000091", name: "Tai Man CHAN", ..Wish::default() };
    let second = leaf::issue(demo(), wish).await;
    let browser = Browser::new(demo()).with_certificate(&second.file, &second.key);
    let account = link(&browser, "chan").expect(200);
    assert_eq!(account.url.query(), Some("notice=certificate_linked"));

    let asked = ask(demo(), &[("prompt", "none"), ("acr_values", "urn:gd:loa:4")]);
    let tokens = redeem(&browser, demo(), &asked, &code(&browser.get(&asked.url))).expect(200).json();
    assert_eq!(client::claims(text(&tokens, "id_token"))["acr"], "urn:gd:loa:5");

    let again = Browser::new(demo()).with_certificate(&second.file, &second.key);
    let tokens = client::tokens(&again, demo());
    let userinfo = client::userinfo(&again, demo(), text(&tokens, "access_token")).expect(200).json();
    assert_eq!(userinfo["name"], demo().person("chan").name.as_str(), "it opens the account from now on");
}
