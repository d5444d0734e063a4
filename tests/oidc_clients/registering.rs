//! Clients that register themselves, by npm's openid-client (OpenID Connect Dynamic Registration 1.0, RFC 7591, RFC 7592); and
//! what the operator decides about them.

use pearlbridge::id::base64url;
use pearlbridge::oidc::jose::{Algorithm, jwk};
use pki::key::{Signer as _, SoftwareKey};
use serde_json::{Value, json};

use crate::demo;
use crate::script::openid_client;
use crate::support::pearlbridge;

/// A token that registers clients, as the operator `maker` makes it.
fn admission(maker: &str, more: &[&str]) -> Value {
    let usual = ["client", "initial-access-token", "new", "--json", "--as", maker];
    serde_json::from_str(&demo().operate(&[usual.as_slice(), more].concat())).expect("JSON")
}

/// Exit code and what was said on standard error.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = pearlbridge().args(arguments).env("PEARLBRIDGE_DATA", &demo().directory).output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The client of this name in the list.
fn named(name: &str) -> Option<Value> {
    let list = demo().operate(&["client", "list", "--json"]);
    let mut clients = list.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    clients.find(|client| client["client_name#en"] == name)
}

#[test]
fn a_client_registers_itself_and_signs_people_in_and_is_told_what_it_may_not() {
    let key = SoftwareKey::generate(Algorithm::Es256.key_spec(), &mut pearlbridge::rng::fill).expect("a key");
    let file = demo().directory.join("software.jwk");
    std::fs::write(&file, jwk(key.public_key(), Algorithm::Es256, "s").to_string()).expect("it can be written");
    let issuer = "https://software.example";
    demo().operate(&["client", "software-issuer", issuer, "--jwks", file.to_str().expect("a path")]);
    let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_pkcs8_der().as_slice()));
    let once = admission("li", &["--stage", "pending"]);
    let given = json!({"issuer": issuer, "pem": pem, "once": once["initial_access_token"]});
    openid_client("registering.mjs", &given);

    // Who made the token approves nothing that came by it; another one does, as it was when they looked.
    let waiting = named("Waiting").expect("it is registered");
    let id = waiting["client_id"].as_str().expect("a text");
    assert_eq!((waiting["stage"].as_str(), waiting["disabled"].as_bool()), (Some("pending"), Some(true)));
    assert_eq!(refused(&["client", "enable", id]).0, Some(0), "it is enabled by approval alone");
    assert_eq!(named("Waiting").expect("it is there")["disabled"], true);
    let approve = |by: &str, revision: &str| refused(&["client", "approve", id, "--as", by, "--revision", revision]).0;
    assert_eq!((approve("li", "2"), approve("wong", "1"), approve("wong", "3")), (Some(1), Some(1), Some(1)));
    assert_eq!(refused(&["client", "approve", id, "--as", "wong"]).0, Some(2), "what nobody has seen");
    // The operator's no holds until it is taken back, and is another revision.
    demo().operate(&["client", "disable", id]);
    assert_eq!(named("Waiting").expect("it is there")["stage"], "refused");
    assert_eq!((approve("wong", "2"), approve("wong", "3")), (Some(1), Some(1)));
    demo().operate(&["client", "enable", id]);
    assert_eq!(named("Waiting").expect("it is there")["stage"], "pending");
    demo().operate(&["client", "approve", id, "--as", "wong", "--revision", "4"]);
    let approved = named("Waiting").expect("it is there");
    assert_eq!((approved["stage"].as_str(), approved["disabled"].as_bool()), (Some("production"), Some(false)));
    assert_eq!(approve("wong", "5"), Some(1), "once");
    assert_eq!(
        refused(&["client", "approve", "demo-client", "--as", "wong", "--revision", "1"]).0,
        Some(1),
        "the operator's own"
    );
}

#[test]
fn a_token_that_registers_clients_is_made_with_bounds_and_can_be_ended() {
    for (wrong, said) in [
        (["--uses", "0"], "uses"),
        (["--uses", "100000"], "uses"),
        (["--days", "0"], "days"),
        (["--days", "400"], "days"),
        (["--scope", "openid phone"], "scope"),
        (["--sector", ""], "sector"),
    ] {
        let (code, told) =
            refused(&[["client", "initial-access-token", "new", "--as", "li"].as_slice(), &wrong].concat());
        assert_eq!(code, Some(2), "{wrong:?}: {told}");
        assert!(told.contains(said), "{wrong:?}: {told}");
    }
    let made = admission("li", &["--uses", "3"]);
    let id = made["id"].as_str().expect("a text");
    let list = demo().operate(&["client", "initial-access-token", "list"]);
    assert!(list.contains(id) && !list.contains(made["initial_access_token"].as_str().expect("a text")), "{list}");
    let end = |id: &str| demo().operate(&["client", "initial-access-token", "revoke", id, "--json"]);
    assert!(end(id).contains("\"changed\":true") && end(id).contains("\"changed\":false"));
    assert!(end(&base64url(b"nobody")).contains("\"changed\":false"));
}

#[tokio::test]
async fn registrations_are_logged_without_their_secrets() {
    let app = demo().open().await;
    let token = crate::support::events(&app, "initial_access_token_made").await;
    app.store.close().await;
    assert!(token.iter().any(|event| event["token"] == "demonstration"), "{token:?}");
    let text = serde_json::to_string(&token).expect("JSON");
    let secret: Value =
        serde_json::from_slice(&std::fs::read(demo().directory.join("demo.json")).expect("it is there")).expect("JSON");
    assert!(!text.contains(secret["initial_access_token"].as_str().expect("a text")));
}
