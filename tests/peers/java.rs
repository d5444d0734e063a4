//! The PKIX validators of the JDK and of BouncyCastle, by `Validate.java`: one run for a whole table.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::case::{Answer, Case};

/// BouncyCastle, as Debian has it (libbcprov-java).
const BOUNCY_CASTLE: &str = "/usr/share/java/bcprov.jar";

/// The answers of `provider`, `SUN` or `BC`, in the order of the cases.
pub(crate) fn verify(folder: &Path, provider: &str, cases: &[Case]) -> Vec<Answer> {
    assert!(Path::new(BOUNCY_CASTLE).exists(), "{BOUNCY_CASTLE} is missing: install libbcprov-java");
    let file = folder.join(format!("cases.{provider}.tsv"));
    fs::write(&file, cases.iter().map(line).collect::<String>()).unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/Validate.java");
    let output = Command::new("java")
        .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", BOUNCY_CASTLE])
        .arg(program)
        .arg(provider)
        .arg(folder)
        .arg(&file)
        .output()
        .expect("java is missing: install default-jdk-headless");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<_> = text.lines().zip(cases).map(|(line, case)| answer(line, case)).collect();
    assert_eq!(answers.len(), cases.len());
    answers
}

fn line(case: &Case) -> String {
    let path: Vec<_> = [case.leaf].iter().chain(case.chain).map(|name| format!("{name}.pem")).collect();
    let fields = [
        case.name.to_owned(),
        case.policy.to_owned(),
        format!("{}.pem", case.anchor),
        path.join(","),
        case.crl_files().join(","),
    ];
    fields.join("\t") + "\n"
}

fn answer(line: &str, case: &Case) -> Answer {
    let fields: Vec<_> = line.split('\t').collect();
    match fields[..] {
        [name, "accepted", policies] if name == case.name => {
            Answer::Accepted(policies.split(',').map(str::to_owned).collect())
        }
        [name, "refused", why] if name == case.name => Answer::Refused(why.to_owned()),
        _ => panic!("{}: {line}", case.name),
    }
}
