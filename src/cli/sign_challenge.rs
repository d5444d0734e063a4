//! `pearlbridge sign-challenge`: signs the challenge of a login page with a key of one's own, SM2 too, and prints the
//! signature in base64, as the page takes it.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use pki::key::{Signer as _, SoftwareKey};

use super::{Done, Failure, Out};

/// What a challenge begins with: nothing else is signed, so that nobody is made to sign a contract by mistake.
const LABEL: &[u8] = b"pearlbridge login challenge v1\n";

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Private key (PKCS#8, PEM or DER)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The challenge as downloaded from the login page, or as base64 text
    #[arg(value_name = "CHALLENGE")]
    challenge: PathBuf,
}

pub(super) fn run(options: &Options, out: Out) -> Done {
    let challenge = read_challenge(&options.challenge)?;
    let bytes = std::fs::read(&options.key).map_err(|error| Failure::unreadable(&options.key, error))?;
    let ders = crate::pem::read(&bytes, &["PRIVATE KEY"]).map_err(|why| Failure::unreadable(&options.key, why))?;
    let der = ders.first().ok_or_else(|| Failure::unreadable(&options.key, "no private key"))?;
    let key = SoftwareKey::from_pkcs8_der(der).map_err(|error| Failure::unreadable(&options.key, error))?;
    let signature = STANDARD.encode(key.sign(&challenge).map_err(Failure::no)?);
    out.say(&signature, &serde_json::json!({"signature": signature}));
    Ok(())
}

fn read_challenge(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::unreadable(path, error))?;
    let decoded = STANDARD.decode(bytes.trim_ascii()).ok();
    let found = [Some(bytes), decoded].into_iter().flatten().find(|bytes| bytes.starts_with(LABEL));
    found.ok_or_else(|| Failure::unreadable(path, "this is not a login challenge, and nothing else is signed"))
}
