//! What handlers take out of a request, beyond what axum brings.

mod form;
mod oauth;
mod signed_in;
mod upload;

pub use form::Fields;
pub use oauth::{OauthRequest, proof};
pub use signed_in::{MaybeSignedIn, Required};
pub use upload::Upload;

use std::sync::Arc;

use crate::app::App;

/// The state of every handler.
pub type Shared = axum::extract::State<Arc<App>>;
