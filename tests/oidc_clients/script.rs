//! A script of somebody else's client library, and the person whom it sends about: it writes `{"visit": address}`, and is
//! told where at the client the person ended; or `{"look": address}`, and is told what was there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use url::Url;

use crate::demo;
use crate::support::browser::{Browser, Page};
use crate::support::client::{go, is_client, with_certificate};
use crate::support::repository;

/// Registers a client of its own for a script, with these arguments: its record and secret.
pub(crate) fn register(id: &str, more: &[&str]) -> Value {
    let usual = ["client", "add", id, "--name", "A window", "--json"];
    serde_json::from_str(&demo().operate(&[usual.as_slice(), more].concat())).expect("the record is JSON")
}

/// Runs a script of npm's openid-client with what it is given, and a person who has a certificate.
pub(crate) fn openid_client(name: &str, given: &Value) {
    let mut node = Command::new("node");
    node.arg(repository("tests/browser/oauth").join(name)).env("NODE_EXTRA_CA_CERTS", &demo().description.ca_file);
    run(node, given);
}

/// Runs a script of Authlib.
pub(crate) fn authlib(name: &str, given: &Value) {
    let mut python = Command::new(repository("target/test-tools/venv/bin/python"));
    python.arg(repository("tests/clients").join(name));
    run(python, given);
}

fn run(mut command: Command, given: &Value) {
    command.arg(demo().directory.join("demo.json")).arg(given.to_string());
    let mut script = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    let (mut input, output) = (script.stdin.take().expect("it is piped"), script.stdout.take().expect("it is piped"));
    let browser = Browser::of(demo(), demo().person("chan"));
    for line in BufReader::new(output).lines() {
        let line = line.expect("it writes text");
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("it says {line:?}: {error}"));
        let answer = answer(&browser, &told);
        writeln!(input, "{answer}").expect("it listens");
    }
    finish(&mut script);
}

fn answer(browser: &Browser, told: &Value) -> Value {
    let named = |name: &str| told[name].as_str();
    if let Some(address) = named("look") {
        return look(browser, address);
    }
    if let Some(address) = named("posted") {
        return posted(browser, address);
    }
    if let Some(address) = named("device") {
        return json!({"text": decide(browser, address, told)});
    }
    if let Some(address) = named("cancel") {
        let login = go(browser, browser.get(address)).expect(200);
        return look(browser, login.link("/cancel").as_str());
    }
    json!({"here": visit(browser, named("visit").expect("an address to visit"), &told["form"])})
}

/// Opens an address, and does nothing there.
fn look(browser: &Browser, address: &str) -> Value {
    let page = go(browser, browser.get(address));
    json!({"status": page.status, "here": at_client(&page), "body": page.body})
}

/// Where at the client a page leads: by its address, or by the form that it posts there (its fields as a query).
fn at_client(page: &Page) -> Option<Url> {
    let posts = page.body.contains("action=\"http://localhost:8499/callback\"");
    let posted = posts.then(|| page.form("/callback")).map(|form| {
        let mut url = form.action;
        url.query_pairs_mut().extend_pairs(form.hidden);
        url
    });
    page.location().filter(is_client).or(posted)
}

/// Opens an address, signs in if that is asked, and looks at the form that goes to the client.
fn posted(browser: &Browser, address: &str) -> Value {
    let mut page = go(browser, browser.get(address));
    if page.url.path().starts_with("/login/") {
        page = with_certificate(browser, &page);
    }
    let form = page.form("/callback");
    json!({"action": form.action, "fields": form.hidden, "policy": page.header("content-security-policy")})
}

/// Opens the page for devices, signs in if asked, types a code and decides: what the page says then.
fn decide(browser: &Browser, address: &str, told: &Value) -> String {
    let text = |name: &str| told[name].as_str().expect("a code and a decision");
    let mut page = go(browser, browser.get(address));
    if page.url.path() != "/device" {
        page = with_certificate(browser, &page);
    }
    let mut page = go(browser, browser.send(&page.form("/device"), &[("user_code", text("code"))]));
    if page.url.path().starts_with("/login/") {
        page = with_certificate(browser, &page);
        page = browser.send(&page.form("/device"), &[("user_code", text("code"))]);
    }
    if page.status == 200 {
        page = browser.send(&page.form("/device/decision"), &[("decision", text("decision"))]);
    }
    page.text()
}

/// Opens an address, or sends it a form, signs in if that is asked, and ends at the client.
fn visit(browser: &Browser, address: &str, form: &Value) -> String {
    let fields = form.as_object().into_iter().flatten();
    let fields: Vec<_> = fields.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
    let first = if fields.is_empty() { browser.get(address) } else { browser.post(address, &fields) };
    let mut page = go(browser, first);
    if at_client(&page).is_none() {
        page = with_certificate(browser, &page);
    }
    at_client(&page).unwrap_or_else(|| panic!("{} ({}) leads not back: {}", page.url, page.status, page.text())).into()
}

fn finish(script: &mut Child) {
    let status = script.wait().expect("it ends");
    assert!(status.success(), "the script fails: {status}; what it said stands above");
}
