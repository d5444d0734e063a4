//! Pearlbridge: the identity and cross-certification authority of Guangdong's online service hall.
//!
//! A request walks straight through: `web` extracts, a service ([`oidc`], [`identity`], [`ca`], [`trust`]) decides,
//! [`store`] records together with [`audit`], `web` answers. `docs/architecture.md` shows the rooms.

pub mod app;
pub mod audit;
pub mod ca;
pub mod cli;
pub mod clock;
pub mod config;
pub mod custody;
pub mod fetch;
pub mod halls;
pub mod id;
pub mod identity;
pub mod job;
pub mod locale;
pub mod oidc;
pub mod pem;
pub mod rng;
pub mod store;
pub mod telemetry;
pub mod trust;
pub mod web;
