//! `/account/link`: a second certificate for the same account, whose holder proves both.

use axum::extract::State;

use crate::oidc::claims::display_name;
use crate::store::attempt::Destination;
use crate::web::error::Result;
use crate::web::extract::{Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::account::LinkPage;

/// The page: begins an attempt that links.
pub async fn get(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    let destination = Destination::Page { path: "/account?notice=certificate_linked".to_owned() };
    let attempt = app.identity.begin(&visitor.browser, destination, Some(signed_in.person.id.clone())).await?;
    present::html(&LinkPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        certificate_url: Some(format!(
            "{}/certificate/{attempt}?lang={}",
            app.settings.server.mtls_url,
            visitor.locale.tag()
        )),
        challenge_url: format!("/login/{attempt}/challenge"),
        problems: Vec::new(),
    })
}
