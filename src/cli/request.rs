//! `pearlbridge request`: a key made here and a certificate request (PKCS#10) for it. The key is written for its owner
//! alone and goes nowhere.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use pki::key::{KeySpec, SoftwareKey};
use pki::{CertificateRequest, Name};

use super::{Done, Failure, Out};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Kind of key: sm2, ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072, rsa-4096
    #[arg(long, default_value = "sm2")]
    key_type: KeySpec,
    /// Subject, RFC 4514; the authority writes its own
    #[arg(long, default_value = "CN=request")]
    subject: String,
    /// Where the private key goes (PKCS#8, PEM); must not exist
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where the request goes (PEM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(options: &Options, out: Out) -> Done {
    let subject = Name::parse(&options.subject).map_err(|error| Failure::Unreadable(error.to_string()))?;
    let key = SoftwareKey::generate(options.key_type, &mut crate::rng::fill).map_err(Failure::no)?;
    let request = CertificateRequest::builder(subject).sign(&key).map_err(Failure::no)?;
    write_key(&options.key, &key).map_err(|error| Failure::unreadable(&options.key, error))?;
    let pem = pem::encode(&pem::Pem::new("CERTIFICATE REQUEST", request.der()));
    std::fs::write(&options.out, pem).map_err(|error| Failure::unreadable(&options.out, error))?;
    let text = format!(
        "key: {}
request: {}",
        options.key.display(),
        options.out.display()
    );
    out.say(text, &serde_json::json!({"key": options.key, "request": options.out}));
    Ok(())
}

/// Writes a private key, readable by its owner alone; never over an existing file.
pub(super) fn write_key(path: &Path, key: &SoftwareKey) -> std::io::Result<()> {
    let pem = zeroize::Zeroizing::new(pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_pkcs8_der().as_slice())));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(pem.as_bytes())
}
