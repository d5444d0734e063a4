//! issuingDistributionPoint (RFC 5280 §5.2.5): which certificates a CRL covers.

use crate::certificate::extension::{DistributionPointName, ExtensionValue, reason_flags};
use crate::encoding::{self, Asn1Result, Input, context, named_bits_content, refuse, tlv};
use crate::{Oid, oid};

/// ```text
/// IssuingDistributionPoint ::= SEQUENCE {
///      distributionPoint          [0] DistributionPointName OPTIONAL,
///      onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
///      onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
///      onlySomeReasons            [3] ReasonFlags OPTIONAL,
///      indirectCRL                [4] BOOLEAN DEFAULT FALSE,
///      onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IssuingDistributionPoint {
    /// distributionPoint
    pub name: Option<DistributionPointName>,
    /// onlyContainsUserCerts
    pub only_user_certs: bool,
    /// onlyContainsCACerts
    pub only_ca_certs: bool,
    /// onlySomeReasons, bit 0 lowest; absent is all of them.
    pub only_some_reasons: Option<u16>,
    /// indirectCRL
    pub indirect: bool,
    /// onlyContainsAttributeCerts
    pub only_attribute_certs: bool,
}

impl ExtensionValue for IssuingDistributionPoint {
    const OID: Oid = oid::ISSUING_DISTRIBUTION_POINT;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            Ok(Self {
                name: input.optional(context(0, true))?.map(DistributionPointName::read).transpose()?,
                only_user_certs: flag(input, 1)?,
                only_ca_certs: flag(input, 2)?,
                only_some_reasons: input.optional(context(3, false))?.map(reason_flags).transpose()?,
                indirect: flag(input, 4)?,
                only_attribute_certs: flag(input, 5)?,
            })
        })
    }

    fn write(&self) -> Vec<u8> {
        let flag = |number, set| {
            if set { tlv(context(number, false), &[0xff]) } else { Vec::new() }
        };
        let name = self.name.as_ref().map(|name| tlv(context(0, true), &name.write())).unwrap_or_default();
        let reasons = self.only_some_reasons.map(|bits| tlv(context(3, false), &named_bits_content(bits)));
        encoding::sequence(&[
            &name,
            &flag(1, self.only_user_certs),
            &flag(2, self.only_ca_certs),
            &reasons.unwrap_or_default(),
            &flag(4, self.indirect),
            &flag(5, self.only_attribute_certs),
        ])
    }
}

fn flag(input: &mut Input<'_>, number: u32) -> Asn1Result<bool> {
    match input.optional(context(number, false))? {
        None | Some([0]) => Ok(false),
        Some([0xff]) => Ok(true),
        Some(_) => refuse("a BOOLEAN that is neither TRUE nor FALSE"),
    }
}
