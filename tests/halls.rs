//! A hall as a relying party and as a site, against a provider that is not ours: what it asks for, what it believes, and
//! the road of a browser through its pages, without its TLS.

#![allow(clippy::unwrap_used, clippy::panic)] // In a test, to panic is to fail.

mod support;

#[path = "halls/client.rs"]
mod client;
#[path = "halls/pages.rs"]
mod pages;
#[path = "halls/provider.rs"]
mod provider;
