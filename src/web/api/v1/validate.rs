//! `/api/v1/validate` and `/api/v1/validate/batch`: the JSON of `pearlbridge validate`, judged against the province's
//! trust. Anybody may ask; nobody may name anchors or the legacy algorithms, as there is no
//! caller yet whom the service knows to be allowed to.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::value::RawValue;

use crate::trust::validation::{Case, Outcome, Unreadable};
use crate::web::api::problem::Problem;
use crate::web::extract::Shared;

/// Cases in a request. What is more goes into another.
const MOST: usize = 1_000;

type Result<T = Response> = std::result::Result<T, Problem>;

/// One case: its result, or what is wrong with the request.
pub async fn one(State(app): Shared, body: std::result::Result<Bytes, BytesRejection>) -> Result {
    let body = received(body)?;
    let case = Case::read(&body).map_err(|why| malformed(&why.message, why.rfc))?;
    if let Some(why) = case.not_permitted() {
        return Err(Problem::new(StatusCode::FORBIDDEN, why.code, format!("{} ({})", why.message, why.rfc)));
    }
    let outcomes = app.trust.answer(Arc::from([body.to_vec()])).await?;
    let outcome =
        outcomes.first().ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "malformed_input", "no case"))?;
    if let Some((message, rfc)) = outcome.malformed_input() {
        return Err(malformed(message, rfc));
    }
    Ok(json("application/json", outcome.to_json()))
}

/// A JSON array of cases, or a case a line: results in the same manner, in order.
pub async fn batch(State(app): Shared, body: std::result::Result<Bytes, BytesRejection>) -> Result {
    let body = received(body)?;
    let is_array = body.trim_ascii_start().first() == Some(&b'[');
    let cases = if is_array { elements(&body)? } else { lines(&body) };
    if cases.len() > MOST {
        let why = format!("more than {MOST} cases");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_cases", why));
    }
    let outcomes = app.trust.answer(cases.into()).await?;
    let results: Vec<String> = outcomes.iter().map(Outcome::to_json).collect();
    Ok(match is_array {
        true => json("application/json", format!("[{}]", results.join(","))),
        false => json("application/jsonl", results.iter().map(|result| format!("{result}\n")).collect()),
    })
}

fn received(body: std::result::Result<Bytes, BytesRejection>) -> Result<Bytes> {
    body.map_err(|why| Problem::new(why.status(), "too_large", why.body_text()))
}

fn malformed(message: &str, rfc: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_input", format!("{message} ({rfc})"))
}

fn elements(body: &[u8]) -> Result<Vec<Vec<u8>>> {
    let cases: Vec<&RawValue> = serde_json::from_slice(body).map_err(|why| {
        let why = Unreadable::from(why);
        malformed(&why.message, why.rfc)
    })?;
    Ok(cases.into_iter().map(|case| case.get().as_bytes().to_vec()).collect())
}

fn lines(body: &[u8]) -> Vec<Vec<u8>> {
    let lines = body.split(|octet| *octet == b'\n');
    lines.filter(|line| !line.trim_ascii().is_empty()).map(<[u8]>::to_vec).collect()
}

fn json(kind: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
