//! Tokens for resource servers, as the records of clients and servers change between login, code and refresh.

use pearlbridge::audit::Circumstance;
use pearlbridge::id::{base64url, sha256};
use pearlbridge::identity::session::SignedIn;
use pearlbridge::oidc::authorize::Parameters;
use pearlbridge::oidc::client::Credentials;
use pearlbridge::oidc::token::Tokens;
use pearlbridge::oidc::{Error, Result};
use pearlbridge::store::attempt::AuthorizationRequest;
use pearlbridge::store::client::{AuthMethod, Change, Client, Security};
use pearlbridge::store::{self};
use pki::oid;
use serde_json::json;

use crate::house::{Asked, House};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters-in-all";
const CALLBACK: &str = "https://window.example/cb";
const SCOPE: &str = "openid records:read tax:pay";

/// A person, a window, and two servers, of which one takes JWTs.
struct Scene {
    house: House,
    person: SignedIn,
}

impl Scene {
    async fn set() -> Self {
        let house = House::open().await;
        let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
        let subject =
            [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
        let asked = Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() };
        let person = house.sign_in(&partner.leaf(asked, house.now())).await;
        let scene = Self { house, person };
        scene
            .register(Client {
                redirect_uris: vec![CALLBACK.to_owned()],
                scopes: SCOPE.to_owned(),
                auth_method: AuthMethod::None,
                ..Client::new("window")
            })
            .await;
        scene.register(server("records", "records:read", None)).await;
        scene.register(server("tax", "tax:pay", Some("ES256"))).await;
        scene
    }

    fn operator(&self) -> Circumstance<'static> {
        Circumstance::operator(self.house.app.clock.now())
    }

    async fn register(&self, client: Client) {
        let client = Client { names: [("en".to_owned(), "A name".to_owned())].into(), ..client };
        self.house.app.provider.register(client, self.operator()).await.expect("a good record");
    }

    async fn code(&self, resources: &[&str]) -> String {
        let provider = &self.house.app.provider;
        let request: AuthorizationRequest = serde_json::from_value(json!({
            "client_id": "window", "redirect_uri": CALLBACK, "scope": SCOPE, "state": null, "nonce": null,
            "code_challenge": base64url(&sha256(VERIFIER.as_bytes())), "level": 2, "max_age": null, "silent": false,
            "force_login": false, "login_hint": null, "ui_locales": null, "resources": resources,
        }))
        .expect("a request");
        let client = provider.client("window").await.expect("the database answers").expect("it is there");
        let back = provider.issue_code(&client, &request, &self.person).await.expect("a code");
        let back = url::Url::parse(back.address()).expect("an address");
        back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
    }

    async fn redeem(&self, code: &str, more: &[(&str, &str)]) -> Result<Tokens> {
        let usual = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.exchange(&[&usual, more].concat()).await
    }

    async fn refresh(&self, tokens: &Tokens, more: &[(&str, &str)]) -> Result<Tokens> {
        let token = tokens.refresh_token.as_deref().expect("a refresh token");
        self.exchange(&[&[("grant_type", "refresh_token"), ("refresh_token", token)], more].concat()).await
    }

    async fn exchange(&self, pairs: &[(&str, &str)]) -> Result<Tokens> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let credentials = Credentials { client_id: Some("window".to_owned()), ..Credentials::default() };
        self.house.app.provider.exchange(&Parameters::new(pairs).expect("each once"), &credentials).await
    }

    async fn change(&self, id: &str, change: Change) {
        self.house.app.provider.change_client(id, change, self.operator()).await.expect("a good record");
    }

    async fn enable(&self, id: &str, enabled: bool) {
        self.house.app.provider.set_client_enabled(id, enabled, self.operator()).await.expect("the database answers");
    }

    /// What the person's account says of a service, and how often.
    async fn disclosed_to(&self, client: &str) -> Vec<(String, i64)> {
        let mut connection = self.house.app.store.read().await.expect("the database answers");
        let all = store::audit_event::disclosures(&mut connection, &self.person.person.id).await;
        let all = all.expect("the database answers").into_iter().filter(|disclosure| disclosure.client_id == client);
        all.map(|disclosure| (disclosure.claims, disclosure.times)).collect()
    }
}

fn server(id: &str, scope: &str, alg: Option<&str>) -> Client {
    let security = Security {
        grant_types: Vec::new(),
        resource_server: true,
        access_token_signed_response_alg: alg.map(str::to_owned),
        access_token_jwt_clients: alg.map(|_| "window".to_owned()).into_iter().collect(),
        ..Security::default()
    };
    Client { scopes: scope.to_owned(), resource: Some(format!("urn:{id}")), security, ..Client::new(id) }
}

#[tokio::test]
async fn a_scope_that_the_client_lost_since_the_code_is_in_no_token() {
    let scene = Scene::set().await;
    let (code, jwt) = (scene.code(&["urn:records", "urn:tax"]).await, scene.code(&["urn:tax"]).await);
    scene.change("window", Change { scopes: Some("openid records:read".to_owned()), ..Change::default() }).await;
    let tokens = scene.redeem(&code, &[("resource", "urn:records")]).await.expect("tokens");
    assert_eq!(tokens.scope, "records:read");
    let refused = scene.redeem(&jwt, &[]).await;
    assert!(matches!(refused, Err(Error::InvalidTarget(_))), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_a_token_is_for_stands_in_the_persons_disclosures() {
    let scene = Scene::set().await;
    let code = scene.code(&["urn:records", "urn:tax"]).await;
    let tokens = scene.redeem(&code, &[("resource", "urn:tax")]).await.expect("tokens");
    assert_eq!(tokens.access_token.split('.').count(), 3);
    let once: Vec<(String, i64)> = vec![("acr auth_time sub".to_owned(), 1)];
    assert_eq!((scene.disclosed_to("tax").await, scene.disclosed_to("records").await), (once.clone(), Vec::new()));
    scene.refresh(&tokens, &[("resource", "urn:records")]).await.expect("tokens");
    assert_eq!((scene.disclosed_to("tax").await, scene.disclosed_to("records").await), (once.clone(), once));
}

#[tokio::test]
async fn a_server_that_is_switched_off_ends_no_login_at_the_others() {
    let scene = Scene::set().await;
    scene.register(server("land", "tax:pay", None)).await;
    let code = scene.code(&["urn:records", "urn:land"]).await;
    scene.enable("land", false).await;
    let tokens = scene.redeem(&code, &[]).await.expect("tokens");
    assert_eq!(tokens.scope, "records:read");
    let refused = scene.refresh(&tokens, &[("resource", "urn:land")]).await;
    assert!(matches!(refused, Err(Error::InvalidTarget(_))), "what is named must be there: {refused:?}");
    let tokens = scene.refresh(&tokens, &[]).await.expect("tokens");
    assert_eq!(tokens.scope, "records:read");
    scene.enable("records", false).await;
    let refused = scene.refresh(&tokens, &[]).await;
    assert!(matches!(refused, Err(Error::InvalidTarget(_))), "a token for none would count everywhere: {refused:?}");
    scene.enable("land", true).await;
    assert_eq!(scene.refresh(&tokens, &[]).await.expect("tokens").scope, "tax:pay");
}
