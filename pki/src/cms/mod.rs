//! Cryptographic Message Syntax (RFC 5652): so far the messages that hold certificates and CRLs and nothing else, as
//! `.p7c` and `.p7b` files do ("certs-only", RFC 8551 §3.2.2).
//!
//! Not here: messages that somebody has signed or encrypted.

mod ber;
mod certs_only;

pub use certs_only::CertsOnly;
