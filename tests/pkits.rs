//! NIST PKITS 1.0.1, whole, through `pearlbridge validate --batch`: 224 tests as 249 cases.
//!
//! `data/pkits.json` says for each case which files it takes and what must come out, verdict and policy set;
//! `data/pkits.differences.json` lists the cases that come out otherwise, with the reason. A surprise either way fails.
//! The same cases run on the same tree in SM2, and no answer may differ.

#![allow(clippy::unwrap_used, clippy::panic)] // In a test, to panic is to fail.

#[path = "pkits/sm2.rs"]
mod sm2;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

const TABLE: &str = include_str!("data/pkits.json");
const DIFFERENCES: &str = include_str!("data/pkits.differences.json");

/// NIST's files, fetched into `target/` at the first use; once, though tests run side by side.
fn suite() -> &'static Path {
    static SUITE: OnceLock<PathBuf> = OnceLock::new();
    SUITE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let suite = root.join("target/pkits");
        let fetched = Command::new(root.join("tests/support/fetch_pkits.sh")).arg(&suite).status().unwrap();
        assert!(fetched.success(), "tests/support/fetch_pkits.sh could not fetch the suite");
        suite
    })
}

fn base64_of(file: PathBuf) -> String {
    STANDARD.encode(fs::read(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display())))
}

/// A case of the table as a line of a batch. `reversed` turns the heap around, which must not matter.
fn batch_line(suite: &Path, defaults: &Value, case: &Value, reversed: bool) -> String {
    let mut line: Map<String, Value> = defaults.as_object().unwrap().clone();
    line.extend(case["settings"].as_object().unwrap().clone());
    line.insert("id".into(), case["id"].clone());
    line.insert("leaf".into(), base64_of(suite.join("certs").join(case["leaf"].as_str().unwrap())).into());
    for (field, folder) in [("intermediates", "certs"), ("anchors", "certs"), ("crls", "crls")] {
        let files = case[field].as_array().unwrap().iter().map(|name| suite.join(folder).join(name.as_str().unwrap()));
        let mut texts: Vec<_> = files.map(base64_of).collect();
        if reversed {
            texts.reverse();
        }
        line.insert(field.into(), json!(texts));
    }
    Value::Object(line).to_string()
}

fn run_batch(lines: &[String]) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pearlbridge"))
        .args(["validate", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, lines) = (child.stdin.take().unwrap(), lines.join("\n"));
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What is not as the table has it, in words.
fn difference(case: &Value, result: &Value) -> Option<String> {
    let sorted = |value: &Value| {
        let mut list: Vec<_> = value.as_array().into_iter().flatten().map(Value::to_string).collect();
        list.sort();
        list
    };
    if case["valid"] != result["valid"] {
        return Some(format!("valid is {}: {}", result["valid"], result["error"]));
    }
    let judged = case["valid"] == true && case.get("policy_set").is_some();
    let (wanted, found) = (sorted(&case["policy_set"]), sorted(&result["policies"]));
    (judged && wanted != found).then(|| format!("policies are {found:?}, not {wanted:?}"))
}

#[test]
fn every_case_comes_out_as_nist_says_or_as_the_list_of_differences_says() {
    let (suite, table): (_, Value) = (suite(), serde_json::from_str(TABLE).unwrap());
    let expected: BTreeMap<String, String> = serde_json::from_str(DIFFERENCES).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 249);
    for reversed in [false, true] {
        let lines: Vec<_> = cases.iter().map(|case| batch_line(suite, &table["defaults"], case, reversed)).collect();
        let results = run_batch(&lines);
        assert_eq!(results.len(), cases.len());
        let mut surprises = Vec::new();
        for (case, result) in cases.iter().zip(&results) {
            let id = case["id"].as_str().unwrap();
            assert_eq!(case["id"], result["id"]);
            match (difference(case, result), expected.get(id)) {
                (Some(found), None) => surprises.push(format!("{id} {}: {found}", case["title"])),
                (None, Some(reason)) => surprises.push(format!("{id} is as NIST says, but listed: {reason}")),
                _ => {}
            }
        }
        assert!(surprises.is_empty(), "reversed: {reversed}\n{}", surprises.join("\n"));
    }
}

#[test]
fn refusals_name_certificate_reason_and_section() {
    let (suite, table): (_, Value) = (suite(), serde_json::from_str(TABLE).unwrap());
    let cases = table["cases"].as_array().unwrap();
    let lines: Vec<_> = cases.iter().map(|case| batch_line(suite, &table["defaults"], case, false)).collect();
    for (id, code, section) in [
        ("4.1.2", "signature_invalid", "§6.1.3 (a)(1)"),
        ("4.2.6", "certificate_expired", "§6.1.3 (a)(2)"),
        ("4.3.1", "unknown_issuer", "§6.1.3 (a)(4)"),
        ("4.4.3", "certificate_revoked", "§6.1.3 (a)(3)"),
        ("4.4.11", "crl_expired", "§6.3.3"),
        ("4.6.1", "not_a_ca", "§6.1.4 (k)"),
        ("4.6.5", "path_length_exceeded", "§6.1.4 (l)"),
        ("4.7.1", "key_usage_not_permitted", "§4.2.1.3"),
        ("4.9.3", "policy_not_permitted", "§6.1.5 (g)"),
        ("4.13.2", "name_constraint_violated", "§6.1.3 (b)"),
        ("4.16.2", "unknown_critical_extension", "§6.1.5 (f)"),
    ] {
        let at = cases.iter().position(|case| case["id"] == id).unwrap();
        let error = run_batch(&lines[at..=at])[0]["error"].clone();
        assert_eq!(error["code"], code, "{id}: {error}");
        assert!(error["rfc"].as_str().unwrap().contains(section), "{id}: {error}");
        assert!(error["certificate"].as_str().unwrap().starts_with("sha256:"), "{id}: {error}");
    }
}

/// §4.8 and §4.10 of the suite say which notice is to be shown when a policy is in the user-constrained-policy-set.
#[test]
fn qualifiers_are_told_of_the_policies_that_nist_says() {
    let (suite, table): (_, Value) = (suite(), serde_json::from_str(TABLE).unwrap());
    let cases = table["cases"].as_array().unwrap();
    for (id, policy, qualifier) in [
        ("4.8.15", 1, "q1"),
        ("4.8.16", 1, "q1"),
        ("4.8.17", 1, "q3"),
        ("4.8.18.1", 1, "q4"),
        ("4.8.18.2", 2, "q5"),
        ("4.8.19", 1, "q6"),
        ("4.8.20", 1, "http"),
        ("4.10.12.1", 1, "q7"),
        ("4.10.12.2", 2, "q8"),
        ("4.10.13.1", 1, "q9"),
        ("4.10.13.2", 1, "q9"),
        ("4.10.14", 1, "q10"),
    ] {
        let case = cases.iter().find(|case| case["id"] == id).unwrap();
        let told = run_batch(&[batch_line(suite, &table["defaults"], case, false)])[0]["policy_qualifiers"].clone();
        assert_eq!(told.as_array().map(Vec::len), Some(1), "{id}: {told}");
        assert_eq!(told[0]["policy"], format!("2.16.840.1.101.3.2.1.48.{policy}"), "{id}: {told}");
        assert_eq!(told[0]["qualifiers"].as_array().map(Vec::len), Some(1), "{id}: {told}");
        let told = &told[0]["qualifiers"][0];
        let text = told["notice"].as_str().or(told["cps"].as_str()).unwrap();
        assert_eq!(text.split(':').next(), Some(qualifier), "{id}: {told}");
        // NIST's sixth has over 200 characters, and is to be borne.
        assert!(qualifier != "q6" || (text.len() > 200 && text.ends_with("over 200 characters long")), "{text}");
    }
}

/// The answer to every case, its policies and the code of its refusal.
fn answers(suite: &Path, table: &Value) -> Vec<(String, Value, Value)> {
    let cases = table["cases"].as_array().unwrap();
    let lines: Vec<_> = cases.iter().map(|case| batch_line(suite, &table["defaults"], case, false)).collect();
    let results = run_batch(&lines);
    let told = results.into_iter().map(|result| {
        let verdict = format!("{} {}", result["id"], result["valid"]);
        (verdict, result["policies"].clone(), result["error"]["code"].clone())
    });
    told.collect()
}

#[test]
fn every_case_comes_out_the_same_in_sm2() {
    let (suite, table): (_, Value) = (suite(), serde_json::from_str(TABLE).unwrap());
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pkits-sm2");
    sm2::resign(suite, &target);
    let (classic, sm2) = (answers(suite, &table), answers(&target, &table));
    assert_eq!((classic.len(), sm2.len()), (249, 249));
    let differences: Vec<_> = classic.iter().zip(&sm2).filter(|(classic, sm2)| classic != sm2).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}
