//! GeneralName (RFC 5280 §4.2.1.6): the kinds of name that alternative names and constraints are made of.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::fmt;

use der::Tag;

use super::Name;
use super::host::for_people;
use crate::encoding::{self, Asn1Result, Input, context, refuse, tlv};
use crate::{Oid, oid};

/// ```text
/// GeneralName ::= CHOICE {
///      otherName                 [0]  OtherName,
///      rfc822Name                [1]  IA5String,
///      dNSName                   [2]  IA5String,
///      x400Address               [3]  ORAddress,
///      directoryName             [4]  Name,
///      ediPartyName              [5]  EDIPartyName,
///      uniformResourceIdentifier [6]  IA5String,
///      iPAddress                 [7]  OCTET STRING,
///      registeredID              [8]  OBJECT IDENTIFIER }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// dNSName, or in a constraint its suffix.
    Dns(String),
    /// directoryName
    Directory(Name),
    /// rfc822Name: a mailbox, or in a constraint also a host or a domain.
    Email(String),
    /// iPAddress: 4 or 16 octets, in a constraint address and mask.
    Ip(Vec<u8>),
    /// otherName: its type and the DER of its value.
    Other(Oid, Vec<u8>),
    /// registeredID
    RegisteredId(Oid),
    /// otherName of the type SmtpUTF8Mailbox (RFC 9598): a mailbox whose local part is not all ASCII.
    SmtpUtf8Mailbox(String),
    /// x400Address (3) or ediPartyName (5): number of the tag and content, not looked into.
    Unsupported(u8, Vec<u8>),
    /// uniformResourceIdentifier, or in a constraint its host.
    Uri(String),
}

impl GeneralName {
    pub(crate) fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        let any = input.any()?;
        let tag = der::Tagged::tag(&any);
        let Tag::ContextSpecific { constructed, number } = tag else {
            return refuse(format!("{tag} where a GeneralName was expected"));
        };
        Self::read_alternative(number.0, constructed, any.value())
    }

    fn read_alternative(number: u32, constructed: bool, value: &[u8]) -> Asn1Result<Self> {
        match (number, constructed) {
            (0, true) => Self::read_other(value),
            (1, false) => ia5(value).map(Self::Email),
            (2, false) => ia5(value).map(Self::Dns),
            (4, true) => Name::read(value).map(Self::Directory),
            (6, false) => ia5(value).map(Self::Uri),
            (7, false) => Ok(Self::Ip(value.to_vec())),
            (8, false) => Ok(Self::RegisteredId(Oid::from_bytes(value).map_err(der::Error::from)?)),
            (3 | 5, true) => Ok(Self::Unsupported(number as u8, value.to_vec())),
            _ => refuse(format!("a GeneralName has no alternative [{number}]")),
        }
    }

    /// OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY DEFINED BY type-id }
    fn read_other(value: &[u8]) -> Asn1Result<Self> {
        Input::all(value, |input| {
            let kind = input.oid()?;
            let value = input.expect(context(0, true))?;
            match kind {
                oid::SMTP_UTF8_MAILBOX => smtp_utf8_mailbox(value).map(Self::SmtpUtf8Mailbox),
                _ => Ok(Self::Other(kind, value.to_vec())),
            }
        })
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        match self {
            Self::Other(kind, value) => other(kind, value),
            Self::SmtpUtf8Mailbox(text) => other(&oid::SMTP_UTF8_MAILBOX, &tlv(Tag::Utf8String, text.as_bytes())),
            Self::Email(text) => tlv(context(1, false), text.as_bytes()),
            Self::Dns(text) => tlv(context(2, false), text.as_bytes()),
            Self::Directory(name) => tlv(context(4, true), name.der()),
            Self::Uri(text) => tlv(context(6, false), text.as_bytes()),
            Self::Ip(octets) => tlv(context(7, false), octets),
            Self::RegisteredId(kind) => tlv(context(8, false), kind.as_bytes()),
            Self::Unsupported(number, value) => tlv(context(u32::from(*number), true), value),
        }
    }

    /// What kind of name it is, in the words of RFC 5280.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dNSName",
            Self::Directory(_) => "directoryName",
            Self::Email(_) => "rfc822Name",
            Self::Ip(_) => "iPAddress",
            Self::Other(..) => "otherName",
            Self::SmtpUtf8Mailbox(_) => "SmtpUTF8Mailbox",
            Self::RegisteredId(_) => "registeredID",
            Self::Unsupported(3, _) => "x400Address",
            Self::Unsupported(..) => "ediPartyName",
            Self::Uri(_) => "uniformResourceIdentifier",
        }
    }
}

fn other(kind: &Oid, value: &[u8]) -> Vec<u8> {
    tlv(context(0, true), &[encoding::oid(kind), tlv(context(0, true), value)].concat())
}

/// SmtpUTF8Mailbox ::= UTF8String (SIZE (1..MAX)); "The UTF8String encoding MUST NOT contain a Byte Order Mark"
fn smtp_utf8_mailbox(value: &[u8]) -> Asn1Result<String> {
    let text = Input::all(value, |input| input.expect(Tag::Utf8String))?;
    match std::str::from_utf8(text) {
        Ok(text) if !text.is_empty() && !text.starts_with('\u{feff}') => Ok(text.to_owned()),
        _ => refuse("an SmtpUTF8Mailbox that is empty, or not UTF-8 without a mark"),
    }
}

fn ia5(value: &[u8]) -> Asn1Result<String> {
    match std::str::from_utf8(value) {
        Ok(text) if text.is_ascii() => Ok(text.to_owned()),
        _ => refuse("an IA5String that is not ASCII"),
    }
}

/// For people: a host name of another script is shown in both its forms.
impl fmt::Display for GeneralName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(text) => write!(f, "dns:{}", for_people(text)),
            Self::Directory(name) => write!(f, "dn:{name}"),
            Self::Email(text) | Self::SmtpUtf8Mailbox(text) => write!(f, "email:{text}"),
            Self::Uri(text) => write!(f, "uri:{text}"),
            Self::Ip(octets) => write!(f, "ip:{}", address(octets)),
            Self::RegisteredId(kind) => write!(f, "oid:{kind}"),
            Self::Other(kind, _) => write!(f, "other:{kind}"),
            Self::Unsupported(..) => f.write_str(self.kind()),
        }
    }
}

fn address(octets: &[u8]) -> String {
    match octets.len() {
        4 => <[u8; 4]>::try_from(octets).map(|octets| Ipv4Addr::from(octets).to_string()).unwrap_or_default(),
        16 => <[u8; 16]>::try_from(octets).map(|octets| Ipv6Addr::from(octets).to_string()).unwrap_or_default(),
        8 | 32 => format!("{}/{}", address(&octets[..octets.len() / 2]), address(&octets[octets.len() / 2..])),
        _ => octets.iter().map(|octet| format!("{octet:02x}")).collect(),
    }
}
