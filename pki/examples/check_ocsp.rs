//! Check an OCSP answer: `check_ocsp RESPONSE.der CERTIFICATE.der ISSUER.der`
//!
//! A response is good for something when it speaks of the certificate, is of the time in question, and comes from the
//! issuer or from whom the issuer has authorised (RFC 6960 §3.2). All of that is judged with the path, so a path is asked
//! for: here the shortest, with the issuer as its anchor.

use std::error::Error;
use std::time::SystemTime;

use pki::algorithm::AlgorithmPolicy;
use pki::ocsp::BasicOcspResponse;
use pki::path::{self, RevocationMode, TrustAnchor, ValidationRequest};
use pki::{Certificate, OcspResponse, Time};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [response, certificate, issuer] = &arguments[..] else {
        return Err("check_ocsp RESPONSE.der CERTIFICATE.der ISSUER.der".into());
    };
    let response = OcspResponse::from_der(&std::fs::read(response)?)?;
    let certificate = Certificate::from_der(&std::fs::read(certificate)?)?;
    let issuer = Certificate::from_der(&std::fs::read(issuer)?)?;
    for line in check(response, &certificate, issuer, now()?) {
        println!("{line}");
    }
    Ok(())
}

/// What it says, and whether that may be believed, a line each.
pub(crate) fn check(response: OcspResponse, certificate: &Certificate, issuer: Certificate, at: Time) -> Vec<String> {
    let mut told = match response.basic() {
        Some(basic) => says(basic, certificate, &issuer),
        None => vec![format!("no answer: {}", response.status().name())],
    };
    let (anchors, algorithms, responses) = ([TrustAnchor::new(issuer)], AlgorithmPolicy::dated(), [response]);
    let verdict = path::validate(&ValidationRequest {
        ocsp: &responses,
        revocation: RevocationMode::Require,
        ..ValidationRequest::new(certificate, &[], &anchors, at, &algorithms)
    });
    told.push(match verdict {
        Ok(_) => "believed: not revoked".to_owned(),
        Err(invalid) => format!("refused: {} ({})", invalid.error, invalid.rfc),
    });
    told
}

fn says(basic: &BasicOcspResponse, certificate: &Certificate, issuer: &Certificate) -> Vec<String> {
    let answers = basic.responses_of(certificate, issuer);
    let answers = answers.map(|answer| format!("{:?}, known at {}", answer.status(), answer.this_update()));
    std::iter::once(format!("from {} at {}", basic.responder(), basic.produced_at())).chain(answers).collect()
}

#[expect(clippy::disallowed_methods, reason = "the engine reads no clock: its caller does")]
fn now() -> Result<Time, Box<dyn Error>> {
    Ok(Time(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs().try_into()?))
}
