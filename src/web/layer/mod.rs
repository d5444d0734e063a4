//! What wraps every request, one file a layer.

pub mod body;
pub mod challenge;
pub mod dpop;
pub mod origin;
pub mod retry;
pub mod security;
pub mod visitor;
