//! `/items/{code}`: the form of an item. Whoever is not signed in, or not well enough, is sent to the provider and comes
//! back to the same form.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::failure::{Failure, no_such_page};
use super::{Desk, Result, page, person, sign_in_first, was_asked};
use crate::halls::session::Session;
use crate::locale::Locale;
use crate::web::error::PageError;
use crate::web::extract::Fields;
use crate::web::layer::visitor::Visitor;
use crate::web::view::Problem;
use crate::web::view::hall::{HallError, HallItemPage, Item, Purpose};

/// A telephone number has so many digits: a local one at least, one of E.164 with a prefix at most.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=20;

/// Nobody reads more remarks than this.
const LONGEST_REMARKS: usize = 2000;

/// GET.
pub(super) async fn show(State(desk): State<Desk>, visitor: Visitor, Path(code): Path<String>) -> Result {
    match desk.admit(&visitor, &code).await? {
        Admission::Admitted(item, session) => {
            Ok(desk.item_page(&visitor, &session, item, &Fields::default(), Vec::new(), StatusCode::OK))
        }
        Admission::First(response) => Ok(response),
    }
}

/// POST: hands the form in, or shows what is to be mended.
pub(super) async fn hand_in(
    State(desk): State<Desk>,
    visitor: Visitor,
    Path(code): Path<String>,
    fields: std::result::Result<Fields, PageError>,
) -> Result {
    let fields = fields.map_err(|error| Failure::from(error).retry(address(&code)))?;
    let (item, session) = match desk.admit(&visitor, &code).await? {
        Admission::Admitted(item, session) => (item, session),
        Admission::First(response) => return Ok(response),
    };
    let problems = problems(visitor.locale, &fields);
    if !problems.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(desk.item_page(&visitor, &session, item, &fields, problems, status));
    }
    let field = |name| fields.get(name);
    let form = json!({"purpose": field("purpose"), "phone": field("phone"), "remarks": field("remarks")});
    let receipt = desk.hall.hand_in(&session, item.code(), &form).await?;
    Ok(Redirect::to(&format!("/receipts/{receipt}")).into_response())
}

/// Who comes to an item.
enum Admission {
    /// Somebody who may apply.
    Admitted(Item, Session),
    /// Somebody who is sent to the provider first.
    First(Response),
}

impl Desk {
    async fn admit(&self, visitor: &Visitor, code: &str) -> Result<Admission> {
        let item = self.item(code).ok_or_else(no_such_page)?;
        let Some(session) = self.session(visitor).await? else {
            return Ok(Admission::First(sign_in_first(&address(code))));
        };
        if !person::is_addressed(&session.claims, item) {
            let why = "the item is for the other kind of applicant";
            return Err(Failure::new(HallError::NotEligible, why).final_for_now().seen_by(&session));
        }
        if person::reaches(&session.claims, item) {
            return Ok(Admission::Admitted(item, session));
        }
        if was_asked(visitor) {
            let why = "the provider gave no level that the item accepts";
            return Err(Failure::new(HallError::LevelTooLow, why).retry(address(code)).seen_by(&session));
        }
        Ok(Admission::First(sign_in_first(&address(code))))
    }

    fn item_page(
        &self,
        visitor: &Visitor,
        session: &Session,
        item: Item,
        fields: &Fields,
        problems: Vec<Problem>,
        status: StatusCode,
    ) -> Response {
        let page = HallItemPage {
            page: page(visitor, Some(session)),
            hall: self.context(),
            item,
            person: person::person(&session.claims),
            phone: fields.get("phone").to_owned(),
            purpose: Purpose::from_code(fields.get("purpose")),
            remarks: fields.get("remarks").to_owned(),
            problems,
        };
        self.respond(status, &page, &page.page)
    }
}

fn address(code: &str) -> String {
    format!("/items/{code}")
}

/// What is to be mended, in the order of the fields.
fn problems(locale: Locale, fields: &Fields) -> Vec<Problem> {
    let named = |field: &str| (field.to_owned(), HallItemPage::label(&locale, field));
    let missing = |field| {
        let (field, label) = named(field);
        Problem::FieldMissing { field, label }
    };
    let invalid = |field| {
        let (field, label) = named(field);
        Problem::FieldInvalid { field, label }
    };
    let mut problems = Vec::new();
    if Purpose::from_code(fields.get("purpose")).is_none() {
        let (field, label) = named("purpose");
        problems.push(Problem::FieldUnchosen { field, label });
    }
    match fields.get("phone") {
        "" => problems.push(missing("phone")),
        phone if !is_phone(phone) => problems.push(invalid("phone")),
        _ => {}
    }
    if fields.get("remarks").chars().count() > LONGEST_REMARKS {
        problems.push(invalid("remarks"));
    }
    problems
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    DIGITS.contains(&digits) && text.chars().all(|letter| letter.is_ascii_digit() || " +-()".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_of_the_region_are_taken() {
        for phone in ["+852 2345 6789", "(0756) 212-3456", "+86 138 0013 8000", "28001234"] {
            assert!(is_phone(phone), "{phone}");
        }
        for other in ["", "12345", "call me", "+852 2345 6789 <script>", "123456789012345678901"] {
            assert!(!is_phone(other), "{other}");
        }
    }
}
