//! `/pki/{file}`: certificates (`.cer`, DER; `.p7c`, all of one authority in a certs-only CMS message) and revocation lists
//! (`.crl`, DER), over TLS and over plain HTTP.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pki::cms::CertsOnly;

use super::error::{PageError, Result};
use super::extract::Shared;
use super::view::error::ErrorKind;
use crate::app::App;
use crate::store;

/// A published file.
pub async fn get(State(app): Shared, headers: HeaderMap, Path(file): Path<String>) -> Result {
    let found = match file.rsplit_once('.') {
        Some((id, "cer")) => certificate(&app, id).await?.map(|der| ("application/pkix-cert", der)),
        Some((id, "p7c")) => certificates(&app, id).await?.map(|der| (CERTS_ONLY, der)),
        Some((id, "crl")) => crl(&app, id).await?.map(|der| ("application/pkix-crl", der)),
        _ => None,
    };
    let (kind, der) = found.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    Ok(answer(&headers, kind, der))
}

/// RFC 5280 §4.2.2.1, RFC 8551 §3.2.2.
const CERTS_ONLY: &str = "application/pkcs7-mime; smime-type=certs-only";

/// With an entity tag, so that what did not change is not sent again.
fn answer(headers: &HeaderMap, kind: &'static str, der: Vec<u8>) -> Response {
    let tag = format!("\"{}\"", hex::encode(&crate::id::sha256(&der)[..16]));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let caching = [(header::ETAG, tag), (header::CACHE_CONTROL, "public, max-age=60".to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, kind)], der).into_response()
}

/// An authority's certificate, or the cross-certificate of a trust list record.
async fn certificate(app: &App, id: &str) -> Result<Option<Vec<u8>>> {
    let snapshot = app.trust.snapshot().await?;
    let own = snapshot.authorities.iter().find(|(row, _)| row.id == id).map(|(_, certificate)| certificate);
    let cross = || snapshot.records.iter().find(|record| record.row.id == id).and_then(|record| record.cross.as_ref());
    Ok(own.or_else(cross).map(|certificate| certificate.der().to_vec()))
}

/// RFC 5280 §4.2.2.1: "a collection of certificates in a BER or DER encoded "certs-only" CMS message".
async fn certificates(app: &App, id: &str) -> Result<Option<Vec<u8>>> {
    let snapshot = app.trust.snapshot().await?;
    let found = snapshot.certificates_of(id);
    Ok((!found.is_empty()).then(|| CertsOnly::write(found, [])))
}

async fn crl(app: &App, id: &str) -> Result<Option<Vec<u8>>> {
    let latest = store::authority::latest_crl(&mut *app.store.read().await?, id).await?;
    Ok(latest.map(|crl| crl.der))
}
