//! RFC 8707, as npm's openid-client names the resource servers that its tokens are for.

use serde_json::json;

use crate::demo;
use crate::script::{openid_client, register};
use crate::support::pearlbridge;

#[test]
fn a_token_counts_at_the_resource_servers_that_it_names_and_nowhere_else() {
    let server = |id: &str, scope: &str| {
        let resource = format!("https://{id}.example/api");
        let alone = ["--grant-type", "", "--scope", scope, "--resource-server", "true", "--resource", &resource];
        register(id, &alone)
    };
    let (records, tax) = (server("res-records", "records:read"), server("res-tax", "tax:pay"));
    let all = ["--scope", "openid profile records:read records:write tax:pay"];
    let window = register("res-window", &[["--redirect-uri", "http://localhost:8499/callback"], all].concat());
    let machine = register("res-machine", &["--grant-type", "client_credentials", "--scope", "records:read tax:pay"]);
    let device = ["--grant-type", "urn:ietf:params:oauth:grant-type:device_code", "--auth-method", "none"];
    let kiosk = register("res-kiosk", &[device, ["--scope", "openid records:read", "--acr", "2"]].concat());
    let given = json!({"window": window, "records": records, "tax": tax, "machine": machine, "kiosk": kiosk});
    openid_client("resources.mjs", &given);
}

#[test]
fn no_two_resource_servers_have_one_name() {
    let usual = ["--grant-type", "", "--scope", "records:read", "--resource-server", "true"];
    register("res-first", &[usual.as_slice(), &["--resource", "urn:res:first"]].concat());
    register("res-second", &[usual.as_slice(), &["--resource", "urn:res:second"]].concat());
    let userinfo = format!("{}/oauth2/userinfo", demo().description.issuer);
    let add = ["client", "add", "res-third", "--name", "A server"];
    for (arguments, said) in [
        ([add.as_slice(), &usual, &["--resource", "urn:res:first"]].concat(), "is that of the client res-first"),
        (vec!["client", "set", "res-second", "--resource", "urn:res:first"], "is that of the client res-first"),
        ([add.as_slice(), &usual, &["--resource", "records"]].concat(), "absolute URI"),
        (vec!["client", "set", "res-second", "--resource-server", "false"], "resource_server"),
        (vec!["client", "set", "res-second", "--resource", &userinfo], "the address of UserInfo"),
        ([add.as_slice(), &usual, &["--resource", &userinfo]].concat(), "the address of UserInfo"),
    ] {
        let mut command = pearlbridge();
        let output = command.args(&arguments).env("PEARLBRIDGE_DATA", &demo().directory).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(said), "{arguments:?}: {told}");
    }
}
