//! Certificates that are refused, each over real mutual TLS.

use pearlbridge::locale::Locale;
use pearlbridge::web::view::error::RefusalReason;
use pki::oid;

use crate::support::browser::{Browser, Page};
use crate::support::client;
use crate::support::demo::Demo;
use crate::support::leaf::{self, HK_POLICY, Leaf, Wish};
use crate::{demo, is_signed_out, login_page};

/// Holds a page to be the refusal for `reason` in `language`, and the log to tell more under the page's id.
async fn is_refused(demo: &Demo, page: &Page, reason: RefusalReason, language: &str) {
    let locale = Locale::from_tag(language).expect("a language of ours");
    assert_eq!(page.status, 403, "{}", page.text());
    assert_eq!(page.heading(), reason.text(&locale), "{}", page.text());
    assert!(page.body.contains(&format!("<html lang=\"{language}\"")), "the page is in {language}");
    assert!(page.text().contains(&reason.next(&locale)), "the page says what to do: {}", page.text());
    let events = demo.events("sign_in_refused").await;
    let mut shown = events.iter().filter(|event| page.text().contains(client::text(event, "incident")));
    let event = shown.next().unwrap_or_else(|| panic!("the log does not know the incident: {}", page.text()));
    assert_eq!(event["reason"], reason.code());
    assert!(!client::text(event, "detail").is_empty(), "the log gives the technical reason: {event}");
}

/// Shows a certificate on the mutual-TLS listener.
fn show(demo: &Demo, leaf: &Leaf, language: &str) -> (Browser, Page) {
    let browser = Browser::new(demo).speaking(language).with_certificate(&leaf.file, &leaf.key);
    let login = login_page(demo, &browser);
    let page = browser.get(login.link("/certificate/"));
    (browser, page)
}

async fn refuse(wish: Wish<'_>, reason: RefusalReason, language: &str) {
    let leaf = leaf::issue(demo(), wish).await;
    let (browser, page) = show(demo(), &leaf, language);
    is_refused(demo(), &page, reason, language).await;
    assert!(is_signed_out(demo(), &browser));
}

#[tokio::test]
async fn a_certificate_like_the_bad_ones_but_good_is_welcome() {
    let leaf = leaf::issue(demo(), Wish::default()).await;
    let (browser, page) = show(demo(), &leaf, "en");
    let page = browser.follow(page, client::is_client).expect(200);
    assert!(page.url.path().ends_with("/welcome"), "{}", page.url);
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    refuse(Wish { days: (-30, -1), ..Wish::default() }, RefusalReason::Expired, "zh-Hant").await;
}

#[tokio::test]
async fn a_certificate_of_tomorrow_is_refused() {
    refuse(Wish { days: (1, 30), ..Wish::default() }, RefusalReason::NotYetValid, "zh-Hans").await;
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_is_not_listed_is_refused() {
    refuse(Wish { authority: "hk-ca-new", ..Wish::default() }, RefusalReason::NotListed, "pt").await;
}

#[tokio::test]
async fn a_policy_under_the_prefix_that_no_record_names_is_refused() {
    let policy = Some("2.16.344.8.2.2008.810.2.2018.9.9");
    assert!(policy.is_some_and(|policy| policy.starts_with("2.16.344.8.2.2008.810.2.") && policy != HK_POLICY));
    refuse(Wish { policy, ..Wish::default() }, RefusalReason::WrongPolicy, "zh-Hant").await;
}

#[tokio::test]
async fn a_certificate_without_a_policy_is_refused() {
    refuse(Wish { policy: None, ..Wish::default() }, RefusalReason::WrongPolicy, "en").await;
}

#[tokio::test]
async fn a_server_certificate_is_refused() {
    refuse(Wish { purpose: oid::SERVER_AUTH, ..Wish::default() }, RefusalReason::WrongPurpose, "zh-Hans").await;
}

#[tokio::test]
async fn a_certificate_of_an_authority_of_nowhere_is_refused() {
    let (browser, page) = show(demo(), &leaf::unknown(), "pt");
    is_refused(demo(), &page, RefusalReason::UnknownCa, "pt").await;
    assert!(is_signed_out(demo(), &browser));
}

#[tokio::test]
async fn a_certificate_that_another_key_signed_in_a_good_authoritys_name_is_refused() {
    let leaf = leaf::forge(demo(), Wish::default()).await;
    let (browser, page) = show(demo(), &leaf, "en");
    is_refused(demo(), &page, RefusalReason::SignatureInvalid, "en").await;
    assert!(is_signed_out(demo(), &browser));
}

#[tokio::test]
async fn a_certificate_that_cannot_be_read_is_refused() {
    let (file, key) = leaf::issue_unreadable(demo()).await;
    let browser = Browser::new(demo()).speaking("zh-Hans").with_certificate(&file, &key);
    let page = browser.get(login_page(demo(), &browser).link("/certificate/"));
    is_refused(demo(), &page, RefusalReason::Malformed, "zh-Hans").await;
    assert!(is_signed_out(demo(), &browser));
}

#[tokio::test]
async fn a_browser_without_a_certificate_is_told_so() {
    let browser = Browser::new(demo()).speaking("zh-Hant");
    let page = browser.get(login_page(demo(), &browser).link("/certificate/"));
    is_refused(demo(), &page, RefusalReason::NoCertificatePresented, "zh-Hant").await;
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_at_the_next_login_and_its_sessions_end() {
    let wish = Wish { number: "1000000088", recorded: true, ..Wish::default() };
    let leaf = leaf::issue(demo(), wish).await;
    let (browser, page) = show(demo(), &leaf, "en");
    let welcome = browser.follow(page, client::is_client).expect(200);
    let opened = browser.send(&welcome.form("/welcome"), &[("action", "new")]);
    client::code(&client::go(&browser, opened));
    assert!(!is_signed_out(demo(), &browser), "the account is open");

    demo().operate(&["ca", "revoke", &leaf.certificate.serial().to_string(), "--reason", "keyCompromise"]);
    assert!(is_signed_out(demo(), &browser), "what was opened with it has ended");
    let (_, page) = show(demo(), &leaf, "zh-Hans");
    is_refused(demo(), &page, RefusalReason::Revoked, "zh-Hans").await;
}

#[tokio::test]
async fn a_suspended_or_withdrawn_record_refuses_until_it_is_granted_again() {
    let lei = demo().person("lei");
    let attempt = || {
        let browser = Browser::of(demo(), lei).speaking("pt");
        let page = browser.get(login_page(demo(), &browser).link("/certificate/"));
        (browser, page)
    };
    for (status, reason) in [("suspended", RefusalReason::Suspended), ("withdrawn", RefusalReason::Withdrawn)] {
        demo().operate(&["trust", "status", "mo-qualified", status, "--reason", "a test"]);
        let (browser, page) = attempt();
        is_refused(demo(), &page, reason, "pt").await;
        assert!(is_signed_out(demo(), &browser));
    }
    demo().operate(&["trust", "status", "mo-qualified", "granted", "--reason", "the test is over"]);
    let (browser, page) = attempt();
    client::code(&client::go(&browser, page));
}

#[test]
fn a_leaf_comes_in_alone_or_with_its_chain() {
    let (demo, chan) = (demo(), demo().person("chan"));
    let chain = [&chan.cert, &demo.authority("hk-ca").cert].map(|path| std::fs::read_to_string(path).expect("a file"));
    let file = crate::support::temporary_directory("chain").join("chain.pem");
    std::fs::write(&file, chain.concat()).expect("the chain can be written");
    for certificate in [&chan.cert, &file] {
        let browser = Browser::new(demo).with_certificate(certificate, &chan.key);
        let back = client::with_certificate(&browser, &login_page(demo, &browser));
        client::code(&back);
    }
}
