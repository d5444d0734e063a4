//! `/account/link`: a second certificate for the same account, whose holder proves both.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::identity::session::SignedIn;
use crate::oidc::claims::display_name;
use crate::store::attempt::Destination;
use crate::web::error::Result;
use crate::web::extract::{Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::account::LinkPage;
use crate::web::view::problem::Problem;

/// The page.
pub async fn get(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    show(&app, &visitor, &signed_in, Vec::new()).await
}

/// The page, with what is wrong with the certificate that was shown; each begins an attempt that links.
pub(in crate::web) async fn show(app: &App, visitor: &Visitor, signed_in: &SignedIn, problems: Vec<Problem>) -> Result {
    let destination = Destination::Page { path: "/account?notice=certificate_linked".to_owned(), level: 0 };
    let attempt = app.identity.begin(&visitor.browser, destination, Some(signed_in.person.id.clone())).await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = LinkPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        certificate_url: Some(format!(
            "{}/certificate/{attempt}?lang={}",
            app.settings.server.mtls_url,
            visitor.locale.tag()
        )),
        challenge_url: format!("/login/{attempt}/challenge"),
        problems,
    };
    present::status(status, &page)
}
