//! What wraps every request, one file a layer.

pub mod body;
pub mod security;
pub mod visitor;
