//! The road of a browser through a hall, without its TLS.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt as _;

use crate::provider::{FakeProvider, NOW};
use pearlbridge::clock::{Clock, SECOND};
use pearlbridge::custody::Custody;
use pearlbridge::halls::HallKind;
use pearlbridge::web::hall::router;
use pearlbridge::web::layer::visitor::Site;
use pearlbridge::web::view::hall as view;

/// A browser with its cookies.
struct Browser {
    router: Router,
    fake: Arc<FakeProvider>,
    custody: Arc<Custody>,
    cookies: BTreeMap<String, String>,
}

struct Page {
    status: StatusCode,
    location: String,
    policy: String,
    html: String,
}

impl Browser {
    async fn new() -> Self {
        let (fake, clock) = (FakeProvider::start().await, Clock::fixed(NOW * SECOND));
        let custody = Arc::new(Custody::with_master_key(&"ab".repeat(32)).unwrap());
        let site =
            Site { prefix: "pb-window".into(), custody: custody.clone(), clock: clock.clone(), demonstration: true };
        let router = router(Arc::new(fake.hall(&clock).await), site);
        Self { router, fake, custody, cookies: BTreeMap::new() }
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).header(header::ACCEPT_LANGUAGE, "en");
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        for set in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        self.cookies.retain(|_, value| !value.is_empty());
        let text = |name| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (location, policy) = (text(header::LOCATION), text(header::CONTENT_SECURITY_POLICY));
        let status = response.status();
        let html = String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
        Page { status, location, policy, html }
    }

    async fn open(&mut self, path: &str) -> Page {
        self.send(Request::get(path).header(header::ACCEPT, "text/html"), String::new()).await
    }

    async fn post(&mut self, path: &str, form: &str) -> Page {
        let csrf = self.cookies.get("__Host-pb-window-browser").map(|browser| self.custody.form_token(browser));
        self.send(Request::post(path), format!("csrf={}&{form}", csrf.unwrap_or_default())).await
    }

    /// Opens an address of the provider, which answers at once: the hall's callback.
    async fn answer(&mut self, location: &str, outcome: &str) -> Page {
        let url = url::Url::parse(location).unwrap();
        assert_eq!(url.path(), "/authorize");
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        self.fake.say(|says| says.nonce.clone_from(&asked["nonce"]));
        let path = format!("/callback?{outcome}&state={}&iss={}", asked["state"], self.fake.issuer);
        self.open(&path).await
    }

    async fn sign_in(&mut self, path: &str) -> Page {
        let first = self.open(path).await;
        let login = self.open(&first.location).await;
        let back = self.answer(&login.location, "code=c").await;
        self.open(&back.location).await
    }
}

#[test]
fn the_pages_know_every_hall() {
    for kind in HallKind::ALL {
        assert!(view::Hall::from_code(kind.id()).is_some());
        assert!(kind.names().values().all(|name| !name.contains('⟦')));
    }
}

#[tokio::test]
async fn from_an_items_link_to_its_receipt() {
    let mut browser = Browser::new().await;
    let page = browser.open("/items/practice").await;
    assert_eq!((page.status, page.location.as_str()), (StatusCode::SEE_OTHER, "/login?target=%2Fitems%2Fpractice"));
    let login = browser.open(&page.location).await;
    assert!(login.location.contains("acr_values=urn%3Agd%3Aloa%3A4"), "{}", login.location);
    let back = browser.answer(&login.location, "code=c").await;
    assert_eq!((back.status, back.location.as_str()), (StatusCode::SEE_OTHER, "/items/practice"));
    let form = browser.open("/items/practice").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.html.contains("CHAN Tai Man") && form.html.contains("A1****(3)"));
    let issuer = browser.fake.issuer.clone();
    assert!(form.policy.contains(&format!("form-action 'self' {issuer};")), "{}", form.policy);

    let again = browser.post("/items/practice", "purpose=first&phone=none").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = browser.post("/items/practice", "purpose=first&phone=%2B852+2345+6789&remarks=").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let receipt = browser.open(&done.location).await;
    assert!(
        receipt.html.contains(done.location.strip_prefix("/receipts/").unwrap()) && receipt.html.contains("陳大文")
    );
    assert_eq!(browser.open("/receipts/GD20260305AAAAAAAA").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_level_that_stays_too_low_is_told_after_one_step_up() {
    let mut browser = Browser::new().await;
    browser.fake.say(|says| says.acr = "urn:gd:loa:2".into());
    assert_eq!(browser.sign_in("/items/title").await.status, StatusCode::OK);
    let page = browser.sign_in("/items/practice").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.html.contains("Your sign-in does not reach the level"));
    assert!(page.html.contains("href=\"/items/practice\""), "it can be tried again");
    browser.fake.say(|says| says.acr = "urn:gd:loa:5".into());
    assert_eq!(browser.sign_in("/items/practice").await.status, StatusCode::OK);
    let page = browser.open("/items/insurance").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "companies only");
    assert!(page.html.contains("This service is not open to you"));
    assert!(!page.html.contains("Begin again"), "the same would come of it");
    assert_eq!(browser.open("/items/rent").await.status, StatusCode::NOT_FOUND, "the other hall's");
}

#[tokio::test]
async fn the_front_page_signs_in_silently_once() {
    let mut browser = Browser::new().await;
    let first = browser.open("/").await;
    assert!(first.location.contains("prompt=none"), "{}", first.location);
    let back = browser.answer(&first.location, "error=login_required").await;
    assert_eq!(back.location, "/");
    let page = browser.open("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("href=\"/login\""));

    let mut second = Browser::new().await;
    let first = second.open("/").await;
    second.answer(&first.location, "code=c").await;
    assert!(second.open("/").await.html.contains("陳大文"));

    let mut forgetful = Browser::new().await;
    let first = forgetful.open("/").await;
    forgetful.cookies.clear();
    let back = forgetful.answer(&first.location, "error=login_required").await;
    assert_eq!(back.location, "/?asked=1");
    forgetful.cookies.clear();
    assert_eq!(forgetful.open("/?asked=1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn answers_that_open_nothing_are_explained() {
    let mut browser = Browser::new().await;
    let login = browser.open("/login?target=/items/title").await;
    let denied = browser.answer(&login.location, "error=access_denied").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert!(denied.html.contains("/login?target=%2Fitems%2Ftitle"));
    assert!(denied.html.contains("href=\"/?lang=pt\""), "another language does not give the answer again");
    assert!(!denied.html.contains("/callback"), "{}", denied.html);
    assert_eq!(browser.answer(&login.location, "code=c").await.status, StatusCode::BAD_REQUEST, "state is used");
    assert_eq!(browser.open("/callback").await.status, StatusCode::BAD_REQUEST);
    browser.fake.say(|says| says.token_error = Some("invalid_grant"));
    let login = browser.open("/login?target=//evil.example").await;
    assert_eq!(browser.answer(&login.location, "code=c").await.status, StatusCode::BAD_REQUEST);
    browser.fake.say(|says| says.token_error = Some("invalid_client"));
    let login = browser.open("/login").await;
    assert_eq!(browser.answer(&login.location, "code=c").await.status, StatusCode::BAD_GATEWAY);
    assert_eq!(browser.open("/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn signing_out_leads_through_the_provider_and_a_forged_form_does_not() {
    let mut browser = Browser::new().await;
    browser.sign_in("/items/title").await;
    let forged = browser.send(Request::post("/logout"), "csrf=x".into()).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let page = browser.post("/logout", "").await;
    assert!(page.location.starts_with(&format!("{}/end?id_token_hint=", browser.fake.issuer)), "{}", page.location);
    assert!(!browser.cookies.contains_key("__Host-pb-window-session"));
    assert_eq!(browser.open("/signed-out").await.status, StatusCode::OK);
    assert_eq!(browser.open("/").await.status, StatusCode::OK, "not signed in again at once");
}

#[tokio::test]
async fn a_logout_token_ends_the_session_and_rubbish_is_refused() {
    let mut browser = Browser::new().await;
    browser.sign_in("/items/title").await;
    let refused = browser.send(Request::post("/backchannel-logout"), "logout_token=x".into()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.html.contains(r#""error":"invalid_request""#));
    assert_eq!(browser.open("/items/title").await.status, StatusCode::OK);
    let token = browser.fake.logout_token("s");
    let taken = browser.send(Request::post("/backchannel-logout"), format!("logout_token={token}")).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert_eq!(browser.open("/items/title").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn assets_may_be_kept_and_pages_may_not() {
    let browser = Browser::new().await;
    for (path, kept) in [("/assets/style.css", true), ("/signed-out", false)] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = browser.router.clone().oneshot(request).await.unwrap();
        let cache = response.headers()[header::CACHE_CONTROL].to_str().unwrap();
        assert_eq!((cache.contains("immutable"), cache == "no-store"), (kept, !kept), "{path}");
        assert_eq!(response.headers().contains_key(header::SET_COOKIE), !kept, "{path}");
    }
}
