//! The entries of a CRL (RFC 5280 §5.3).

use std::collections::HashMap;
use std::fmt;

use der::Tag;

use crate::certificate::extension::{Extension, read_list};
use crate::encoding::{Asn1Result, Input, refuse};
use crate::name::GeneralName;
use crate::{Name, Oid, Serial, Time, oid};

/// What a CRL says of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// revocationDate
    pub since: Time,
    /// reasonCode
    pub reason: Option<Reason>,
    /// invalidityDate: since when the key is thought to be compromised.
    pub invalid_since: Option<Time>,
}

/// ```text
/// CRLReason ::= ENUMERATED { unspecified (0), keyCompromise (1), cACompromise (2), affiliationChanged (3),
///      superseded (4), cessationOfOperation (5), certificateHold (6), removeFromCRL (8), privilegeWithdrawn (9),
///      aACompromise (10) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Reason {
    /// unspecified (0)
    Unspecified = 0,
    /// keyCompromise (1)
    KeyCompromise = 1,
    /// cACompromise (2)
    CaCompromise = 2,
    /// affiliationChanged (3)
    AffiliationChanged = 3,
    /// superseded (4)
    Superseded = 4,
    /// cessationOfOperation (5)
    CessationOfOperation = 5,
    /// certificateHold (6)
    CertificateHold = 6,
    /// removeFromCRL (8)
    RemoveFromCrl = 8,
    /// privilegeWithdrawn (9)
    PrivilegeWithdrawn = 9,
    /// aACompromise (10)
    AaCompromise = 10,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::RemoveFromCrl,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// The number of CRLReason.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The reason of this number.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The name in RFC 5280, e.g. `keyCompromise`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        }
    }

    /// The reason of this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

pub(super) struct Listed {
    pub(super) revoked: HashMap<(u32, Serial), Revoked>,
    pub(super) issuers: Vec<Name>,
    pub(super) unknown_critical: Option<Oid>,
}

/// Reads all entries. "If this extension [certificateIssuer] is not present on the first entry in an indirect CRL,
/// the certificate issuer defaults to the CRL issuer. On subsequent entries … the certificate issuer for the entry
/// is the same as that for the preceding entry" (§5.3.3).
pub(super) fn read_all(entries: &[u8], issuer: &Name) -> Asn1Result<Listed> {
    let mut listed = Listed { revoked: HashMap::new(), issuers: vec![issuer.clone()], unknown_critical: None };
    let (mut input, mut current) = (Input::new(entries)?, 0);
    while !input.is_empty() {
        let mut entry = input.sequence()?;
        let serial = Serial::from_content(entry.integer()?);
        let since = entry.time()?;
        let extensions = if entry.is_empty() { Vec::new() } else { read_list(&mut entry)? };
        entry.finish()?;
        let mut revoked = Revoked { since, reason: None, invalid_since: None };
        for extension in extensions {
            if extension.oid == oid::CERTIFICATE_ISSUER {
                current = listed.place_of(certificate_issuer(&extension.value)?);
            } else {
                listed.take(&mut revoked, &extension)?;
            }
        }
        listed.revoked.insert((current, serial), revoked);
    }
    Ok(listed)
}

impl Listed {
    fn place_of(&mut self, issuer: Name) -> u32 {
        let found = self.issuers.iter().position(|listed| *listed == issuer);
        found.unwrap_or_else(|| {
            self.issuers.push(issuer);
            self.issuers.len() - 1
        }) as u32
    }

    fn take(&mut self, revoked: &mut Revoked, extension: &Extension) -> Asn1Result<()> {
        match extension.oid {
            oid::CRL_REASON => revoked.reason = Some(read_reason(&extension.value)?),
            oid::INVALIDITY_DATE => revoked.invalid_since = Some(Input::all(&extension.value, |input| input.time())?),
            other if extension.critical => self.unknown_critical = self.unknown_critical.or(Some(other)),
            _ => {}
        }
        Ok(())
    }
}

/// CRLReason and nothing else.
pub(crate) fn read_reason(value: &[u8]) -> Asn1Result<Reason> {
    match Input::all(value, |input| input.expect(Tag::Enumerated))? {
        [code] if Reason::from_code(*code).is_some() => Ok(Reason::from_code(*code).unwrap_or(Reason::Unspecified)),
        _ => refuse("a reason that RFC 5280 does not know"),
    }
}

/// CertificateIssuer ::= GeneralNames, of which the directoryName counts.
fn certificate_issuer(value: &[u8]) -> Asn1Result<Name> {
    let names = Input::all(value, |input| input.sequence_of(GeneralName::read))?;
    let directory = names.into_iter().find_map(|name| match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    });
    directory.map_or_else(|| refuse("a certificateIssuer without directoryName"), Ok)
}
