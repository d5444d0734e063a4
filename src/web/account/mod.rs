//! `/account`: what the service knows about a person, and what they can do about it.

pub mod certificates;
pub mod export;
pub mod halls;
mod issued;
pub mod link;
pub mod mandates;
pub mod overview;
pub mod passkeys;
pub mod recovery;
pub mod sessions;
pub mod unlink;

pub(super) use overview::device;
