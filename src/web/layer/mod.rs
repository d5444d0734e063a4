//! What wraps every request, one file a layer.

pub mod security;
pub mod visitor;
