//! The pages of a demonstration hall, one file a page. What a hall does is [`crate::halls`]; how it looks,
//! [`view::hall`](crate::web::view::hall).

mod backchannel;
mod failure;
mod front;
mod item;
mod person;
mod receipt;
mod sign_in;
mod sign_out;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use self::failure::Failure;
use crate::halls::session::Session;
use crate::halls::{BACKCHANNEL_LOGOUT, CALLBACK, Hall, SIGNED_OUT};
use crate::web::assets;
use crate::web::layer::security::{self, FormTargets};
use crate::web::layer::visitor::{self, Site, Visitor};
use crate::web::view::PageContext;
use crate::web::view::hall::{self as view, HallContext, HallError, Item};

/// Where signing in begins.
const SIGN_IN: &str = "/login";
/// Where the sign-out form is sent.
const SIGN_OUT: &str = "/logout";

/// Marks an address at which the provider was asked already, so that the page does not ask again: `?asked=1`.
const ASKED: &str = "asked";

/// The result of a hall's handlers.
type Result<T = Response> = std::result::Result<T, Failure>;

/// The addresses of a hall's listener.
///
/// Logout tokens and assets come from no visitor: they get no cookie, and ask for no form token.
pub fn router(hall: Arc<Hall>, site: Site) -> Router {
    // An id that no page knows is impossible: both enums list the same two halls, and a test holds them together.
    let shown = view::Hall::from_code(hall.kind().id()).unwrap_or(view::Hall::Window);
    let state = Desk { hall, shown };
    let pages = Router::new()
        .route("/", get(front::show))
        .route(SIGN_IN, get(sign_in::begin))
        .route(CALLBACK, get(sign_in::finish))
        .route("/items/{code}", get(item::show).post(item::hand_in))
        .route("/receipts/{id}", get(receipt::show))
        .route(SIGN_OUT, post(sign_out::sign_out))
        .route(SIGNED_OUT, get(sign_out::farewell))
        .fallback(failure::not_found)
        .layer(from_fn_with_state(state.clone(), failure::draw))
        .layer(from_fn_with_state(site, visitor::recognise));
    Router::new()
        .route(BACKCHANNEL_LOGOUT, post(backchannel::end))
        .merge(assets::routes())
        .merge(pages)
        .layer(axum::middleware::from_fn(security::headers))
        .with_state(state)
}

/// The state of every handler: a hall, and what its pages call it.
#[derive(Clone, Debug)]
struct Desk {
    hall: Arc<Hall>,
    shown: view::Hall,
}

impl Desk {
    /// The visitor's session, if it is live.
    async fn session(&self, visitor: &Visitor) -> Result<Option<Session>> {
        match &visitor.session {
            Some(secret) => Ok(self.hall.session(secret).await?),
            None => Ok(None),
        }
    }

    /// The item of a code, if this hall offers it.
    fn item(&self, code: &str) -> Option<Item> {
        Item::from_code(code).filter(|item| self.shown.items().contains(item))
    }

    fn context(&self) -> HallContext {
        HallContext {
            hall: self.shown,
            issuer_url: self.hall.settings().issuer.clone(),
            sign_in_url: SIGN_IN.to_owned(),
            sign_out_action: SIGN_OUT.to_owned(),
        }
    }

    /// Renders a page. Whoever is signed in has the sign-out form, whose answer leads to the issuer.
    fn respond(&self, status: StatusCode, page: &impl Template, context: &PageContext) -> Response {
        let Ok(html) = page.render() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = (status, Html(html)).into_response();
        if context.signed_in.is_some() {
            response.extensions_mut().insert(FormTargets::origin_of(&self.hall.settings().issuer));
        }
        response
    }
}

/// The part that all pages share.
fn page(visitor: &Visitor, session: Option<&Session>) -> PageContext {
    visitor.page(session.map(|session| person::display_name(&session.claims)))
}

/// The address at which a sign-in that comes back to `target` begins.
fn sign_in_url(target: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("target", target).finish();
    format!("{SIGN_IN}?{query}")
}

/// Sends the browser to sign in and come back to `target`.
fn sign_in_first(target: &str) -> Response {
    Redirect::to(&sign_in_url(target)).into_response()
}

/// Whether the provider was asked already, by the query of an address.
fn was_asked(visitor: &Visitor) -> bool {
    let query = visitor.path_and_query.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == ASKED)
}

impl From<HallError> for StatusCode {
    fn from(kind: HallError) -> Self {
        match kind {
            HallError::StateMismatch | HallError::CodeRefused => Self::BAD_REQUEST,
            HallError::Denied | HallError::NotEligible | HallError::LevelTooLow | HallError::FormExpired => {
                Self::FORBIDDEN
            }
            HallError::NotFound => Self::NOT_FOUND,
            HallError::TokenInvalid | HallError::IssuerUnavailable => Self::BAD_GATEWAY,
            HallError::Other => Self::INTERNAL_SERVER_ERROR,
        }
    }
}
