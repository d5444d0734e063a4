//! Whether a certificate has the name that its user expects (RFC 9525 and relatives).

use core::net::IpAddr;

use crate::name::GeneralName;
use crate::{Certificate, Error, Name, oid};

/// A name that the leaf must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedName {
    /// The whole subject, or a directoryName among the alternative names.
    Directory(Name),
    /// A host name.
    Dns(String),
    /// A mailbox.
    Email(String),
    /// An address.
    Ip(IpAddr),
}

impl ExpectedName {
    /// Reads `dns:NAME`, `ip:ADDR`, `email:ADDR` or `dn:RFC4514`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (kind, value) = text.split_once(':').ok_or_else(|| format!("{text:?}: want dns:, ip:, email: or dn:"))?;
        match kind {
            "dns" if is_host_name(value) => Ok(Self::Dns(value.to_owned())),
            "ip" => value.parse().map(Self::Ip).map_err(|_| format!("{value:?} is no IP address")),
            "email" if value.contains('@') => Ok(Self::Email(value.to_owned())),
            "dn" => Name::parse(value).map(Self::Directory).map_err(|why| why.to_string()),
            "dns" | "email" => Err(format!("{value:?} is no {kind} name")),
            _ => Err(format!("{kind:?} is none of dns, ip, email, dn")),
        }
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
            (Self::Email(expected), GeneralName::Email(name)) => same_mailbox(expected, name),
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
            Self::Dns(name) => write!(f, "dns:{name}"),
            Self::Email(name) => write!(f, "email:{name}"),
            Self::Ip(address) => write!(f, "ip:{address}"),
        }
    }
}

/// RFC 9525 §6.3: a wildcard is the whole left-most label, stands for one label, and has at least two after it.
fn matches_host(pattern: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    match pattern.strip_prefix("*.") {
        Some(parent) => {
            let rest = host.split_once('.').filter(|(label, _)| !label.is_empty()).map(|(_, rest)| rest);
            is_host_name(parent) && parent.contains('.') && rest.is_some_and(|rest| rest.eq_ignore_ascii_case(parent))
        }
        None => is_host_name(pattern) && pattern.eq_ignore_ascii_case(host),
    }
}

/// Letters, digits, hyphens and (for what exists) underscores in labels of 1 to 63; a dot at the end is borne.
pub(crate) fn is_host_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (1..=253).contains(&name.len()) && name.split('.').all(label)
}

/// RFC 5280 §7.5: the host without case, the local part as it stands.
pub(super) fn same_mailbox(one: &str, other: &str) -> bool {
    match (one.rsplit_once('@'), other.rsplit_once('@')) {
        (Some((local, host)), Some((other_local, other_host))) => {
            local == other_local && host.eq_ignore_ascii_case(other_host)
        }
        _ => false,
    }
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
        for bad in ["example.org", "dns:a b", "dns:", "ip:1.2.3", "email:x", "uri:http://a"] {
            assert!(ExpectedName::parse(bad).is_err(), "{bad}");
        }
    }
}
