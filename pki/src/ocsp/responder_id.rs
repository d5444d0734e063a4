//! ResponderID (RFC 6960 §4.2.1): who has signed a response.

use std::fmt;

use der::Tag;

use super::CertIdHash;
use crate::encoding::{self, Asn1Result, Input, context, refuse, tlv};
use crate::{Certificate, Name};

/// ```text
/// ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash }
/// KeyHash ::= OCTET STRING -- SHA-1 hash of responder's public key (excluding the tag and length fields)
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponderId {
    /// byName
    Name(Name),
    /// byKey
    Key([u8; 20]),
}

impl ResponderId {
    /// Names a responder by the subject of its certificate.
    pub fn by_name(certificate: &Certificate) -> Self {
        Self::Name(certificate.subject().clone())
    }

    /// Names a responder by its key.
    pub fn by_key(certificate: &Certificate) -> Self {
        Self::Key(key_hash(certificate))
    }

    pub(super) fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        if let Some(name) = input.optional(context(1, true))? {
            return Name::read(name).map(Self::Name);
        }
        let hash = Input::all(input.expect(context(2, true))?, |input| input.expect(Tag::OctetString))?;
        <[u8; 20]>::try_from(hash).map_or_else(|_| refuse("a KeyHash that is no SHA-1"), |hash| Ok(Self::Key(hash)))
    }

    pub(super) fn write(&self) -> Vec<u8> {
        match self {
            Self::Name(name) => tlv(context(1, true), name.der()),
            Self::Key(hash) => tlv(context(2, true), &encoding::octet_string(hash)),
        }
    }

    /// Whether the certificate is the one that is named.
    pub fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Name(name) => name == certificate.subject(),
            Self::Key(hash) => *hash == key_hash(certificate),
        }
    }
}

fn key_hash(certificate: &Certificate) -> [u8; 20] {
    let mut octets = [0; 20];
    octets.copy_from_slice(&CertIdHash::Sha1.digest(certificate.public_key().key_bits()));
    octets
}

impl fmt::Display for ResponderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name}"),
            Self::Key(hash) => {
                f.write_str("key ")?;
                hash.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }
    }
}
