//! A small provider that is not ours.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use pearlbridge::clock::Clock;
use pearlbridge::fetch::Fetcher;
use pearlbridge::halls::{Hall, HallKind, HallSettings};
use pearlbridge::id::base64url;
use pearlbridge::oidc::jose::{self, Algorithm};
use pearlbridge::store::Store;
use pki::key::{KeySpec, Signer as _, SoftwareKey};

use crate::support::{new_database, temporary_directory};

/// The client id of every hall under test.
pub(crate) const CLIENT: &str = "window-client";
/// When the tests take place, in seconds.
pub(crate) const NOW: i64 = 1_800_000_000;

/// What the provider says next.
#[derive(Clone, Debug)]
pub(crate) struct Says {
    pub(crate) nonce: String,
    pub(crate) acr: String,
    pub(crate) audience: String,
    pub(crate) subject_kind: String,
    pub(crate) userinfo_sub: String,
    pub(crate) at_hash_of: String,
    pub(crate) token_error: Option<&'static str>,
}

impl Default for Says {
    fn default() -> Self {
        Self {
            nonce: String::new(),
            acr: "urn:gd:loa:4".into(),
            audience: CLIENT.into(),
            subject_kind: "person".into(),
            userinfo_sub: "p".into(),
            at_hash_of: "access".into(),
            token_error: None,
        }
    }
}

/// An RSA key that signs tokens.
struct Key {
    key: SoftwareKey,
    kid: &'static str,
}

impl Key {
    fn new(kid: &'static str) -> Self {
        Self { key: SoftwareKey::generate(KeySpec::Rsa2048, &mut pearlbridge::rng::fill).unwrap(), kid }
    }

    fn jwks(&self) -> Value {
        json!({"keys": [jose::jwk(self.key.public_key(), Algorithm::Rs256, self.kid)]})
    }
}

/// A provider on a loopback port.
pub(crate) struct FakeProvider {
    pub(crate) issuer: String,
    pub(crate) says: Mutex<Says>,
    /// The form and the Authorization header that the token endpoint saw.
    pub(crate) asked: Mutex<(String, String)>,
    key: Mutex<Arc<Key>>,
}

impl FakeProvider {
    pub(crate) async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = Mutex::new(Arc::new(Key::new("first")));
        let fake = Arc::new(Self { issuer, says: Mutex::default(), asked: Mutex::default(), key });
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(async |State(fake): State<Arc<Self>>| Json(fake.metadata())),
            )
            .route("/jwks", get(async |State(fake): State<Arc<Self>>| Json(fake.key().jwks())))
            .route("/token", post(token))
            .route("/userinfo", get(async |State(fake): State<Arc<Self>>| Json(fake.userinfo())))
            .with_state(fake.clone());
        tokio::spawn(
            async move { pearlbridge::web::listen::serve(listener, None, router, std::future::pending()).await },
        );
        fake
    }

    /// A hall of this provider, with a database of its own.
    pub(crate) async fn hall(&self, clock: &Clock) -> Hall {
        let settings = pearlbridge::config::Fetch {
            allow_private: vec![self.issuer.clone()],
            tls_roots: "roots.pem".into(),
            max_bytes: 65536,
            timeout: 5,
        };
        let store = database().await;
        let settings_of_hall = HallSettings {
            kind: HallKind::Window,
            url: "https://localhost:8451".into(),
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret: "secret".into(),
        };
        Hall::new(settings_of_hall, store, clock.clone(), Fetcher::new(&settings, &[]).unwrap())
    }

    pub(crate) fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }

    pub(crate) fn rotate_key(&self) {
        *self.key.lock().unwrap() = Arc::new(Key::new("second"));
    }

    pub(crate) fn logout_token(&self, sid: &str) -> String {
        let events = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
        self.sign(
            "logout+jwt",
            &json!({"iss": self.issuer, "aud": CLIENT, "iat": NOW, "exp": NOW + 120, "jti": "1", "sid": sid, "events": events}),
        )
    }

    fn key(&self) -> Arc<Key> {
        self.key.lock().unwrap().clone()
    }

    fn sign(&self, typ: &str, claims: &Value) -> String {
        let key = self.key();
        jose::sign(&key.key, key.kid, typ, claims).unwrap()
    }

    fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}/{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
            "userinfo_endpoint": at("userinfo"), "jwks_uri": at("jwks"), "end_session_endpoint": at("end"),
            "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    pub(crate) fn id_token(&self) -> String {
        let says = self.says.lock().unwrap().clone();
        let at_hash = base64url(&pearlbridge::id::sha256(says.at_hash_of.as_bytes())[..16]);
        self.sign(
            "JWT",
            &json!({"iss": self.issuer, "sub": "p", "aud": says.audience, "iat": NOW, "exp": NOW + 300,
                "nonce": says.nonce, "acr": says.acr, "sid": "s", "at_hash": at_hash}),
        )
    }

    fn userinfo(&self) -> Value {
        let says = self.says.lock().unwrap().clone();
        json!({
            "sub": says.userinfo_sub, "acr": says.acr, "name": "陳大文", "region": "HK", "updated_at": NOW,
            "names": {"zh-Hant": "陳大文", "Latn": "CHAN Tai Man"}, "subject_kind": says.subject_kind,
            "document_kind": "hkid", "document_number_masked": "A1****(3)", "verified_by": "Hongkong Post",
            "verified_how": "certificate", "verified_at": NOW,
        })
    }
}

async fn token(State(fake): State<Arc<FakeProvider>>, headers: HeaderMap, form: String) -> (StatusCode, Json<Value>) {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    *fake.asked.lock().unwrap() = (form, authorization.to_owned());
    if let Some(error) = fake.says.lock().unwrap().token_error {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    }
    let id_token = fake.id_token();
    (
        StatusCode::OK,
        Json(json!({"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": id_token})),
    )
}

/// A database of its own.
pub(crate) async fn database() -> Store {
    Store::open(&new_database(&temporary_directory("hall")), 2).await.unwrap()
}
