//! `client_secret_basic` and `client_secret_post` (RFC 6749 §2.3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::oidc::{Error, Result};
use crate::store::client::Client;

/// The client, if the secret is its own. An unknown one takes as long.
pub(super) fn check(client: Option<Client>, secret: &str) -> Result<Client> {
    let known = client.as_ref().map_or(&[][..], |client| client.secret_hash.as_slice());
    let right = crate::id::same(known, &crate::id::digest(secret));
    client.filter(|_| right).ok_or(Error::InvalidClient("unknown client or wrong secret"))
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
pub(super) fn read_basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(text: &str) -> String {
    // A name alone, so that `=` and `&` in it stay what they are.
    let escaped = text.replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_decoded() {
        let header = format!("Basic {}", STANDARD.encode("a%20b:c%3Ad+e"));
        assert_eq!(read_basic(&header), Some(("a b".into(), "c:d e".into())));
        assert_eq!(read_basic("Bearer x"), None);
    }
}
