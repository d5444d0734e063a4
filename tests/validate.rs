//! `pearlbridge validate`, as somebody at a terminal or a script uses it.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

use std::fs;
use std::io::{BufRead as _, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::certificate::extension::KeyUsage;
use pki::cms::CertsOnly;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::ocsp::{CertId, CertIdHash, CertStatus, ResponderId, SingleResponse};
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Name, OcspResponseBuilder, Serial, Time, oid};
use serde_json::{Value, json};

/// 2026-01-01T00:00:00Z
const NOW: Time = Time(1_767_225_600);
const AT: [&str; 2] = ["--at", "2026-01-01T00:00:00.5Z"];

/// A root, an issuing CA and a leaf in SM2, in files of a folder of their own.
struct World {
    folder: PathBuf,
    leaf: Certificate,
    issuing: (SoftwareKey, Certificate),
    root_key: SoftwareKey,
}

fn world(test: &str) -> World {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    let mut octet = 3u8;
    let mut key = || {
        let mut random = |out: &mut [u8]| {
            out.iter_mut().for_each(|place| {
                octet = octet.wrapping_mul(13).wrapping_add(7);
                *place = octet;
            });
        };
        SoftwareKey::generate(KeySpec::Sm2, &mut random).unwrap()
    };
    let (root_key, issuing_key, leaf_key) = (key(), key(), key());
    let build = |serial: u8, issuer: &str, subject: &str, key: &SoftwareKey| {
        let name = |common: &str| Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, common)]);
        let (serial, validity) = (Serial::from_unsigned(&[serial; 16]), (NOW, Time(NOW.0 + 86_400)));
        CertificateBuilder::new(serial, name(issuer), name(subject), validity, key.public_key().clone())
    };
    let ca = |builder: CertificateBuilder| {
        builder.basic_constraints(true, None).key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
    };
    let root = ca(build(1, "根", "根", &root_key)).sign(&root_key).unwrap();
    let issuing = ca(build(2, "根", "Issuing", &issuing_key)).sign(&root_key).unwrap();
    let leaf = build(3, "Issuing", "Somebody", &leaf_key).sign(&issuing_key).unwrap();
    fs::write(folder.join("root.pem"), to_pem("CERTIFICATE", root.der())).unwrap();
    fs::write(folder.join("issuing.der"), issuing.der()).unwrap();
    fs::write(folder.join("leaf.pem"), to_pem("CERTIFICATE", leaf.der())).unwrap();
    World { folder, leaf, issuing: (issuing_key, issuing), root_key }
}

fn to_pem(label: &str, der: &[u8]) -> String {
    pem::encode(&pem::Pem::new(label, der))
}

impl World {
    fn validate(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_pearlbridge"))
            .arg("validate")
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .unwrap()
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.validate(&[arguments, &["--json"]].concat());
        let value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().unwrap(), value)
    }
}

impl World {
    /// The DER of what the issuing CA says of the leaf.
    fn ocsp(&self, status: CertStatus) -> Vec<u8> {
        let (key, issuing) = &self.issuing;
        let id = CertId::of(CertIdHash::Sm3, &self.leaf, issuing);
        let builder = OcspResponseBuilder::new(ResponderId::by_name(issuing), NOW);
        builder.response(SingleResponse::new(id, status, NOW, None)).sign(key).unwrap().der().to_vec()
    }

    fn root_crl(&self) -> Vec<u8> {
        let builder = CrlBuilder::new(self.issuing.1.issuer().clone(), 1, NOW, Time(NOW.0 + 60));
        builder.sign(&self.root_key).unwrap().der().to_vec()
    }

    /// A case about the leaf, as a batch line has it.
    fn case(&self) -> Value {
        let text = |file: &str| fs::read(self.folder.join(file)).unwrap();
        let base64 = |der: &[u8]| STANDARD.encode(der);
        json!({
            "id": 1, "at": AT[1], "leaf": String::from_utf8(text("leaf.pem")).unwrap(),
            "intermediates": [base64(&text("issuing.der"))], "anchors": [String::from_utf8(text("root.pem")).unwrap()],
            "crls": [base64(&self.root_crl())],
        })
    }

    /// The results of a batch of cases.
    fn batch(&self, cases: &[Value]) -> Vec<Value> {
        let mut child = batch_program();
        let input: String = cases.iter().map(|case| format!("{case}\n")).collect();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap().stdout;
        serde_json::Deserializer::from_slice(&output).into_iter().map(Result::unwrap).collect()
    }
}

fn batch_program() -> Child {
    Command::new(env!("CARGO_BIN_EXE_pearlbridge"))
        .args(["validate", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A case with some of its fields changed.
fn with(case: &Value, fields: Value) -> Value {
    let mut changed = case.clone();
    changed.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    changed
}

const CHAIN: [&str; 4] = ["--anchor", "root.pem", "--intermediate", "issuing.der"];

#[test]
fn a_valid_chain_of_pem_and_der_files_exits_with_0() {
    let world = world("valid");
    let (status, result) = world.json(&[&CHAIN[..], &AT, &["leaf.pem"]].concat());
    assert_eq!((status, &result["valid"]), (0, &Value::Bool(true)), "{result}");
    assert_eq!(result["path"].as_array().unwrap().len(), 3);
    assert_eq!(result["path"][0], world.leaf.fingerprint().to_string());
    assert_eq!(result["signatures_checked"], 2);
    let text = world.validate(&[&CHAIN[..], &AT, &["leaf.pem"]].concat()).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.starts_with("valid\n") && text.contains("CN=根,C=CN (SM2"), "{text}");
}

#[test]
fn an_invalid_one_exits_with_1_and_says_why() {
    let world = world("invalid");
    let (status, result) = world.json(&[&CHAIN[..], &["--at", "2027-01-01T00:00:00Z", "leaf.pem"]].concat());
    assert_eq!((status, result["error"]["code"].as_str()), (1, Some("certificate_expired")), "{result}");
    let (status, result) = world.json(&["--anchor", "root.pem", AT[0], AT[1], "leaf.pem"]);
    assert_eq!((status, result["error"]["code"].as_str()), (1, Some("unknown_issuer")));
    assert_eq!(result["missing"][0]["kind"], "issuer");
    let (status, result) = world.json(&[&CHAIN[..], &AT, &["--name", "dns:example.org", "leaf.pem"]].concat());
    assert_eq!((status, result["error"]["code"].as_str()), (1, Some("name_mismatch")));
    let (status, result) = world.json(&[&CHAIN[..], &AT, &["--explicit-policy", "leaf.pem"]].concat());
    assert_eq!((status, result["error"]["code"].as_str()), (1, Some("policy_not_permitted")));
    assert!(result["error"]["rfc"].as_str().unwrap().starts_with("RFC 5280 §6.1.5"));
}

#[test]
fn a_report_tells_what_was_checked_in_words_and_in_json() {
    let world = world("report");
    let asked = |more: &[&str]| world.validate(&[&CHAIN[..], &AT, more, &["leaf.pem"]].concat());
    let text = |more: &[&str]| String::from_utf8(asked(more).stdout).unwrap();
    let full = text(&["--report", "full"]);
    assert!(full.starts_with("VALID at 2026-01-01T00:00:00Z\n"), "{full}");
    assert!(full.contains("✓ passed        signature            RFC 5280 §6.1.3 (a)(1)\n"), "{full}");
    assert!(full.contains("revocation was not looked into\n") && !full.contains('\x1b'), "{full}");
    assert!(full.lines().all(|line| line.chars().count() <= 80), "{full}");
    let short = text(&["--report", "short", "--name", "dns:example.org"]);
    assert!(short.starts_with("NOT VALID") && short.contains("✗ FAILED        names"), "{short}");
    assert!(!short.contains("✓ passed"), "{short}");
    let report = |more: &[&str]| world.json(&[&CHAIN[..], &AT, more, &["leaf.pem"]].concat()).1["report"].clone();
    assert_eq!(report(&[]), Value::Null);
    let told = report(&["--report", "full"]);
    let roles: Vec<_> = told["path"].as_array().unwrap().iter().map(|one| one["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["leaf", "intermediate", "anchor"]);
    assert_eq!(
        told["path"][0]["checks"][0],
        json!({"check": "signature", "outcome": "passed", "rfc": "RFC 5280 §6.1.3 (a)(1)"})
    );
    let assumed: Vec<_> = told["assumptions"].as_array().unwrap().iter().map(|one| one["assumption"].clone()).collect();
    assert_eq!(assumed, ["any_policy", "any_purpose", "any_name", "revocation_off"]);
}

#[test]
fn a_line_of_a_batch_has_a_report_where_it_asks_for_one() {
    let world = world("report-batch");
    let case = world.case();
    let lines = [
        case.clone(),
        with(&case, json!({"report": true, "at": null})),
        with(&case, json!({"report": true, "intermediates": []})),
    ];
    let results = world.batch(&lines);
    assert_eq!(results[0]["report"], Value::Null);
    assert_eq!(results[1]["report"]["assumptions"][0]["assumption"], "now");
    assert_eq!(results[2]["report"]["rejected"][0]["code"], "unknown_issuer");
    let issuer = results[2]["report"]["path"][0]["checks"].as_array().unwrap();
    let issuer = issuer.iter().find(|check| check["check"] == "issuer").unwrap();
    assert_eq!((&issuer["outcome"], &issuer["code"]), (&json!("failed"), &json!("unknown_issuer")));
}

#[test]
fn revocation_is_looked_into_when_asked_for() {
    let world = world("revoked");
    let (key, issuing) = &world.issuing;
    let crl = CrlBuilder::new(issuing.subject().clone(), 1, NOW, Time(NOW.0 + 60))
        .revoked([(world.leaf.serial().clone(), NOW, None)])
        .sign(key)
        .unwrap();
    fs::write(world.folder.join("issuing.crl"), to_pem("X509 CRL", crl.der())).unwrap();
    let asked = |mode: &str| {
        let options = ["--revocation", mode, "--crl", "issuing.crl", "leaf.pem"];
        world.json(&[&CHAIN[..], &AT, &options].concat())
    };
    assert_eq!(asked("off").0, 0);
    for mode in ["best-effort", "require"] {
        let (status, result) = asked(mode);
        assert_eq!((status, result["error"]["code"].as_str()), (1, Some("certificate_revoked")), "{result}");
        assert_eq!(result["error"]["certificate"], world.leaf.fingerprint().to_string());
    }
}

/// OCSP of the issuing CA itself, as DER in a file and as base64 in a batch line.
#[test]
fn ocsp_responses_are_judged_from_files_and_from_batch_lines() {
    let world = world("ocsp");
    let good = world.ocsp(CertStatus::Good);
    let bad = world.ocsp(CertStatus::Revoked { since: NOW, reason: None });
    fs::write(world.folder.join("good.der"), &good).unwrap();
    fs::write(world.folder.join("bad.der"), &bad).unwrap();
    fs::write(world.folder.join("root.crl"), world.root_crl()).unwrap();
    let asked = ["--revocation", "require", "--crl", "root.crl", "--ocsp"];
    let judge = |file| world.json(&[&CHAIN[..], &AT, &asked, &[file, "leaf.pem"]].concat());
    let (status, result) = judge("good.der");
    assert_eq!((status, &result["valid"]), (0, &Value::Bool(true)), "{result}");
    let (status, result) = judge("bad.der");
    assert_eq!((status, result["error"]["code"].as_str()), (1, Some("certificate_revoked")), "{result}");
    let (status, result) = judge("issuing.der");
    assert_eq!((status, result["error"]["code"].as_str()), (1, Some("revocation_unknown")), "{result}");
    assert!(result["error"]["message"].as_str().unwrap().contains("malformed_ocsp"), "{result}");
    let text = world.validate(&[&CHAIN[..], &AT, &asked, &["good.der", "leaf.pem"]].concat()).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("good by OCSP of CN=Issuing,C=CN") && text.contains("good by the CRL of CN=根"), "{text}");
    let case = |ocsp: &[u8]| with(&world.case(), json!({"revocation": "require", "ocsp": [STANDARD.encode(ocsp)]}));
    let results: Vec<Value> = world.batch(&[case(&good), case(&bad)]);
    assert_eq!(results[0]["valid"], true, "{}", results[0]);
    assert_eq!(results[1]["error"]["code"], "certificate_revoked");
}

#[test]
fn certificates_and_crls_may_come_in_certs_only_messages() {
    let world = world("certs-only");
    let read = |name: &str| Certificate::from_der(&fs::read(world.folder.join(name)).unwrap()).unwrap();
    let root = pem::parse(fs::read(world.folder.join("root.pem")).unwrap()).unwrap();
    let root = Certificate::from_der(root.contents()).unwrap();
    let crl = CertificateList::from_der(&world.root_crl()).unwrap();
    let both = CertsOnly::write([&read("issuing.der"), &root], [&crl]);
    fs::write(world.folder.join("both.p7b"), &both).unwrap();
    fs::write(world.folder.join("root.p7c"), to_pem("PKCS7", &CertsOnly::write([&root], []))).unwrap();
    fs::write(world.folder.join("signed.p7s"), [0x30, 3, 6, 1, 42]).unwrap();
    let asked = ["--intermediate", "both.p7b", "--crl", "both.p7b", "--revocation", "best-effort"];
    let (status, result) = world.json(&[&["--anchor", "root.p7c"][..], &asked, &AT, &["leaf.pem"]].concat());
    assert_eq!((status, result["path"].as_array().map(Vec::len)), (0, Some(3)), "{result}");
    let (status, result) = world.json(&["--anchor", "signed.p7s", "leaf.pem"]);
    assert_eq!((status, &result["error"]["code"]), (2, &json!("malformed_input")));
    assert!(result["error"]["message"].as_str().unwrap().contains("signed.p7s: not a CMS message"), "{result}");

    for bundle in [STANDARD.encode(&both), to_pem("CMS", &both)] {
        let case = json!({"intermediates": [bundle.clone()], "anchors": [to_pem("PKCS7", &CertsOnly::write([&root], []))], "crls": [bundle]});
        assert_eq!(world.batch(&[with(&world.case(), case)])[0]["valid"], true);
    }
    let case = with(&world.case(), json!({"intermediates": [STANDARD.encode([0x30, 3, 6, 1, 42])]}));
    let result = &world.batch(&[case])[0];
    assert_eq!(result["error"]["code"], "malformed_input");
    assert!(
        result["error"]["message"].as_str().unwrap().starts_with("intermediates[0]: not a CMS message"),
        "{result}"
    );
}

#[test]
fn wrong_usage_and_unreadable_input_exit_with_2() {
    let world = world("usage");
    fs::write(world.folder.join("nonsense"), "nonsense").unwrap();
    for arguments in [
        &["--anchor", "root.pem", "absent.pem"][..],
        &["--anchor", "nonsense", "leaf.pem"],
        &["--anchor", "root.pem", "nonsense"],
        &["--at", "yesterday", "leaf.pem"],
        &["--purpose", "fun", "leaf.pem"],
        &["--name", "example.org", "leaf.pem"],
        &["--permitted", "example.org", "leaf.pem"],
        &["--excluded", "ip:10.0.0.0/99", "leaf.pem"],
        &["--batch", "--permitted", "dns:example.org"],
        &["--batch", "leaf.pem"],
        &["--batch", "--revocation", "require"],
        &["--batch", "--explicit-policy"],
        &["--batch", "--report", "full"],
        &["--report", "everything", "leaf.pem"],
        &[],
    ] {
        let output = world.validate(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
}

#[test]
fn with_json_even_unreadable_input_is_answered_in_json() {
    let world = world("unreadable");
    let (status, result) = world.json(&["--anchor", "root.pem", "absent.pem"]);
    assert_eq!((status, &result["valid"], &result["error"]["code"]), (2, &json!(false), &json!("malformed_input")));
    assert!(result["error"]["message"].as_str().unwrap().contains("absent.pem"), "{result}");
}

#[test]
fn every_field_of_a_case_counts() {
    let world = world("fields");
    let case = world.case();
    let cases = [
        (json!({}), "valid"),
        (json!({"at": "2026-01-01T08:00:00.999999+08:00"}), "valid"),
        (json!({"at": "2025-12-31T23:59:59.999Z"}), "certificate_not_yet_valid"),
        (json!({"at": "2026-01-02T00:00:00.9Z"}), "valid"),
        (json!({"at": "2026-01-02T00:00:01Z"}), "certificate_expired"),
        (json!({"policies": ["2.5.29.32.0"]}), "valid"),
        (json!({"policies": ["1.2.3"]}), "valid"),
        (json!({"policies": ["1.2.3"], "explicit_policy": true}), "policy_not_permitted"),
        (json!({"explicit_policy": true}), "policy_not_permitted"),
        (json!({"inhibit_mapping": true, "inhibit_any_policy": true}), "valid"),
        (json!({"permitted_subtrees": ["dn:C=CN", "dns:example.org"]}), "valid"),
        (json!({"permitted_subtrees": ["dn:C=HK"]}), "name_constraint_violated"),
        (json!({"excluded_subtrees": ["dn:CN=Somebody,C=CN"]}), "name_constraint_violated"),
        (json!({"excluded_subtrees": ["dn:CN=Somebody,C=HK"]}), "valid"),
        (json!({"purpose": "client-auth"}), "valid"),
        (json!({"purpose": "time-stamping"}), "purpose_not_permitted"),
        (json!({"key_usage": ["digital_signature", "nonRepudiation"]}), "valid"),
        (json!({"names": ["dn:CN=Somebody,C=CN"]}), "valid"),
        (json!({"names": ["dn:CN=Somebody,C=CN", "dns:example.org"]}), "name_mismatch"),
        (json!({"names": ["ip:::1"]}), "name_mismatch"),
        (json!({"names": ["email:a@example.org"]}), "name_mismatch"),
        (json!({"revocation": "best-effort"}), "valid"),
        (json!({"revocation": "require"}), "revocation_unknown"),
        (json!({"revocation": "require", "revocation_scope": "leaf"}), "revocation_unknown"),
        (json!({"algorithms": "legacy"}), "valid"),
        (json!({"sm2_ids": []}), "valid"),
        (json!({"sm2_ids": ["", "1234567812345678"]}), "valid"),
        (json!({"sm2_ids": [""]}), "signature_invalid"),
        (json!({"max_depth": 1}), "valid"),
        (json!({"max_depth": 0}), "path_length_exceeded"),
        (json!({"intermediates": []}), "unknown_issuer"),
        (json!({"anchors": []}), "unknown_issuer"),
    ];
    let lines: Vec<_> = cases.iter().map(|(fields, _)| with(&case, fields.clone())).collect();
    for ((fields, wanted), result) in cases.iter().zip(world.batch(&lines)) {
        let found = if result["valid"] == true { "valid" } else { result["error"]["code"].as_str().unwrap() };
        assert_eq!(found, *wanted, "{fields}: {result}");
        if found != "valid" {
            assert!(result["error"]["rfc"].as_str().unwrap().contains('§'), "{result}");
            assert!(result["error"]["certificate"].as_str().unwrap().starts_with("sha256:"), "{result}");
            assert!(result["missing"].is_array(), "{result}");
        }
    }
}

/// A CA is verified once for all lines, and no line's result tells.
#[test]
fn a_case_has_the_same_result_wherever_it_stands() {
    let world = world("memory");
    let case = with(&world.case(), json!({"revocation": "best-effort"}));
    let lines: Vec<_> = (0..200).map(|id| with(&case, json!({"id": id}))).collect();
    let results = world.batch(&lines);
    assert_eq!(results.len(), 200);
    for (id, result) in results.iter().enumerate() {
        assert_eq!(*result, with(&results[0], json!({"id": id})));
    }
}

#[test]
fn a_line_is_answered_while_the_input_stays_open() {
    let world = world("interactive");
    let mut child = batch_program();
    let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut answers = BufReader::new(output).lines();
    for id in 0..3 {
        writeln!(input, "{}", with(&world.case(), json!({"id": id}))).unwrap();
        let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!((&answer["id"], &answer["valid"]), (&json!(id), &json!(true)), "{answer}");
    }
    drop(input);
    assert!(answers.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
