//! `/phone/{secret}`: the phone's side of a login on another screen. It says who asks and from where, and has the person find
//! the number that the screen shows; nothing is let in by opening the address.

use axum::extract::{Path, State};
use axum::response::Response;

use super::account::device;
use super::error::Result;
use super::extract::{Fields, Required, Shared};
use super::layer::visitor::Visitor;
use super::login::prove_first;
use super::present;
use super::view::phone::{ScreenDonePage, ScreenOutcome, ScreenPage};
use crate::app::App;
use crate::identity;
use crate::identity::phone::{Answered, Question};
use crate::identity::session::SignedIn;
use crate::oidc::claims::display_name;
use crate::store::attempt::Destination;

/// The question.
pub async fn get(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(secret): Path<String>,
) -> Result {
    let Some(question) = app.identity.phone_question(&secret, &signed_in, &visitor.browser, &visitor.origin).await?
    else {
        return done(&visitor, &signed_in, ScreenOutcome::Over);
    };
    if let Some(level) = app.identity.phone_lacks(&question, &signed_in.session) {
        return prove_first(&app, &visitor, &signed_in.session, format!("/phone/{secret}"), level).await;
    }
    let page = ScreenPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        action: format!("/phone/{secret}"),
        client_name: name_of(&app, &visitor, &question).await?,
        device: device(&question.login.agent),
        address: question.login.address.clone(),
        same_network: question.same_network,
        asked_at: present::seconds(question.login.created_at),
        numbers: question.login.choices,
    };
    present::html(&page)
}

/// The answer.
pub async fn post(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(secret): Path<String>,
    fields: Fields,
) -> Result {
    let Some(question) = app.identity.phone_question(&secret, &signed_in, &visitor.browser, &visitor.origin).await?
    else {
        return done(&visitor, &signed_in, ScreenOutcome::Over);
    };
    // Whatever is no number refuses.
    let number = fields.get("number").parse().ok();
    let outcome = match app.identity.answer_phone(&question, number, &signed_in, &visitor.origin).await {
        Err(identity::Error::ProvedLongAgo) => {
            let level = app.identity.phone_lacks(&question, &signed_in.session).unwrap_or_default();
            return prove_first(&app, &visitor, &signed_in.session, format!("/phone/{secret}"), level).await;
        }
        answered => answered?,
    };
    let outcome = match outcome {
        Answered::LetIn => ScreenOutcome::LetIn,
        Answered::Refused => ScreenOutcome::Refused,
        Answered::WrongNumber => ScreenOutcome::WrongNumber,
        Answered::Over => ScreenOutcome::Over,
    };
    done(&visitor, &signed_in, outcome)
}

async fn name_of(app: &App, visitor: &Visitor, question: &Question) -> Result<String> {
    let Destination::Client(request) = &question.destination else { return Ok(visitor.locale.text("site-name")) };
    let client = app.provider.client(&request.client_id).await?;
    Ok(client.map_or_else(String::new, |client| present::name_in(&client.names, visitor.locale)))
}

fn done(visitor: &Visitor, signed_in: &SignedIn, outcome: ScreenOutcome) -> Result<Response> {
    present::html(&ScreenDonePage { page: visitor.page(Some(display_name(&signed_in.person))), outcome })
}
