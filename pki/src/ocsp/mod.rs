//! OCSP (RFC 6960): requests and responses, read and built.
//!
//! A response is read here, and its parts say what they are: [`BasicOcspResponse::verify_signature`],
//! [`SingleResponse::check_current`], [`CertId::is_of`], [`BasicOcspResponse::check_nonce`]. Whether it may be believed
//! of a certificate on a path, which takes the certificate's issuer and whom that one has authorised, is judged by
//! [`crate::path`]. Asking over the network is the caller's.

mod builder;
mod cert_id;
mod request;
mod responder_id;
mod response;
mod single;

use crate::certificate::Extension;
use crate::encoding::{self, Asn1Result, Input, refuse};
use crate::oid;

pub use builder::OcspResponseBuilder;
pub use cert_id::{CertId, CertIdHash};
pub use request::OcspRequest;
pub use responder_id::ResponderId;
pub use response::{BasicOcspResponse, OcspResponse, ResponseStatus};
pub use single::{CertStatus, SingleResponse};

/// Nonce ::= OCTET STRING(SIZE(1..128)) (RFC 9654 §2.1)
fn read_nonce(value: &[u8]) -> Asn1Result<Vec<u8>> {
    match Input::all(value, |input| input.expect(der::Tag::OctetString))? {
        nonce if (1..=128).contains(&nonce.len()) => Ok(nonce.to_vec()),
        _ => refuse("a nonce that is not 1 to 128 octets long (RFC 9654 §2.1)"),
    }
}

fn nonce_extension(nonce: &[u8]) -> Extension {
    Extension { oid: oid::OCSP_NONCE, critical: false, value: encoding::octet_string(nonce) }
}
