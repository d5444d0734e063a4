//! RFC 8693, as npm's openid-client exchanges tokens between departments.

use serde_json::{Value, json};

use crate::demo;
use crate::script::{openid_client, register};
use crate::support::pearlbridge;

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

fn server(id: &str, scope: &str, more: &[&str]) -> Value {
    let resource = format!("https://{id}.example/api");
    let usual = ["--scope", scope, "--resource-server", "true", "--resource", &resource];
    register(id, &[usual.as_slice(), more].concat())
}

#[tokio::test]
async fn a_server_acts_at_another_for_a_person_where_both_the_person_and_the_operator_let_it() {
    let may = |target: &'static str| ["--grant-type", EXCHANGE, "--may-exchange", target];
    let (registry, tax) = (may("exchange-registry"), may("exchange-tax"));
    let asks = ["--scope", "openid forms:read records:read records:write tax:pay"];
    let given = json!({
        "window": register("exchange-window", &[["--redirect-uri", "http://localhost:8499/callback"], asks].concat()),
        "front": server("exchange-front", "forms:read", &[registry.as_slice(), &["--may-exchange", "exchange-tax"]].concat()),
        "registry": server("exchange-registry", "records:read records:write", &tax),
        "tax": server("exchange-tax", "tax:pay", &["--grant-type", "", "--access-token-alg", "ES256", "--jwt-client", "exchange-front"]),
        "stranger": server("exchange-stranger", "strange:read", &registry),
    });
    openid_client("exchange.mjs", &given);

    let told = demo().events("token_exchanged").await;
    let of = |target: &str| told.iter().filter(|event| event["target"] == target).count();
    assert_eq!((of("exchange-registry"), of("exchange-tax"), told.len()), (4, 1, 5), "{told:?}");
    let first = &told[0];
    assert_eq!((&first["client"], &first["subject"]), (&json!("exchange-front"), &json!("exchange-window")));
}

#[test]
fn who_may_exchange_is_a_resource_server_and_names_where() {
    let usual = ["client", "add", "exchange-bad", "--name", "A server"];
    for (arguments, said) in [
        (vec!["--grant-type", EXCHANGE], "grant_types"),
        (vec!["--grant-type", "", "--may-exchange", "exchange-tax"], "may_exchange"),
        (vec!["--grant-type", EXCHANGE, "--resource-server", "true", "--may-exchange", "exchange-bad"], "may_exchange"),
        (vec!["--grant-type", EXCHANGE, "--resource-server", "true", "--may-exchange", "a b"], "may_exchange"),
    ] {
        let mut command = pearlbridge();
        command.args(usual).args(&arguments).env("PEARLBRIDGE_DATA", &demo().directory);
        let output = command.output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(said), "{arguments:?}: {told}");
    }
}
