//! No token outlives the session that it hangs on, and the clients hear of its end.

use pearlbridge::identity::session::SignedIn;
use pearlbridge::oidc::Error;
use pearlbridge::oidc::authorize::{Answer, Decision, Parameters};
use pearlbridge::oidc::client::Credentials;
use pearlbridge::oidc::dpop::Shown;
use pearlbridge::oidc::token::Tokens;
use pearlbridge::store::client::Client;
use pearlbridge::store::{self};
use pki::oid;
use url::Url;

use crate::house::{Asked, House};
use crate::support::events;

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const CALLBACK: &str = "https://client.example/callback";
/// RFC 7636, Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A province with a client that wants to hear of logouts, and somebody who is signed in there.
struct Scene {
    house: House,
    signed_in: SignedIn,
}

impl Scene {
    async fn set() -> Self {
        let house = House::open().await;
        let client = Client {
            secret_hash: pearlbridge::id::digest("secret"),
            redirect_uris: vec![CALLBACK.to_owned()],
            backchannel_logout_uri: Some("https://client.example/logout".to_owned()),
            scopes: "openid profile".to_owned(),
            ..Client::new("client")
        };
        let now = house.app.clock.now();
        let written =
            house.app.store.write(move |tx| Box::pin(async move { store::client::insert(tx, &client, now).await }));
        let written: store::Result<()> = written.await;
        written.expect("the client can be written");
        let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
        let subject =
            [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
        let leaf = partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now());
        let signed_in = house.sign_in(&leaf).await;
        Self { house, signed_in }
    }

    async fn code(&self) -> String {
        let asked = [
            ("client_id", "client"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let provider = &self.house.app.provider;
        let received = provider.receive(&parameters(&asked)).await.expect("the database answers").expect("a client");
        let decided = provider.decide(received, Some(&self.signed_in)).await;
        let Ok(Decision::Answer(Answer::Redirect(address))) = decided else { panic!("{decided:?}") };
        let address = Url::parse(&address).expect("an address");
        address.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
    }

    async fn exchange(&self, pairs: &[(&str, &str)]) -> pearlbridge::oidc::Result<Tokens> {
        let credentials = Credentials {
            client_id: Some("client".to_owned()),
            client_secret: Some("secret".to_owned()),
            ..Credentials::default()
        };
        self.house.app.provider.exchange(&parameters(pairs), &credentials).await
    }

    async fn redeem(&self, code: &str) -> pearlbridge::oidc::Result<Tokens> {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.exchange(&[&fields[..], &[("code_verifier", VERIFIER)]].concat()).await
    }

    async fn refresh(&self, tokens: &Tokens) -> pearlbridge::oidc::Result<Tokens> {
        let token = tokens.refresh_token.as_deref().expect("a login gives one");
        self.exchange(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn sweep(&self) -> usize {
        let app = &self.house.app;
        app.provider.sweep_sessions(app.identity.idle_since()).await.expect("the database answers")
    }

    /// The logouts that wait: which client, and whether it knows.
    async fn outbox(&self) -> Vec<(String, bool)> {
        self.house.app.provider.logout_report(&self.signed_in.session.id).await.expect("the database answers")
    }
}

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    Parameters::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).expect("each once")
}

#[tokio::test]
async fn tokens_end_with_their_session_and_its_end_is_told() {
    let scene = Scene::set().await;
    let lifetime = scene.house.app.settings.login.session_lifetime;
    let (provider, late) = (&scene.house.app.provider, 200);
    let tokens = scene.redeem(&scene.code().await).await.expect("the code is good");
    assert_eq!(tokens.expires_in, scene.house.app.settings.oidc.access_token_lifetime);

    scene.house.pass(lifetime - late);
    let tokens = scene.refresh(&tokens).await.expect("the session lives");
    assert_eq!(tokens.expires_in, late, "what the client is told is when the session ends");
    provider.userinfo(&tokens.access_token, &Shown::default()).await.expect("the session lives");
    let code = scene.code().await;

    scene.house.pass(late - 1);
    provider.userinfo(&tokens.access_token, &Shown::default()).await.expect("the session lives");
    scene.house.pass(1);
    let refused = provider.userinfo(&tokens.access_token, &Shown::default()).await;
    assert!(matches!(refused, Err(Error::InvalidToken(_))), "{refused:?}");
    let refused = scene.refresh(&tokens).await;
    assert!(matches!(refused, Err(Error::InvalidGrant(_))), "{refused:?}");
    let refused = scene.redeem(&code).await;
    assert!(matches!(refused, Err(Error::InvalidGrant(_))), "{refused:?}");

    assert!(scene.outbox().await.is_empty(), "nobody has looked yet");
    assert_eq!(scene.sweep().await, 1);
    assert_eq!(scene.outbox().await, [("client".to_owned(), false)]);
    assert_eq!(scene.sweep().await, 0, "it ends once");
    let ended = events(&scene.house.app, "session_ended").await;
    assert_eq!(ended.len(), 1);
    assert_eq!(
        (&ended[0]["session"], &ended[0]["why"]),
        (&scene.signed_in.session.id.clone().into(), &"expired".into())
    );
}

#[tokio::test]
async fn a_session_that_is_not_used_is_swept_and_takes_its_tokens_along() {
    let scene = Scene::set().await;
    let tokens = scene.redeem(&scene.code().await).await.expect("the code is good");
    scene.house.pass(scene.house.app.settings.login.session_idle);
    assert_eq!(scene.sweep().await, 0, "it has just been used enough");
    scene.house.pass(1);
    assert_eq!(scene.sweep().await, 1);
    assert_eq!(scene.outbox().await, [("client".to_owned(), false)]);
    assert!(matches!(scene.refresh(&tokens).await, Err(Error::InvalidGrant(_))));
}

#[tokio::test]
async fn a_session_that_ends_takes_a_code_along_that_was_not_redeemed() {
    let scene = Scene::set().await;
    let code = scene.code().await;
    let (app, session) = (&scene.house.app, &scene.signed_in.session);
    let system = pearlbridge::audit::Actor::System;
    let ended = app.provider.end_session(&session.id, &session.person_id, "expired", &system, "").await;
    assert!(ended.expect("the database answers"));
    assert!(matches!(scene.redeem(&code).await, Err(Error::InvalidGrant(_))));
}

#[tokio::test]
async fn a_year_after_its_end_a_session_goes_with_its_grants_and_the_latest_stays() {
    let scene = Scene::set().await;
    let tokens = scene.redeem(&scene.code().await).await.expect("a good code");
    let first = scene.signed_in.session.clone();
    scene.house.pass(40_000);
    assert_eq!(scene.sweep().await, 1);
    let kept = async |scene: &Scene, days: i64| {
        scene.house.pass(days * 86_400);
        pearlbridge::job::purge(&scene.house.app).await.expect("the database answers");
        let mut reader = scene.house.app.store.read().await.expect("a connection");
        let session = store::session::find_by_id(&mut reader, &first.id).await.expect("the database answers");
        let grants = store::grant::clients_of_session(&mut reader, &first.id).await.expect("the database answers");
        (session.is_some(), grants.len())
    };
    assert_eq!(kept(&scene, 366).await, (true, 1), "it is the latest of its person");
    scene.house.pass(-366 * 86_400);
    let again = store_newer(&scene, &first).await;
    assert_ne!(again, first.id);
    assert_eq!(kept(&scene, 360).await, (true, 1));
    assert_eq!(kept(&scene, 10).await, (false, 0));
    assert!(scene.refresh(&tokens).await.is_err());
}

/// Another session of the same person, later.
async fn store_newer(scene: &Scene, first: &store::session::Session) -> String {
    let (id, now) = (pearlbridge::id::new_id(), scene.house.app.clock.now());
    let secret_hash = pearlbridge::id::digest(&id);
    let newer = store::session::Session { id: id.clone(), secret_hash, created_at: now, ..first.clone() };
    let written =
        scene.house.app.store.write(move |tx| Box::pin(async move { store::session::insert(tx, &newer).await }));
    let written: store::Result<()> = written.await;
    written.expect("it can be written");
    id
}
