//! RFC 8705, as npm's openid-client shows certificates over node's https.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pearlbridge::oidc::jose::{Algorithm, jwk};
use pki::certificate::CertificateBuilder;
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use pki::{Certificate, Name, Serial, Time, oid};
use serde_json::{Value, json};

use crate::demo;
use crate::script::{openid_client, register};
use crate::support::pearlbridge;

/// A certificate that nobody but its holder signed: its files, and itself.
fn self_signed(id: &str, subject: &Name) -> (Value, Value) {
    let key = SoftwareKey::generate(KeySpec::EcdsaP256, &mut pearlbridge::rng::fill).expect("a key can be made");
    let now = pearlbridge::clock::Clock::System.now_seconds();
    let (issuer, times) = (subject.clone(), (Time(now.0 - 3600), Time(now.0 + 86_400)));
    let serial = Serial::from_unsigned(&[7]);
    let builder = CertificateBuilder::new(serial, issuer, subject.clone(), times, key.public_key().clone());
    let certificate = builder.sign(&key).expect("it can be signed");
    let write = |name: String, label: &str, der: &[u8]| {
        let path = demo().directory.join(name);
        std::fs::write(&path, pem::encode(&pem::Pem::new(label, der))).expect("it can be written");
        path
    };
    let cert = write(format!("{id}.pem"), "CERTIFICATE", certificate.der());
    let private = write(format!("{id}.key"), "PRIVATE KEY", key.to_pkcs8_der().as_slice());
    let mut public = jwk(key.public_key(), Algorithm::Es256, "own");
    public["x5c"] = json!([STANDARD.encode(certificate.der())]);
    (json!({"cert": cert, "key": private}), public)
}

fn read(path: &Path) -> Certificate {
    let text = std::fs::read_to_string(path).expect("it can be read");
    Certificate::from_der(pem::parse(text).expect("it is PEM").contents()).expect("it is a certificate")
}

const CALLBACK: [&str; 2] = ["--redirect-uri", "http://localhost:8499/callback"];
const BOUND: [&str; 2] = ["--require-certificate-bound", "true"];

#[test]
fn a_client_proves_who_it_is_by_its_certificate_and_its_tokens_serve_nobody_else() {
    let (person, other) = (demo().person("chan"), demo().person("lei"));
    let subject = read(&person.cert).subject().clone();
    let (own, public) = self_signed("mtls-own", &Name::from_attributes(&[(oid::COMMON_NAME, "Own")]));
    let (stranger, _) = self_signed("mtls-stranger", &Name::from_attributes(&[(oid::COMMON_NAME, "Stranger")]));
    let (copy, _) = self_signed("mtls-copy", &subject);
    let jwks = demo().directory.join("mtls-own.jwk");
    std::fs::write(&jwks, public.to_string()).expect("it can be written");
    let jwks = jwks.to_str().expect("a path");

    let name = subject.to_string();
    let by_subject = ["--auth-method", "tls_client_auth", "--tls-subject-dn", &name];
    let more = ["--scope", "openid profile offline_access records:read"];
    let from = |authority| ["--tls-authority", authority];
    let chained = [CALLBACK.as_slice(), &by_subject, &from("hk-ecert-personal"), &more, &BOUND].concat();
    let chained = register("mtls-chained", &chained);
    let elsewhere = register("mtls-elsewhere", &[CALLBACK.as_slice(), &by_subject, &from("mo-qualified")].concat());
    let provincial = register("mtls-provincial", &[CALLBACK.as_slice(), &by_subject].concat());
    let alone = ["--grant-type", "client_credentials", "--scope", "records:read"];
    let by_dns = ["--auth-method", "tls_client_auth", "--tls-san-dns", "records.example"];
    let named = register("mtls-named", &[alone.as_slice(), &by_dns].concat());
    let by_key = ["--auth-method", "self_signed_tls_client_auth", "--jwks", jwks];
    let own_client = register("mtls-self", &[alone.as_slice(), &by_key, &BOUND].concat());
    let held = ["--fapi", "true", "--require-dpop", "false", "--redirect-uri", "https://localhost:8499/callback"];
    let fapi = register("mtls-fapi", &[held.as_slice(), &by_key, &BOUND].concat());
    let native = register("mtls-native", &[CALLBACK.as_slice(), &["--auth-method", "none"], &BOUND].concat());
    let server = ["--grant-type", "", "--scope", "records:read", "--resource-server", "true"];
    let jwt = ["--resource", "https://mtls-records.example/", "--access-token-alg", "ES256"];
    let records = register("mtls-records", &[server.as_slice(), &jwt].concat());
    let given = json!({
        "chained": chained, "named": named, "own": own_client, "fapi": fapi, "native": native, "records": records,
        "unpinned": [elsewhere, provincial],
        "certificates": {
            "person": {"cert": person.cert, "key": person.key},
            "other": {"cert": other.cert, "key": other.key},
            "own": own, "stranger": stranger, "copy": copy,
        },
    });
    openid_client("mtls.mjs", &given);
}

#[test]
fn a_registration_for_mutual_tls_names_one_certificate() {
    let usual =
        ["client", "add", "mtls-bad", "--name", "A program", "--grant-type", "client_credentials", "--scope", "a:b"];
    let (chain, own) = (["--auth-method", "tls_client_auth"], ["--auth-method", "self_signed_tls_client_auth"]);
    for (arguments, said) in [
        (chain.to_vec(), "tls_client_auth_subject_dn"),
        ([chain.as_slice(), &["--tls-subject-dn", "CN=a", "--tls-san-dns", "a.example"]].concat(), "one of"),
        ([chain.as_slice(), &["--tls-subject-dn", "nonsense"]].concat(), "tls_client_auth_subject_dn"),
        ([chain.as_slice(), &["--tls-san-ip", "a.example"]].concat(), "tls_client_auth_san_ip"),
        (vec!["--tls-san-dns", "a.example"], "tls_client_auth"),
        (vec!["--tls-authority", "hk-ecert-personal"], "tls_client_auth_authority"),
        (
            [chain.as_slice(), &["--tls-subject-dn", "CN=a", "--tls-authority", "nobody"]].concat(),
            "tls_client_auth_authority",
        ),
        (own.to_vec(), "jwks"),
    ] {
        let mut command = pearlbridge();
        command.args(usual).args(&arguments).env("PEARLBRIDGE_DATA", &demo().directory);
        let output = command.output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(said), "{arguments:?}: {told}");
    }
}
