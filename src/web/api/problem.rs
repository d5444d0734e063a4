//! What goes wrong, for programs: `application/problem+json` (RFC 9457). The type is `about:blank`, so that the title is
//! the status's own; `code` says more.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::trust::validation::Refused;
use crate::web::error::PageError;
use crate::web::view::error::ErrorKind;

/// A problem.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// A stable name, snake_case.
    pub code: &'static str,
    /// What is wrong this time.
    pub detail: String,
}

impl Problem {
    /// A problem of this name.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
        });
        let mut response =
            (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", refused.to_string()),
            Refused::Failed(why) => {
                tracing::error!(why, "cases could not be judged");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "the log tells more")
            }
        }
    }
}

/// What the layers around a handler say with a page, said to a program.
impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        let code = match error.kind {
            ErrorKind::NotFound => "not_found",
            ErrorKind::TooLarge => "too_large",
            ErrorKind::TooMany => "too_many_requests",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Internal => "internal_error",
            _ => "bad_request",
        };
        let detail = error.detail.clone().or_else(|| error.incident.clone().map(|id| format!("incident {id}")));
        Self::new(error.status(), code, detail.unwrap_or_default())
    }
}

/// RFC 9110 §15.5.6: with the methods that there are.
pub async fn method_not_allowed(allowed: &'static str) -> Response {
    let detail = format!("only {allowed}");
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
    ([(header::ALLOW, allowed)], problem).into_response()
}
