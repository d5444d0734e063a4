//! Inputs (h) and (i) of RFC 5280 §6.1.1: subtrees in which every name of a path must lie, or must not.
//!
//! They bind as the name constraints of a CA above all anchors would: of a form of name that no permitted subtree has, all
//! names are permitted. What an anchor's own certificate permits and excludes binds beside them, which is the
//! intersection, and the union, that RFC 5937 §3.2 asks for. The path of a CRL's issuer is not bound by them.

use core::net::IpAddr;

use super::name_constraints;
use crate::certificate::extension::NameConstraints;
use crate::name::host::to_a_labels;
use crate::name::{GeneralName, mailbox};
use crate::{Name, encoding, oid};

/// initial-permitted-subtrees and initial-excluded-subtrees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InitialSubtrees(NameConstraints);

impl InitialSubtrees {
    /// Names lie in a permitted subtree of their form, if there is one, and in no excluded one.
    pub fn new(
        permitted: impl IntoIterator<Item = GeneralSubtree>,
        excluded: impl IntoIterator<Item = GeneralSubtree>,
    ) -> Self {
        let bases = |subtree: GeneralSubtree| subtree.0;
        let (permitted, excluded) =
            (permitted.into_iter().map(bases).collect(), excluded.into_iter().map(bases).collect());
        Self(NameConstraints { permitted, excluded })
    }

    pub(super) fn constraints(&self) -> &NameConstraints {
        &self.0
    }
}

/// A subtree of names that can be judged: the base of a GeneralSubtree (RFC 5280 §4.2.1.10), with the minimum 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneralSubtree(GeneralName);

impl GeneralSubtree {
    /// The subtree of this base.
    ///
    /// # Errors
    /// It is none that makes sense, or of a form that nobody has defined.
    pub fn of(base: GeneralName) -> Result<Self, String> {
        match name_constraints::can_be_judged(&base) {
            true => Ok(Self(base)),
            false => Err(format!("{base} is no subtree that can be judged")),
        }
    }

    /// Reads `dns:HOST` (it and all below it), `email:` and `uri:` with `HOST` or `.DOMAIN` (all below it), `email:MAILBOX`,
    /// `ip:ADDRESS/LENGTH`, `dn:RFC4514` or `srv:_SERVICE.HOST` (RFC 4985). Hosts may be written in any script; nothing
    /// after the colon is every name of the form.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let want = || format!("{text:?}: want dns:, email:, uri:, ip:, dn: or srv:");
        let (kind, value) = text.split_once(':').ok_or_else(want)?;
        let base = match kind {
            "dns" => host(value).map(GeneralName::Dns),
            // An rfc822Name is ASCII.
            "email" if value.contains('@') => {
                mailbox::parse(value).filter(|text| text.is_ascii()).map(GeneralName::Email)
            }
            "email" => host_or_domain(value).map(GeneralName::Email),
            "uri" => host_or_domain(value).map(GeneralName::Uri),
            "ip" => return network(value).map(GeneralName::Ip).and_then(Self::of),
            "dn" => {
                return Name::parse(value)
                    .map(|name| Self(GeneralName::Directory(name)))
                    .map_err(|why| why.to_string());
            }
            "srv" => Some(GeneralName::Other(oid::SRV_NAME, encoding::tlv(der::Tag::Ia5String, value.as_bytes()))),
            _ => return Err(want()),
        };
        base.ok_or_else(|| format!("{value:?} is no {kind} subtree")).and_then(Self::of)
    }

    /// The base.
    pub fn base(&self) -> &GeneralName {
        &self.0
    }
}

fn host(text: &str) -> Option<String> {
    if text.is_empty() { Some(String::new()) } else { to_a_labels(text).map(Into::into) }
}

fn host_or_domain(text: &str) -> Option<String> {
    match text.strip_prefix('.') {
        Some(domain) => to_a_labels(domain).map(|domain| format!(".{domain}")),
        None => host(text),
    }
}

/// Address and mask, of `ADDRESS/LENGTH` or of one address.
fn network(text: &str) -> Result<Vec<u8>, String> {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().map_err(|_| format!("{address:?} is no IP address"))?;
    let address = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let bits = address.len() * 8;
    let length =
        length.map_or(Ok(bits), |length| length.parse().map_err(|_| format!("{length:?} is no number of bits")))?;
    if length > bits {
        return Err(format!("an address has no more than {bits} bits"));
    }
    let mask: Vec<u8> = (0..address.len()).map(|at| mask_octet(length.saturating_sub(at * 8))).collect();
    match address.iter().zip(&mask).all(|(octet, mask)| octet & !mask == 0) {
        true => Ok([address, mask].concat()),
        false => Err(format!("{text:?} has bits beyond the first {length}")),
    }
}

fn mask_octet(ones: usize) -> u8 {
    if ones >= 8 { 0xff } else { !(0xff >> ones) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> String {
        GeneralSubtree::parse(text).map_or_else(|why| panic!("{text}: {why}"), |subtree| subtree.base().to_string())
    }

    #[test]
    fn every_form_of_subtree_is_read_from_text() {
        for (text, expected) in [
            ("dns:example.org", "dns:example.org"),
            ("dns:政務.example", "dns:xn--lhrz14b.example (政務.example)"),
            ("dns:", "dns:"),
            ("email:a@Bücher.example", "email:a@xn--bcher-kva.example"),
            ("email:.example.org", "email:.example.org"),
            ("uri:.bücher.example", "uri:.xn--bcher-kva.example"),
            ("uri:example.org", "uri:example.org"),
            ("ip:10.0.0.0/8", "ip:10.0.0.0/255.0.0.0"),
            ("ip:10.128.0.0/9", "ip:10.128.0.0/255.128.0.0"),
            ("ip:10.1.2.3", "ip:10.1.2.3/255.255.255.255"),
            ("ip:0.0.0.0/0", "ip:0.0.0.0/0.0.0.0"),
            ("ip:2001:db8::/33", "ip:2001:db8::/ffff:ffff:8000::"),
            ("dn:O=Example,C=HK", "dn:O=Example,C=HK"),
            ("srv:_mail.example.org", "other:1.3.6.1.5.5.7.8.7"),
        ] {
            assert_eq!(base(text), expected, "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "example.org",
            "x400:a",
            "dns:.example.org",
            "dns:*.example.org",
            "dns:a b",
            "email:a@",
            "email:a@b@example.org",
            "email:用户@example.org",
            "uri:https://example.org",
            "uri:.",
            "ip:10.0.0.0/33",
            "ip:10.0.0.1/8",
            "ip:10.0.0.0/x",
            "ip:example.org",
            "dn:nonsense",
            "srv:_mail.例",
            "srv:",
        ] {
            assert!(GeneralSubtree::parse(text).is_err(), "{text}");
        }
        assert!(GeneralSubtree::of(GeneralName::RegisteredId(oid::DSA)).is_err());
        assert!(GeneralSubtree::of(GeneralName::Other(oid::DSA, encoding::null())).is_err());
    }
}
