//! A client of the provider, step by step: what it asks, how a person signs in, what it gets.

use serde_json::Value;
use url::Url;

use super::browser::{Browser, Page};
use super::demo::{Client, Demo};

/// An authorization request of the script client.
pub(crate) struct Asked {
    pub(crate) url: Url,
    pub(crate) verifier: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) redirect_uri: String,
}

/// Makes a request; `more` adds parameters, or replaces them.
pub(crate) fn ask(demo: &Demo, more: &[(&str, &str)]) -> Asked {
    ask_as(demo.client(), &demo.description.issuer, more)
}

/// Makes a request of any client.
pub(crate) fn ask_as(client: &Client, issuer: &str, more: &[(&str, &str)]) -> Asked {
    let [verifier, state, nonce] = [(); 3].map(|()| pearlbridge::id::new_secret());
    let redirect_uri = client.redirect_uris[0].clone();
    let challenge = pearlbridge::id::base64url(&pearlbridge::id::sha256(verifier.as_bytes()));
    let usual = [
        ("client_id", client.client_id.as_str()),
        ("redirect_uri", &redirect_uri),
        ("response_type", "code"),
        ("scope", "openid profile identity offline_access"),
        ("state", &state),
        ("nonce", &nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !more.iter().any(|(given, _)| given == name));
    let mut url = Url::parse(&format!("{issuer}/oauth2/authorize")).expect("an address");
    url.query_pairs_mut().extend_pairs(kept.chain(more.iter().copied()));
    Asked { url, verifier, state, nonce, redirect_uri }
}

/// Whether an address is the script client's, where nobody listens.
pub(crate) fn is_client(url: &Url) -> bool {
    url.port() == Some(8499)
}

/// Goes on from a page until it shows something or leads to the script client.
pub(crate) fn go(browser: &Browser, page: Page) -> Page {
    browser.follow(page, is_client)
}

/// The login page that the script client's request leads to.
pub(crate) fn login_page(demo: &Demo, browser: &Browser) -> Page {
    go(browser, browser.get(&ask(demo, &[]).url)).expect(200)
}

/// Nobody is signed in: the account page asks for a login.
pub(crate) fn is_signed_out(demo: &Demo, browser: &Browser) -> bool {
    let account = browser.get(format!("{}/account", demo.description.issuer));
    account.location().is_some_and(|to| to.path().starts_with("/login/"))
}

/// Signs in on a login page with the browser's certificate.
pub(crate) fn with_certificate(browser: &Browser, login: &Page) -> Page {
    go(browser, browser.get(login.link("/certificate/")))
}

/// Signs in on a login page with password and code.
pub(crate) fn with_password(browser: &Browser, demo: &Demo, login: &Page, username: &str) -> Page {
    let person = demo.person(username);
    let fields = [("username", username), ("password", person.password.as_str())];
    let code_page = go(browser, browser.send(&login.form("/password"), &fields)).expect(200);
    let sent = browser.send(&code_page.form("/totp"), &[("code", &demo.code(username))]);
    go(browser, sent)
}

/// A parameter of the address that the script client is called back at.
pub(crate) fn parameter(page: &Page, name: &str) -> Option<String> {
    let back = page.location().filter(is_client)?;
    back.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

/// The code in the address that the script client is called back at.
pub(crate) fn code(page: &Page) -> String {
    parameter(page, "code").unwrap_or_else(|| {
        panic!("{} ({}) gives no code: {:?}\n{}", page.url, page.status, page.location(), page.text())
    })
}

/// Calls the token endpoint as the script client.
pub(crate) fn token(browser: &Browser, demo: &Demo, fields: &[(&str, &str)]) -> Page {
    token_as(browser, demo.client(), &demo.description.issuer, fields)
}

/// Calls the token endpoint as any client, its secret (if it has one) in the body.
pub(crate) fn token_as(browser: &Browser, client: &Client, issuer: &str, fields: &[(&str, &str)]) -> Page {
    let own = [("client_id", client.client_id.as_str()), ("client_secret", client.client_secret.as_str())];
    let own = own.into_iter().filter(|(_, value)| !value.is_empty());
    let all: Vec<_> = own.chain(fields.iter().copied()).collect();
    browser.post(format!("{issuer}/oauth2/token"), &all)
}

/// Redeems a code.
pub(crate) fn redeem(browser: &Browser, demo: &Demo, asked: &Asked, code: &str) -> Page {
    redeem_as(browser, demo.client(), &demo.description.issuer, asked, code)
}

/// Redeems a code of any client.
pub(crate) fn redeem_as(browser: &Browser, client: &Client, issuer: &str, asked: &Asked, code: &str) -> Page {
    let (uri, verifier) = (asked.redirect_uri.as_str(), asked.verifier.as_str());
    let fields =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri), ("code_verifier", verifier)];
    token_as(browser, client, issuer, &fields)
}

/// Uses a refresh token.
pub(crate) fn refresh(browser: &Browser, demo: &Demo, refresh_token: &str) -> Page {
    token(browser, demo, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

/// Calls the userinfo endpoint.
pub(crate) fn userinfo(browser: &Browser, demo: &Demo, access_token: &str) -> Page {
    browser.get_with(
        format!("{}/oauth2/userinfo", demo.description.issuer),
        &format!("Authorization: Bearer {access_token}"),
    )
}

/// The claims of a signed token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).and_then(pearlbridge::id::from_base64url).expect("a token has three parts");
    serde_json::from_slice(&payload).expect("claims are JSON")
}

/// The whole road with a browser that has a certificate: its tokens.
pub(crate) fn tokens(browser: &Browser, demo: &Demo) -> Value {
    let asked = ask(demo, &[]);
    let login = go(browser, browser.get(&asked.url));
    let back = if login.location().is_some() { login } else { with_certificate(browser, &login) };
    redeem(browser, demo, &asked, &code(&back)).expect(200).json()
}

/// A string of a JSON object.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}
