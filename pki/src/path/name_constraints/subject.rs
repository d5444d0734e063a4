//! A name of a certificate, taken apart for constraints. A name that is not what it claims to be lies in no subtree, and
//! might be read as something else by others: below constraints on its form it is refused.

use super::{Form, violated};
use crate::encoding::Input;
use crate::name::GeneralName;
use crate::name::host::{is_host_name, without_final_dot};
use crate::name::mailbox::Mailbox;
use crate::{Error, Name, Oid, oid};

use der::Tag;

/// What constraints look at.
pub(super) enum Subject<'a> {
    Directory(&'a Name),
    /// A host name without its final dot, and whether there is `*.` before it.
    Dns(&'a str, bool),
    Ip(&'a [u8]),
    Mailbox(Mailbox<'a>),
    /// An otherName that is not looked into.
    Other(&'a Oid),
    /// RFC 4985: service with its underscore, and host name.
    Srv(&'a str, &'a str),
    /// The host of a URI.
    Uri(&'a str),
}

impl<'a> Subject<'a> {
    pub(super) fn read(form: Form, name: &'a GeneralName) -> Result<Self, Error> {
        match name {
            GeneralName::Directory(name) => Some(Self::Directory(name)),
            GeneralName::Dns(text) => dns(text),
            GeneralName::SmtpUtf8Mailbox(_) if form == Form::Other => Some(Self::Other(&oid::SMTP_UTF8_MAILBOX)),
            GeneralName::Email(text) | GeneralName::SmtpUtf8Mailbox(text) => Mailbox::read(text).map(Self::Mailbox),
            GeneralName::Ip(octets) => Some(Self::Ip(octets)).filter(|_| matches!(octets.len(), 4 | 16)),
            GeneralName::Other(oid::SRV_NAME, value) => srv(value),
            GeneralName::Other(kind, _) => Some(Self::Other(kind)),
            GeneralName::Uri(text) => host_of(text).map(Self::Uri),
            // Their constraints cannot be judged, and have ended the path before.
            GeneralName::RegisteredId(_) | GeneralName::Unsupported(..) => None,
        }
        .ok_or_else(|| violated(name, "not of the form that it claims, or without a host name to compare"))
    }
}

fn dns(text: &str) -> Option<Subject<'_>> {
    let wildcard = text.strip_prefix("*.");
    let host = wildcard.unwrap_or(text);
    is_host_name(host).then_some(Subject::Dns(without_final_dot(host), wildcard.is_some()))
}

/// SRVName ::= IA5String: `_Service.Name`
fn srv(value: &[u8]) -> Option<Subject<'_>> {
    let (service, host) = srv_text(value)?.split_once('.')?;
    (is_service(service) && is_host_name(host)).then_some(Subject::Srv(service, without_final_dot(host)))
}

pub(super) fn srv_text(value: &[u8]) -> Option<&str> {
    let text = Input::all(value, |input| input.expect(Tag::Ia5String)).ok()?;
    std::str::from_utf8(text).ok().filter(|text| text.is_ascii())
}

pub(super) fn is_service(label: &str) -> bool {
    label.len() > 1 && label.starts_with('_') && is_host_name(label)
}

/// The host of `scheme://[user@]host[:port][/…]` (RFC 3986 §3.2), if it is a name: "If a uniformResourceIdentifier …
/// does not include an authority component with a host name specified as a fully qualified domain name (e.g., if the
/// URI either does not include an authority component or includes an authority component in which the host name is
/// specified as an IP address), then the application MUST reject the certificate."
fn host_of(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once(':')?;
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    let sound = is_scheme(scheme) && user.bytes().all(is_user_info) && port.bytes().all(|octet| octet.is_ascii_digit());
    let host = without_final_dot(host);
    (sound && is_host_name(host) && !ends_in_number(host)).then_some(host)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet))
}

/// unreserved / pct-encoded / sub-delims / ":". With anything else, a backslash say, readers differ on where the host is.
fn is_user_info(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:".contains(&octet)
}

/// No top-level domain is a number: what ends in one is an IPv4 address in some writing or other.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    let hexadecimal = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    last.bytes().all(|octet| octet.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|octet| octet.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn the_host_of_a_uri_is_found_where_it_has_a_name() {
        for (uri, host) in [
            ("https://www.example.org", "www.example.org"),
            ("https://www.example.org./x", "www.example.org"),
            ("HTTPS://u:p%40x@www.example.org:8443/x?y@z#w", "www.example.org"),
            ("sip+x://example.org?a://b", "example.org"),
            ("http://example.org:/", "example.org"),
        ] {
            assert_eq!(host_of(uri), Some(host), "{uri}");
        }
        for uri in [
            "urn:x",
            "mailto:a@example.org",
            "urn:a://example.org/",
            "//example.org/",
            "http:///x",
            "http://",
            "https://1.2.3.4/",
            "https://[::1]/",
            "https://[::1]:80/",
            "https://0x7f.1/",
            "https://127.0.0.0x1/",
            "https://example.org:x/",
            "https://good.example\\@evil.example/",
            "https://a@b@example.org/",
            "https://ex%61mple.org/",
            "https://-a.org/",
        ] {
            assert_eq!(host_of(uri), None, "{uri}");
        }
    }
}
