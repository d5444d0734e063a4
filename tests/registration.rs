//! `pearlbridge client`: what the operator registers, changes and disables counts at the next request of a server that
//! runs, and people sign in with it by a library that is not ours.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::process::Stdio;
use std::sync::OnceLock;

use pearlbridge::id::base64url;
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use serde_json::{Value, json};

use support::browser::{Browser, Page};
use support::client::{self, Asked, ask_as, code, go, parameter, redeem_as, text, token_as, userinfo};
use support::demo::{Client, Demo};
use support::pearlbridge;
use support::snippet::Hall;

fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(Demo::start)
}

const CALLBACK: &str = "http://localhost:8499/callback";

/// Registers a client with a name and these arguments.
fn add(id: &str, more: &[&str]) -> Client {
    let usual = ["client", "add", id, "--name", "A window", "--json", "--scope", "openid profile identity"];
    let told: Value = serde_json::from_str(&demo().operate(&[&usual, more].concat())).expect("JSON");
    let redirect_uris = told["redirect_uris"].as_array().expect("a list").iter();
    Client {
        client_id: text(&told, "client_id").to_owned(),
        client_secret: told["client_secret"].as_str().unwrap_or_default().to_owned(),
        redirect_uris: redirect_uris.map(|uri| uri.as_str().expect("a text").to_owned()).collect(),
    }
}

fn add_usual(id: &str) -> Client {
    add(id, &["--redirect-uri", CALLBACK, "--auth-method", "client_secret_post"])
}

/// Exit code and what was said on standard error.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = pearlbridge();
    command.args(arguments).env("PEARLBRIDGE_DATA", &demo().directory).stdin(Stdio::null());
    let output = command.output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn issuer() -> &'static str {
    &demo().description.issuer
}

fn ask(client: &Client, more: &[(&str, &str)]) -> Asked {
    let scope = [("scope", "openid profile identity")];
    ask_as(client, issuer(), &[&scope, more].concat())
}

/// Somebody with a certificate, signed in and back at the client.
fn enter(browser: &Browser, asked: &Asked) -> Page {
    let page = go(browser, browser.get(&asked.url));
    if page.location().is_some() { page } else { client::with_certificate(browser, &page) }
}

fn chan() -> Browser {
    Browser::of(demo(), demo().person("chan"))
}

fn tokens(browser: &Browser, client: &Client) -> Value {
    let asked = ask(client, &[]);
    redeem_as(browser, client, issuer(), &asked, &code(&enter(browser, &asked))).expect(200).json()
}

#[test]
fn the_program_that_is_printed_signs_a_person_in_by_npm_openid_client() {
    let usual = ["client", "add", "printed", "--redirect-uri", CALLBACK, "--name", "Tax window", "--name"];
    let printed = demo().operate(&[usual.as_slice(), &["zh-Hans=税务窗口", "--acr", "urn:gd:loa:4"]].concat());
    let line = printed.lines().find(|line| line.starts_with("client_secret")).expect("the secret is printed");
    let secret = line.split_whitespace().nth(1).expect("a secret");

    let hall = Hall::begin(&printed, secret, &demo().description.ca_file);
    let browser = chan().speaking("zh-CN");
    let login = go(&browser, browser.get(&hall.url)).expect(200);
    assert!(login.body.contains("税务窗口"), "{}", login.text());
    let back = client::with_certificate(&browser, &login).location().expect("it leads back");
    let known = hall.finish(&back);
    assert_eq!(known["person"]["name"], "CHAN Tai Man", "{known}");
    assert_eq!(known["claims"]["aud"], "printed", "{known}");

    let shown = demo().operate(&["client", "show", "printed"]);
    assert!(shown.contains("urn:gd:loa:4") && !shown.contains(secret), "{shown}");
    assert!(!demo().operate(&["client", "list"]).contains(secret));
}

#[test]
fn the_program_of_a_client_with_a_key_signs_a_person_in_with_it() {
    let key = SoftwareKey::generate(KeySpec::Ed25519, &mut pearlbridge::rng::fill).expect("a key can be made");
    let public = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_key().key_bits())});
    // RFC 8410 §7: the key is the last 32 octets of a PrivateKeyInfo without attributes.
    let pkcs8 = key.to_pkcs8_der();
    let mut private = public.clone();
    private["d"] = json!(base64url(&pkcs8[pkcs8.len() - 32..]));
    let file = demo().directory.join("printed.jwk");
    std::fs::write(&file, public.to_string()).expect("it can be written");
    let usual = ["client", "add", "printed-key", "--redirect-uri", CALLBACK, "--name", "Tax window", "--jwks"];
    let method = [file.to_str().expect("a path"), "--auth-method", "private_key_jwt"];
    let printed = demo().operate(&[usual.as_slice(), &method].concat());
    assert!(!printed.contains("client_secret "), "{printed}");

    let hall = Hall::begin(&printed, &private.to_string(), &demo().description.ca_file);
    let browser = chan();
    let login = go(&browser, browser.get(&hall.url)).expect(200);
    let back = client::with_certificate(&browser, &login).location().expect("it leads back");
    let known = hall.finish(&back);
    assert_eq!(known["claims"]["aud"], "printed-key", "{known}");
    assert_eq!(refused(&["client", "rotate-secret", "printed-key"]).0, Some(1));
}

#[test]
fn a_disabled_client_gets_no_code_no_token_and_no_claims_and_starts_anew_when_it_is_enabled() {
    let (client, browser) = (add_usual("disabled"), chan());
    let asked = ask(&client, &[]);
    let spare = code(&enter(&browser, &asked));
    let tokens = tokens(&browser, &client);
    demo().operate(&["client", "disable", "disabled"]);

    let page = go(&browser, browser.get(&ask(&client, &[]).url));
    assert_eq!((page.status, page.location()), (400, None), "{}", page.text());
    let refused = redeem_as(&browser, &client, issuer(), &asked, &spare).expect(400).json();
    assert_eq!(refused["error"], "invalid_client");
    userinfo(&browser, demo(), text(&tokens, "access_token")).expect(401);

    demo().operate(&["client", "enable", "disabled"]);
    // What may have been stolen does not come back.
    redeem_as(&browser, &client, issuer(), &asked, &spare).expect(400);
    userinfo(&browser, demo(), text(&tokens, "access_token")).expect(401);
    let tokens = self::tokens(&browser, &client);
    userinfo(&browser, demo(), text(&tokens, "access_token")).expect(200);
    let again: Value =
        serde_json::from_str(&demo().operate(&["client", "enable", "disabled", "--json"])).expect("JSON");
    assert_eq!(again, json!({"client_id": "disabled", "disabled": false, "changed": false}));
}

#[test]
fn a_rotated_secret_ends_the_one_before_it() {
    let (client, browser) = (add_usual("rotated"), chan());
    let refresh = text(&tokens(&browser, &client), "refresh_token").to_owned();
    let told: Value = serde_json::from_str(&demo().operate(&["client", "rotate-secret", "rotated", "--json"]))
        .expect("the answer is JSON");
    let renewed = Client { client_secret: text(&told, "client_secret").to_owned(), ..client.clone() };
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(token_as(&browser, &client, issuer(), &fields).expect(400).json()["error"], "invalid_client");
    token_as(&browser, &renewed, issuer(), &fields).expect(200);
}

#[test]
fn a_login_at_a_client_reaches_the_level_that_it_is_registered_with() {
    let client = add("demanding", &["--redirect-uri", CALLBACK, "--auth-method", "client_secret_post", "--acr", "4"]);
    let browser = chan();
    let login = go(&browser, browser.get(&client::ask(demo(), &[]).url));
    code(&client::with_password(&browser, demo(), &login, "chan"));
    // The session has level 3: enough for the other client, not for this, whatever it asks for.
    let silent = go(&browser, browser.get(&ask(&client, &[("prompt", "none"), ("acr_values", "urn:gd:loa:2")]).url));
    assert_eq!(parameter(&silent, "error").as_deref(), Some("login_required"));
    let tokens = tokens(&browser, &client);
    let acr = client::claims(text(&tokens, "id_token"))["acr"].clone();
    assert!(acr == "urn:gd:loa:4" || acr == "urn:gd:loa:5", "{acr}");
}

#[test]
fn a_client_reads_the_claims_that_it_is_approved_for_and_no_more() {
    let browser = chan();
    let usual = ["--redirect-uri", CALLBACK, "--auth-method", "client_secret_post"];
    let client = add("frugal", &[usual.as_slice(), &["--claim", "name", "--claim", "verified_how"]].concat());
    let access = text(&tokens(&browser, &client), "access_token").to_owned();
    let read = || {
        let person = userinfo(&browser, demo(), &access).expect(200).json();
        person.as_object().expect("an object").keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(read(), ["acr", "name", "sub", "verified_how"]);
    demo().operate(&["client", "set", "frugal", "--claim", "region"]);
    assert_eq!(read(), ["acr", "region", "sub"]);
    demo().operate(&["client", "set", "frugal", "--claim", ""]);
    assert!(read().contains(&"document_number_masked".to_owned()));
}

#[test]
fn a_scope_that_is_withdrawn_is_read_no_more_by_tokens_that_are_out() {
    let (browser, client) = (chan(), add_usual("narrowed"));
    let tokens = tokens(&browser, &client);
    demo().operate(&["client", "set", "narrowed", "--scope", "openid"]);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    let renewed = token_as(&browser, &client, issuer(), &fields).expect(200).json();
    assert_eq!(renewed["scope"], "openid");
    for tokens in [&tokens, &renewed] {
        let person = userinfo(&browser, demo(), text(tokens, "access_token")).expect(200).json();
        assert_eq!(person.as_object().expect("an object").keys().collect::<Vec<_>>(), ["acr", "sub"]);
    }
}

#[test]
fn an_address_or_level_that_changes_during_a_login_counts_at_its_end() {
    let client = add_usual("hijacked");
    let [first, second] = [chan(), chan()];
    let [moved, raised] = [&first, &second].map(|browser| go(browser, browser.get(&ask(&client, &[]).url)).expect(200));
    demo().operate(&["client", "set", "hijacked", "--acr", "5"]);
    let page = client::with_password(&second, demo(), &raised, "chan").expect(200);
    assert!(page.body.contains("/certificate/"), "more is asked for: {}", page.text());
    demo().operate(&["client", "set", "hijacked", "--redirect-uri", "http://localhost:8499/elsewhere"]);
    let page = client::with_certificate(&first, &moved);
    assert_eq!((page.status, page.location()), (400, None), "{}", page.text());
}

/// RFC 8252 §8.6: whoever listens on the machine may ask in the client's name.
#[test]
fn a_public_client_gets_no_code_without_a_login_of_its_own() {
    let browser = chan();
    tokens(&browser, &add_usual("before"));
    let native = add("silent", &["--redirect-uri", CALLBACK, "--auth-method", "none"]);
    let silent = go(&browser, browser.get(&ask(&native, &[("prompt", "none")]).url));
    assert_eq!(parameter(&silent, "error").as_deref(), Some("login_required"));
    let login = go(&browser, browser.get(&ask(&native, &[]).url)).expect(200);
    code(&client::with_certificate(&browser, &login));
}

#[test]
fn a_public_client_has_no_secret_and_comes_back_at_the_port_it_was_given() {
    let browser = chan();
    let client = add("native", &["--redirect-uri", "http://127.0.0.1/callback", "--auth-method", "none"]);
    assert_eq!(client.client_secret, "");
    let at_port = Client { redirect_uris: vec!["http://127.0.0.1:8499/callback".to_owned()], ..client };
    let tokens = tokens(&browser, &at_port);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    let guessed = Client { client_secret: "a guess".to_owned(), ..at_port.clone() };
    token_as(&browser, &guessed, issuer(), &fields).expect(400);
    token_as(&browser, &at_port, issuer(), &fields).expect(200);
    assert_eq!(refused(&["client", "rotate-secret", "native"]).0, Some(1));
    assert_eq!(refused(&["client", "set", "native", "--auth-method", "client_secret_post"]).0, Some(1));
    // Nor does a client with a secret get along without it.
    let server = Client { client_secret: String::new(), ..add_usual("server") };
    let asked = ask(&server, &[]);
    let code = code(&enter(&browser, &asked));
    assert_eq!(redeem_as(&browser, &server, issuer(), &asked, &code).expect(400).json()["error"], "invalid_client");
}

#[test]
fn a_client_authenticates_in_the_way_that_it_is_registered_with() {
    let (browser, client) = (chan(), add("by-header", &["--redirect-uri", CALLBACK]));
    let asked = ask(&client, &[]);
    let code = code(&enter(&browser, &asked));
    let by_body = redeem_as(&browser, &client, issuer(), &asked, &code).expect(400).json();
    assert_eq!(by_body["error"], "invalid_client");
    demo().operate(&["client", "set", "by-header", "--auth-method", "client_secret_post"]);
    redeem_as(&browser, &client, issuer(), &asked, &code).expect(200);
}

#[test]
fn an_address_that_is_changed_counts_at_the_next_request() {
    let (browser, client) = (chan(), add_usual("moved"));
    code(&enter(&browser, &ask(&client, &[])));
    demo().operate(&["client", "set", "moved", "--redirect-uri", "http://localhost:8499/elsewhere"]);
    let page = go(&browser, browser.get(&ask(&client, &[]).url));
    assert_eq!((page.status, page.location()), (400, None));
    let moved = Client { redirect_uris: vec!["http://localhost:8499/elsewhere".to_owned()], ..client };
    code(&enter(&browser, &ask(&moved, &[])));
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    add_usual("taken");
    let usual = ["client", "add", "wrong", "--name", "A window", "--redirect-uri"];
    for (arguments, exit, said) in [
        ([usual.as_slice(), &["http://hall.example/callback"]].concat(), 2, "loopback"),
        ([usual.as_slice(), &["https://hall.example/#x"]].concat(), 2, "fragment"),
        ([usual.as_slice(), &[CALLBACK, "--scope", "openid phone"]].concat(), 2, "phone"),
        ([usual.as_slice(), &[CALLBACK, "--acr", "9"]].concat(), 2, "level"),
        (vec!["client", "add", "wrong", "--redirect-uri", CALLBACK], 2, "client_name"),
        (vec!["client", "add", "taken", "--name", "A window", "--redirect-uri", CALLBACK], 1, "already"),
        (vec!["client", "set", "taken", "--redirect-uri", "ftp://hall.example/"], 2, "redirect_uris"),
        (vec!["client", "show", "wrong"], 1, "no client wrong"),
        (vec!["client", "disable", "wrong"], 1, "no client wrong"),
    ] {
        let (code, told) = refused(&arguments);
        assert_eq!(code, Some(exit), "{arguments:?}: {told}");
        assert!(told.contains(said), "{arguments:?}: {told}");
    }
    assert!(demo().operate(&["client", "show", "taken"]).contains(CALLBACK));
}

#[tokio::test]
async fn each_change_is_logged_as_done_by_the_operator_and_without_the_secret() {
    let client = add_usual("logged");
    demo().operate(&["client", "set", "logged", "--acr", "3", "--name", "en=Another name"]);
    demo().operate(&["client", "rotate-secret", "logged"]);
    demo().operate(&["client", "disable", "logged"]);
    let mut told = Vec::new();
    for kind in ["client_registered", "client_changed", "client_secret_rotated", "client_enabled"] {
        let events = demo().events(kind).await;
        told.extend(events.into_iter().filter(|event| event["client"] == "logged"));
    }
    let expected = [
        json!({"client": "logged"}),
        json!({"client": "logged", "fields": ["client_name", "acr"]}),
        json!({"client": "logged"}),
        json!({"client": "logged", "enabled": false}),
    ];
    assert_eq!(told, expected);
    assert!(told.iter().all(|event| !event.to_string().contains(&client.client_secret)));
}
