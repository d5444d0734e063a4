//! The engine: reads, builds and judges certificates, and nothing else.
//!
//! Everything comes in as an argument: the time, the trust anchors, the heap of certificates, the CRLs, the
//! signer, the randomness. Nothing here reads a clock, opens a file or a socket, or waits. Where evidence is
//! missing the engine says so by name ([`path::Missing`]); its caller fetches it once and asks again.
//!
//! # A tour
//!
//! 1. **Read.** [`Certificate::from_der`], [`CertificateList::from_der`], [`OcspResponse::from_der`]: parsed once, strictly,
//!    cheap to clone. What DER or a standard forbids is an [`Error`] that says where. One file of [`certificate::extension`]
//!    holds one extension, its ASN.1 above the type that decodes it.
//! 2. **Ask.** A [`path::ValidationRequest`] is a question with all that the answer hangs on: the certificate, who is
//!    trusted ([`path::TrustAnchor`]), what else is at hand, the time, the policies, the purpose, the names, how revocation is
//!    to be looked into. [`path::validate`] finds a path (RFC 4158, within a [`path::Budget`]) and judges it (RFC 5280 §6, on
//!    the policy graph of RFC 9618).
//! 3. **Listen.** The [`path::Verdict`] is the path with its policies, or the most telling error with the certificate and
//!    the rule that was broken. [`path::Missing`] names the evidence that might change it.
//! 4. **Ask often.** Who judges many keeps a [`path::Pool`] of certificates and the [`path::VerifiedEdges`] between them:
//!    of what was judged before, only the arithmetic is remembered.
//! 5. **Issue.** [`CertificateBuilder`], [`CrlBuilder`] and [`OcspResponseBuilder`] write what a [`key::Signer`] signs, wherever
//!    its key is; [`certificate::lint`] says beforehand what ought not to be signed. A [`CertificateRequest`] is what a
//!    subject asks by.
//! 6. **Recognise.** A [`trust::TrustList`] tells who has recognised which CA, and since when.
//!
//! [`algorithm`] has what signs and what is acceptable until when: SM2 with SM3 stands beside RSA, ECDSA and EdDSA in all of
//! the above. [`name`], [`time`] and [`oid`] are the vocabulary, [`ocsp`] and [`crl`] the evidence, [`cms`] the messages in
//! which certificates and CRLs travel (`.p7c`).
//!
//! # A question
//!
//! ```
//! use pki::algorithm::AlgorithmPolicy;
//! use pki::path::{self, TrustAnchor, ValidationRequest};
//! use pki::{Certificate, Time};
//!
//! /// Whether `leaf` is good at this time, by whatever of `others` leads to `root`.
//! fn is_good(leaf: &Certificate, others: &[Certificate], root: Certificate, at: Time) -> bool {
//!     let (anchors, algorithms) = ([TrustAnchor::new(root)], AlgorithmPolicy::dated());
//!     path::validate(&ValidationRequest::new(leaf, others, &anchors, at, &algorithms)).is_ok()
//! }
//! ```
//!
//! Five programs in `examples/` do each of these things: `validate_chain`, `missing_evidence`, `check_ocsp`,
//! `issue_certificate`, `trust_list`. What is done of which standard, section by section, stands in `docs/conformance/`.

#![deny(missing_docs)]

pub mod algorithm;
pub mod certificate;
pub mod cms;
pub mod crl;
mod encoding;
mod error;
pub mod key;
pub mod name;
pub mod ocsp;
pub mod oid;
pub mod path;
pub mod time;
pub mod trust;

pub use certificate::{Certificate, CertificateBuilder, CertificateRequest, Fingerprint, Serial};
pub use crl::{CertificateList, CrlBuilder};
pub use der::asn1::ObjectIdentifier as Oid;
pub use error::Error;
pub use name::Name;
pub use ocsp::{OcspRequest, OcspResponse, OcspResponseBuilder};
pub use time::Time;
