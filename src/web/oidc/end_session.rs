//! `GET|POST /oauth2/end_session` (RP-Initiated Logout 1.0).
//!
//! A request with an ID token of the running session ends it at once; without one the person is asked, so that a link
//! on a foreign page signs nobody out. Where clients of the session have a front-channel address, a page opens these in
//! frames before it goes on (Front-Channel Logout 1.0 §3).

use std::sync::Arc;

use axum::extract::{RawForm, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

use crate::app::App;
use crate::audit::Actor;
use crate::identity::session::SignedIn;
use crate::oidc::authorize::Parameters;
use crate::oidc::claims::display_name;
use crate::oidc::logout::EndSessionRequest;
use crate::web::error::{PageError, Result};
use crate::web::extract::{MaybeSignedIn, Shared};
use crate::web::layer::security::{FormTargets, Frames};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::error::ErrorKind;
use crate::web::view::login::{HallNotice, LogoutPage, ReturnLink, SignedOutPage};

/// As long the page waits for the halls to confirm before it is drawn.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(1500);

/// Ends the session, or asks first.
pub async fn handle(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    method: Method,
    RawForm(form): RawForm,
) -> Result {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
    let parameters = Parameters::new(pairs.clone());
    let parameters = parameters.map_err(|name| PageError::new(ErrorKind::BadRequest).with_detail(name))?;
    let request = app.provider.read_end_session(&parameters).await?;
    let Some(signed_in) = signed_in else {
        // A form on a foreign page brings no cookie (SameSite): ask again by GET, where it comes along.
        if method == Method::POST && visitor.session.is_none() {
            return Ok(Redirect::to(&url_with(&pairs)).into_response());
        }
        return finish(&app, &visitor, request, None).await;
    };
    let hinted = request.session_id.as_deref() == Some(&signed_in.session.id);
    let confirmed = method == Method::POST && parameters.get("csrf").is_some_and(|token| visitor.owns(token));
    if hinted || confirmed {
        return end(&app, &visitor, request, &signed_in).await;
    }
    ask(&visitor, request, pairs, &signed_in)
}

fn url_with(pairs: &[(String, String)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/oauth2/end_session?{query}")
}

/// Ends the session and says who was told; also for `/account/logout`.
pub async fn end(
    app: &Arc<App>,
    visitor: &Visitor,
    request: EndSessionRequest,
    signed_in: &SignedIn,
) -> Result<Response> {
    let session = &signed_in.session;
    let actor = Actor::Person(session.person_id.clone());
    app.provider.end_session(&session.id, &session.person_id, "signed_out", &actor, &visitor.origin.address).await?;
    finish(app, visitor, request, Some(&session.id)).await
}

async fn finish(
    app: &Arc<App>,
    visitor: &Visitor,
    request: EndSessionRequest,
    ended: Option<&str>,
) -> Result<Response> {
    if ended.is_some() {
        // Told at once rather than at the job's next turn; what does not answer in time stays in the outbox.
        let delivery = app.provider.deliver_logouts(&app.fetch);
        if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, delivery).await {
            tracing::warn!(%error, "logouts stay in the outbox");
        }
    }
    let frames = match ended {
        Some(session) => app.provider.frontchannel_logouts(session).await?,
        None => Vec::new(),
    };
    let mut response = match &request.return_to {
        Some(address) if frames.is_empty() => Redirect::to(address).into_response(),
        _ => signed_out(app, visitor, &request, ended, &frames).await?,
    };
    if ended.is_some() {
        response.headers_mut().append(header::SET_COOKIE, visitor.session_cookie(""));
        response.headers_mut().append(header::SET_COOKIE, visitor.state_cookie(""));
        if visitor.kiosk.is_some() {
            // The next person finds nothing of this one.
            let everything = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
            response.headers_mut().insert(HeaderName::from_static("clear-site-data"), everything);
        }
    }
    Ok(response)
}

async fn signed_out(
    app: &App,
    visitor: &Visitor,
    request: &EndSessionRequest,
    ended: Option<&str>,
    frames: &[Url],
) -> Result<Response> {
    let report = match ended {
        Some(session) => app.provider.logout_report(session).await?,
        None => Vec::new(),
    };
    let mut halls = Vec::new();
    for (client, confirmed) in report {
        let client = app.provider.client(&client).await?;
        halls.extend(
            client.map(|client| HallNotice { name: present::name_in(&client.names, visitor.locale), confirmed }),
        );
    }
    let name = request.client.as_ref().map(|client| present::name_in(&client.names, visitor.locale));
    let return_to = request.return_to.clone().zip(name).map(|(url, name)| ReturnLink { name, url });
    let addresses = frames.iter().map(Url::to_string).collect();
    let mut response = present::html(&SignedOutPage { page: visitor.page(None), halls, return_to, frames: addresses })?;
    let mut origins: Vec<String> = frames.iter().map(|url| url.origin().ascii_serialization()).collect();
    origins.sort();
    origins.dedup();
    response.extensions_mut().insert(Frames(origins));
    Ok(response)
}

fn ask(
    visitor: &Visitor,
    request: EndSessionRequest,
    pairs: Vec<(String, String)>,
    signed_in: &SignedIn,
) -> Result<Response> {
    let page = LogoutPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        action: "/oauth2/end_session".to_owned(),
        client_name: request.client.as_ref().map(|client| present::name_in(&client.names, visitor.locale)),
        parameters: pairs.into_iter().filter(|(name, _)| name != "csrf").collect(),
        stay_url: "/account".to_owned(),
    };
    let mut response = present::html(&page)?;
    if let Some(address) = &request.return_to {
        response.extensions_mut().insert(FormTargets::origin_of(address));
    }
    Ok(response)
}
