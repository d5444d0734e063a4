//! Proofs of possession on several nodes, and as time passes.

use pearlbridge::app::App;
use pearlbridge::audit::Circumstance;
use pearlbridge::clock::SECOND;
use pearlbridge::id::base64url;
use pearlbridge::oidc::authorize::Parameters;
use pearlbridge::oidc::client::Credentials;
use pearlbridge::oidc::dpop::Proof;
use pearlbridge::oidc::token::Tokens;
use pearlbridge::oidc::{Error, Result};
use pearlbridge::store::client::{AuthMethod, Client, Security};
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use serde_json::json;

use crate::house::House;

async fn furnished() -> (House, SoftwareKey, String) {
    let house = House::open().await;
    let security = Security { grant_types: vec!["client_credentials".to_owned()], ..Security::default() };
    let client = Client {
        names: [("en".to_owned(), "A program".to_owned())].into(),
        auth_method: AuthMethod::Post,
        scopes: "records:read".to_owned(),
        security,
        ..Client::new("program")
    };
    let registered = house.app.provider.register(client, Circumstance::operator(house.app.clock.now())).await;
    let key = SoftwareKey::generate(KeySpec::Ed25519, &mut pearlbridge::rng::fill).expect("a key can be made");
    (house, key, registered.expect("a good record").expect("a secret"))
}

fn proof(house: &House, key: &SoftwareKey, nonce: &str) -> Proof {
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_key().key_bits())});
    let header = json!({"alg": "EdDSA", "typ": "dpop+jwt", "jwk": jwk});
    let htu = format!("{}/oauth2/token", house.app.provider.issuer);
    let iat = house.app.clock.now() / SECOND;
    let claims = json!({"htm": "POST", "htu": htu, "iat": iat, "jti": pearlbridge::id::new_id(), "nonce": nonce});
    let input = [header, claims].map(|part| base64url(part.to_string().as_bytes())).join(".");
    let signature = base64url(&key.sign(input.as_bytes()).expect("it can be signed"));
    Proof { jwt: format!("{input}.{signature}"), method: "POST".to_owned(), path: "/oauth2/token".to_owned() }
}

async fn ask(app: &App, secret: &str, proof: &Proof) -> Result<Tokens> {
    let credentials = Credentials {
        client_id: Some("program".to_owned()),
        client_secret: Some(secret.to_owned()),
        proof: Some(proof.clone()),
        ..Credentials::default()
    };
    let fields = [("grant_type".to_owned(), "client_credentials".to_owned())];
    app.provider.exchange(&Parameters::new(fields).expect("each once"), &credentials).await
}

#[tokio::test]
async fn a_nonce_of_one_node_is_good_on_the_other_and_a_proof_on_one_of_them() {
    let (house, key, secret) = furnished().await;
    let second = house.second().await;
    let proof = proof(&house, &key, &second.provider.dpop_nonce());
    assert!(ask(&house.app, &secret, &proof).await.expect("it is good").jkt.is_some());
    for app in [&house.app, &second] {
        assert!(matches!(ask(app, &secret, &proof).await, Err(Error::InvalidDpopProof(_))));
    }
}

#[tokio::test]
async fn a_nonce_is_over_after_its_time_and_the_one_after_it() {
    let (house, key, secret) = furnished().await;
    let nonce = house.app.provider.dpop_nonce();
    house.pass(120);
    assert_ne!(house.app.provider.dpop_nonce(), nonce);
    ask(&house.app, &secret, &proof(&house, &key, &nonce)).await.expect("the last one still counts");
    house.pass(120);
    assert!(matches!(ask(&house.app, &secret, &proof(&house, &key, &nonce)).await, Err(Error::UseDpopNonce)));
    // Nor does somebody else's.
    let elsewhere = House::open().await.app.provider.dpop_nonce();
    assert!(matches!(ask(&house.app, &secret, &proof(&house, &key, &elsewhere)).await, Err(Error::UseDpopNonce)));
}
