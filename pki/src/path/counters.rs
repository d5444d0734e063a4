//! The state variables of RFC 5280 §6.1.2 that are numbers.

use super::rules::Rules;
use crate::{Certificate, Error};

/// The state variables of §6.1.2 that are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) explicit_policy: usize,
    pub(super) inhibit_any_policy: usize,
    pub(super) policy_mapping: usize,
    pub(super) max_path_length: u32,
    /// What `max_path_length` was set to last, for the message.
    pub(super) allowed: u32,
}

impl Counters {
    /// §6.1.2 (d) to (f) and (k), for paths of `length` or shorter, with what the anchor itself says.
    pub(super) fn new(anchor: &Certificate, length: usize, rules: &Rules<'_>) -> Self {
        let counter = |inhibited: bool| if inhibited { 0 } else { length.saturating_add(1) };
        let mut counters = Self {
            explicit_policy: counter(rules.policies.explicit),
            inhibit_any_policy: counter(rules.policies.inhibit_any),
            policy_mapping: counter(rules.policies.inhibit_mapping),
            max_path_length: rules.max_depth.unwrap_or(u32::MAX),
            allowed: rules.max_depth.unwrap_or(u32::MAX),
        };
        counters.take_limits(anchor);
        counters
    }

    /// §6.1.4 (h) and (l), which count the certificates that are not self-issued, then (i), (j) and (m).
    pub(super) fn prepare_for_next(&mut self, certificate: &Certificate) -> Result<(), Error> {
        let mut within = Ok(());
        if !certificate.is_self_issued() {
            self.explicit_policy = self.explicit_policy.saturating_sub(1);
            self.policy_mapping = self.policy_mapping.saturating_sub(1);
            self.inhibit_any_policy = self.inhibit_any_policy.saturating_sub(1);
            match self.max_path_length.checked_sub(1) {
                Some(left) => self.max_path_length = left,
                None => within = Err(Error::PathLengthExceeded { allowed: self.allowed }),
            }
        }
        self.take_limits(certificate);
        within
    }

    /// (i) policy constraints, (j) inhibitAnyPolicy, (m) path length.
    fn take_limits(&mut self, certificate: &Certificate) {
        let extensions = certificate.extensions();
        let lower = |counter: &mut usize, limit: Option<u32>| {
            *counter = limit.map_or(*counter, |limit| (*counter).min(limit as usize));
        };
        let policy = extensions.policy_constraints.as_ref();
        lower(&mut self.explicit_policy, policy.and_then(|policy| policy.require_explicit_policy));
        lower(&mut self.policy_mapping, policy.and_then(|policy| policy.inhibit_policy_mapping));
        lower(&mut self.inhibit_any_policy, extensions.inhibit_any_policy.map(|inhibit| inhibit.0));
        let path_len = extensions.basic_constraints.filter(|basic| basic.ca).and_then(|basic| basic.path_len);
        if let Some(limit) = path_len.filter(|limit| *limit < self.max_path_length) {
            (self.max_path_length, self.allowed) = (limit, limit);
        }
    }

    /// §6.1.3 (d)(2): whether anyPolicy of this certificate counts.
    pub(super) fn any_allowed(&self, certificate: &Certificate, last: bool) -> bool {
        self.inhibit_any_policy > 0 || (certificate.is_self_issued() && !last)
    }

    /// §6.1.5 (a) and (b): whether a policy is required of the path after all.
    pub(super) fn requires_policy_of(&self, leaf: Option<&Certificate>) -> bool {
        let constraints = leaf.and_then(|leaf| leaf.extensions().policy_constraints);
        let required = constraints.is_some_and(|constraints| constraints.require_explicit_policy == Some(0));
        required || self.explicit_policy.saturating_sub(1) == 0
    }
}
