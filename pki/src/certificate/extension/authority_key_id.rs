//! authorityKeyIdentifier (RFC 5280 §4.2.1.1): which of the issuer's keys has signed.

use super::ExtensionValue;
use crate::encoding::{Asn1Result, Input, context, minimal_integer, refuse, sequence, tlv};
use crate::name::GeneralName;
use crate::{Oid, oid};

/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE {
///      keyIdentifier             [0] KeyIdentifier            OPTIONAL,
///      authorityCertIssuer       [1] GeneralNames             OPTIONAL,
///      authorityCertSerialNumber [2] CertificateSerialNumber  OPTIONAL }
///      -- authorityCertIssuer and authorityCertSerialNumber MUST both be present or both be absent
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorityKeyId {
    /// keyIdentifier
    pub key_id: Option<Vec<u8>>,
    /// authorityCertIssuer
    pub issuer: Vec<GeneralName>,
    /// authorityCertSerialNumber: the content of the INTEGER.
    pub serial: Option<Vec<u8>>,
}

impl ExtensionValue for AuthorityKeyId {
    const OID: Oid = oid::AUTHORITY_KEY_IDENTIFIER;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let key_id = input.optional(context(0, false))?.map(<[u8]>::to_vec);
            let issuer = input.optional(context(1, true))?;
            let issuer =
                issuer.map(|names| Input::new(names)?.each(GeneralName::read)).transpose()?.unwrap_or_default();
            let serial = input.optional(context(2, false))?.map(minimal_integer).transpose()?.map(<[u8]>::to_vec);
            match issuer.is_empty() == serial.is_none() {
                true => Ok(Self { key_id, issuer, serial }),
                false => refuse("an issuer without a serial number, or the other way round"),
            }
        })
    }

    fn write(&self) -> Vec<u8> {
        let issuer = match &self.issuer[..] {
            [] => Vec::new(),
            names => tlv(context(1, true), &names.iter().map(GeneralName::write).collect::<Vec<_>>().concat()),
        };
        let plain = |number, content: &Option<Vec<u8>>| {
            content.as_ref().map(|content| tlv(context(number, false), content)).unwrap_or_default()
        };
        sequence(&[&plain(0, &self.key_id), &issuer, &plain(2, &self.serial)])
    }
}
