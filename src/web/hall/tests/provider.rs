//! A small provider that is not ours.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::fetch::Fetcher;
use crate::halls::tests::Key;
use crate::halls::{Hall, HallKind, HallSettings};
use crate::id::base64url;
use crate::store::Store;

/// The client id of every hall under test.
pub(super) const CLIENT: &str = "window-client";
/// When the tests take place, in seconds.
pub(super) const NOW: i64 = 1_800_000_000;

/// What the provider says next.
#[derive(Clone, Debug)]
pub(super) struct Says {
    pub(super) nonce: String,
    pub(super) acr: String,
    pub(super) audience: String,
    pub(super) subject_kind: String,
    pub(super) userinfo_sub: String,
    pub(super) at_hash_of: String,
    pub(super) token_error: Option<&'static str>,
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

/// A provider on a loopback port.
pub(super) struct FakeProvider {
    pub(super) issuer: String,
    pub(super) says: Mutex<Says>,
    /// The form and the Authorization header that the token endpoint saw.
    pub(super) asked: Mutex<(String, String)>,
    key: Mutex<Arc<Key>>,
}

impl FakeProvider {
    pub(super) async fn start() -> Arc<Self> {
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
        tokio::spawn(async move { crate::web::listen::serve(listener, None, router, std::future::pending()).await });
        fake
    }

    /// A hall of this provider, with a database of its own.
    pub(super) async fn hall(&self, clock: &Clock) -> Hall {
        let settings = crate::config::Fetch {
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

    pub(super) fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }

    pub(super) fn rotate_key(&self) {
        *self.key.lock().unwrap() = Arc::new(Key::new("second"));
    }

    pub(super) fn logout_token(&self, sid: &str) -> String {
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
        key.sign(&json!({"alg": "RS256", "kid": key.kid, "typ": typ}), claims)
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

    pub(super) fn id_token(&self) -> String {
        let says = self.says.lock().unwrap().clone();
        let at_hash = base64url(&crate::id::sha256(says.at_hash_of.as_bytes())[..16]);
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
pub(super) async fn database() -> Store {
    let file = std::env::temp_dir().join(format!("pearlbridge-hall-{}.db", crate::id::new_id()));
    Store::open(&format!("sqlite:{}", file.display()), 2).await.unwrap()
}
