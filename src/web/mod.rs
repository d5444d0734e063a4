//! All of HTTP, and nothing else. What a page looks like and says lives in [`view`]; what is decided, in the services.
//!
//! [`router`] is the table of addresses; [`layer`] wraps every answer (visitor, security headers, errors as pages);
//! [`listen`] brings connections in.

pub mod account;
pub mod api;
pub mod assets;
pub mod device;
pub mod error;
pub mod extract;
pub mod hall;
pub mod health;
pub mod layer;
pub mod listen;
pub mod login;
pub mod oidc;
mod opening;
pub mod phone;
pub mod pki;
pub mod present;
pub mod router;
pub mod trust;
pub mod verify;
pub mod view;
