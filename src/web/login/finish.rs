//! `GET /login/{attempt}/continue`: the attempt has ended in a session; on to where the person was going. Loading it again
//! gives another code, so that a connection that breaks here loses nothing; a pushed request is good for one code, so that
//! after that the client begins anew.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};

use crate::oidc::authorize::{Back, Rejection};
use crate::store::attempt::Destination;
use crate::web::error::Result;
use crate::web::extract::{MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;

/// Goes on.
pub async fn get(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    Path(id): Path<String>,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    let Some(signed_in) = signed_in.filter(|signed_in| attempt.session_id.as_ref() == Some(&signed_in.session.id))
    else {
        return Ok(Redirect::to(&format!("/login/{id}")).into_response());
    };
    let request = match attempt.destination {
        Destination::Page { path, .. } => return Ok(Redirect::to(&path).into_response()),
        Destination::Client(request) => request,
    };
    let (client, request) = app.provider.hold(request).await??;
    if signed_in.session.level >= request.level {
        if app.provider.must_choose(&request, &signed_in).await? {
            return Ok(Redirect::to(&format!("/login/{id}/for")).into_response());
        }
        return present::answer(&visitor, app.provider.issue_code(&client, &request, &signed_in).await?);
    }
    // The login was good, but does not reach what the client needs: ask for the missing factor.
    let next = app.identity.begin(&visitor.browser, Destination::Client(request)).await?;
    Ok(Redirect::to(&format!("/login/{next}")).into_response())
}

/// `GET /login/{attempt}/cancel`: giving up goes back to the client with an error (RFC 6749 §4.1.2.1).
pub async fn cancel(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    let Destination::Client(request) = attempt.destination else {
        return Ok(Redirect::to("/").into_response());
    };
    let (client, request) = app.provider.hold(request).await??;
    let rejection = Rejection::new("access_denied", "the person did not sign in");
    present::answer(&visitor, app.provider.reject(&client, &Back::of(&request), &rejection).await?)
}
