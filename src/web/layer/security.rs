//! Security headers of every answer. A page whose form ends in a redirect to a client names that client's origin, since
//! browsers hold `form-action` against redirects too.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Origins, beside our own, that a form of this page may lead to.
#[derive(Clone, Debug, Default)]
pub struct FormTargets(pub Vec<String>);

impl FormTargets {
    /// The origin of an address.
    pub fn origin_of(address: &str) -> Self {
        Self(url::Url::parse(address).map(|url| vec![url.origin().ascii_serialization()]).unwrap_or_default())
    }
}

/// The page's script asks this server how it stands.
#[derive(Clone, Copy, Debug)]
pub struct Connects;

/// Origins that a page of ours shows in frames.
#[derive(Clone, Debug, Default)]
pub struct Frames(pub Vec<String>);

/// A page without anything to click on, that any page may show in a frame.
#[derive(Clone, Copy, Debug)]
pub struct Framable;

/// Adds the headers.
pub async fn headers(request: Request, next: Next) -> Response {
    // A rule for localhost would bind every other service of this machine (RFC 6797 §8.3 leaves out addresses alone).
    let host = request.uri().host().or_else(|| request.headers().get(header::HOST)?.to_str().ok());
    let is_local = host.is_some_and(|host| host.starts_with("localhost"));
    let mut response = next.run(request).await;
    let targets = response.extensions().get::<FormTargets>().cloned().unwrap_or_default();
    let frames = response.extensions().get::<Frames>().cloned().unwrap_or_default();
    let connects = response.extensions().get::<Connects>().is_some();
    let framable = response.extensions().get::<Framable>().is_some();
    let policy = content_security_policy(&targets, &frames, connects, framable);
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    };
    set(header::CONTENT_SECURITY_POLICY, &policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if !framable {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
    set(header::REFERRER_POLICY, "no-referrer");
    if !is_local {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    set(header::CACHE_CONTROL, "no-store");
    response
}

fn content_security_policy(targets: &FormTargets, frames: &Frames, connects: bool, framable: bool) -> String {
    let forms = targets.0.iter().fold("'self'".to_owned(), |list, origin| format!("{list} {origin}"));
    let connect = if connects { "connect-src 'self'; " } else { "" };
    let framed = if frames.0.is_empty() { String::new() } else { format!("frame-src {}; ", frames.0.join(" ")) };
    let ancestors = if framable { "*" } else { "'none'" };
    format!(
        "default-src 'none'; {connect}style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; \
         {framed}form-action {forms}; frame-ancestors {ancestors}; base-uri 'none'"
    )
}
