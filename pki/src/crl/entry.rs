//! The entries of a CRL (RFC 5280 §5.3).

use std::fmt;

use der::Tag;

use crate::certificate::extension::{ExtensionRef, each_extension};
use crate::encoding::{Asn1Result, Input, context, minimal_integer, refuse};
use crate::{Oid, Time, oid};

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

impl Revoked {
    /// Since when the certificate must not be trusted: revocationDate, or invalidityDate if that is earlier.
    pub fn untrusted_since(&self) -> Time {
        self.invalid_since.map_or(self.since, |invalid| invalid.min(self.since))
    }
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

/// An entry as it stands.
///
/// ```text
/// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }
/// ```
pub(super) struct Entry<'a> {
    /// The content of the INTEGER.
    pub(super) serial: &'a [u8],
    pub(super) revoked: Revoked,
    /// certificateIssuer: the Name in it.
    pub(super) issuer: Option<&'a [u8]>,
    pub(super) unknown_critical: Option<Oid>,
}

/// An extension list with an unspecified reason, but for the reason, which is the last octet.
const REASON_ALONE: [u8; 13] = [0x30, 12, 0x30, 10, 6, 3, 0x55, 0x1d, 0x15, 4, 3, 0x0a, 1];

impl<'a> Entry<'a> {
    /// Reads an entry whole.
    pub(super) fn read(der: &'a [u8]) -> Asn1Result<Self> {
        Self::read_usual(der).map_or_else(|| Self::read_any(der), Ok)
    }

    /// Reads the form that nearly all entries have, by which a CRL of a million is read some times faster: a serial
    /// number, a UTCTime, and a reason or nothing. Everything else is `None`.
    fn read_usual(der: &'a [u8]) -> Option<Self> {
        let (serial, rest) = match der {
            [0x30, whole @ ..=0x7f, 2, length @ 1..=0x7f, rest @ ..] if der.len() == 2 + usize::from(*whole) => {
                rest.split_at_checked(usize::from(*length))?
            }
            _ => return None,
        };
        let (time, rest) = match rest {
            [0x17, 13, rest @ ..] => rest.split_at_checked(13)?,
            _ => return None,
        };
        let reason = match rest.split_last() {
            None => None,
            Some((code, before)) if *before == REASON_ALONE => Some(Reason::from_code(*code)?),
            Some(_) => return None,
        };
        let revoked = Revoked { since: Time::from_utc_time(time).ok()?, reason, invalid_since: None };
        Some(Self { serial: minimal_integer(serial).ok()?, revoked, issuer: None, unknown_critical: None })
    }

    fn read_any(der: &'a [u8]) -> Asn1Result<Self> {
        Input::all(der, |input| {
            input.in_sequence(|input| {
                let serial = input.integer()?;
                let revoked = Revoked { since: input.time()?, reason: None, invalid_since: None };
                let mut entry = Self { serial, revoked, issuer: None, unknown_critical: None };
                if !input.is_empty() {
                    each_extension(input, |extension| entry.take(extension))?;
                }
                Ok(entry)
            })
        })
    }

    fn take(&mut self, extension: &ExtensionRef<'a>) -> Asn1Result<()> {
        let (revoked, value) = (&mut self.revoked, extension.value);
        match extension.oid {
            oid::CRL_REASON => revoked.reason = Some(read_reason(value)?),
            oid::INVALIDITY_DATE => revoked.invalid_since = Some(Input::all(value, |input| input.time())?),
            oid::CERTIFICATE_ISSUER => self.issuer = Some(certificate_issuer(value)?),
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

/// CertificateIssuer ::= GeneralNames, of which the first directoryName ([4] EXPLICIT) counts: its Name, one whole element,
/// unread.
fn certificate_issuer(value: &[u8]) -> Asn1Result<&[u8]> {
    let mut names = Input::all(value, Input::sequence)?;
    while !names.is_empty() {
        match names.optional(context(4, true))? {
            Some(name) => return Input::all(name, Input::raw),
            None => drop(names.raw()?),
        }
    }
    refuse("a certificateIssuer without directoryName")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crl::builder::{CrlEntry, entry};
    use crate::encoding;
    use crate::name::GeneralName;
    use crate::{Name, Serial};

    #[test]
    fn what_is_read_fast_is_read_the_same() {
        let serials = [&[1][..], &[0x80], &[0x7f; 20], &[0xff; 100], &[0xff; 130]];
        let dates = [Some(Time(5)), None];
        for (at, (serial, invalid_since)) in serials.iter().flat_map(|one| dates.map(|date| (one, date))).enumerate() {
            for reason in Reason::ALL.map(Some).into_iter().chain([None]) {
                for since in [Time(at as i64), Time(4_000_000_000)] {
                    let (serial, issuer) = (Serial::from_unsigned(serial), None);
                    let der = entry(&CrlEntry { serial: serial.clone(), since, reason, invalid_since, issuer });
                    let [usual, any] = [Entry::read(&der).unwrap(), Entry::read_any(&der).unwrap()];
                    assert_eq!((usual.serial, usual.revoked), (any.serial, any.revoked));
                    let reason = reason.filter(|reason| *reason != Reason::Unspecified);
                    assert_eq!((any.serial, any.revoked), (serial.content(), Revoked { since, reason, invalid_since }));
                }
            }
        }
    }

    #[test]
    fn what_is_not_an_entry_is_refused_either_way() {
        let (serial, since) = (Serial::from_unsigned(&[5; 9]), Time(0));
        let good =
            entry(&CrlEntry { serial, since, reason: Some(Reason::Superseded), invalid_since: None, issuer: None });
        for at in 0..good.len() {
            for change in [0, 1, 0x80, 0xff] {
                let mut der = good.clone();
                der[at] = change;
                let [usual, any] = [Entry::read(&der), Entry::read_any(&der)].map(|read| read.map(|one| one.revoked));
                assert_eq!(usual, any, "octet {at}");
            }
            assert!(Entry::read(&good[..at]).is_err() && Entry::read(&[&good[..], &[0]].concat()).is_err());
        }
    }

    #[test]
    fn of_several_names_of_an_issuer_the_directory_name_counts() {
        let name = Name::from_attributes(&[(oid::COUNTRY, "HK")]);
        let names = [GeneralName::Uri("http://example.org".into()), GeneralName::Directory(name.clone())];
        let value = encoding::sequence_of(names.map(|name| name.write()));
        assert_eq!(certificate_issuer(&value), Ok(name.der()));
        assert!(certificate_issuer(&encoding::sequence_of([])).is_err());
    }

    #[test]
    fn a_certificate_issuer_that_is_not_one_whole_name_is_refused() {
        let name = Name::from_attributes(&[(oid::COUNTRY, "HK")]);
        let (whole, length) = (name.der(), name.der().len());
        for content in [&[], &whole[..1], &whole[..length - 1], &[whole, &[5, 0]].concat()[..]] {
            let value = encoding::sequence(&[&encoding::tlv(context(4, true), content)]);
            assert!(certificate_issuer(&value).is_err(), "{content:02x?}");
        }
    }
}
