//! Ending sessions: one, all others, one's own.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};

use crate::audit::Actor;
use crate::oidc::logout::EndSessionRequest;
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::oidc::end_session;
use crate::web::view::error::ErrorKind;

/// `POST /account/sessions/{id}/end`.
pub async fn end(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(id): Path<String>,
    _fields: Fields,
) -> Result {
    if id == signed_in.session.id {
        return end_session::end(&app, &visitor, EndSessionRequest::default(), &signed_in).await;
    }
    let (person, address) = (&signed_in.person.id, &visitor.origin.address);
    if !app.provider.end_session(&id, person, "ended_by_holder", &Actor::Person(person.clone()), address).await? {
        return Err(PageError::new(ErrorKind::NotFound));
    }
    Ok(Redirect::to("/account?notice=session_ended").into_response())
}

/// `POST /account/sessions/end-others`.
pub async fn end_others(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    _fields: Fields,
) -> Result {
    let person = &signed_in.person;
    let actor = Actor::Person(person.id.clone());
    for session in app.identity.overview(person).await?.sessions {
        if session.id != signed_in.session.id {
            app.provider
                .end_session(&session.id, &person.id, "ended_by_holder", &actor, &visitor.origin.address)
                .await?;
        }
    }
    Ok(Redirect::to("/account?notice=others_ended").into_response())
}

/// `POST /account/logout`.
pub async fn sign_out(State(app): Shared, visitor: Visitor, Required(signed_in): Required, _fields: Fields) -> Result {
    end_session::end(&app, &visitor, EndSessionRequest::default(), &signed_in).await
}
