//! Who looks at a page: the browser's cookie, the language, the form token; and errors drawn in that language.

use std::sync::Arc;

use askama::Template as _;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::custody::Custody;
use crate::identity::Origin;
use crate::locale::{Locale, negotiate};
use crate::web::api::problem::Problem;
use crate::web::error::PageError;
use crate::web::listen::Peer;
use crate::web::view::PageContext;
use crate::web::view::error::{ErrorKind, ErrorPage};

/// The cookie that remembers the language; the same for all listeners.
const LANGUAGE: &str = "pb-lang";

/// A listener's own cookies: listeners may share a host, and cookies do not know ports.
#[derive(Clone, Debug)]
pub struct Site {
    /// Beginning of its cookies' names.
    pub prefix: String,
    /// To make form tokens.
    pub custody: Arc<Custody>,
    /// To date error pages.
    pub clock: crate::clock::Clock,
    /// Whether pages say that this is a demonstration.
    pub demonstration: bool,
}

impl Site {
    fn browser_cookie(&self) -> String {
        format!("__Host-{}-browser", self.prefix)
    }

    fn kiosk_cookie(&self) -> String {
        format!("__Host-{}-kiosk", self.prefix)
    }

    /// The name of the session cookie.
    pub fn session_cookie(&self) -> String {
        format!("__Host-{}-session", self.prefix)
    }
}

/// The one who looks at the page.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The browser's cookie: it binds login attempts and form tokens, and opens nothing by itself.
    pub browser: String,
    /// The language.
    pub locale: Locale,
    /// Where the request comes from.
    pub origin: Origin,
    /// The page's address, for the language switch.
    pub path_and_query: String,
    /// What forms carry.
    pub csrf: String,
    /// The session cookie's value.
    pub session: Option<String>,
    /// After how many seconds without use a session here ends, on a screen that many use. It says how pages look and nothing
    /// more: the session knows by itself.
    pub kiosk: Option<i64>,
    /// The site.
    pub site: Site,
}

impl Visitor {
    /// The part that all pages share.
    pub fn page(&self, signed_in: Option<String>) -> PageContext {
        PageContext {
            locale: self.locale,
            path_and_query: self.path_and_query.clone(),
            csrf: self.csrf.clone(),
            signed_in,
            kiosk: self.kiosk,
            demonstration: self.site.demonstration,
        }
    }

    /// The header that says that this is a screen that many use.
    pub fn kiosk_cookie(&self, idle_seconds: i64) -> HeaderValue {
        cookie(self.site.kiosk_cookie(), &idle_seconds.to_string(), true)
    }

    /// Whether a form's token is this browser's.
    pub fn owns(&self, token: &str) -> bool {
        crate::id::same(self.csrf.as_bytes(), token.as_bytes())
    }

    /// The header that sets the cookie which clients watch in a frame of ours (Session Management 1.0 §4.2): it opens nothing,
    /// a script of ours reads it, and it comes along where another site shows the frame.
    pub fn state_cookie(&self, value: &str) -> HeaderValue {
        let name = format!("__Host-{}-state", self.site.prefix);
        let mut cookie = Cookie::build((name, value.to_owned())).path("/").secure(true).same_site(SameSite::None);
        if value.is_empty() {
            cookie = cookie.max_age(time::Duration::ZERO);
        }
        HeaderValue::from_str(&cookie.build().to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// The header that sets the session cookie; an empty value removes it.
    pub fn session_cookie(&self, value: &str) -> HeaderValue {
        cookie(self.site.session_cookie(), value, true)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| PageError::new(ErrorKind::Internal))
    }
}

/// Recognises the visitor, and draws what went wrong.
pub async fn recognise(State(site): State<Site>, jar: CookieJar, mut request: Request, next: Next) -> Response {
    let known = jar.get(&site.browser_cookie()).map(|cookie| cookie.value().to_owned());
    let browser = known.clone().filter(|value| value.len() == 43).unwrap_or_else(crate::id::new_secret);
    let chosen = language_in(request.uri());
    let locale = negotiate(
        chosen.as_deref().or(jar.get(LANGUAGE).map(Cookie::value)),
        parameter(request.uri(), "ui_locales").as_deref(),
        text(request.headers(), header::ACCEPT_LANGUAGE),
    );
    let visitor = Visitor {
        csrf: site.custody.form_token(&browser),
        locale,
        origin: origin(&request),
        path_and_query: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        session: jar.get(&site.session_cookie()).map(|cookie| cookie.value().to_owned()),
        browser,
        kiosk: jar.get(&site.kiosk_cookie()).and_then(|cookie| cookie.value().parse().ok()),
        site,
    };
    request.extensions_mut().insert(visitor.clone());
    let is_read = request.method().is_safe();
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<PageError>() {
        response = draw(&visitor, error, is_read);
    }
    // A form from a foreign page comes without cookies; answering it with a new one would undo what is under way.
    if is_read && known.as_deref() != Some(&visitor.browser) {
        response
            .headers_mut()
            .append(header::SET_COOKIE, cookie(visitor.site.browser_cookie(), &visitor.browser, true));
    }
    if chosen.is_some() {
        response.headers_mut().append(header::SET_COOKIE, cookie(LANGUAGE.to_owned(), locale.tag(), false));
    }
    response
}

/// A program gets a problem, everybody else a page.
fn draw(visitor: &Visitor, error: PageError, is_read: bool) -> Response {
    if visitor.path_and_query.starts_with("/api/") {
        return Problem::from(error).into_response();
    }
    let status = error.status();
    let incident = error.incident.clone().or_else(|| log(&error));
    let mut page = visitor.page(None);
    if !is_read {
        // Another language opens the address without the form that was sent to it.
        "/".clone_into(&mut page.path_and_query);
    }
    let page = ErrorPage {
        page,
        kind: error.kind,
        detail: error.detail,
        incident,
        at: visitor.site.clock.now_seconds().0,
        retry_url: error.retry_url,
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => status.into_response(),
    }
}

/// An error that is not ours is logged here, once, under the incident that its page shows.
fn log(error: &PageError) -> Option<String> {
    if !error.kind.is_logged() {
        return None;
    }
    let (incident, kind) = (crate::id::new_id(), error.kind.code());
    let detail: String = error.detail.iter().flat_map(|detail| detail.chars()).take(200).collect();
    tracing::info!(incident, kind, ?detail, "a request was refused");
    Some(incident)
}

/// A host-only cookie. The session dies with the browser or with its row; the others are kept for a year.
fn cookie(name: String, value: &str, session: bool) -> HeaderValue {
    let mut cookie =
        Cookie::build((name, value.to_owned())).path("/").secure(true).http_only(true).same_site(SameSite::Lax);
    if value.is_empty() {
        cookie = cookie.max_age(time::Duration::ZERO);
    } else if !session {
        cookie = cookie.max_age(time::Duration::days(365));
    }
    HeaderValue::from_str(&cookie.build().to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn origin(request: &Request) -> Origin {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.address);
    let agent = text(request.headers(), header::USER_AGENT).unwrap_or_default();
    Origin {
        address: peer.map_or_else(String::new, |address| address.ip().to_string()),
        agent: agent.chars().take(256).collect(),
    }
}

fn language_in(uri: &Uri) -> Option<String> {
    parameter(uri, "lang").filter(|tag| Locale::from_tag(tag).is_some())
}

fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
