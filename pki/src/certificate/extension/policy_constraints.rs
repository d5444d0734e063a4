//! policyConstraints (RFC 5280 §4.2.1.11): from when on a policy is required, and mapping forbidden.

use super::ExtensionValue;
use crate::encoding::{Asn1Result, Input, context, counter, refuse, sequence, tlv, unsigned_content};
use crate::{Oid, oid};

/// ```text
/// PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] SkipCerts OPTIONAL, inhibitPolicyMapping [1] SkipCerts OPTIONAL }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// After how many more certificates a policy is required.
    pub require_explicit_policy: Option<u32>,
    /// After how many more certificates mapping is forbidden.
    pub inhibit_policy_mapping: Option<u32>,
}

impl ExtensionValue for PolicyConstraints {
    const OID: Oid = oid::POLICY_CONSTRAINTS;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let require_explicit_policy = input.optional(context(0, false))?.map(counter).transpose()?;
            let inhibit_policy_mapping = input.optional(context(1, false))?.map(counter).transpose()?;
            match (require_explicit_policy, inhibit_policy_mapping) {
                (None, None) => refuse("no constraint in it"),
                _ => Ok(Self { require_explicit_policy, inhibit_policy_mapping }),
            }
        })
    }

    fn write(&self) -> Vec<u8> {
        let field = |number, skip: Option<u32>| {
            skip.map(|skip| tlv(context(number, false), &unsigned_content(u64::from(skip)))).unwrap_or_default()
        };
        sequence(&[&field(0, self.require_explicit_policy), &field(1, self.inhibit_policy_mapping)])
    }
}
