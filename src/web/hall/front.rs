//! `/`: the items of a hall, open to everybody.
//!
//! Whoever is signed in at the provider already is signed in here without a click: the first time that a browser opens
//! the page, the provider is asked without showing anything (`prompt=none`, OpenID Connect Core §3.1.2.1). If it would
//! have to show something, the page is as open as it was.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::{Desk, Result, page, was_asked};
use crate::halls::sign_in::SignInRequest;
use crate::web::layer::visitor::Visitor;
use crate::web::view::hall::HallFrontPage;

/// So long the provider is not asked again.
const REMEMBERED: time::Duration = time::Duration::minutes(5);

/// GET.
pub(super) async fn show(State(desk): State<Desk>, visitor: Visitor, jar: CookieJar, headers: HeaderMap) -> Result {
    let session = desk.session(&visitor).await?;
    let tried = was_asked(&visitor) || jar.get(&cookie_name(&visitor)).is_some();
    if session.is_none()
        && !tried
        && opens_a_page(&headers)
        && let Some(response) = ask_silently(&desk, &visitor).await
    {
        return Ok(response);
    }
    let context = page(&visitor, session.as_ref());
    let front = HallFrontPage { page: context, hall: desk.context(), items: desk.shown.items().to_vec() };
    Ok(desk.respond(axum::http::StatusCode::OK, &front, &front.page))
}

/// A page that a person opens, rather than a script's fetch, a frame or a probe.
fn opens_a_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let html = text("accept").is_some_and(|accept| accept.contains("text/html"));
    html && text("sec-fetch-dest").is_none_or(|destination| destination == "document")
}

/// The way to the provider; nothing when it does not answer, since the page can do without.
async fn ask_silently(desk: &Desk, visitor: &Visitor) -> Option<Response> {
    let request = SignInRequest { target: "/", level: None, silent: true, ui_locale: visitor.locale.tag() };
    match desk.hall.begin(&visitor.browser, &request).await {
        Ok(url) => {
            let mut response = Redirect::to(&url).into_response();
            remember(&mut response, visitor);
            Some(response)
        }
        Err(error) => {
            tracing::warn!(hall = desk.hall.kind().id(), %error, "no silent sign-in");
            None
        }
    }
}

/// Notes in the browser that the provider was asked, or need not be.
pub(super) fn remember(response: &mut Response, visitor: &Visitor) {
    let cookie = Cookie::build((cookie_name(visitor), "1")).path("/").secure(true).http_only(true);
    let cookie = cookie.same_site(SameSite::Lax).max_age(REMEMBERED).build().to_string();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn cookie_name(visitor: &Visitor) -> String {
    format!("__Host-{}-silent", visitor.site.prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_that_is_opened_asks_the_provider() {
        let opens = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
            opens_a_page(&HeaderMap::from_iter(pairs))
        };
        assert!(opens(&[("accept", "text/html,*/*;q=0.8"), ("sec-fetch-dest", "document")]));
        assert!(opens(&[("accept", "text/html")]));
        assert!(!opens(&[("accept", "text/html"), ("sec-fetch-dest", "iframe")]));
        assert!(!opens(&[("accept", "*/*")]) && !opens(&[]));
    }
}
