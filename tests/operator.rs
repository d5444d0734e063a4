//! What the operator of the machine sees and does from a terminal, beside clients and the trust list's changes.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use support::browser::Browser;
use support::client::{is_signed_out, login_page, refresh, text, tokens, with_certificate};
use support::demo::Demo;
use support::{pearlbridge, repository, run, temporary_directory};

fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(Demo::start)
}

/// JSON values, a line each.
fn lines(told: &str) -> Vec<Value> {
    told.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// Exit code, and the fields that a certificate's lint finds wrong.
fn lint(record: &str, file: &Path) -> (Option<i32>, Vec<String>) {
    let mut command = pearlbridge();
    command.args(["--json", "trust", "lint", record]).arg(file).env("PEARLBRIDGE_DATA", &demo().directory);
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let told = lines(&String::from_utf8_lossy(&output.stdout));
    assert!(told.len() >= 12, "{told:?}");
    let wrong = told.iter().filter(|finding| finding["pass"] == false);
    (output.status.code(), wrong.map(|finding| finding["field"].as_str().expect("a name").to_owned()).collect())
}

#[test]
fn a_certificate_is_held_to_a_record_field_by_field() {
    let file = |username: &str| demo().person(username).cert.clone();
    assert_eq!(lint("hk-ecert-personal", &file("chan")), (Some(0), Vec::new()));
    assert_eq!(lint("cn-licensed", &file("zhang")), (Some(0), Vec::new()));
    let (code, wrong) = lint("hk-ecert-personal", &file("lei"));
    assert_eq!(code, Some(1));
    assert_eq!(wrong, ["issuing authority", "type name", "policy", "country", "identity"]);
}

#[test]
fn a_certificate_is_held_to_a_record_that_is_not_on_the_list_yet() {
    let directory = temporary_directory("lint");
    let authority = |id: &str, name: &str| {
        std::fs::copy(&demo().authority(id).cert, directory.join(name)).expect("a copy");
    };
    authority("hk-ca", "ca.pem");
    authority("hk-root", "root.pem");
    let record = directory.join("new.toml");
    let text = "id = \"hk-new\"\nscheme = \"hk\"\nregion = \"HK\"\noperator = \"a test\"\nnames = { en = \"A partner\" }\n\
                issuing = \"ca.pem\"\nroot = \"root.pem\"\npolicy_prefix = \"2.16.344.8.2.2008.810.2\"\n\
                policies = [\"2.16.344.8.2.2008.810.2.2030.1.1\"]\nlevel = 5\ncontact = \"\"\nbridge = \"gd-bridge-p256\"\n\
                recognised_from = \"2020-01-01T00:00:00Z\"\n";
    std::fs::write(&record, text).expect("a file");
    let (code, wrong) = lint(record.to_str().expect("a path"), &demo().person("chan").cert);
    assert_eq!((code, wrong), (Some(1), vec!["policy".to_owned(), "identity".to_owned()]));
}

#[test]
fn accounts_are_shown_without_their_numbers_and_their_sessions_ended() {
    let people = lines(&demo().operate(&["person", "list", "--json"]));
    let id = |name: &str| {
        let found = people.iter().find(|person| person["names"].to_string().contains(name)).expect("an account");
        found["id"].as_str().expect("a text").to_owned()
    };
    for json in [&["--json"][..], &[]] {
        let zhang = demo().operate(&[&["person", "show", &id("张伟")], json].concat());
        assert!(zhang.contains("resident_id") && !zhang.contains("440100199001010015"), "{zhang}");
    }
    let browser = Browser::of(demo(), demo().person("chan"));
    with_certificate(&browser, &login_page(demo(), &browser));
    assert!(!is_signed_out(demo(), &browser));
    let ended = lines(&demo().operate(&["--json", "person", "end-sessions", &id("CHAN Tai Man")]));
    assert_eq!(ended[0]["sessions_ended"], 1);
    assert!(is_signed_out(demo(), &browser));
}

#[test]
fn the_events_are_exported_in_their_order_and_from_any_of_them_on() {
    demo().operate(&["client", "set", "demo-client", "--name", "Demo client"]);
    let told = demo().operate(&["audit", "export"]);
    let events = lines(&told);
    let numbers: Vec<i64> = events.iter().filter_map(|event| event["seq"].as_i64()).collect();
    assert!(numbers.is_sorted() && numbers.len() == events.len());
    let change = events.iter().find(|event| event["kind"] == "client_changed").expect("the change is there");
    assert_eq!((&change["actor"], &change["detail"]["client"]), (&"operator".into(), &"demo-client".into()));
    let person = demo().person("chan");
    for secret in [&person.password, &person.totp_secret, &demo().client().client_secret] {
        assert!(!told.contains(secret.as_str()));
    }
    assert!(!told.contains("440100199001010015"));
    let after = change["seq"].to_string();
    let rest = lines(&demo().operate(&["audit", "export", "--after", &after]));
    assert!(rest.iter().all(|event| event["seq"].as_i64() > change["seq"].as_i64()));
}

#[test]
fn bash_takes_the_completions() {
    let script = demo().operate(&["completions", "bash"]);
    assert!(script.contains("rotate-secret"));
    let file = temporary_directory("completions").join("pearlbridge.bash");
    std::fs::write(&file, script).expect("a file");
    run(Command::new("bash").arg("-n").arg(&file));
    for shell in ["zsh", "fish"] {
        assert!(demo().operate(&["completions", shell]).contains("rotate-secret"));
    }
}

/// `/metrics`, read by Prometheus' own parser.
fn metrics(demo: &Demo) -> Vec<Value> {
    let text = Browser::new(demo).get(format!("{}/metrics", demo.description.issuer)).expect(200).body;
    let mut python = Command::new(repository("target/test-tools/venv/bin/python"));
    python.arg(repository("tests/clients/read_metrics.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut reader = python.spawn().expect("it runs");
    reader.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it listens");
    let output = reader.wait_with_output().expect("it ends");
    assert!(output.status.success(), "Prometheus cannot read:\n{text}");
    lines(&String::from_utf8_lossy(&output.stdout))
}

/// The figure of a name and labels.
fn figure(metrics: &[Value], name: &str, labels: &Value) -> f64 {
    let found = metrics.iter().find(|sample| sample["name"] == name && sample["labels"] == *labels);
    found.and_then(|sample| sample["value"].as_f64()).unwrap_or_else(|| panic!("no {name} {labels} in {metrics:#?}"))
}

#[test]
fn prometheus_reads_what_is_counted_and_how_it_stands() {
    let demo = Demo::start();
    let browser = Browser::of(&demo, demo.person("chan"));
    with_certificate(&browser, &login_page(&demo, &browser));
    let token = [("grant_type", "password"), ("username", "somebody")];
    browser.post(format!("{}/oauth2/token", demo.description.issuer), &token).expect(400);
    let told = metrics(&demo);
    let one = |name: &str, labels: Value| figure(&told, name, &labels);
    assert_eq!(one("pearlbridge_logins_total", json!({"method": "mtls", "outcome": "ok"})), 1.0);
    assert_eq!(one("pearlbridge_grants_total", json!({"grant_type": "other", "outcome": "invalid_client"})), 1.0);
    assert_eq!(one("pearlbridge_http_requests_total", json!({"route": "/oauth2/token", "status": "400"})), 1.0);
    assert_eq!(one("pearlbridge_http_request_duration_seconds_count", json!({"route": "/oauth2/token"})), 1.0);
    assert_eq!(one("pearlbridge_ready", json!({})), 1.0);
    assert!(one("pearlbridge_trust_records", json!({"status": "granted"})) >= 2.0);
    assert!(one("pearlbridge_crl_expiry_timestamp_seconds", json!({"authority": "gd-bridge-p256"})) > 1e9);
    assert!(one("process_resident_memory_bytes", json!({})) > 1e6);
    let text = told.iter().map(Value::to_string).collect::<String>();
    assert!(!text.contains("somebody"), "what a visitor says is no label");
}

#[test]
fn figures_are_for_the_networks_of_the_settings_and_the_log_may_be_json() {
    let more =
        [("PEARLBRIDGE__TELEMETRY__METRICS_NETWORKS", "[\"192.0.2.0/24\"]"), ("PEARLBRIDGE__TELEMETRY__LOG", "json")];
    let demo = Demo::start_with(None, &more);
    Browser::new(&demo).get(format!("{}/metrics", demo.description.issuer)).expect(404);
    Browser::new(&demo).get(format!("{}/healthz", demo.description.issuer)).expect(200);
    let log = std::fs::read_to_string(demo.directory.join("log")).expect("it keeps a log");
    let said = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let listening = said.filter(|said| said["message"].as_str().is_some_and(|text| text.starts_with("listening on")));
    assert!(listening.count() >= 3);
}

/// The `kid` of a signed token.
fn kid(token: &str) -> String {
    use base64::Engine as _;
    let header = token.split('.').next().expect("a header");
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).expect("base64url");
    serde_json::from_slice::<Value>(&header).expect("JSON")["kid"].as_str().expect("a name").to_owned()
}

#[test]
fn a_signing_key_that_is_taken_away_is_gone_at_once_and_another_signs() {
    let demo = Demo::start();
    let browser = Browser::of(&demo, demo.person("chan"));
    let published = || browser.get(format!("{}/oauth2/jwks", demo.description.issuer)).expect(200).body;
    let before = tokens(&browser, &demo);
    let old = kid(text(&before, "id_token"));
    assert!(published().contains(&old));

    let next = lines(&demo.operate(&["--json", "signing-key", "withdraw", &old, "--reason", "a test"])).remove(0);
    let next = next["kid"].as_str().expect("a name").to_owned();
    assert!(!published().contains(&old) && published().contains(&next));
    let after = refresh(&browser, &demo, text(&before, "refresh_token")).expect(200).json();
    assert_eq!(kid(text(&after, "id_token")), next);
    // What the old key signed says nothing any more: whose session it is has to be asked.
    let hinted = format!("{}/oauth2/end_session?id_token_hint={}", demo.description.issuer, text(&before, "id_token"));
    assert_ne!(browser.get(hinted).status, 303);
    let events = lines(&demo.operate(&["audit", "export"]));
    assert!(events.iter().any(|event| event["kind"] == "signing_key_withdrawn" && event["actor"] == "operator"));

    let again = pearlbridge()
        .args(["signing-key", "withdraw", &old, "--reason", "a test"])
        .env("PEARLBRIDGE_DATA", &demo.directory)
        .output();
    assert_eq!(again.expect("it runs").status.code(), Some(1));
}

#[test]
fn a_signing_key_that_is_replaced_signs_until_its_successor_is_known() {
    let demo = Demo::start();
    let browser = Browser::of(&demo, demo.person("chan"));
    let next = lines(&demo.operate(&["--json", "signing-key", "rotate", "ES256"])).remove(0);
    assert_eq!(next["state"], "published");
    let listed = lines(&demo.operate(&["--json", "signing-key", "list"]));
    let of_alg = |state: &str| listed.iter().filter(|key| key["alg"] == "ES256" && key["state"] == state).count();
    assert_eq!((of_alg("published"), of_alg("signing")), (1, 1));
    let now = listed.iter().find(|key| key["alg"] == "ES256" && key["state"] == "signing").expect("one signs");
    assert_eq!(now["active_until"], next["active_from"]);
    assert_eq!(kid(text(&tokens(&browser, &demo), "id_token")), now["kid"].as_str().expect("a name"));
}
