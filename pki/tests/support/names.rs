//! General names, shortly.

#![allow(dead_code, clippy::unwrap_used)] // Each test file uses a part of it, and in a test, to panic is to fail.

use pki::Name;
use pki::name::GeneralName;

pub(crate) fn dns(text: &str) -> GeneralName {
    GeneralName::Dns(text.into())
}

pub(crate) fn email(text: &str) -> GeneralName {
    GeneralName::Email(text.into())
}

pub(crate) fn smtp(text: &str) -> GeneralName {
    GeneralName::SmtpUtf8Mailbox(text.into())
}

pub(crate) fn uri(text: &str) -> GeneralName {
    GeneralName::Uri(text.into())
}

pub(crate) fn ip(octets: &[u8]) -> GeneralName {
    GeneralName::Ip(octets.to_vec())
}

pub(crate) fn directory(text: &str) -> GeneralName {
    GeneralName::Directory(Name::parse(text).unwrap())
}
