//! `/api/v1/`: JSON for programs. What goes wrong is `application/problem+json` (RFC 9457); `/api/openapi.json` describes
//! all of it, and a test holds that description against [`OPERATIONS`].

pub mod problem;
pub mod v1;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::app::App;

/// The description (OpenAPI 3.1).
pub const OPENAPI: &str = include_str!("openapi.json");

/// Method and path of each operation, as in the description.
pub const OPERATIONS: [(&str, &str); 3] =
    [("get", "/api/openapi.json"), ("post", "/api/v1/validate"), ("post", "/api/v1/validate/batch")];

/// The table of addresses.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/openapi.json", get(openapi).fallback(|| problem::method_not_allowed("GET, HEAD")))
        .route("/api/v1/validate", post(v1::validate::one).fallback(|| problem::method_not_allowed("POST")))
        .route("/api/v1/validate/batch", post(v1::validate::batch).fallback(|| problem::method_not_allowed("POST")))
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn the_description_has_every_operation_and_no_other() {
        let document: Value = serde_json::from_str(OPENAPI).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let paths = document["paths"].as_object().unwrap();
        let described: BTreeSet<_> = paths
            .iter()
            .flat_map(|(path, operations)| {
                operations.as_object().unwrap().keys().map(move |method| (method.as_str(), path.as_str()))
            })
            .collect();
        assert_eq!(described, BTreeSet::from(OPERATIONS));
    }

    #[test]
    fn every_reference_of_the_description_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
                    Some(to) if name == "$ref" => found.push(to.to_owned()),
                    _ => references(value, found),
                }),
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document: Value = serde_json::from_str(OPENAPI).unwrap();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for to in found {
            assert!(to.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).is_some(), "{to}");
        }
    }
}
