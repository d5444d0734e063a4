//! `pearlbridge validate --batch`, the whole program.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Certificate;
use pki::key::KeySpec;

use crate::chain::family;
use crate::measure::{Result, compare};
use crate::rows::{check, parse};

/// Lines, each with a leaf of its own; authorities recur.
const LINES: usize = 5_000;

/// A line must cost no more than one and a half times the parse and the signature of its leaf, on each core; a CA is read
/// and verified once.
pub(crate) fn batch() -> Result {
    let (leaves, chain) = family(KeySpec::EcdsaP256, LINES);
    let base64 = |certificate: &Certificate| STANDARD.encode(certificate.der());
    let line = |leaf: &Certificate| {
        let (intermediate, root) = (base64(&chain.intermediates[0]), base64(&chain.root));
        let case = serde_json::json!({
            "id": 1, "leaf": base64(leaf), "intermediates": [intermediate], "anchors": [root], "at": "2026-06-01T00:00:00Z",
        });
        format!("{case}\n")
    };
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("batch.jsonl");
    std::fs::write(&file, leaves.iter().map(line).collect::<String>()).expect("the cases can be written");
    let ours = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_pearlbridge"));
        let program = program.args(["validate", "--batch"]).stdout(Stdio::null());
        let status = program.stdin(File::open(&file).expect("the cases can be read")).status();
        assert!(status.expect("the program runs").success());
    };
    let peer = || leaves.iter().for_each(|leaf| check(&parse(leaf), &chain.intermediates[0]));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    compare(ours, "leaf and signature, one core", peer, cores as f64 / 1.5).times(LINES)
}
