//! The engine: reads, builds and judges certificates, and nothing else.
//!
//! Everything comes in as an argument: the time, the trust anchors, the heap of certificates, the CRLs, the
//! signer, the randomness. Nothing here reads a clock, opens a file or a socket, or waits. Where evidence is
//! missing the engine says so by name ([`path::Missing`]); its caller fetches it once and asks again.
//!
//! * [`certificate`]: [`Certificate`] (parsed once, cheap to clone), its extensions, the builder, requests (PKCS#10)
//! * [`crl`]: [`CertificateList`], indexed by serial number, and its builder
//! * [`ocsp`]: OCSP requests and responses (RFC 6960), read and built
//! * [`path`]: path building (RFC 4158) and validation (RFC 5280 §6 on the policy graph of RFC 9618); who judges many
//!   keeps a [`path::Pool`] of certificates and the [`path::VerifiedEdges`] between them
//! * [`key`], [`algorithm`]: who signs, and with what; SM2 with SM3 stands beside RSA, ECDSA and Ed25519
//! * [`name`], [`time`], [`oid`]: the vocabulary

pub mod algorithm;
pub mod certificate;
pub mod crl;
mod encoding;
mod error;
pub mod key;
pub mod name;
pub mod ocsp;
pub mod oid;
pub mod path;

pub mod time;

pub use certificate::{Certificate, CertificateBuilder, CertificateRequest, Fingerprint, Serial};
pub use crl::{CertificateList, CrlBuilder};
pub use der::asn1::ObjectIdentifier as Oid;
pub use error::Error;
pub use name::Name;
pub use ocsp::{OcspRequest, OcspResponse, OcspResponseBuilder};
pub use time::Time;
