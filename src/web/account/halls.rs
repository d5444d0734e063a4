//! `POST /account/halls/{client}/withdraw`: a hall's access ends.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};

use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::view::error::ErrorKind;

/// Takes it back.
pub async fn withdraw(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(client): Path<String>,
    _fields: Fields,
) -> Result {
    if app.provider.show_out(&client, &signed_in.person.id, &visitor.origin).await? == 0 {
        return Err(PageError::new(ErrorKind::NotFound));
    }
    Ok(Redirect::to("/account?notice=hall_shown_out").into_response())
}
