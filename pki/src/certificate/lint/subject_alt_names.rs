//! Alternative names must be what they claim to be: host names in their preferred syntax, mailboxes, URIs with a
//! scheme, addresses of 4 or 16 octets.

use super::{Lint, Severity};
use crate::Certificate;
use crate::name::GeneralName;
use crate::name::host::is_host_name;
use crate::name::mailbox::Mailbox;

pub(super) const LINT: Lint =
    Lint { name: "subject_alt_names", severity: Severity::Error, citation: "RFC 5280 §4.2.1.6", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    let names = &certificate.extensions().subject_alt_names.as_ref()?.0;
    let bad = names.iter().find(|name| match name {
        GeneralName::Dns(name) => !is_host_name(name.strip_prefix("*.").unwrap_or(name)) || name.ends_with('.'),
        GeneralName::Email(name) => Mailbox::read(name).is_none(),
        // RFC 9598 §3: "MUST only be used when the Local-part … contains non-ASCII characters", the domain in A-labels.
        GeneralName::SmtpUtf8Mailbox(name) => {
            let (local, host) = name.rsplit_once('@').unwrap_or_default();
            Mailbox::read(name).is_none() || local.is_ascii() || !host.is_ascii()
        }
        GeneralName::Uri(name) => {
            !name.split_once(':').is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
        }
        GeneralName::Ip(octets) => !matches!(octets.len(), 4 | 16),
        _ => false,
    });
    bad.map(|name| format!("{name} is no {}", name.kind()))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::name::GeneralName;

    #[test]
    fn names_that_are_not_what_they_claim_are_found() {
        let key = key();
        assert!(!objects(
            &LINT,
            &leaf(key).subject_alt_names([
                GeneralName::Dns("*.example.org".into()),
                GeneralName::Email("a@example.org".into()),
                GeneralName::SmtpUtf8Mailbox("用户@xn--bcher-kva.example".into())
            ])
        ));
        assert!(objects(&LINT, &leaf(key).subject_alt_names([GeneralName::Dns("a b".into())])));
        assert!(objects(&LINT, &leaf(key).subject_alt_names([GeneralName::Email("example.org".into())])));
        assert!(objects(&LINT, &leaf(key).subject_alt_names([GeneralName::Ip(vec![1, 2, 3])])));
        for bad in ["a@example.org", "用户@bücher.example", "用户"] {
            assert!(objects(&LINT, &leaf(key).subject_alt_names([GeneralName::SmtpUtf8Mailbox(bad.into())])), "{bad}");
        }
    }
}
