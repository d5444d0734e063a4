//! `private_key_jwt` (RFC 7523), as npm's openid-client and Authlib sign theirs.

use pearlbridge::oidc::jose::{Algorithm, jwk};
use pki::key::{Signer as _, SoftwareKey};
use serde_json::{Value, json};

use crate::demo;
use crate::script::{authlib, openid_client, register};
use crate::support::pearlbridge;

/// A client of its own with a key of its own: what a script needs to be it.
pub(crate) fn client_with_key(id: &str, algorithm: Algorithm, more: &[&str]) -> Value {
    let key = SoftwareKey::generate(algorithm.key_spec(), &mut pearlbridge::rng::fill).expect("a key can be made");
    let jwks = demo().directory.join(format!("{id}.jwk"));
    std::fs::write(&jwks, jwk(key.public_key(), algorithm, "signing").to_string()).expect("it can be written");
    let jwks = jwks.to_str().expect("the path is text");
    let usual = ["--auth-method", "private_key_jwt", "--jwks", jwks];
    let client = register(id, &[&usual, more].concat());
    assert!(client["client_secret"].is_null(), "a client with a key has no secret");
    json!({"client": client, "alg": algorithm.name(), "pem": pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_pkcs8_der().as_slice()))})
}

const CODE: [&str; 4] =
    ["--redirect-uri", "http://localhost:8499/callback", "--scope", "openid profile offline_access"];

#[test]
fn a_client_proves_who_it_is_with_its_key_and_each_proof_counts_once() {
    let clients = Algorithm::ALL
        .map(|algorithm| client_with_key(&format!("key-{}", algorithm.name().to_lowercase()), algorithm, &CODE));
    openid_client("assertion.mjs", &Value::from_iter(clients));
}

#[test]
fn authlib_proves_who_it_is_with_its_key() {
    authlib("assertion_client.py", &client_with_key("key-authlib", Algorithm::Rs256, &CODE));
}

#[test]
fn a_registration_without_good_keys_is_refused_by_the_name_of_its_field() {
    let write = |name: &str, value: Value| {
        let path = demo().directory.join(name);
        std::fs::write(&path, value.to_string()).expect("it can be written");
        path.to_str().expect("the path is text").to_owned()
    };
    let private = write("private.jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}));
    let none = write("none.jwk", json!({"keys": []}));
    for (arguments, said) in [
        (vec![], "jwks"),
        (vec!["--jwks", &private], "key 0: the key is not public"),
        (vec!["--jwks", &none], "no key"),
        (vec!["--jwks-uri", "http://hall.example/keys"], "jwks_uri"),
    ] {
        let usual = ["client", "add", "bad-keys", "--name", "A window", "--auth-method", "private_key_jwt"];
        let mut command = pearlbridge();
        command.args(usual).args(CODE).args(&arguments).env("PEARLBRIDGE_DATA", &demo().directory);
        let output = command.output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(said), "{arguments:?}: {told}");
    }
}
