//! Bodies that are too large: read to their end and thrown away before they are refused. A connection that is closed on
//! a client that still sends is reset, and browsers then show their own error instead of our page.

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;

use crate::web::error::PageError;
use crate::web::view::error::ErrorKind;

/// Nobody's patience with us goes further: a client that sends more is cut off.
const THROWN_AWAY: usize = 64 << 20;

/// Refuses a request whose body says that it is longer than `largest` bytes. One that does not say is cut off there
/// when it is read.
pub async fn refuse_large(State(largest): State<usize>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_none_or(|length: usize| length <= largest) {
        return next.run(request).await;
    }
    let mut pieces = request.into_body().into_data_stream();
    let mut read = 0;
    while let Some(Ok(piece)) = pieces.next().await {
        read += piece.len();
        if read > THROWN_AWAY {
            break;
        }
    }
    PageError::new(ErrorKind::TooLarge).into_response()
}
