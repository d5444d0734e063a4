//! "Policies MUST NOT be mapped either to or from the special value anyPolicy", and each issuerDomainPolicy SHOULD be
//! asserted in the same certificate.

use super::{Lint, Severity};
use crate::{Certificate, oid};

pub(super) const LINT: Lint =
    Lint { name: "policy_mappings", severity: Severity::Error, citation: "RFC 5280 §4.2.1.5", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    let mappings = &certificate.extensions().policy_mappings.as_ref()?.0;
    let asserted = |policy| certificate.extensions().policies.as_ref().is_some_and(|list| list.contains(policy));
    if !certificate.is_ca() {
        return Some("the subject is no CA".into());
    }
    mappings.iter().find_map(|(issuer, subject)| match () {
        () if *issuer == oid::ANY_POLICY || *subject == oid::ANY_POLICY => Some("anyPolicy is mapped".into()),
        () if !asserted(issuer) => Some(format!("{issuer} is mapped, but not asserted")),
        () => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::certificate::extension::PolicyInformation;
    use crate::oid;

    #[test]
    fn mapping_any_policy_or_what_is_not_asserted_is_found() {
        let key = key();
        assert!(!objects(
            &LINT,
            &ca(key).policies([PolicyInformation::new(oid::DSA)]).policy_mappings([(oid::DSA, oid::MGF1)])
        ));
        assert!(objects(
            &LINT,
            &ca(key).policies([PolicyInformation::new(oid::DSA)]).policy_mappings([(oid::MGF1, oid::DSA)])
        ));
        assert!(objects(&LINT, &ca(key).policy_mappings([(oid::ANY_POLICY, oid::DSA)])));
    }
}
