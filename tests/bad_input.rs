//! Whatever comes in that is wrong: a clear page or error, the right status, and nothing changed.
//!
//! Certificates are refused over real mutual TLS: the page says why in the person's language and what to do, the log
//! says why in the engine's words, under the id that the page shows.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

#[path = "bad_input/certificates.rs"]
mod certificates;
#[path = "bad_input/forgeries.rs"]
mod forgeries;
#[path = "bad_input/uploads.rs"]
mod uploads;

use support::client::{is_signed_out, login_page};
use support::demo::shared as demo;
