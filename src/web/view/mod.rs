//! How the pages look and speak: one struct a page, which its handler fills and `askama` renders.
//!
//! Every struct is plain owned data. What a page says comes from the Fluent texts of its [`PageContext::locale`]; codes
//! become words through the [`terms`]; times are `i64` seconds since the Unix epoch and are written out by the template.
//! No page needs a script, holds inline style or script, or loads anything from elsewhere.
//!
//! Here is no HTTP: no status, no header, no form parsing.

pub mod account;
pub mod asset;
pub mod device;
pub mod error;
pub mod hall;
pub mod home;
pub mod layout;
pub mod login;
pub mod mandate;
pub mod person;
pub mod phone;
pub mod problem;
pub mod qr;
pub mod report;
pub mod terms;
pub mod trust;
pub mod verify;

pub use layout::PageContext;
pub use problem::Problem;
