//! `/api/v1/`, as a department's program calls it: with curl, over TLS, against a running demonstration.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use support::demo::Demo;
use support::run;

/// One for all tests that leave it as they found it.
fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(Demo::start)
}

struct Answer {
    status: u16,
    kind: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Holds it to be a problem of this status and code.
    fn is_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.kind.as_str()), (status, "application/problem+json"), "{}", self.body);
        let problem = self.json();
        assert_eq!((&problem["status"], &problem["code"]), (&json!(status), &json!(code)), "{problem}");
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
    }
}

fn send(demo: &Demo, method: &str, path: &str, body: &str) -> Answer {
    let file = support::temporary_directory("body").join("body");
    std::fs::write(&file, body).expect("the body can be written");
    let mut curl = Command::new("curl");
    curl.args(["-s", "--noproxy", "*", "--cacert"]).arg(&demo.description.ca_file);
    curl.args(["-X", method, "-w", "\n%{http_code} %{content_type}", "-H", "content-type: application/json"]);
    if method == "POST" {
        curl.arg("--data-binary").arg(format!("@{}", file.display()));
    }
    curl.arg(format!("{}{path}", demo.description.issuer));
    let output = String::from_utf8(run(&mut curl)).expect("the answer is UTF-8");
    let (body, last) = output.rsplit_once('\n').expect("curl adds a line");
    let (status, kind) = last.split_once(' ').expect("status and type");
    Answer { status: status.parse().expect("a status"), kind: kind.to_owned(), body: body.to_owned() }
}

fn post(demo: &Demo, path: &str, body: &Value) -> Answer {
    send(demo, "POST", path, &body.to_string())
}

fn pem(file: &Path) -> String {
    std::fs::read_to_string(file).expect("the demonstration's file can be read")
}

#[test]
fn the_provinces_own_and_a_partners_certificate_are_valid() {
    let own = pem(&demo().description.people[0].cert);
    let partner = pem(&demo().partner("HK").leaf);
    for leaf in [own, partner] {
        let answer = post(demo(), "/api/v1/validate", &json!({"id": [1], "leaf": leaf}));
        assert_eq!((answer.status, answer.kind.as_str()), (200, "application/json"), "{}", answer.body);
        let result = answer.json();
        assert_eq!((&result["valid"], &result["id"]), (&json!(true), &json!([1])), "{result}");
        assert!(result["path"].as_array().is_some_and(|path| path.len() >= 3), "{result}");
    }
}

#[test]
fn a_report_is_told_where_it_is_asked_for() {
    let leaf = pem(&demo().description.people[0].cert);
    let plain = post(demo(), "/api/v1/validate", &json!({"leaf": leaf})).json();
    assert_eq!(plain["report"], Value::Null);
    let told = post(demo(), "/api/v1/validate", &json!({"leaf": leaf, "report": true})).json();
    let path = told["report"]["path"].as_array().expect("a path");
    assert!(told["valid"] == true && path.len() == told["path"].as_array().map_or(0, Vec::len), "{told}");
    let checks = path[0]["checks"].as_array().expect("checks");
    let revocation = checks.iter().find(|check| check["check"] == "revocation").expect("revocation is looked into");
    assert!(revocation["outcome"] == "passed" && revocation["sources"][0]["kind"].is_string(), "{revocation}");
}

#[test]
fn a_certificate_that_is_not_good_is_an_answer_with_its_reason() {
    let leaf = pem(&demo().description.people[0].cert);
    for (case, code) in [
        (json!({"leaf": leaf, "at": "2020-01-01T00:00:00Z"}), "certificate_not_yet_valid"),
        (json!({"leaf": leaf, "names": ["dns:example.org"]}), "name_mismatch"),
        (json!({"leaf": "MAA="}), "malformed_certificate"),
    ] {
        let answer = post(demo(), "/api/v1/validate", &case);
        let result = answer.json();
        assert_eq!((answer.status, &result["error"]["code"]), (200, &json!(code)), "{result}");
        assert!(result["error"]["rfc"].is_string() && result["error"]["certificate"].is_string(), "{result}");
    }
}

#[test]
fn what_is_no_case_is_a_problem() {
    let leaf = pem(&demo().description.people[0].cert);
    let own = pem(&demo().partner("HK").issuing);
    post(demo(), "/api/v1/validate", &json!({"leaf": leaf, "anchors": [own]})).is_problem(403, "anchors_not_permitted");
    let legacy = json!({"leaf": leaf, "algorithms": "legacy"});
    post(demo(), "/api/v1/validate", &legacy).is_problem(403, "algorithms_not_permitted");
    let unnamed = json!({"leaf": leaf, "sm2_ids": [""]});
    post(demo(), "/api/v1/validate", &unnamed).is_problem(403, "sm2_ids_not_permitted");
    let long = json!({"leaf": leaf, "policies": vec!["1.2.3"; 101]});
    post(demo(), "/api/v1/validate", &long).is_problem(400, "malformed_input");
    post(demo(), "/api/v1/validate", &json!({"leaf": leaf, "at": "now"})).is_problem(400, "malformed_input");
    send(demo(), "POST", "/api/v1/validate", "{").is_problem(400, "malformed_input");
    send(demo(), "POST", "/api/v1/validate/batch", "[1,").is_problem(400, "malformed_input");
    let many = "{}\n".repeat(1_001);
    send(demo(), "POST", "/api/v1/validate/batch", &many).is_problem(413, "too_many_cases");
    send(demo(), "POST", "/api/v1/validate", &" ".repeat(2 << 20)).is_problem(413, "too_large");
    send(demo(), "GET", "/api/v1/validate", "").is_problem(405, "method_not_allowed");
    send(demo(), "GET", "/api/v1/nothing", "").is_problem(404, "not_found");
}

#[test]
fn a_batch_is_answered_in_its_own_manner_and_order() {
    let leaf = pem(&demo().description.people[0].cert);
    let cases = [
        json!({"id": "good", "leaf": leaf}),
        json!({"id": "anchored", "leaf": leaf, "anchors": [leaf]}),
        json!({"id": "old", "leaf": leaf, "algorithms": "legacy"}),
        json!({"id": "bad", "leaf": "*"}),
    ];
    let check = |results: Vec<Value>| {
        let found: Vec<_> = results.iter().map(|result| (&result["id"], &result["error"]["code"])).collect();
        let wanted = [
            (json!("good"), Value::Null),
            (json!("anchored"), json!("anchors_not_permitted")),
            (json!("old"), json!("algorithms_not_permitted")),
            (json!("bad"), json!("malformed_input")),
        ];
        assert!(found.into_iter().eq(wanted.iter().map(|(id, code)| (id, code))), "{results:?}");
    };
    let array = post(demo(), "/api/v1/validate/batch", &json!(cases));
    assert_eq!((array.status, array.kind.as_str()), (200, "application/json"), "{}", array.body);
    check(array.json().as_array().expect("an array").clone());
    let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let lines = send(demo(), "POST", "/api/v1/validate/batch", &lines);
    assert_eq!((lines.status, lines.kind.as_str()), (200, "application/jsonl"), "{}", lines.body);
    check(lines.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect());
}

#[test]
fn revocation_and_withdrawal_count_without_being_asked_for() {
    let demo = Demo::start();
    let (own, partner) = (pem(&demo.description.people[0].cert), pem(&demo.partner("HK").leaf));
    let read = |text: &str| {
        let ders = pearlbridge::pem::read(text.as_bytes(), pearlbridge::pem::CERTIFICATE).expect("it is PEM");
        pki::Certificate::from_der(&ders[0]).expect("it is a certificate")
    };
    demo.operate(&["ca", "revoke", &read(&own).serial().to_string(), "--reason", "keyCompromise"]);
    let result = post(&demo, "/api/v1/validate", &json!({"leaf": own})).json();
    assert_eq!(result["error"]["code"], "certificate_revoked", "{result}");
    assert_eq!(result["error"]["certificate"], read(&own).fingerprint().to_string());
    let records = send(&demo, "GET", "/trust.json", "").json();
    let issuing = read(&pem(&demo.partner("HK").issuing)).fingerprint().to_string();
    let record =
        records["records"].as_array().and_then(|all| all.iter().find(|one| one["issuing"]["fingerprint"] == issuing));
    let id = record.and_then(|record| record["id"].as_str()).expect("the partner has a record");
    demo.operate(&["trust", "status", id, "withdrawn", "--reason", "a test"]);
    let result = post(&demo, "/api/v1/validate", &json!({"leaf": partner})).json();
    assert_eq!(result["valid"], false, "{result}");
}

#[test]
fn the_description_is_served_and_says_what_is_there() {
    let answer = send(demo(), "GET", "/api/openapi.json", "");
    assert_eq!((answer.status, answer.kind.as_str()), (200, "application/json"));
    let document = answer.json();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let method = operations.as_object().and_then(|all| all.keys().next()).expect("a method").to_uppercase();
        let status = send(demo(), &method, path, "{}").status;
        assert!(status != 404 && status != 405, "{method} {path}: {status}");
        assert_eq!(send(demo(), "DELETE", path, "").status, 405, "{path}");
    }
}
