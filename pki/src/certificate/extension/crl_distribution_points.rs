//! cRLDistributionPoints (RFC 5280 §4.2.1.13): where the CRLs are that cover the certificate.

use der::Tag;
use der::asn1::BitStringRef;

use super::ExtensionValue;
use crate::encoding::{self, Asn1Result, Input, context, named_bits, named_bits_content, tlv};
use crate::name::GeneralName;
use crate::{Oid, oid};

/// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrlDistributionPoints(pub Vec<DistributionPoint>);

/// ```text
/// DistributionPoint ::= SEQUENCE {
///      distributionPoint [0] DistributionPointName OPTIONAL,
///      reasons           [1] ReasonFlags OPTIONAL,
///      cRLIssuer         [2] GeneralNames OPTIONAL }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionPoint {
    /// distributionPoint
    pub name: Option<DistributionPointName>,
    /// reasons, bit 0 lowest; absent is all of them.
    pub reasons: Option<u16>,
    /// cRLIssuer, where it is not the issuer of the certificate.
    pub crl_issuer: Vec<GeneralName>,
}

/// ```text
/// DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DistributionPointName {
    /// fullName
    Full(Vec<GeneralName>),
    /// nameRelativeToCRLIssuer: the content of the SET.
    Relative(Vec<u8>),
}

impl DistributionPoint {
    /// A point with one URI, all reasons, the certificate's issuer.
    pub fn from_uri(uri: &str) -> Self {
        let name = DistributionPointName::Full(vec![GeneralName::Uri(uri.to_owned())]);
        Self { name: Some(name), reasons: None, crl_issuer: Vec::new() }
    }

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let name = input.optional(context(0, true))?.map(DistributionPointName::read).transpose()?;
            let reasons = input.optional(context(1, false))?.map(reason_flags).transpose()?;
            let crl_issuer = input.optional(context(2, true))?.map(general_names).transpose()?.unwrap_or_default();
            Ok(Self { name, reasons, crl_issuer })
        })
    }

    fn write(&self) -> Vec<u8> {
        let name = self.name.as_ref().map(|name| tlv(context(0, true), &name.write())).unwrap_or_default();
        let reasons = self.reasons.map(|bits| tlv(context(1, false), &named_bits_content(bits))).unwrap_or_default();
        let issuer = match &self.crl_issuer[..] {
            [] => Vec::new(),
            names => tlv(context(2, true), &write_names(names)),
        };
        encoding::sequence(&[&name, &reasons, &issuer])
    }
}

impl DistributionPointName {
    pub(crate) fn read(content: &[u8]) -> Asn1Result<Self> {
        Input::all(content, |input| match input.optional(context(0, true))? {
            Some(names) => general_names(names).map(Self::Full),
            None => Ok(Self::Relative(input.expect(context(1, true))?.to_vec())),
        })
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        match self {
            Self::Full(names) => tlv(context(0, true), &write_names(names)),
            Self::Relative(rdn) => tlv(context(1, true), rdn),
        }
    }
}

impl CrlDistributionPoints {
    /// The URIs of all points.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(DistributionPoint::uris)
    }
}

impl DistributionPoint {
    /// The URIs of this point.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        let names = match &self.name {
            Some(DistributionPointName::Full(names)) => &names[..],
            _ => &[],
        };
        names.iter().filter_map(|name| match name {
            GeneralName::Uri(uri) => Some(uri.as_str()),
            _ => None,
        })
    }
}

impl ExtensionValue for CrlDistributionPoints {
    const OID: Oid = oid::CRL_DISTRIBUTION_POINTS;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.sequence_of(DistributionPoint::read).map(Self)
    }

    fn write(&self) -> Vec<u8> {
        encoding::sequence_of(self.0.iter().map(DistributionPoint::write))
    }
}

pub(crate) fn general_names(content: &[u8]) -> Asn1Result<Vec<GeneralName>> {
    Input::new(content)?.each(GeneralName::read)
}

fn write_names(names: &[GeneralName]) -> Vec<u8> {
    names.iter().map(GeneralName::write).collect::<Vec<_>>().concat()
}

/// ReasonFlags ::= BIT STRING, under an implicit tag.
pub(crate) fn reason_flags(content: &[u8]) -> Asn1Result<u16> {
    let bits = encoding::tlv(Tag::BitString, content);
    Input::all(&bits, |input| input.any()?.decode_as::<BitStringRef<'_>>().map(named_bits).map_err(Into::into))
}
