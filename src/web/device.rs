//! `/device`: the person's side of the device grant (RFC 8628 §3.3). A code in the address fills the form in and nothing more:
//! somebody else may have sent it, so the person compares it with the device and decides (§5.4).

use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::error::{PageError, Result};
use super::extract::{Fields, Required, Shared};
use super::layer::visitor::Visitor;
use super::login::prove_first;
use super::present;
use super::view::Problem;
use super::view::device::{DeviceConfirmPage, DeviceDonePage, DevicePage};
use super::view::error::ErrorKind;
use crate::identity::session::SignedIn;
use crate::oidc::claims::{SCOPES, display_name};
use crate::oidc::device::Typed;
use crate::store::client::{Client, Stage};
use crate::store::device_request::DeviceRequest;

/// What the address may hold.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    user_code: Option<String>,
}

/// The form for the code.
pub async fn get(visitor: Visitor, Required(signed_in): Required, Query(asked): Query<Asked>) -> Result {
    show(&visitor, &signed_in, asked.user_code.unwrap_or_default(), Vec::new())
}

/// The code: the question.
pub async fn post(State(app): Shared, visitor: Visitor, Required(signed_in): Required, fields: Fields) -> Result {
    let code = fields.get("user_code").to_owned();
    let (client, request) = match app.provider.typed(&code, &signed_in, &visitor.origin).await? {
        Typed::Waiting(found) => *found,
        Typed::Unknown => return show(&visitor, &signed_in, code, vec![Problem::UserCodeWrong]),
        Typed::TooMany { wait_seconds } => {
            return show(&visitor, &signed_in, code, vec![Problem::UserCodeThrottled { wait_seconds }]);
        }
    };
    confirm(&visitor, &signed_in, &code, &client, &request)
}

/// The answer.
pub async fn decide(State(app): Shared, visitor: Visitor, Required(signed_in): Required, fields: Fields) -> Result {
    let allow = match fields.get("decision") {
        "allow" => true,
        "refuse" => false,
        _ => return Err(PageError::new(ErrorKind::BadRequest).with_detail("decision")),
    };
    let code = fields.get("user_code").to_owned();
    let (client, request) = match app.provider.typed(&code, &signed_in, &visitor.origin).await? {
        Typed::Waiting(found) => *found,
        Typed::Unknown => return show(&visitor, &signed_in, code, vec![Problem::UserCodeWrong]),
        Typed::TooMany { wait_seconds } => {
            return show(&visitor, &signed_in, code, vec![Problem::UserCodeThrottled { wait_seconds }]);
        }
    };
    // Who refuses need not prove more: the refusal is as near as the consent.
    if allow && !app.provider.may_let_in(&request, &signed_in.session) {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("user_code", &code).finish();
        return prove_first(&app, &visitor, &signed_in.session, format!("/device?{query}"), request.level).await;
    }
    if !app.provider.decide_device(&request, &signed_in, allow, &visitor.origin).await? {
        return show(&visitor, &signed_in, code, vec![Problem::UserCodeWrong]);
    }
    present::html(&DeviceDonePage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        client_name: present::name_in(&client.names, visitor.locale),
        allowed: allow,
    })
}

fn show(visitor: &Visitor, signed_in: &SignedIn, user_code: String, problems: Vec<Problem>) -> Result {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = visitor.page(Some(display_name(&signed_in.person)));
    present::status(status, &DevicePage { page, user_code: user_code.chars().take(20).collect(), problems })
}

fn confirm(visitor: &Visitor, signed_in: &SignedIn, code: &str, client: &Client, request: &DeviceRequest) -> Result {
    let reads = |name: &str| request.scope.split(' ').any(|scope| scope == name);
    let name = display_name(&signed_in.person);
    present::html(&DeviceConfirmPage {
        page: visitor.page(Some(name.clone())),
        user_code: crate::oidc::device::as_shown(code),
        client_name: present::name_in(&client.names, visitor.locale),
        sandbox: client.stage == Stage::Sandbox,
        display_name: name,
        reads_profile: reads("profile"),
        reads_identity: reads("identity"),
        uses: request.scope.split(' ').filter(|scope| !SCOPES.contains(scope)).map(str::to_owned).collect(),
    })
}
