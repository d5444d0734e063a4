//! URIs, made alike to be compared (RFC 5280 §7.4, by the terms of RFC 3986 §6.2.2 and §6.2.3): "conforming implementations
//! MUST perform a combination of the syntax-based and scheme-based normalization techniques", after which they "shall
//! perform a case-sensitive exact match".
//!
//! The first step, which turns a host of another script into A-labels, has nothing to do: an IA5String holds none.

use fluent_uri::Uri;
use fluent_uri::component::Scheme;
use fluent_uri::normalize::Normalizer;

/// What is longer than any server takes is compared as it stands.
const LONGEST: usize = 2048;

/// The normal form of a URI; `None` if it is none, or relative.
pub(crate) fn normal_form(text: &str) -> Option<String> {
    let uri = Uri::parse(text).ok().filter(|_| text.len() <= LONGEST)?;
    // The one error there is concerns an option that is not used.
    let uri = Normalizer::new().default_port_with(default_port).normalize(&uri).ok()?;
    let is_bare = default_port(uri.scheme()).is_some() && uri.has_authority() && uri.path().is_empty();
    let mut normal = uri.into_string();
    if is_bare {
        // RFC 3986 §6.2.3: "an empty path should be normalized to a path of "/"".
        normal.insert(normal.find(['?', '#']).unwrap_or(normal.len()), '/');
    }
    Some(normal)
}

/// "Conforming implementations MUST recognize and perform scheme-based normalization for the following schemes: ldap, http,
/// https, and ftp."
fn default_port(scheme: &Scheme) -> Option<u16> {
    match scheme.as_str().to_ascii_lowercase().as_str() {
        "ftp" => Some(21),
        "http" => Some(80),
        "https" => Some(443),
        "ldap" => Some(389),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_of_one_resource_have_one_normal_form() {
        for (one, other) in [
            ("HTTP://Example.ORG/a.crl", "http://example.org/a.crl"),
            ("http://example.org:80/a.crl", "http://example.org/a.crl"),
            ("http://example.org:/a.crl", "http://example.org/a.crl"),
            ("https://example.org:443", "https://example.org/"),
            ("https://example.org?x", "https://example.org/?x"),
            ("ftp://example.org:21/a", "ftp://example.org/a"),
            ("ldap://example.org:389/CN=a%2cC=HK?x", "ldap://example.org/CN=a%2CC=HK?x"),
            ("http://example.org/%7ea/%41.crl", "http://example.org/~a/A.crl"),
            ("http://ex%41mple.org/a", "http://example.org/a"),
            ("http://example.org/./b/../a.crl", "http://example.org/a.crl"),
            ("http://example.org/../a.crl", "http://example.org/a.crl"),
            ("http://[2001:DB8:0::1]/a", "http://[2001:db8::1]/a"),
        ] {
            assert_eq!(normal_form(one), normal_form(other), "{one} {other}");
            assert!(normal_form(one).is_some());
        }
    }

    #[test]
    fn other_resources_have_other_normal_forms() {
        for (one, other) in [
            ("http://example.org/A.crl", "http://example.org/a.crl"),
            ("http://example.org/a", "https://example.org/a"),
            ("http://example.org:8080/a", "http://example.org/a"),
            ("http://example.org:443/a", "http://example.org/a"),
            ("http://example.org/a%2Fb", "http://example.org/a/b"),
            ("http://example.org/a?b", "http://example.org/a"),
            ("http://example.org/a#b", "http://example.org/a"),
            ("http://U@example.org/a", "http://u@example.org/a"),
            ("other://example.org", "other://example.org/"),
            ("urn:A", "urn:a"),
        ] {
            assert!(normal_form(one).is_some() && normal_form(one) != normal_form(other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_uri_has_none() {
        let long = format!("http://example.org/{}", "a".repeat(LONGEST));
        for text in ["", "a.crl", "//example.org/", "http://exa mple.org/", "http://example.org/%zz", &long] {
            assert_eq!(normal_form(text), None, "{text}");
        }
    }
}
