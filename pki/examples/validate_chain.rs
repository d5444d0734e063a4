//! Validate a chain: `validate_chain LEAF.der [INTERMEDIATE.der …] ANCHOR.der`
//!
//! The last certificate is trusted, the first is judged, those between are a heap without order. Nothing is looked up:
//! what the engine is to know, it is told.

use std::error::Error;
use std::time::SystemTime;

use pki::algorithm::AlgorithmPolicy;
use pki::path::{self, Purpose, TrustAnchor, ValidationRequest};
use pki::{Certificate, Time};

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let certificates = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    println!("{}", judge(&certificates, now()?)?);
    Ok(())
}

/// The path, or why there is none, in words.
pub(crate) fn judge(certificates: &[Certificate], at: Time) -> Result<String, Box<dyn Error>> {
    let [leaf, intermediates @ .., anchor] = certificates else {
        return Err("a leaf and an anchor are wanted".into());
    };
    let (anchors, algorithms) = ([TrustAnchor::new(anchor.clone())], AlgorithmPolicy::dated());
    let request = ValidationRequest {
        purpose: Purpose::Any,
        ..ValidationRequest::new(leaf, intermediates, &anchors, at, &algorithms)
    };
    Ok(match path::validate(&request) {
        Ok(valid) => {
            let names: Vec<String> = valid.path.iter().map(|step| step.subject().to_string()).collect();
            format!("valid: {}", names.join(" ← "))
        }
        Err(invalid) => format!("invalid: {} ({})", invalid.error, invalid.rfc),
    })
}

fn read(file: &str) -> Result<Certificate, Box<dyn Error>> {
    Ok(Certificate::from_der(&std::fs::read(file)?)?)
}

#[expect(clippy::disallowed_methods, reason = "the engine reads no clock: its caller does")]
fn now() -> Result<Time, Box<dyn Error>> {
    Ok(Time(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs().try_into()?))
}
