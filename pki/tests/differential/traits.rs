//! What a hierarchy has of itself, whatever was done to it on purpose: the rules of the table ask for it.

use pki::name::GeneralName;
use pki::oid;
use pki::path::PolicyInputs;

use crate::shape::Hierarchy;

impl Hierarchy {
    /// Notes what has become of a certificate.
    pub(crate) fn note(&mut self, what: &str, at: usize) {
        let whose = match at {
            _ if at == self.leaf => "leaf",
            _ if self.anchors.contains(&at) => "anchor",
            _ => "CA",
        };
        self.traits.push(format!("{what}: {whose}"));
    }

    pub(crate) fn note_sums(&mut self, asked: &PolicyInputs) {
        if !asked.initial_policy_set.contains(&oid::ANY_POLICY) {
            self.traits.push("some policies are asked for".into());
        }
        let constraining = self.plans.iter().filter(|plan| !plan.permitted.is_empty() || !plan.excluded.is_empty());
        if constraining.count() > 1 {
            self.traits.push("several constrain names".into());
        }
        for at in 0..self.plans.len() {
            let plan = &self.plans[at];
            let kinds = [
                ("name constraints", !plan.permitted.is_empty() || !plan.excluded.is_empty()),
                (
                    "wildcard",
                    plan.names.iter().any(|name| matches!(name, GeneralName::Dns(name) if name.starts_with('*'))),
                ),
                ("mapping", !plan.mappings.is_empty()),
                ("anyPolicy mapped", plan.mappings.iter().any(|(from, _)| *from == oid::ANY_POLICY)),
                ("self-issued certificate", plan.is_self_issued() && plan.issuer.key != plan.subject.key),
            ];
            kinds.iter().filter(|(_, is_so)| *is_so).for_each(|(what, _)| self.note(what, at));
        }
    }
}
