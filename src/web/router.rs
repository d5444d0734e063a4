//! The table of addresses, one router a listener.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, MatchedPath, OriginalUri, Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::error::{PageError, Result};
use super::extract::{MaybeSignedIn, Shared};
use super::layer::visitor::{Site, Visitor};
use super::layer::{body, challenge, dpop, origin, retry, security, visitor};
use super::view::error::ErrorKind;
use super::view::home::{HallLink, HomePage};
use super::{account, api, assets, device, health, login, oidc, phone, pki, present, trust, verify};
use crate::app::App;
use crate::oidc::claims::display_name;

/// Pages and OpenID Connect.
pub fn main(app: &Arc<App>) -> Router {
    let pages = Router::new()
        .route("/", get(home))
        .route("/login", get(login::choose::begin))
        .route("/login/{attempt}", get(login::choose::get))
        .route("/login/{attempt}/password", post(login::password::post))
        .route("/login/{attempt}/totp", get(login::password::get_code).post(login::password::post_code))
        .route("/login/{attempt}/recovery", get(login::recovery::get).post(login::recovery::post))
        .route("/login/{attempt}/phone", get(login::phone::get).post(login::phone::post))
        .route("/login/{attempt}/phone/state", get(login::phone::state))
        .route("/phone/{secret}", get(phone::get).post(phone::post))
        .route("/login/{attempt}/passkey", post(login::passkey::post))
        .route("/login/{attempt}/certificate", get(login::mtls::take_certificate))
        .route("/login/{attempt}/challenge", get(login::challenge::get).post(login::challenge::post))
        .route("/login/{attempt}/challenge.bin", get(login::challenge::download))
        .route("/login/{attempt}/welcome", get(login::welcome::get).post(login::welcome::post))
        .route("/login/{attempt}/for", get(login::whom::get).post(login::whom::post))
        .route("/mandate/{secret}", get(account::mandates::offer).post(account::mandates::take))
        .route("/login/{attempt}/continue", get(login::finish::get))
        .route("/login/{attempt}/cancel", get(login::finish::cancel))
        .route("/account", get(account::overview::get))
        .route("/account/export", get(account::export::get).post(account::export::post))
        .route("/account/link", get(account::link::get))
        .route("/account/logout", post(account::sessions::sign_out))
        .route("/account/sessions/{id}/end", post(account::sessions::end))
        .route("/account/sessions/end-others", post(account::sessions::end_others))
        .route("/account/credentials/{id}/unlink", get(account::unlink::get).post(account::unlink::post))
        .route("/account/recovery-codes", get(account::recovery::codes).post(account::recovery::make))
        .route("/account/authenticator", get(account::recovery::authenticator).post(account::recovery::change))
        .route("/account/halls/{client}/withdraw", post(account::halls::withdraw))
        .route("/account/mandates", post(account::mandates::post))
        .route("/account/mandates/certificate", get(account::mandates::certificate))
        .route("/account/mandates/new", get(account::mandates::get))
        .route("/account/mandates/{id}/withdraw", post(account::mandates::withdraw))
        .route("/account/passkeys", post(account::passkeys::post))
        .route("/account/passkeys/new", get(account::passkeys::get))
        .route("/account/passkeys/{id}/remove", get(account::passkeys::ask).post(account::passkeys::remove))
        .route("/account/certificates", post(account::certificates::post))
        .route("/account/certificates/{file}", get(account::certificates::get))
        .route("/device", get(device::get).post(device::post))
        .route("/device/decision", post(device::decide))
        .route("/verify", get(verify::get).post(verify::post))
        .route("/trust", get(trust::list))
        .route("/trust.json", get(trust::json))
        .route("/trust/{id}", get(trust::record))
        .route("/oauth2/authorize", get(oidc::authorize::handle).post(oidc::authorize::handle))
        .route("/oauth2/end_session", get(oidc::end_session::handle).post(oidc::end_session::handle));
    let programs = Router::new()
        .route("/.well-known/openid-configuration", get(oidc::metadata::configuration))
        .route("/.well-known/oauth-authorization-server", get(oidc::metadata::configuration))
        .route("/oauth2/jwks", get(oidc::metadata::jwks))
        .route("/oauth2/check_session", get(oidc::check_session::get))
        .route("/oauth2/register", post(oidc::register::post))
        .route(
            "/oauth2/register/{client}",
            get(oidc::register::get).put(oidc::register::put).delete(oidc::register::delete),
        )
        .merge(authenticated(app))
        .route("/pki/{file}", get(pki::get))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics));
    let router = pages
        .merge(programs)
        .merge(api::routes())
        .merge(assets::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(other_method);
    wrap(app, router)
}

/// Where clients say who they are, and tokens are shown: by certificate too (RFC 8705 §5), so on both listeners.
fn authenticated(app: &Arc<App>) -> Router<Arc<App>> {
    // Who is not believed is told in kind; the proofs of the others hold a nonce; and scripts of other origins call some.
    let token = Router::new()
        .route("/oauth2/token", post(oidc::token::post).options(origin::preflight))
        .route("/oauth2/par", post(oidc::par::post).options(origin::preflight))
        .route_layer(from_fn_with_state(app.clone(), dpop::nonce))
        .route("/oauth2/device_authorization", post(oidc::device_authorization::post).options(origin::preflight))
        .route("/oauth2/revoke", post(oidc::revoke::post).options(origin::preflight))
        .route_layer(from_fn(challenge::answer_in_kind));
    Router::new()
        .route("/oauth2/userinfo", get(oidc::userinfo::handle).post(oidc::userinfo::handle).options(origin::preflight))
        .route_layer(from_fn_with_state(app.clone(), dpop::nonce))
        .merge(token)
        .route_layer(from_fn(origin::any))
        .route("/oauth2/introspect", post(oidc::introspect::post))
}

/// The mutual-TLS listener: the one page that asks for a certificate, and what clients show theirs to; all else is at home.
pub fn mutual(app: &Arc<App>) -> Router {
    let router = Router::new()
        .route("/certificate/{attempt}", get(login::mtls::present_certificate))
        .merge(authenticated(app))
        .merge(assets::routes())
        .fallback(at_home);
    wrap(app, router)
}

/// Plain HTTP, for `/pki/` alone.
pub fn plain(app: &Arc<App>) -> Router {
    Router::new().route("/pki/{file}", get(pki::get)).layer(DefaultBodyLimit::max(0)).with_state(app.clone())
}

/// The layers of a listener, outermost last.
fn wrap(app: &Arc<App>, router: Router<Arc<App>>) -> Router {
    let server = &app.settings.server;
    let site = Site {
        prefix: "pb".to_owned(),
        custody: app.custody.clone(),
        clock: app.clock.clone(),
        demonstration: app.demonstration,
    };
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(server.request_timeout));
    router
        .with_state(app.clone())
        .layer(DefaultBodyLimit::max(server.max_body))
        .layer(from_fn_with_state(server.max_body, body::refuse_large))
        .layer(CatchPanicLayer::custom(|_| PageError::new(ErrorKind::Internal).into_response()))
        .layer(timeout)
        .layer(from_fn_with_state(site, visitor::recognise))
        .layer(from_fn(retry::after))
        .layer(from_fn(security::headers))
        .layer(from_fn_with_state(app.clone(), count))
}

async fn count(State(app): Shared, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let began = app.clock.now();
    let response = next.run(request).await;
    app.metrics.request(&route, response.status().as_u16(), app.clock.now() - began);
    response
}

/// A program that asks an endpoint in another way than it is to be asked is told so ("If the request did not use the POST
/// method, … 405", RFC 9126 §2.3); for everybody else there is no such page.
async fn other_method(uri: Uri) -> Response {
    if uri.path().starts_with("/oauth2/") {
        let body = json!({"error": "invalid_request", "error_description": "the method is none of this endpoint's"});
        return (StatusCode::METHOD_NOT_ALLOWED, Json(body)).into_response();
    }
    PageError::new(ErrorKind::NotFound).into_response()
}

async fn not_found() -> PageError {
    PageError::new(ErrorKind::NotFound)
}

async fn at_home(State(app): Shared, OriginalUri(uri): OriginalUri) -> Redirect {
    let path = uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    Redirect::to(&format!("{}{path}", app.provider.issuer))
}

async fn home(State(app): Shared, visitor: Visitor, MaybeSignedIn(signed_in): MaybeSignedIn) -> Result {
    let snapshot = app.trust.snapshot().await?;
    let granted = snapshot.records.iter().filter(|record| record.row.status == "granted").count();
    let halls = app.halls.iter().map(|(hall, _)| {
        let shown = super::view::hall::Hall::from_code(hall.kind().id()).unwrap_or(super::view::hall::Hall::Window);
        HallLink {
            name: shown.text(&visitor.locale),
            summary: shown.summary(&visitor.locale),
            url: hall.settings().url.clone(),
        }
    });
    present::html(&HomePage {
        page: visitor.page(signed_in.map(|signed_in| display_name(&signed_in.person))),
        halls: halls.collect(),
        trusted_authorities: granted,
    })
}
