//! nameConstraints (RFC 5280 §4.2.1.10): the space in which a CA's names must lie.

use super::ExtensionValue;
use crate::encoding::{Asn1Result, Input, context, refuse, sequence, tlv};
use crate::name::GeneralName;
use crate::{Oid, oid};

/// ```text
/// NameConstraints ::= SEQUENCE { permittedSubtrees [0] GeneralSubtrees OPTIONAL, excludedSubtrees [1] GeneralSubtrees OPTIONAL }
/// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
/// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] BaseDistance DEFAULT 0, maximum [1] BaseDistance OPTIONAL }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameConstraints {
    /// Bases of the permitted subtrees.
    pub permitted: Vec<GeneralName>,
    /// Bases of the excluded subtrees.
    pub excluded: Vec<GeneralName>,
}

impl ExtensionValue for NameConstraints {
    const OID: Oid = oid::NAME_CONSTRAINTS;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let permitted = input.optional(context(0, true))?.map(subtrees).transpose()?;
            let excluded = input.optional(context(1, true))?.map(subtrees).transpose()?;
            if permitted.is_none() && excluded.is_none() {
                return refuse("neither permitted nor excluded subtrees");
            }
            Ok(Self { permitted: permitted.unwrap_or_default(), excluded: excluded.unwrap_or_default() })
        })
    }

    fn write(&self) -> Vec<u8> {
        let field = |number, bases: &[GeneralName]| match bases {
            [] => Vec::new(),
            bases => tlv(context(number, true), &bases.iter().map(subtree).collect::<Vec<_>>().concat()),
        };
        sequence(&[&field(0, &self.permitted), &field(1, &self.excluded)])
    }
}

fn subtrees(content: &[u8]) -> Asn1Result<Vec<GeneralName>> {
    match Input::new(content)?.each(|input| input.in_sequence(base))? {
        none if none.is_empty() => refuse("no subtree where there must be one"),
        bases => Ok(bases),
    }
}

/// "Within this profile, the minimum and maximum fields are not used … minimum MUST be zero, and maximum MUST be
/// absent": what sets them asks for something that we would not do, and is refused.
fn base(input: &mut Input<'_>) -> Asn1Result<GeneralName> {
    let base = GeneralName::read(input)?;
    match input.optional(context(0, false))? {
        None | Some([0]) if input.is_empty() => Ok(base),
        _ => refuse("a subtree with minimum or maximum"),
    }
}

fn subtree(base: &GeneralName) -> Vec<u8> {
    sequence(&[&base.write()])
}
