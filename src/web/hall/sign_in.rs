//! `/login` sends the browser to the provider; `/callback` takes its answer.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect};

use super::failure::Failure;
use super::{ASKED, Desk, Result, person, sign_in_url};
use crate::halls::sign_in::{Answer, SignInRequest};
use crate::halls::{Claims, Error, local_path};
use crate::web::layer::visitor::Visitor;

type Pairs = Vec<(String, String)>;

/// GET `/login?target=…`: asks for the level that the item at the target needs.
pub(super) async fn begin(State(desk): State<Desk>, visitor: Visitor, Query(pairs): Query<Pairs>) -> Result {
    let target = pairs.iter().find(|(name, _)| name == "target").map_or("/", |(_, value)| local_path(value));
    let level = desk.item_at(target).map(|item| item.level());
    let request = SignInRequest { target, level, silent: false, ui_locale: visitor.locale.tag() };
    let begun = desk.hall.begin(&visitor.browser, &request).await;
    let url = begun.map_err(|error| Failure::from(error).retry(sign_in_url(target)))?;
    Ok(Redirect::to(&url).into_response())
}

/// GET `/callback`.
pub(super) async fn finish(State(desk): State<Desk>, visitor: Visitor, Query(pairs): Query<Pairs>) -> Result {
    let answer = Answer::new(&pairs);
    let begun = match desk.hall.recognise(&visitor.browser, &answer).await {
        // A browser that keeps no cookie would otherwise be sent round in circles.
        Err(Error::StateMismatch) if answer.wants_interaction() => {
            return Ok(Redirect::to(&format!("/?{ASKED}=1")).into_response());
        }
        outcome => outcome?,
    };
    let target = begun.target.clone();
    let opened = match desk.hall.finish(begun, visitor.session.as_deref(), &answer).await {
        Err(Error::InteractionRequired(_)) => return Ok(Redirect::to("/").into_response()),
        Err(error) => return Err(Failure::from(error).retry(sign_in_url(&target))),
        Ok(opened) => opened,
    };
    let mut response = Redirect::to(&desk.landing(target, &opened.claims)).into_response();
    response.headers_mut().append(header::SET_COOKIE, visitor.session_cookie(&opened.secret));
    Ok(response)
}

impl Desk {
    /// The item whose page a local address leads to.
    fn item_at(&self, target: &str) -> Option<crate::web::view::hall::Item> {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        self.item(path.strip_prefix("/items/")?)
    }

    /// Where a sign-in ends. An item that needs more than the provider could give is told that it was asked for.
    fn landing(&self, target: String, claims: &Claims) -> String {
        match self.item_at(&target) {
            Some(item) if !person::reaches(claims, item) => format!("/items/{}?{ASKED}=1", item.code()),
            _ => target,
        }
    }
}
