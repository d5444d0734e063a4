//! `/receipts/{id}`: what was handed in, for the one who did.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::failure::no_such_page;
use super::{Desk, Result, page, person, sign_in_first};
use crate::clock::SECOND;
use crate::web::layer::visitor::Visitor;
use crate::web::view::hall::HallReceiptPage;

/// GET.
pub(super) async fn show(State(desk): State<Desk>, visitor: Visitor, Path(id): Path<String>) -> Result {
    let Some(session) = desk.session(&visitor).await? else {
        return Ok(sign_in_first(&visitor.path_and_query));
    };
    let record = desk.hall.record(&session, &id).await?;
    let record = record.ok_or_else(|| no_such_page().seen_by(&session))?;
    let item = desk.item(&record.item).ok_or_else(|| no_such_page().seen_by(&session))?;
    let receipt = HallReceiptPage {
        page: page(&visitor, Some(&session)),
        hall: desk.context(),
        item,
        receipt_number: record.id,
        applicant: person::display_name(&session.claims),
        received_at: record.created_at.div_euclid(SECOND),
    };
    Ok(desk.respond(StatusCode::OK, &receipt, &receipt.page))
}
