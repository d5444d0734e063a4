//! `/account/export`: all that is kept about the person, as a file. A session that was proved too long ago is led through a
//! login first.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::clock::SECOND;
use crate::oidc::claims::display_name;
use crate::web::error::Result;
use crate::web::extract::{Fields, Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::login::prove_first;
use crate::web::present;
use crate::web::view::account::ExportPage;

/// What is in it, and the button.
pub async fn get(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    match app.identity.may_export(&signed_in).await? {
        Some(numbers) => {
            present::html(&ExportPage { page: visitor.page(Some(display_name(&signed_in.person))), numbers })
        }
        None => prove_first(&app, &visitor, &signed_in.session, "/account/export".to_owned(), 0).await,
    }
}

/// The file.
pub async fn post(State(app): Shared, visitor: Visitor, Required(signed_in): Required, _fields: Fields) -> Result {
    match app.identity.export(&signed_in, &visitor.origin).await? {
        Some(export) => Ok(file(&app, serde_json::to_vec_pretty(&export).expect("an export serialises to JSON"))),
        None => prove_first(&app, &visitor, &signed_in.session, "/account/export".to_owned(), 0).await,
    }
}

fn file(app: &App, json: Vec<u8>) -> Response {
    let (year, month, day) = pki::Time(app.clock.now() / SECOND).date();
    let name = format!("attachment; filename=\"pearlbridge-account-{year:04}-{month:02}-{day:02}.json\"");
    let disposition = HeaderValue::try_from(name).expect("digits and letters");
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], json).into_response()
}
