//! `pearlbridge validate --batch`, the whole program.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Certificate;
use pki::key::KeySpec;

use crate::chain::{chains, family};
use crate::measure::{Result, compare_on_wall};
use crate::rows::{check, parse};

/// Lines, each with a leaf of its own; authorities recur.
const LINES: usize = 5_000;

/// Where they are written.
const CASES: &str = "target/bench-batch.jsonl";

/// The program, which is built into the same directory as this one (`benches/run.sh`).
fn program() -> PathBuf {
    std::env::current_exe().expect("this program is a file").with_file_name("pearlbridge")
}

/// A line must cost no more than one and a half times the parse and the signature of its leaf, both on all cores; a CA is
/// read and verified once.
pub(crate) fn batch() -> Result {
    let (leaves, chain) = family(KeySpec::EcdsaP256, LINES);
    let lines = leaves.iter().map(|leaf| rest_of_line(leaf, &chain.intermediates[0], &chain.root));
    let cases: String = lines.enumerate().map(|(id, rest)| format!("{{\"id\":{id},{rest}\n")).collect();
    std::fs::write(CASES, cases).expect("the cases can be written");
    let ours = || {
        let mut program = Command::new(program());
        let program = program.args(["validate", "--batch"]).stdout(Stdio::null());
        let status = program.stdin(File::open(CASES).expect("the cases can be read")).status();
        assert!(status.expect("the program runs").success());
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let judge = |leaves: &[Certificate]| leaves.iter().for_each(|leaf| check(&parse(leaf), &chain.intermediates[0]));
    let peer = || {
        thread::scope(|scope| {
            leaves.chunks(LINES.div_ceil(cores)).for_each(|part| drop(scope.spawn(|| judge(part))));
        });
    };
    compare_on_wall(ours, "leaf read, and its signature", peer, 0.67).times(LINES)
}

/// Writes so many lines of a batch: every other one of a CA of its own among thousands, so that whatever is remembered is
/// filled, and filled again.
///
/// # Errors
/// They cannot be written.
pub(crate) fn write_lines(count: usize) -> io::Result<()> {
    let (leaves, one) = family(KeySpec::EcdsaP256, LINES);
    let (many, root) = chains(KeySpec::EcdsaP256, LINES);
    let few = leaves.iter().map(|leaf| rest_of_line(leaf, &one.intermediates[0], &one.root));
    let many = many.iter().map(|(leaf, ca)| rest_of_line(leaf, ca, &root));
    let rests: Vec<_> = few.zip(many).flat_map(|(one, other)| [one, other]).collect();
    let mut output = BufWriter::new(io::stdout().lock());
    rests.iter().cycle().take(count).enumerate().try_for_each(|(id, rest)| writeln!(output, "{{\"id\":{id},{rest}"))?;
    output.flush()
}

/// A case, but for its beginning, the id.
fn rest_of_line(leaf: &Certificate, intermediate: &Certificate, root: &Certificate) -> String {
    let base64 = |certificate: &Certificate| STANDARD.encode(certificate.der());
    let (leaf, intermediates, anchors) = (base64(leaf), [base64(intermediate)], [base64(root)]);
    let at = "2026-06-01T00:00:00Z";
    let case =
        serde_json::json!({ "leaf": leaf, "intermediates": intermediates, "anchors": anchors, "at": at }).to_string();
    case[1..].to_owned()
}
