//! `/logout` ends the session here and leads to the provider, which ends it everywhere; `/signed-out` is where it ends.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect};

use super::{Desk, Result, front, page};
use crate::halls::SIGNED_OUT;
use crate::web::error::PageError;
use crate::web::extract::Fields;
use crate::web::layer::visitor::Visitor;
use crate::web::view::hall::HallSignedOutPage;

/// POST `/logout`.
pub(super) async fn sign_out(
    State(desk): State<Desk>,
    visitor: Visitor,
    fields: std::result::Result<Fields, PageError>,
) -> Result {
    fields?;
    let next = match desk.session(&visitor).await? {
        Some(session) => desk.hall.sign_out(&session).await?,
        None => SIGNED_OUT.to_owned(),
    };
    let mut response = Redirect::to(&next).into_response();
    response.headers_mut().append(header::SET_COOKIE, visitor.session_cookie(""));
    // Whoever has just left is not to be signed in again by opening the front page.
    front::remember(&mut response, &visitor);
    Ok(response)
}

/// GET `/signed-out`.
pub(super) async fn farewell(State(desk): State<Desk>, visitor: Visitor) -> Result {
    let session = desk.session(&visitor).await?;
    let farewell = HallSignedOutPage { page: page(&visitor, session.as_ref()), hall: desk.context() };
    Ok(desk.respond(StatusCode::OK, &farewell, &farewell.page))
}
