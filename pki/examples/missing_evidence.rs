//! Ask for missing evidence: `missing_evidence LEAF.der ANCHOR.der FOLDER`
//!
//! The engine fetches nothing. It answers *invalid, and this is what I lack*; its caller gets that once and asks again.
//! Here a folder stands for the network: a URI is looked up in it by its last segment.

use std::error::Error;
use std::path::Path;
use std::time::SystemTime;

use pki::algorithm::AlgorithmPolicy;
use pki::path::{self, Missing, MissingKind, RevocationMode, TrustAnchor, ValidationRequest, Verdict};
use pki::{Certificate, CertificateList, OcspResponse, Time};

/// Each round gets what the last one lacked. A path is never longer than that.
const ROUNDS: usize = 8;

/// What was got so far.
#[derive(Default)]
struct Evidence {
    issuers: Vec<Certificate>,
    crls: Vec<CertificateList>,
    ocsp: Vec<OcspResponse>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [leaf, anchor, folder] = &arguments[..] else {
        return Err("missing_evidence LEAF.der ANCHOR.der FOLDER".into());
    };
    let read = |file: &String| Ok::<_, Box<dyn Error>>(Certificate::from_der(&std::fs::read(file)?)?);
    for line in judge(&read(leaf)?, &read(anchor)?, Path::new(folder), now()?) {
        println!("{line}");
    }
    Ok(())
}

/// What was looked for, and the verdict in the end, a line each.
pub(crate) fn judge(leaf: &Certificate, anchor: &Certificate, folder: &Path, at: Time) -> Vec<String> {
    let (anchors, mut evidence, mut told) = ([TrustAnchor::new(anchor.clone())], Evidence::default(), Vec::new());
    for _ in 0..ROUNDS {
        let verdict = evidence.ask(leaf, &anchors, at);
        let missing = match &verdict {
            Ok(valid) => &valid.missing,
            Err(invalid) => &invalid.missing,
        };
        let before = told.len();
        for missing in missing {
            told.extend(evidence.get(missing, folder));
        }
        if told.len() == before {
            told.push(match verdict {
                Ok(valid) => format!("valid, {} certificates", valid.path.len()),
                Err(invalid) => format!("invalid: {} ({})", invalid.error, invalid.rfc),
            });
            break;
        }
    }
    told
}

impl Evidence {
    fn ask(&self, leaf: &Certificate, anchors: &[TrustAnchor], at: Time) -> Verdict {
        let algorithms = AlgorithmPolicy::dated();
        path::validate(&ValidationRequest {
            crls: &self.crls,
            ocsp: &self.ocsp,
            revocation: RevocationMode::Require,
            ..ValidationRequest::new(leaf, &self.issuers, anchors, at, &algorithms)
        })
    }

    /// Reads the first file that a URI leads to. Nothing is believed for having been found there: it is handed in, and
    /// the engine judges it like all else.
    fn get(&mut self, missing: &Missing, folder: &Path) -> Option<String> {
        let file = missing.uris.iter().filter_map(|uri| uri.rsplit('/').next());
        let (file, der) = file.filter_map(|file| Some((file, std::fs::read(folder.join(file)).ok()?))).next()?;
        match missing.kind {
            MissingKind::Crl | MissingKind::DeltaCrl => self.crls.push(CertificateList::from_der(&der).ok()?),
            MissingKind::Issuer => self.issuers.push(Certificate::from_der(&der).ok()?),
            MissingKind::Ocsp => self.ocsp.push(OcspResponse::from_der(&der).ok()?),
        }
        Some(format!("{} of {}: {file}", missing.kind.name(), missing.issuer))
    }
}

#[expect(clippy::disallowed_methods, reason = "the engine reads no clock: its caller does")]
fn now() -> Result<Time, Box<dyn Error>> {
    Ok(Time(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs().try_into()?))
}
