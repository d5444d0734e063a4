//! The relying party: what it asks for, and what it believes.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use crate::provider::{self, CLIENT, FakeProvider, NOW, Says};
use pearlbridge::clock::{Clock, HOUR, SECOND};
use pearlbridge::fetch::Fetcher;
use pearlbridge::halls::session::Opened;
use pearlbridge::halls::sign_in::{Answer, SignInRequest};
use pearlbridge::halls::{Error, Hall, HallSettings, SCOPES};
use pearlbridge::id::base64url;

/// Begins a sign-in, and gives the parameters of the authorization request. The provider takes note of the nonce.
async fn begin(fake: &FakeProvider, hall: &Hall, request: &SignInRequest<'_>) -> BTreeMap<String, String> {
    let url = url::Url::parse(&hall.begin("browser", request).await.unwrap()).unwrap();
    let parameters: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    fake.say(|says| says.nonce.clone_from(&parameters["nonce"]));
    parameters
}

/// Answers with a code.
async fn finish(fake: &FakeProvider, hall: &Hall, state: &str) -> Result<Opened, Error> {
    let pairs = [("code", "c"), ("state", state), ("iss", &fake.issuer)];
    let answer = Answer::new(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let begun = hall.recognise("browser", &answer).await?;
    hall.finish(begun, None, &answer).await
}

fn clock() -> Clock {
    Clock::fixed(NOW * SECOND)
}

#[tokio::test]
async fn a_sign_in_asks_for_all_that_binds_the_answer_and_opens_a_session() {
    let fake = FakeProvider::start().await;
    let hall = fake.hall(&clock()).await;
    let request = SignInRequest { target: "/items/practice", level: Some(4), silent: false, ui_locale: "zh-Hant" };
    let asked = begin(&fake, &hall, &request).await;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", "https://localhost:8451/callback"),
        ("scope", SCOPES),
        ("acr_values", "urn:gd:loa:4"),
        ("ui_locales", "zh-Hant"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked[name], value);
    }
    assert!(!asked.contains_key("prompt"));
    let opened = finish(&fake, &hall, &asked["state"]).await.unwrap();
    let session = hall.session(&opened.secret).await.unwrap().unwrap();
    assert_eq!((session.subject.as_str(), session.sid.as_str(), session.claims.level), ("p", "s", 4));
    assert_eq!(session.claims.name, "陳大文");
    assert_eq!(session.claims.identity.names["Latn"], "CHAN Tai Man");
    let (form, authorization) = fake.asked.lock().unwrap().clone();
    assert_eq!(authorization, "Basic d2luZG93LWNsaWVudDpzZWNyZXQ=");
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    assert_eq!(base64url(&pearlbridge::id::sha256(form["code_verifier"].as_bytes())), asked["code_challenge"]);
    assert!(!form.contains_key("client_secret"));
}

#[tokio::test]
async fn a_state_serves_once_for_the_browser_that_began_and_not_for_ever() {
    let fake = FakeProvider::start().await;
    let clock = clock();
    let hall = fake.hall(&clock).await;
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    let answer = Answer::new(&[("state".to_owned(), state.clone())]);
    assert!(matches!(hall.recognise("another", &answer).await, Err(Error::StateMismatch)));
    assert!(matches!(hall.recognise("browser", &answer).await, Err(Error::StateMismatch)));
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    assert!(finish(&fake, &hall, &state).await.is_ok());
    assert!(matches!(finish(&fake, &hall, &state).await, Err(Error::StateMismatch)));
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    let Clock::Fixed(at) = &clock else { unreachable!() };
    at.fetch_add(HOUR + SECOND, Ordering::Relaxed);
    assert!(matches!(finish(&fake, &hall, &state).await, Err(Error::StateMismatch)));
}

#[tokio::test]
async fn a_login_that_does_not_verify_opens_nothing() {
    let fake = FakeProvider::start().await;
    let hall = fake.hall(&clock()).await;
    let changes: [fn(&mut Says); 5] = [
        |says| says.nonce = "another".into(),
        |says| says.audience = "another".into(),
        |says| says.acr = "gold".into(),
        |says| says.userinfo_sub = "another".into(),
        |says| says.at_hash_of = "another".into(),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        fake.say(|says| *says = Says::default());
        let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
        fake.say(change);
        let refused = finish(&fake, &hall, &state).await;
        assert!(matches!(refused, Err(Error::TokenInvalid(_))), "{index}: {refused:?}");
    }
    fake.say(|says| *says = Says { token_error: Some("invalid_grant"), ..Says::default() });
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    assert!(matches!(finish(&fake, &hall, &state).await, Err(Error::CodeRefused(_))));
    fake.say(|says| says.token_error = Some("invalid_client"));
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    assert!(matches!(finish(&fake, &hall, &state).await, Err(Error::Rejected(_))));
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_found_but_not_asked_for_at_every_token() {
    let fake = FakeProvider::start().await;
    let clock = clock();
    let hall = fake.hall(&clock).await;
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    fake.rotate_key();
    assert!(matches!(finish(&fake, &hall, &state).await, Err(Error::TokenInvalid(_))), "discovery was a moment ago");
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    let Clock::Fixed(at) = &clock else { unreachable!() };
    at.fetch_add(3 * SECOND, Ordering::Relaxed);
    assert!(finish(&fake, &hall, &state).await.is_ok());
}

#[tokio::test]
async fn the_providers_word_ends_the_session_and_so_does_its_holder() {
    let fake = FakeProvider::start().await;
    let hall = fake.hall(&clock()).await;
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    let secret = finish(&fake, &hall, &state).await.unwrap().secret;
    hall.backchannel_logout(&fake.logout_token("another")).await.unwrap();
    assert!(hall.session(&secret).await.unwrap().is_some());
    hall.backchannel_logout(&fake.logout_token("s")).await.unwrap();
    assert!(hall.session(&secret).await.unwrap().is_none());
    assert!(matches!(hall.backchannel_logout(&fake.id_token()).await, Err(Error::LogoutToken(_))));

    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    let secret = finish(&fake, &hall, &state).await.unwrap().secret;
    let session = hall.session(&secret).await.unwrap().unwrap();
    let url = url::Url::parse(&hall.sign_out(&session).await.unwrap()).unwrap();
    let parameters: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!(url.path(), "/end");
    assert_eq!(parameters["post_logout_redirect_uri"], "https://localhost:8451/signed-out");
    assert_eq!(parameters["id_token_hint"].split('.').count(), 3);
    assert!(hall.session(&secret).await.unwrap().is_none());
}

#[tokio::test]
async fn a_step_up_replaces_the_session() {
    let fake = FakeProvider::start().await;
    let hall = fake.hall(&clock()).await;
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    let first = finish(&fake, &hall, &state).await.unwrap().secret;
    let state = begin(&fake, &hall, &SignInRequest::default()).await["state"].clone();
    let pairs = [("code", "c"), ("state", &state), ("iss", &fake.issuer)];
    let answer = Answer::new(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let begun = hall.recognise("browser", &answer).await.unwrap();
    let second = hall.finish(begun, Some(&first), &answer).await.unwrap().secret;
    assert!(hall.session(&first).await.unwrap().is_none());
    assert!(hall.session(&second).await.unwrap().is_some());
}

#[tokio::test]
async fn a_provider_that_is_away_is_named() {
    let fake = FakeProvider::start().await;
    let issuer = "http://127.0.0.1:1".to_owned();
    let settings = HallSettings { issuer: issuer.clone(), ..fake.hall(&clock()).await.settings().clone() };
    let fetch = pearlbridge::config::Fetch {
        allow_private: vec![issuer],
        tls_roots: "roots.pem".into(),
        max_bytes: 1,
        timeout: 1,
    };
    let hall = Hall::new(settings, provider::database().await, clock(), Fetcher::new(&fetch, &[]).unwrap());
    for _ in 0..2 {
        let error = hall.begin("browser", &SignInRequest::default()).await.unwrap_err();
        assert!(matches!(&error, Error::IssuerUnavailable { .. }), "{error}");
    }
}
