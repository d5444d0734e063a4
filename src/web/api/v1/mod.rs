//! The first version.

pub mod validate;
