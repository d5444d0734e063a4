//! What a path is judged by, and what is said of one that does not hold.

use std::rc::Rc;

use super::policy_graph::InitialPolicies;
use super::{InitialSubtrees, PolicyInputs, Purpose, ValidationRequest};
use crate::algorithm::AlgorithmPolicy;
use crate::certificate::extension::NameConstraints;
use crate::{Error, Time};

/// What a path is judged by: a part of the request, or for the path of a CRL issuer less than that.
#[derive(Debug, Clone)]
pub(super) struct Rules<'a> {
    pub(super) at: Time,
    pub(super) algorithms: &'a AlgorithmPolicy,
    pub(super) policies: PolicyInputs,
    /// The user-initial-policy-set of them, which may be long and is asked often.
    pub(super) initial_policies: Rc<InitialPolicies>,
    /// Inputs (h) and (i) of §6.1.1.
    pub(super) initial_subtrees: Option<&'a NameConstraints>,
    pub(super) purpose: Purpose,
    pub(super) max_depth: Option<u32>,
}

/// What went wrong, with which certificate, and whether it would on every other path through it.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// Counted from the leaf, which is 0.
    pub(super) place: usize,
    pub(super) intrinsic: bool,
}

impl<'a> Rules<'a> {
    pub(super) fn of(request: &ValidationRequest<'a>) -> Self {
        Self {
            at: request.at,
            algorithms: request.algorithms,
            policies: request.policies.clone(),
            initial_policies: Rc::new(InitialPolicies::new(&request.policies.initial_policy_set)),
            initial_subtrees: request.initial_subtrees.map(InitialSubtrees::constraints),
            purpose: request.purpose,
            max_depth: request.max_depth,
        }
    }

    /// For the issuer of a CRL: any policy, any purpose, any name that its CAs allow.
    pub(super) fn of_crl_issuer(&self) -> Self {
        Self {
            at: self.at,
            algorithms: self.algorithms,
            policies: PolicyInputs::default(),
            initial_policies: Rc::new(InitialPolicies::Any),
            initial_subtrees: None,
            purpose: Purpose::Any,
            max_depth: None,
        }
    }
}

impl Failure {
    /// Of the certificate itself, on whatever path.
    pub(super) fn own(place: usize, error: Error) -> Self {
        Self { error, place, intrinsic: true }
    }

    /// Of what is above the certificate on this path: policies, path lengths, and constraints, whether its names break
    /// them or nobody can say.
    pub(super) fn of_path(place: usize, error: Error) -> Self {
        Self { error, place, intrinsic: false }
    }
}
