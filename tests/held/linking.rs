//! Linking must not make one person of two; unlinking must not leave a person without a way in.

use pearlbridge::clock::MINUTE;
use pearlbridge::locale::Locale;
use pearlbridge::store::session::Session;
use pearlbridge::store::{self};
use pearlbridge::web::view::account::{ActivityKind, KeptBecause};
use pearlbridge::web::view::problem::Problem;

use crate::support::browser::{Browser, Page};
use crate::support::client::{self, ask, code, go, redeem, text};
use crate::support::leaf::{self, Wish};
use crate::{demo, is_signed_out, login_page};

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

/// As if the login of this browser had been a quarter of an hour ago.
async fn let_age(browser: &Browser) {
    let app = demo().open().await;
    let secret = browser.cookie("__Host-pb-session").expect("it is signed in");
    let signed_in = app.identity.session(&secret).await.expect("the database answers").expect("the session lives");
    let aged = Session { auth_time: signed_in.session.auth_time - 15 * MINUTE, ..signed_in.session };
    let renewed: store::Result<bool> =
        app.store.write(move |tx| Box::pin(async move { store::session::renew(tx, &aged).await })).await;
    assert!(renewed.expect("it can be written"));
}

#[tokio::test]
async fn whoever_links_a_certificate_has_signed_in_a_moment_ago() {
    let name = demo().person("zhang").name.as_str();
    let second = leaf::issue(demo(), Wish { number: "1000000095", name, ..Wish::default() }).await;
    let browser = Browser::new(demo()).with_certificate(&second.file, &second.key);
    code(&client::with_password(&browser, demo(), &login_page(demo(), &browser), "zhang"));
    let page = browser.open(format!("{}/account/link", demo().description.issuer)).expect(200);
    let_age(&browser).await;

    // From the page that was left open, to a login, to the page again, and from there it is linked.
    let login = go(&browser, browser.get(page.link("/certificate/"))).expect(200);
    assert!(login.url.path().starts_with("/login/"), "{}", login.url);
    let page = client::with_password(&browser, demo(), &login, "zhang").expect(200);
    assert_eq!(page.url.path(), "/account/link");
    let account = go(&browser, browser.get(page.link("/certificate/"))).expect(200);
    assert_eq!(account.url.query(), Some("notice=certificate_linked"));
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

/// The page that asks whether the certificate with this serial shall be unlinked.
fn unlink_page(browser: &Browser, certificate: &pki::Certificate) -> Page {
    let account = browser.open(format!("{}/account", demo().description.issuer)).expect(200);
    let serial = certificate.serial().to_string();
    let (before, _) = account.body.rsplit_once(&format!(" {serial}</span></a>")).expect("the certificate is listed");
    let (_, link) = before.rsplit_once("href=\"").expect("it has a link");
    let path = link.split('"').next().expect("an address");
    browser.open(format!("{}{path}", demo().description.issuer)).expect(200)
}

#[tokio::test]
async fn a_certificate_that_is_unlinked_opens_nothing_until_its_holder_links_it_again() {
    let wish = Wish { number: "1000000092", name: "Tai Man CHAN", ..Wish::default() };
    let second = leaf::issue(demo(), wish).await;
    let of_second = || Browser::new(demo()).with_certificate(&second.file, &second.key);
    link(&of_second(), "chan").expect(200);
    let elsewhere = of_second();
    let tokens = client::tokens(&elsewhere, demo());

    // From a session of another certificate: that goes on, and the sessions that this one opened end.
    let here = Browser::of(demo(), demo().person("chan"));
    client::tokens(&here, demo());
    let account = here.submit(&unlink_page(&here, &second.certificate).form("/unlink"), &[]).expect(200);
    assert_eq!(account.url.query(), Some("notice=certificate_unlinked"));
    assert!(account.text().contains(&ActivityKind::CertificateUnlinked.text(&Locale::En)), "{}", account.text());
    assert!(is_signed_out(demo(), &elsewhere) && !is_signed_out(demo(), &here));
    client::userinfo(&elsewhere, demo(), text(&tokens, "access_token")).expect(401);

    // It is a stranger's now; who proves the account as well takes it back.
    let again = of_second();
    let welcome = client::with_certificate(&again, &login_page(demo(), &again)).expect(200);
    assert!(welcome.url.path().ends_with("/welcome"), "{}", welcome.url);
    let (chan, one_time) = (demo().person("chan"), demo().code("chan"));
    let fields = [("action", "link"), ("username", "chan"), ("password", &chan.password), ("code", &one_time)];
    code(&go(&again, again.send(&welcome.form("/welcome"), &fields)));

    // Whoever unlinks what they are signed in with is signed out, as the page says before.
    let farewell = again.submit(&unlink_page(&again, &second.certificate).form("/unlink"), &[]).expect(200);
    assert!(farewell.text().contains(&Locale::En.text("signed-out-title")), "{}", farewell.text());
    assert!(is_signed_out(demo(), &again));
}

#[tokio::test]
async fn a_session_by_password_proves_the_certificate_before_it_unlinks_one() {
    let browser = Browser::of(demo(), demo().person("lei"));
    let name = demo().person("lei").name.as_str();
    let second = leaf::issue(demo(), Wish { number: "1000000094", name, ..Wish::default() }).await;
    link(&Browser::new(demo()).with_certificate(&second.file, &second.key), "lei").expect(200);

    code(&client::with_password(&browser, demo(), &login_page(demo(), &browser), "lei"));
    let login = unlink_page(&browser, &second.certificate);
    assert!(login.url.path().starts_with("/login/"), "{}", login.url);
    assert!(!login.body.contains("name=\"password\""), "a password would not do");
    let page = client::with_certificate(&browser, &login).expect(200);
    let account = browser.submit(&page.form("/unlink"), &[]).expect(200);
    assert_eq!(account.url.query(), Some("notice=certificate_unlinked"));
}

#[tokio::test]
async fn the_certificate_that_an_account_was_opened_with_is_not_unlinked() {
    let wish = Wish { number: "1000000093", name: "SO Lo", ..Wish::default() };
    let only = leaf::issue(demo(), wish).await;
    let browser = Browser::new(demo()).with_certificate(&only.file, &only.key);
    let welcome = client::with_certificate(&browser, &login_page(demo(), &browser)).expect(200);
    code(&go(&browser, browser.send(&welcome.form("/welcome"), &[("action", "new")])));

    let page = unlink_page(&browser, &only.certificate);
    assert_eq!(page.heading(), KeptBecause::OpenedAccount.text(&Locale::En));
    // A form that the page did not show.
    let mut form = browser.open(format!("{}/account", demo().description.issuer)).expect(200).form("/account/logout");
    form.action = page.url.clone();
    let refused = browser.send(&form, &[]).expect(422);
    assert_eq!(refused.heading(), KeptBecause::OpenedAccount.text(&Locale::En));
    assert!(!is_signed_out(demo(), &browser));

    // Nor is it somebody else's to unlink.
    let other = Browser::of(demo(), demo().person("lei"));
    client::tokens(&other, demo());
    let mut form = other.open(format!("{}/account", demo().description.issuer)).expect(200).form("/account/logout");
    form.action = page.url;
    other.send(&form, &[]).expect(404);
    client::tokens(&Browser::new(demo()).with_certificate(&only.file, &only.key), demo());
}
