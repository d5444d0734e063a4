//! Questions about certificates as they come from outside, and their answers: the JSON that `pearlbridge validate` and
//! `/api/v1/validate` share (a [`Case`] in, an [`Outcome`] out), what is remembered from one case to the next, and cases judged against the
//! province's own trust.
//!
//! Not here: where cases come from and results go (`cli::validate`, `web::api`), and the rules of a path, which are the
//! engine's.

mod case;
mod memory;
mod outcome;
mod question;
mod report;
mod service;

pub use case::Case;
pub use memory::{Contents, Memory};
pub use outcome::Outcome;
pub use question::{Answer, Question, first_and_rest, purpose, revocation_mode, revocation_policy, time};
pub use service::{Desk, Refused};

/// Input that is no question: what is wrong with it, and where the rule stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// In which field, and what.
    pub message: String,
    /// A section of the standard that the field follows.
    pub rfc: &'static str,
}

/// What a case may not say where anybody may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPermitted {
    /// A stable name.
    pub code: &'static str,
    /// The field, and what to do about it.
    pub message: &'static str,
    /// A section of the standard that the field follows.
    pub rfc: &'static str,
}

impl Unreadable {
    /// Says in which field something is wrong.
    fn field(name: &str, rfc: &'static str, why: impl std::fmt::Display) -> Self {
        Self { message: format!("{name}: {why}"), rfc }
    }
}

impl From<serde_json::Error> for Unreadable {
    /// Text that is no JSON, or JSON that is no case: a member is missing, twice, or of another type.
    fn from(why: serde_json::Error) -> Self {
        let rfc = if why.is_data() { "RFC 8259 §4" } else { "RFC 8259 §2" };
        Self { message: why.to_string(), rfc }
    }
}
