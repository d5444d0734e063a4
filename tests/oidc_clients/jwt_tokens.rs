//! RFC 9068, as npm's jose and Authlib's resource server check it.

use serde_json::{Value, json};

use crate::script::{authlib, openid_client, register};

fn server(id: &str, more: &[&str]) -> Value {
    let resource = format!("https://{id}.example/api");
    let alone = ["--grant-type", "", "--scope", "records:read", "--resource-server", "true", "--resource", &resource];
    register(id, &[alone.as_slice(), more].concat())
}

const ALONE: [&str; 4] = ["--grant-type", "client_credentials", "--scope", "records:read"];

#[test]
fn a_resource_server_checks_its_tokens_by_itself() {
    let taking = |alg: &str| {
        server(&format!("jwt-{}", alg.to_lowercase()), &["--access-token-alg", alg, "--jwt-client", "jwt-window"])
    };
    let servers: Vec<Value> = ["ES256", "RS256", "PS256", "EdDSA"].into_iter().map(taking).collect();
    let asks = ["--redirect-uri", "http://localhost:8499/callback", "--scope", "openid records:read records:write"];
    let given = json!({
        "window": register("jwt-window", &asks),
        "stranger": register("jwt-stranger", &asks),
        "neighbour": register("jwt-neighbour", &[asks.as_slice(), &["--sector", "jwt-es256"]].concat()),
        "opaque": server("jwt-opaque", &[]),
        "servers": servers,
        "machine": register("jwt-machine", &ALONE),
    });
    openid_client("jwt_tokens.mjs", &given);
}

#[test]
fn authlib_checks_a_token_as_a_resource_server() {
    let resource = server("jwt-authlib", &["--access-token-alg", "RS256"]);
    authlib("jwt_server.py", &json!({"server": resource, "client": register("jwt-authlib-machine", &ALONE)}));
}
