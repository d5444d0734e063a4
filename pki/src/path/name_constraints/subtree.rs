//! The base of a subtree, taken apart, and which names lie in it.

use std::fmt;

use super::subject::{Subject, is_service, srv_text};
use super::{Form, senseless};
use crate::name::GeneralName;
use crate::name::host::{is_host_name, without_final_dot};
use crate::name::mailbox::Mailbox;
use crate::{Error, Name, Oid, oid};

/// A base with what it was read from, for the message.
pub(super) struct Subtree<'a> {
    base: &'a GeneralName,
    space: Space<'a>,
}

/// The names of one form that lie in a subtree.
enum Space<'a> {
    Directory(&'a Name),
    /// A host and all below it (dNSName).
    Dns(&'a str),
    /// All below a domain, and not itself (rfc822Name, URI).
    Domain(&'a str),
    /// Everything.
    Every,
    /// A host and nothing else (rfc822Name, URI).
    Host(&'a str),
    /// Address and mask.
    Ip(&'a [u8], &'a [u8]),
    Mailbox(Mailbox<'a>),
    /// otherName of a type whose subtrees we do not know.
    Other(&'a Oid),
    /// RFC 4985 §4: a service, a host with all below it, or both.
    Srv(Option<&'a str>, Option<&'a str>),
}

impl<'a> Subtree<'a> {
    /// The bases of this form.
    pub(super) fn read_all(form: Form, bases: &'a [GeneralName]) -> Result<Vec<Self>, Error> {
        bases.iter().filter(|base| Form::of_base(base) == form).map(Self::read).collect()
    }

    pub(super) fn read(base: &'a GeneralName) -> Result<Self, Error> {
        let space = match base {
            GeneralName::Directory(name) => Some(Space::Directory(name)),
            GeneralName::Dns(text) => dns(text),
            GeneralName::Email(text) if text.contains('@') => Mailbox::read(text).map(Space::Mailbox),
            GeneralName::Email(text) | GeneralName::Uri(text) => host_or_domain(text),
            GeneralName::Ip(octets) => ip(octets),
            GeneralName::Other(oid::SRV_NAME, value) => srv(value),
            GeneralName::Other(kind, _) => Some(Space::Other(kind)),
            GeneralName::SmtpUtf8Mailbox(_) => Some(Space::Other(&oid::SMTP_UTF8_MAILBOX)),
            // "The syntax and semantics for name constraints for otherName, ediPartyName, and registeredID are not
            // defined in this document", nor elsewhere; x400Address is defined and used by nobody.
            GeneralName::RegisteredId(_) | GeneralName::Unsupported(..) => None,
        };
        let space = space.ok_or_else(|| senseless(format!("{base} is no constraint that can be judged")))?;
        Ok(Self { base, space })
    }

    /// Whether the subtree says anything of this name: types of otherName are forms of their own.
    pub(super) fn binds(&self, subject: &Subject<'_>) -> bool {
        match (&self.space, subject) {
            (Space::Other(base), Subject::Other(kind)) => base == kind,
            (Space::Other(_), _) | (_, Subject::Other(_)) => false,
            _ => true,
        }
    }

    pub(super) fn permits(&self, subject: &Subject<'_>) -> Result<bool, Error> {
        self.holds(subject, false)
    }

    /// A wildcard name is excluded as soon as one of the names that it stands for is.
    pub(super) fn excludes(&self, subject: &Subject<'_>) -> Result<bool, Error> {
        // Undefined (RFC 4518 §1.1) must not come out as "not excluded".
        if let Space::Directory(base) = self.space
            && !base.is_comparable()
        {
            return Err(senseless(format!("{base} holds code points that cannot be compared (RFC 4518 §2.4)")));
        }
        let stands_for = match (&self.space, subject) {
            (Space::Dns(base), Subject::Dns(parent, true)) => {
                base.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent))
            }
            _ => false,
        };
        Ok(stands_for || self.holds(subject, true)?)
    }

    fn holds(&self, subject: &Subject<'_>, excluding: bool) -> Result<bool, Error> {
        Ok(match (&self.space, subject) {
            (Space::Every, _) => true,
            (Space::Directory(base), Subject::Directory(name)) => name.is_within(base),
            (Space::Dns(base), Subject::Dns(name, _)) => is_same_or_below(name, base),
            (Space::Host(base), Subject::Mailbox(mailbox)) => mailbox.host_is(base),
            (Space::Domain(base), Subject::Mailbox(mailbox)) => is_below(mailbox.host(), base),
            (Space::Mailbox(base), Subject::Mailbox(mailbox)) => holds_mailbox(base, mailbox, excluding),
            (Space::Host(base), Subject::Uri(host)) => host.eq_ignore_ascii_case(base),
            (Space::Domain(base), Subject::Uri(host)) => is_below(host, base),
            (Space::Ip(address, mask), Subject::Ip(octets)) => holds_address(address, mask, octets),
            (Space::Srv(service, host), Subject::Srv(name, at)) => {
                service.is_none_or(|service| service.eq_ignore_ascii_case(name))
                    && host.is_none_or(|host| is_same_or_below(at, host))
            }
            _ => return Err(senseless(format!("a constraint on {} cannot be judged", self.base.kind()))),
        })
    }
}

impl fmt::Display for Subtree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.base.fmt(f)
    }
}

/// "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of the name
/// satisfies the name constraint." An empty one is every name.
fn dns(text: &str) -> Option<Space<'_>> {
    match text {
        "" => Some(Space::Every),
        _ => is_host_name(text).then_some(Space::Dns(without_final_dot(text))),
    }
}

/// "… all addresses at a particular host, or all mailboxes in a domain", the latter with a period in front; of URIs,
/// "a host or a domain" likewise. An empty one is everything.
fn host_or_domain(text: &str) -> Option<Space<'_>> {
    let (space, host): (fn(_) -> _, _) = match text.strip_prefix('.') {
        _ if text.is_empty() => return Some(Space::Every),
        Some(domain) => (Space::Domain, domain),
        None => (Space::Host, text),
    };
    is_host_name(host).then(|| space(without_final_dot(host)))
}

/// An address and a mask "in the style of RFC 4632 (CIDR)": ones, then zeros.
fn ip(octets: &[u8]) -> Option<Space<'_>> {
    let (address, mask) = octets.split_at(octets.len() / 2);
    let ones = mask.iter().take_while(|octet| **octet == 0xff).count();
    let edge = mask.get(ones).copied().unwrap_or(0);
    let contiguous =
        edge.leading_ones() + edge.trailing_zeros() == 8 && mask.iter().skip(ones + 1).all(|octet| *octet == 0);
    (matches!(octets.len(), 8 | 32) && contiguous).then_some(Space::Ip(address, mask))
}

/// RFC 4985 §4: "a complete SRVName …, just a service name …, or just as a DNS name"
fn srv(value: &[u8]) -> Option<Space<'_>> {
    let text = srv_text(value)?;
    let (service, host) = match text.split_once('.') {
        Some((service, host)) if is_service(service) => (Some(service), Some(host)),
        _ if is_service(text) => (Some(text), None),
        _ => (None, Some(text)),
    };
    host.is_none_or(is_host_name).then(|| Space::Srv(service, host.map(without_final_dot)))
}

fn is_same_or_below(name: &str, base: &str) -> bool {
    name.eq_ignore_ascii_case(base) || is_below(name, base)
}

/// Whether `name` is `base` with one label or more before it.
fn is_below(name: &str, base: &str) -> bool {
    let at = name.len().checked_sub(base.len() + 1);
    at.filter(|at| *at > 0).is_some_and(|at| {
        name.as_bytes()[at] == b'.' && name.as_bytes()[at + 1..].eq_ignore_ascii_case(base.as_bytes())
    })
}

/// A particular mailbox (RFC 5280). RFC 9598 §6 has such a constraint compared by its host alone with a mailbox that is
/// not ASCII, so that it cannot be evaded. That is done where it excludes. Where it permits it would let
/// `root@example.org` permit all mailboxes there, which no CA that wrote it can have meant.
fn holds_mailbox(base: &Mailbox<'_>, mailbox: &Mailbox<'_>, excluding: bool) -> bool {
    match mailbox.is_ascii() {
        true => base.is(mailbox),
        false => excluding && mailbox.host_is(base.host()),
    }
}

fn holds_address(address: &[u8], mask: &[u8], octets: &[u8]) -> bool {
    octets.len() == address.len()
        && octets.iter().zip(address).zip(mask).all(|((octet, address), mask)| (octet ^ address) & mask == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding;

    fn dns(name: &str) -> GeneralName {
        GeneralName::Dns(name.into())
    }

    fn email(name: &str) -> GeneralName {
        GeneralName::Email(name.into())
    }

    fn smtp(name: &str) -> GeneralName {
        GeneralName::SmtpUtf8Mailbox(name.into())
    }

    fn uri(name: &str) -> GeneralName {
        GeneralName::Uri(name.into())
    }

    fn ip(octets: &[u8]) -> GeneralName {
        GeneralName::Ip(octets.to_vec())
    }

    fn srv(name: &str) -> GeneralName {
        GeneralName::Other(oid::SRV_NAME, encoding::tlv(der::Tag::Ia5String, name.as_bytes()))
    }

    fn directory(name: &str) -> GeneralName {
        GeneralName::Directory(Name::parse(name).unwrap())
    }

    fn compare(name: &GeneralName, base: &GeneralName, excluding: bool) -> Result<bool, Error> {
        let (subject, subtree) = (Subject::read(Form::of_base(base), name)?, Subtree::read(base)?);
        if excluding { subtree.excludes(&subject) } else { subtree.permits(&subject) }
    }

    #[test]
    fn names_lie_within_their_subtrees() {
        for (name, base, within) in [
            (dns("a.example.org"), dns("example.org"), true),
            (dns("EXAMPLE.org"), dns("example.org"), true),
            (dns("example.org."), dns("example.org"), true),
            (dns("a.example.org"), dns("example.org."), true),
            (dns("badexample.org"), dns("example.org"), false),
            (dns("*.example.org"), dns("example.org"), true),
            (dns("*.example.org"), dns("a.example.org"), false),
            (dns("anything.test"), dns(""), true),
            (dns("XN--BCHER-KVA.example"), dns("xn--bcher-kva.example"), true),
            (email("a@example.org"), email("example.org"), true),
            (email("a@sub.example.org"), email("example.org"), false),
            (email("a@sub.example.org"), email(".example.org"), true),
            (email("a@example.org"), email(".example.org"), false),
            (email("a@Example.org"), email("a@example.org"), true),
            (email("A@example.org"), email("a@example.org"), false),
            (email("a@example.org"), email(""), true),
            (smtp("用户@example.org"), email("example.org"), true),
            (smtp("用户@sub.example.org"), email(".example.org"), true),
            (smtp("用户@sub.example.org"), email("example.org"), false),
            (smtp("用户@bücher.example"), email("XN--BCHER-KVA.example"), true),
            (smtp("用户@example.org"), email("a@example.org"), false),
            (uri("https://u@www.example.org:8443/x"), uri(".example.org"), true),
            (uri("https://example.org"), uri(".example.org"), false),
            (uri("https://EXAMPLE.org"), uri("example.org"), true),
            (uri("https://www.example.org"), uri("example.org"), false),
            (ip(&[10, 1, 2, 3]), ip(&[10, 0, 0, 0, 255, 0, 0, 0]), true),
            (ip(&[11, 1, 2, 3]), ip(&[10, 0, 0, 0, 255, 0, 0, 0]), false),
            (ip(&[11, 1, 2, 3]), ip(&[0; 8]), true),
            (ip(&[10, 129, 2, 3]), ip(&[10, 128, 0, 0, 255, 128, 0, 0]), true),
            (ip(&[10, 127, 2, 3]), ip(&[10, 128, 0, 0, 255, 128, 0, 0]), false),
            (ip(&[7; 16]), ip(&[7; 32].map(|_| 255)), false),
            (ip(&[7; 16]), ip(&[0; 32]), true),
            (ip(&[0; 4]), ip(&[0; 32]), false),
            (directory("CN=a,O=b,C=HK"), directory("O=B,C=hk"), true),
            (directory("CN=a,C=HK"), directory("O=b,C=HK"), false),
            (directory("CN=ａ　b,O=b,C=HK"), directory("CN=A  B,O=b,C=HK"), true),
            (srv("_mail.example.org"), srv("_mail.example.org"), true),
            (srv("_mail.a.example.org"), srv("example.org"), true),
            (srv("_mail.example.org"), srv("_mail"), true),
            (srv("_http.example.org"), srv("_mail.example.org"), false),
            (srv("_mail.badexample.org"), srv("_mail.example.org"), false),
        ] {
            assert_eq!(compare(&name, &base, false), Ok(within), "{name} {base}");
        }
    }

    #[test]
    fn senseless_constraints_and_unjudgeable_kinds_end_the_path() {
        let private = GeneralName::Other(oid::DSA, encoding::null());
        for (name, base) in [
            (dns("a.example.org"), dns(".example.org")),
            (dns("a.example.org"), dns("*.example.org")),
            (ip(&[1, 2, 3, 4]), ip(&[1, 2, 3, 4, 255, 0, 255, 0])),
            (ip(&[1, 2, 3, 4]), ip(&[1, 2, 3, 4, 255, 255, 0, 255])),
            (ip(&[1, 2, 3, 4]), ip(&[1, 2, 3, 4, 255])),
            (ip(&[1, 2, 3, 4]), ip(&[1, 2, 3, 4])),
            (ip(&[1; 8]), ip(&[0; 8])),
            (email("a@example.org"), email("a@b@example.org")),
            (email("a@b@example.org"), email("example.org")),
            (email("a@[127.0.0.1]"), email("example.org")),
            (smtp("用户@Bücher.example"), email("example.org")),
            (uri("https://1.2.3.4/"), uri(".example.org")),
            (uri("urn:x"), uri("example.org")),
            (uri("https://example.org"), uri("https://example.org")),
            (srv("mail.example.org"), srv("example.org")),
            (GeneralName::RegisteredId(oid::DSA), GeneralName::RegisteredId(oid::DSA)),
            (private.clone(), private),
            (smtp("用户@example.org"), smtp("用户@example.org")),
        ] {
            assert!(compare(&name, &base, true).is_err(), "{name} {base}");
        }
    }

    #[test]
    fn exclusion_reaches_further_than_permission() {
        for (name, base, excluded) in [
            (dns("*.example.org"), dns("secret.example.org"), true),
            (dns("*.example.org"), dns("deep.secret.example.org"), false),
            (smtp("用户@example.org"), email("a@example.org"), true),
        ] {
            assert_eq!(compare(&name, &base, true), Ok(excluded), "{name} {base}");
            assert_eq!(compare(&name, &base, false), Ok(false), "{name} {base}");
        }
        let private_use = directory("CN=\u{e000}");
        assert_eq!(compare(&private_use, &private_use, false), Ok(true));
        assert!(compare(&private_use, &private_use, true).is_err());
        assert_eq!(compare(&private_use, &directory("CN=a"), true), Ok(false));
    }
}
