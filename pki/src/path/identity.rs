//! Whether a certificate has the name that its user expects (RFC 9525 and relatives).

use core::net::IpAddr;

use crate::name::GeneralName;
use crate::name::host::{for_people, is_host_name, to_a_labels, without_final_dot};
use crate::name::mailbox::{self, Mailbox};
use crate::{Certificate, Error, Name, oid};

/// A name that the leaf must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedName {
    /// The whole subject, or a directoryName among the alternative names.
    Directory(Name),
    /// A host name, in A-labels.
    Dns(String),
    /// A mailbox, its host in A-labels.
    Email(String),
    /// An address.
    Ip(IpAddr),
}

impl ExpectedName {
    /// Reads `dns:NAME`, `ip:ADDR`, `email:ADDR` or `dn:RFC4514`. Host names may be written in any script. A host that
    /// looks like an address is one (RFC 3986 §3.2.2), and never matches a dNSName (RFC 9525 §6.2).
    pub fn parse(text: &str) -> Result<Self, String> {
        let (kind, value) = text.split_once(':').ok_or_else(|| format!("{text:?}: want dns:, ip:, email: or dn:"))?;
        let read = match kind {
            "dns" => value.parse().map(Self::Ip).ok().or_else(|| to_a_labels(value).map(|name| Self::Dns(name.into()))),
            "ip" => return value.parse().map(Self::Ip).map_err(|_| format!("{value:?} is no IP address")),
            "email" => mailbox::parse(value).map(Self::Email),
            "dn" => return Name::parse(value).map(Self::Directory).map_err(|why| why.to_string()),
            _ => return Err(format!("{kind:?} is none of dns, ip, email, dn")),
        };
        read.ok_or_else(|| format!("{value:?} is no {kind} name"))
    }

    pub(super) fn check(&self, leaf: &Certificate) -> Result<(), Error> {
        let alternatives = leaf.extensions().subject_alt_names.as_ref().map_or(&[][..], |names| &names.0);
        let found = alternatives.iter().any(|name| self.is(name)) || self.is_in_subject(leaf.subject());
        if found { Ok(()) } else { Err(Error::NameMismatch { expected: self.to_string() }) }
    }

    fn is(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Self::Directory(expected), GeneralName::Directory(name)) => expected == name,
            (Self::Dns(expected), GeneralName::Dns(pattern)) => matches_host(pattern, expected),
            (Self::Email(expected), GeneralName::Email(name) | GeneralName::SmtpUtf8Mailbox(name)) => {
                same_mailbox(expected, name)
            }
            (Self::Ip(IpAddr::V4(expected)), GeneralName::Ip(octets)) => octets[..] == expected.octets(),
            (Self::Ip(IpAddr::V6(expected)), GeneralName::Ip(octets)) => octets[..] == expected.octets(),
            _ => false,
        }
    }

    /// Host names and addresses are never looked for in the subject (RFC 9525 §2).
    fn is_in_subject(&self, subject: &Name) -> bool {
        match self {
            Self::Directory(expected) => expected == subject,
            Self::Email(expected) => subject.all(&oid::EMAIL_ADDRESS).iter().any(|name| same_mailbox(expected, name)),
            Self::Dns(_) | Self::Ip(_) => false,
        }
    }
}

impl std::fmt::Display for ExpectedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Directory(name) => write!(f, "dn:{name}"),
            Self::Dns(name) => write!(f, "dns:{}", for_people(name)),
            Self::Email(name) => write!(f, "email:{name}"),
            Self::Ip(address) => write!(f, "ip:{address}"),
        }
    }
}

/// RFC 9525 §6.3: a wildcard is the whole left-most label, stands for one label, and has at least two after it.
fn matches_host(pattern: &str, host: &str) -> bool {
    let host = without_final_dot(host);
    match pattern.strip_prefix("*.") {
        Some(parent) => {
            let rest = host.split_once('.').filter(|(label, _)| !label.is_empty()).map(|(_, rest)| rest);
            is_host_name(parent) && parent.contains('.') && rest.is_some_and(|rest| rest.eq_ignore_ascii_case(parent))
        }
        None => is_host_name(pattern) && pattern.eq_ignore_ascii_case(host),
    }
}

fn same_mailbox(one: &str, other: &str) -> bool {
    Mailbox::read(one).zip(Mailbox::read(other)).is_some_and(|(one, other)| one.is(&other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_whole_label() {
        assert!(matches_host("*.example.org", "A.example.ORG"));
        assert!(matches_host("a.example.org", "a.example.org."));
        for (pattern, host) in [
            ("*.example.org", "example.org"),
            ("*.example.org", "a.b.example.org"),
            ("*.org", "example.org"),
            ("a*.example.org", "ab.example.org"),
            ("*", "org"),
            ("*.*.org", "a.b.org"),
        ] {
            assert!(!matches_host(pattern, host), "{pattern} {host}");
        }
    }

    #[test]
    fn expected_names_are_read_with_their_kind() {
        assert!(ExpectedName::parse("ip:::1").is_ok());
        assert!(ExpectedName::parse("dn:CN=a,C=HK").is_ok());
        for (written, read) in [
            ("dns:Bücher.example", "dns:xn--bcher-kva.example (bücher.example)"),
            ("dns:127.0.0.1", "ip:127.0.0.1"),
            ("dns:::1", "ip:::1"),
            ("email:用户@政務.example", "email:用户@xn--lhrz14b.example"),
        ] {
            assert_eq!(ExpectedName::parse(written).map(|name| name.to_string()).as_deref(), Ok(read), "{written}");
        }
        for bad in ["example.org", "dns:a b", "dns:", "ip:1.2.3", "email:x", "email:a@b@c", "dns:a..b", "uri:http://a"]
        {
            assert!(ExpectedName::parse(bad).is_err(), "{bad}");
        }
    }
}
