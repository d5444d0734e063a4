//! `/login/{attempt}/for`: for whom the person acts at the client that asks: for themselves, or for a company by its mandate.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};

use super::{allow_client, client_name};
use crate::app::App;
use crate::identity::session::SignedIn;
use crate::oidc::claims::display_name;
use crate::store::attempt::{Attempt, Destination};
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::error::ErrorKind;
use crate::web::view::login::{Company, WhomPage};

/// The question.
pub async fn get(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
) -> Result {
    let (attempt, signed_in) = ended(&app, &visitor, session, &id).await?;
    let companies = app.identity.live_mandates(&signed_in.person).await?;
    let companies = companies.into_iter().map(|(mandate, company)| Company {
        mandate: mandate.id,
        name: display_name(&company),
        items: mandate.items,
        until: present::seconds(mandate.until),
    });
    let name = display_name(&signed_in.person);
    let page = WhomPage {
        page: visitor.page(Some(name.clone())),
        attempt: id,
        client_name: client_name(&app, &attempt, &visitor).await?,
        display_name: name,
        companies: companies.collect(),
    };
    Ok(allow_client(present::html(&page)?, &attempt))
}

/// The answer; a mandate that is over by now is asked about again.
pub async fn post(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result {
    let (attempt, signed_in) = ended(&app, &visitor, session, &id).await?;
    let Destination::Client(request) = &attempt.destination else { return Err(PageError::new(ErrorKind::NotFound)) };
    let mandate = Some(fields.get("mandate")).filter(|mandate| *mandate != "self");
    let next = match app.identity.act_for(&signed_in, &request.client_id, mandate).await? {
        true => "continue",
        false => "for",
    };
    Ok(Redirect::to(&format!("/login/{id}/{next}")).into_response())
}

/// The attempt of this browser that ended in this session.
async fn ended(app: &App, visitor: &Visitor, session: Option<SignedIn>, id: &str) -> Result<(Attempt, SignedIn)> {
    let attempt = app.identity.attempt(id, &visitor.browser).await?;
    let signed_in = session.filter(|signed_in| attempt.session_id.as_ref() == Some(&signed_in.session.id));
    signed_in.map(|signed_in| (attempt, signed_in)).ok_or_else(|| PageError::new(ErrorKind::AttemptGone))
}
