//! Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b)-(c), §6.1.4 (g)).
//!
//! The RFC keeps an intersection of permitted and a union of excluded subtrees. Here each CA's constraints are kept
//! as they are and a name must satisfy all of them, which is the same and needs no intersection of subtrees.

use super::budget::Budget;
use super::identity::{is_host_name, same_mailbox};
use crate::certificate::extension::NameConstraints;
use crate::name::GeneralName;
use crate::{Certificate, Error, oid};

/// The constraints of every CA above the certificate at hand.
#[derive(Debug, Clone, Default)]
pub(super) struct Constraints<'a>(Vec<&'a NameConstraints>);

impl<'a> Constraints<'a> {
    /// §6.1.4 (g)
    pub(super) fn add(&mut self, constraints: Option<&'a NameConstraints>) {
        self.0.extend(constraints);
    }

    /// Keeps those that `others` has too; whether any went.
    pub(super) fn intersect(&mut self, others: &Self) -> bool {
        let before = self.0.len();
        self.0.retain(|one| others.0.iter().any(|other| std::ptr::eq(*one, *other)));
        self.0.len() < before
    }

    /// §6.1.3 (b) and (c): the subject and every alternative name must be permitted and not excluded.
    pub(super) fn check(&self, certificate: &Certificate, budget: &mut Budget) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let names = names_of(certificate, self.0.iter().any(|constraints| binds_mailboxes(constraints)));
        for constraints in &self.0 {
            budget.name_comparisons(names.len() * (constraints.permitted.len() + constraints.excluded.len()))?;
            names.iter().try_for_each(|name| check_name(name, constraints))?;
        }
        Ok(())
    }
}

fn binds_mailboxes(constraints: &NameConstraints) -> bool {
    constraints.permitted.iter().chain(&constraints.excluded).any(|base| matches!(base, GeneralName::Email(_)))
}

/// The subject, if there is one, the e-mail addresses that old certificates have in it ("the rfc822Name constraint
/// MUST be applied to the attribute of type emailAddress in the subject distinguished name"), and the alternative
/// names.
fn names_of(certificate: &Certificate, with_mailboxes: bool) -> Vec<GeneralName> {
    let subject = certificate.subject();
    let mut names = Vec::new();
    if !subject.is_empty() {
        names.push(GeneralName::Directory(subject.clone()));
    }
    if with_mailboxes {
        names.extend(subject.all(&oid::EMAIL_ADDRESS).into_iter().map(GeneralName::Email));
    }
    names.extend(certificate.extensions().subject_alt_names.iter().flat_map(|list| list.0.iter().cloned()));
    names
}

fn check_name(name: &GeneralName, constraints: &NameConstraints) -> Result<(), Error> {
    let violated = |constraint: String| Err(Error::NameConstraintViolated { name: name.to_string(), constraint });
    let (mut of_this_kind, mut within) = (false, false);
    for base in constraints.permitted.iter().filter(|base| same_kind(name, base)) {
        of_this_kind = true;
        within = within || is_within(name, base, false)?;
    }
    if of_this_kind && !within {
        return violated("outside what is permitted".into());
    }
    for base in constraints.excluded.iter().filter(|base| same_kind(name, base)) {
        if is_within(name, base, true)? {
            return violated(format!("inside what is excluded: {base}"));
        }
    }
    Ok(())
}

fn same_kind(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Other(kind, _), GeneralName::Other(base, _)) => kind == base,
        _ => name.kind() == base.kind(),
    }
}

/// Whether a name lies in a subtree. A constraint that makes no sense, and one of a kind that we cannot judge, ends
/// the path: "applications MUST either process the constraint or reject the certificate".
fn is_within(name: &GeneralName, base: &GeneralName, excluding: bool) -> Result<bool, Error> {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => Ok(name.is_within(base)),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => dns_within(name, base, excluding),
        (GeneralName::Email(name), GeneralName::Email(base)) => email_within(name, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => uri_within(name, base),
        (GeneralName::Ip(name), GeneralName::Ip(base)) => ip_within(name, base),
        _ => Err(senseless(format!("a constraint on {} cannot be judged", base.kind()))),
    }
}

fn senseless(why: String) -> Error {
    Error::InvalidExtension { extension: oid::NAME_CONSTRAINTS, why }
}

/// "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of the name
/// satisfies the name constraint." An empty one is every name. A wildcard name is excluded as soon as one of the
/// names that it stands for is.
fn dns_within(name: &str, base: &str, excluding: bool) -> Result<bool, Error> {
    if base.is_empty() {
        return Ok(true);
    }
    if !is_host_name(base) {
        return Err(senseless(format!("{base:?} is no DNS constraint")));
    }
    let wildcard = name.strip_prefix("*.");
    let plain = wildcard.unwrap_or(name);
    if !is_host_name(plain) {
        return Err(Error::NameConstraintViolated { name: format!("dns:{name}"), constraint: "no DNS name".into() });
    }
    let stands_for = excluding
        && wildcard
            .is_some_and(|parent| base.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent)));
    Ok(is_subdomain_or_same(plain, base) || stands_for)
}

fn is_subdomain_or_same(name: &str, base: &str) -> bool {
    let (name, base) = (name.strip_suffix('.').unwrap_or(name), base.strip_suffix('.').unwrap_or(base));
    name.eq_ignore_ascii_case(base) || ends_with_label(name, base)
}

/// Whether `name` is `base` with one label or more before it.
fn ends_with_label(name: &str, base: &str) -> bool {
    let at = name.len().checked_sub(base.len() + 1);
    at.filter(|at| *at > 0).is_some_and(|at| {
        name.as_bytes()[at] == b'.' && name.as_bytes()[at + 1..].eq_ignore_ascii_case(base.as_bytes())
    })
}

/// "A name constraint for Internet mail addresses MAY specify a particular mailbox, all addresses at a particular
/// host, or all mailboxes in a domain", the last with a period in front, and not the host of that name itself.
fn email_within(name: &str, base: &str) -> Result<bool, Error> {
    let (_, host) = name.rsplit_once('@').ok_or_else(|| Error::NameConstraintViolated {
        name: format!("email:{name}"),
        constraint: "no mailbox".into(),
    })?;
    match base.contains('@') {
        true => Ok(same_mailbox(name, base)),
        false => host_within(host, base),
    }
}

/// "The constraint MUST be specified as a fully qualified domain name and MAY specify a host or a domain" (with a
/// period in front). A URI without a host name, or with an address for one, is refused.
fn uri_within(name: &str, base: &str) -> Result<bool, Error> {
    let host = host_of(name).ok_or_else(|| Error::NameConstraintViolated {
        name: format!("uri:{name}"),
        constraint: "without a host name to compare".into(),
    })?;
    host_within(host, base)
}

fn host_within(host: &str, base: &str) -> Result<bool, Error> {
    match base.strip_prefix('.') {
        _ if base.is_empty() => Ok(true),
        Some(domain) if is_host_name(domain) => Ok(ends_with_label(host, domain)),
        None if is_host_name(base) => Ok(host.eq_ignore_ascii_case(base)),
        _ => Err(senseless(format!("{base:?} is no host or domain"))),
    }
}

/// The host of `scheme://[user@]host[:port][/…]`, if it is a name.
fn host_of(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next()?;
    let is_address = host.parse::<core::net::Ipv4Addr>().is_ok();
    (is_host_name(host) && !is_address).then_some(host)
}

/// An address and a mask "in the style of RFC 4632 (CIDR)": ones, then zeros.
fn ip_within(name: &[u8], base: &[u8]) -> Result<bool, Error> {
    let half = base.len() / 2;
    let (address, mask) = base.split_at(half);
    let ones = mask.iter().take_while(|octet| **octet == 0xff).count();
    let edge = mask.get(ones).copied().unwrap_or(0);
    let contiguous =
        edge.leading_ones() + edge.trailing_zeros() == 8 && mask.iter().skip(ones + 1).all(|octet| *octet == 0);
    if !matches!(base.len(), 8 | 32) || !contiguous {
        return Err(senseless("an IP constraint that is no address with a CIDR mask".into()));
    }
    if name.len() != half {
        return Ok(false);
    }
    Ok(name.iter().zip(address).zip(mask).all(|((name, address), mask)| (name ^ address) & mask == 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Name;

    fn dns(name: &str) -> GeneralName {
        GeneralName::Dns(name.into())
    }

    fn email(name: &str) -> GeneralName {
        GeneralName::Email(name.into())
    }

    fn uri(name: &str) -> GeneralName {
        GeneralName::Uri(name.into())
    }

    fn ip(octets: &[u8]) -> GeneralName {
        GeneralName::Ip(octets.to_vec())
    }

    #[test]
    fn names_lie_within_their_subtrees() {
        let directory = |text: &str| GeneralName::Directory(Name::parse(text).unwrap());
        for (name, base, within) in [
            (dns("a.example.org"), dns("example.org"), true),
            (dns("EXAMPLE.org"), dns("example.org"), true),
            (dns("badexample.org"), dns("example.org"), false),
            (dns("*.example.org"), dns("example.org"), true),
            (dns("anything.test"), dns(""), true),
            (email("a@example.org"), email("example.org"), true),
            (email("a@sub.example.org"), email("example.org"), false),
            (email("a@sub.example.org"), email(".example.org"), true),
            (email("a@example.org"), email(".example.org"), false),
            (email("a@Example.org"), email("a@example.org"), true),
            (email("A@example.org"), email("a@example.org"), false),
            (uri("https://u@www.example.org:8443/x"), uri(".example.org"), true),
            (uri("https://example.org"), uri(".example.org"), false),
            (ip(&[10, 1, 2, 3]), ip(&[10, 0, 0, 0, 255, 0, 0, 0]), true),
            (ip(&[11, 1, 2, 3]), ip(&[10, 0, 0, 0, 255, 0, 0, 0]), false),
            (ip(&[11, 1, 2, 3]), ip(&[0; 8]), true),
            (directory("CN=a,O=b,C=HK"), directory("O=B,C=hk"), true),
            (directory("CN=a,C=HK"), directory("O=b,C=HK"), false),
        ] {
            assert_eq!(is_within(&name, &base, false), Ok(within), "{name} {base}");
        }
    }

    #[test]
    fn senseless_constraints_and_unjudgeable_kinds_end_the_path() {
        for (name, base) in [
            (dns("a.example.org"), dns(".example.org")),
            (dns("a.example.org"), dns("*.example.org")),
            (ip(&[1, 2, 3, 4]), ip(&[1, 2, 3, 4, 255, 0, 255, 0])),
            (ip(&[1, 2, 3, 4]), ip(&[1, 2, 3, 4, 255])),
            (uri("https://1.2.3.4/"), uri(".example.org")),
            (uri("urn:x"), uri("example.org")),
            (GeneralName::RegisteredId(oid::DSA), GeneralName::RegisteredId(oid::DSA)),
        ] {
            assert!(same_kind(&name, &base) && is_within(&name, &base, false).is_err(), "{name} {base}");
        }
    }

    #[test]
    fn a_wildcard_is_excluded_with_one_of_the_names_that_it_stands_for() {
        assert_eq!(is_within(&dns("*.example.org"), &dns("secret.example.org"), true), Ok(true));
        assert_eq!(is_within(&dns("*.example.org"), &dns("secret.example.org"), false), Ok(false));
        assert_eq!(is_within(&dns("*.example.org"), &dns("deep.secret.example.org"), true), Ok(false));
    }
}
