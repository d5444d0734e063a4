//! The addresses of a client, as they may be registered. They are compared as strings, whole, so what is registered must
//! be what a browser sends: an address that a parser would write otherwise is refused, with how it is written.
//!
//! RFC 6749 §3.1.2, RFC 9700 §2.1 (exact matching), RFC 8252 §7.3 and §8.3 (loopback), OpenID Connect Back-Channel
//! Logout §2.2. Private-use schemes (RFC 8252 §7.1) are not taken.

use url::{Host, Url};

/// Checks an address to send browsers or logout tokens to.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub fn check(text: &str) -> Result<(), String> {
    let url = Url::parse(text).map_err(|error| format!("{text:?} is not an absolute address: {error}"))?;
    let wrong = |why: &str| Err(format!("{text:?} {why}"));
    if text.contains('*') {
        return wrong("holds a wildcard; each address is registered whole");
    }
    if url.fragment().is_some() {
        return wrong("has a fragment (RFC 6749 §3.1.2)");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("names a user");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return wrong("is http://, which is for loopback addresses alone (RFC 8252 §7.3)"),
        _ => return wrong("is neither https:// nor http:// on a loopback address"),
    }
    // A bare host is the one thing that clients send both with and without its slash.
    if url.as_str() != text && url.as_str() != format!("{text}/") {
        return Err(format!("{text:?} is written {:?}", url.as_str()));
    }
    Ok(())
}

/// Whether an address is one that a registered address stands for: the same string; or, for a native application, the
/// same loopback address at whatever port the system gave it (RFC 8252 §7.3, RFC 9700 §2.1).
pub fn matches(registered: &str, given: &str, native: bool) -> bool {
    registered == given || native && without_port(registered).is_some_and(|ours| without_port(given) == Some(ours))
}

/// A loopback address without its port; `None` for any other, and for one that is not written as it would be sent.
fn without_port(text: &str) -> Option<String> {
    check(text).ok()?;
    let mut url = Url::parse(text).ok().filter(|url| url.scheme() == "http")?;
    url.set_port(None).ok()?;
    Some(url.into())
}

/// Whether an address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_only_as_it_would_be_sent() {
        for good in [
            "https://hall.example",
            "https://hall.example/",
            "https://hall.example/callback?tenant=gz",
            "https://hall.example:8443/a/b",
            "http://127.0.0.1:9000/callback",
            "http://[::1]/callback",
            "http://localhost:8499/callback",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("hall.example/callback", "absolute"),
            ("http://hall.example/callback", "loopback"),
            ("http://localhost.example/callback", "loopback"),
            ("https://*.hall.example/callback", "wildcard"),
            ("https://hall.example/*", "wildcard"),
            ("https://hall.example/callback#", "fragment"),
            ("https://user@hall.example/callback", "user"),
            ("https://user:pass@hall.example/callback", "user"),
            ("https://HALL.example/callback", "is written"),
            ("https://hall.example:443/callback", "is written"),
            ("https://hall.example/a/../callback", "is written"),
            ("https://hall.example\\callback", "is written"),
            (" https://hall.example/callback", "is written"),
            ("https://hall.example/call\tback", "is written"),
            ("https://粤.example/", "is written"),
            ("javascript:alert(1)", "neither"),
            ("cn.gov.gd.app:/callback", "neither"),
            ("", "absolute"),
        ] {
            assert!(check(bad).is_err_and(|told| told.contains(why)), "{bad}: {:?}", check(bad));
        }
    }

    #[test]
    fn the_port_is_free_for_a_native_application_on_the_loopback_address_alone() {
        let registered = "http://127.0.0.1/callback";
        assert!(matches(registered, "http://127.0.0.1:51004/callback", true));
        for other in ["http://127.0.0.1:51004/", "http://localhost:51004/callback", "https://127.0.0.1:51004/callback"]
        {
            assert!(!matches(registered, other, true), "{other}");
        }
        assert!(!matches(registered, "http://127.0.0.1:51004/callback", false));
        assert!(!matches("https://hall.example/callback", "https://hall.example:8443/callback", true));
    }
}
