//! RFC 5280 §6.1, step by step: one path, found already and its signatures checked, from the anchor down to the leaf.
//!
//! Not here: §6.1.3 (a)(1), the signatures, which [`super::build`] checks edge by edge while it builds, and (a)(3),
//! revocation, which [`super::revocation`] looks into when all else is well.

use std::rc::Rc;

use super::ValidationRequest;
use super::budget::Budget;
use super::name_constraints::Constraints;
use super::policy_graph::{InitialPolicies, PolicyGraph};
use super::policy_output::PolicyOutput;
use super::witness::{Check, Silent, Witness};
use super::{InitialSubtrees, PolicyInputs, Purpose};
use crate::algorithm::AlgorithmPolicy;
use crate::certificate::extension::{KeyUsage, NameConstraints};
use crate::{Certificate, Error, Oid, Time, oid};

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

/// Judges a path (leaf first, anchor last); what its policies come to if it holds.
pub(super) fn check_path(
    path: &[Certificate],
    rules: &Rules<'_>,
    budget: &mut Budget,
    witness: &mut impl Witness,
) -> Result<PolicyOutput, Failure> {
    let (anchor, below) = path.split_last().ok_or_else(|| Failure::own(0, unreachable_path()))?;
    witness.at(below.len());
    check_anchor(anchor, below.is_empty(), rules, witness).map_err(|error| Failure::own(below.len(), error))?;
    let mut state = State::new(anchor, below.len(), rules);
    for (place, certificate) in below.iter().enumerate().rev() {
        witness.at(place);
        let checked = check_in_place(certificate, place, path.get(place + 1), rules, witness);
        checked.map_err(|error| Failure::own(place, error))?;
        let processed = state.process(certificate, place == 0, budget, witness);
        processed.map_err(|error| Failure::of_path(place, error))?;
    }
    witness.at(0);
    state.wrap_up(path.first(), witness).map_err(|error| Failure::of_path(0, error))
}

/// Of a path that has not reached an anchor, what can be said of each certificate (leaf first) without one.
pub(super) fn check_piece(path: &[Certificate], rules: &Rules<'_>, witness: &mut impl Witness) -> Result<(), Failure> {
    path.iter().enumerate().rev().try_for_each(|(place, certificate)| {
        witness.at(place);
        let checked = check_in_place(certificate, place, path.get(place + 1), rules, witness);
        checked.map_err(|error| Failure::own(place, error))
    })
}

/// What can be said of a certificate by its place, which is 0 for the leaf, and its issuer.
fn check_in_place(
    certificate: &Certificate,
    place: usize,
    issuer: Option<&Certificate>,
    rules: &Rules<'_>,
    witness: &mut impl Witness,
) -> Result<(), Error> {
    check_alone(certificate, issuer, rules, witness)?;
    match place {
        0 => witness.hear(Check::KeyUsage, check_last(certificate)),
        _ => check_ca(certificate, rules, witness),
    }
}

/// A path has the leaf at least; this is what is said if not.
fn unreachable_path() -> Error {
    Error::Malformed { what: "path", why: "no certificate in it".into() }
}

impl Failure {
    /// Of the certificate itself, on whatever path.
    fn own(place: usize, error: Error) -> Self {
        Self { error, place, intrinsic: true }
    }

    /// Of what is above the certificate on this path: policies, path lengths, and constraints, whether its names break
    /// them or nobody can say.
    fn of_path(place: usize, error: Error) -> Self {
        Self { error, place, intrinsic: false }
    }
}

/// An anchor is trusted, not checked; but what its certificate says of its own limits binds (RFC 5937 §3.2), and one
/// that has run out, or is no CA, is not what somebody meant to trust. A leaf that is itself an anchor need not be
/// a CA.
fn check_anchor(
    anchor: &Certificate,
    is_leaf: bool,
    rules: &Rules<'_>,
    witness: &mut impl Witness,
) -> Result<(), Error> {
    witness.hear(Check::Period, check_validity(anchor, rules.at))?;
    witness.hear(Check::CriticalExtensions, check_critical_extensions(anchor))?;
    // Version 1 roots cannot say that they are CAs.
    if is_leaf || anchor.version() != 3 {
        [Check::BasicConstraints, Check::KeyUsage, Check::Purpose].into_iter().for_each(|check| witness.idle(check));
        return Ok(());
    }
    check_ca_bits(anchor, witness)?;
    witness.hear(Check::Purpose, rules.purpose.check_ca(anchor))
}

/// Whether an intermediate may stand on a path at all, whoever issued it.
pub(super) fn may_be_intermediate(certificate: &Certificate, rules: &Rules<'_>) -> bool {
    let alone = check_validity(certificate, rules.at)
        .and_then(|()| check_subject(certificate))
        .and_then(|()| check_critical_extensions(certificate));
    alone.and_then(|()| check_ca(certificate, rules, &mut Silent)).is_ok()
}

/// Whether an anchor may stand above others.
pub(super) fn may_be_anchor(anchor: &Certificate, rules: &Rules<'_>) -> bool {
    check_anchor(anchor, false, rules, &mut Silent).is_ok()
}

/// Whether a signature by this issuer counts at all. Asked before the arithmetic, too: what nobody accepts may be dear.
pub(super) fn check_algorithm(
    certificate: &Certificate,
    issuer: &Certificate,
    algorithms: &AlgorithmPolicy,
    at: Time,
) -> Result<(), Error> {
    let accepted = algorithms.accepts(certificate.signature_algorithm(), issuer.public_key().algorithm(), at);
    accepted.map_err(|algorithm| Error::AlgorithmNotAccepted { algorithm, at })
}

/// What can be said of a certificate without looking at the rest of the path, but for its issuer's kind of key.
pub(super) fn check_alone(
    certificate: &Certificate,
    issuer: Option<&Certificate>,
    rules: &Rules<'_>,
    witness: &mut impl Witness,
) -> Result<(), Error> {
    witness.hear(Check::SerialNumber, check_serial(certificate))?;
    if let Some(issuer) = issuer {
        witness.hear(Check::Algorithms, check_algorithms(certificate, issuer, rules))?;
    }
    witness.hear(Check::Period, check_validity(certificate, rules.at))?;
    witness.hear(Check::Subject, check_subject(certificate))?;
    witness.hear(Check::CriticalExtensions, check_critical_extensions(certificate))?;
    match issuer {
        Some(_) => witness.hear(Check::Issuer, check_issuer(certificate)),
        None => Ok(()),
    }
}

/// §4.1.2.2
fn check_serial(certificate: &Certificate) -> Result<(), Error> {
    if certificate.serial().is_acceptable() { Ok(()) } else { Err(Error::SerialNumberInvalid) }
}

/// Of the signature, and of the certificate's own key.
fn check_algorithms(certificate: &Certificate, issuer: &Certificate, rules: &Rules<'_>) -> Result<(), Error> {
    check_algorithm(certificate, issuer, rules.algorithms, rules.at)?;
    let own = rules.algorithms.accepts_key(certificate.public_key().algorithm(), rules.at);
    own.map_err(|algorithm| Error::AlgorithmNotAccepted { algorithm, at: rules.at })
}

/// §4.1.2.4: "The issuer field MUST contain a non-empty distinguished name". An anchor without a name has no children.
/// That it is the subject of the certificate above, which §6.1.3 (a)(4) asks, is how that was found.
fn check_issuer(certificate: &Certificate) -> Result<(), Error> {
    match certificate.issuer().is_empty() {
        true => Err(Error::UnknownIssuer { issuer: certificate.issuer().clone() }),
        false => Ok(()),
    }
}

/// §6.1.3 (a)(2)
fn check_validity(certificate: &Certificate, at: Time) -> Result<(), Error> {
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    match () {
        () if at < not_before => Err(Error::CertificateNotYetValid { at, not_before }),
        () if at > not_after => Err(Error::CertificateExpired { at, not_after }),
        () => Ok(()),
    }
}

/// §4.1.2.6: "If the subject is a CA … then the subject field MUST be populated with a non-empty distinguished name",
/// and the same "if the subject is a CRL issuer (e.g., … the value of cRLSign is TRUE)"; if it is empty elsewhere, "the
/// subjectAltName extension MUST be critical".
fn check_subject(certificate: &Certificate) -> Result<(), Error> {
    let extensions = certificate.extensions();
    let signs_crls = extensions.key_usage.is_some_and(|usage| usage.contains(KeyUsage::CRL_SIGN));
    let may_be_nameless = !certificate.is_ca() && !signs_crls && extensions.is_critical(&oid::SUBJECT_ALT_NAME);
    if !certificate.subject().is_empty() || may_be_nameless {
        return Ok(());
    }
    invalid(
        oid::SUBJECT_ALT_NAME,
        "an empty subject needs a critical subjectAltName, and a CA or CRL issuer needs a subject (RFC 5280 §4.1.2.6)",
    )
}

/// Those that this engine processes, wherever it does so.
const PROCESSED: [Oid; 12] = [
    oid::BASIC_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::EXTENDED_KEY_USAGE,
    oid::INHIBIT_ANY_POLICY,
    oid::ISSUER_ALT_NAME,
    oid::KEY_USAGE,
    oid::NAME_CONSTRAINTS,
    oid::OCSP_NOCHECK,
    oid::POLICY_CONSTRAINTS,
    oid::POLICY_MAPPINGS,
    oid::SUBJECT_ALT_NAME,
];

/// "Conforming CAs MUST mark this extension as non-critical": who marks one critical asks of us that we do with it
/// something beyond the RFC, and we do not know what.
const NEVER_CRITICAL: [Oid; 6] = [
    oid::AUTHORITY_INFO_ACCESS,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::FRESHEST_CRL,
    oid::NO_REV_AVAIL,
    oid::SUBJECT_INFO_ACCESS,
    oid::SUBJECT_KEY_IDENTIFIER,
];

/// §6.1.4 (o), §6.1.5 (f)
fn check_critical_extensions(certificate: &Certificate) -> Result<(), Error> {
    let mut critical = certificate.extensions().all().filter(|extension| extension.critical);
    match critical.find(|extension| !PROCESSED.contains(&extension.oid)) {
        Some(extension) if NEVER_CRITICAL.contains(&extension.oid) => {
            invalid(extension.oid, "it must not be critical (RFC 5280 §4.2.1.1, .2, .15, §4.2.2, RFC 9608 §2)")
        }
        Some(unknown) => Err(Error::UnknownCriticalExtension { extension: unknown.oid }),
        None => check_qualifiers(certificate).and_then(|()| check_consistency(certificate)),
    }
}

/// §4.2.1.4: "If this extension is critical, the path validation software MUST be able to interpret this extension
/// (including the optional qualifier), or MUST reject the certificate."
fn check_qualifiers(certificate: &Certificate) -> Result<(), Error> {
    match certificate.extensions().uninterpreted_qualifier() {
        Some(kind) => Err(Error::InvalidExtension {
            extension: oid::CERTIFICATE_POLICIES,
            why: format!("it is critical, and its qualifier {kind} cannot be interpreted (RFC 5280 §4.2.1.4)"),
        }),
        None => Ok(()),
    }
}

/// §4.2.1.9: "CAs MUST NOT include the pathLenConstraint field unless the cA boolean is asserted and the key usage
/// extension asserts the keyCertSign bit." The first half is a contradiction; the second is checked with the CA.
/// §4.2.1.3: "When the keyUsage extension appears in a certificate, at least one of the bits MUST be set to 1."
fn check_consistency(certificate: &Certificate) -> Result<(), Error> {
    let extensions = certificate.extensions();
    match (extensions.basic_constraints, extensions.key_usage) {
        (Some(constraints), _) if !constraints.ca && constraints.path_len.is_some() => {
            invalid(oid::BASIC_CONSTRAINTS, "a path length for a subject that is no CA")
        }
        (_, Some(usage)) if usage.names().next().is_none() => invalid(oid::KEY_USAGE, "no usage in it"),
        _ => Ok(()),
    }
}

/// What only a CA may have, in the last certificate of a path if that is none. §4.2.1.3: "If the keyCertSign bit is
/// asserted, then the cA bit in the basic constraints extension MUST also be asserted." §4.2.1.10: "The name
/// constraints extension, which MUST be used only in a CA certificate".
fn check_last(certificate: &Certificate) -> Result<(), Error> {
    let extensions = certificate.extensions();
    match extensions.key_usage {
        _ if certificate.is_ca() => Ok(()),
        Some(usage) if usage.contains(KeyUsage::KEY_CERT_SIGN) => {
            invalid(oid::KEY_USAGE, "keyCertSign for a subject that is no CA")
        }
        _ if extensions.name_constraints.is_some() => {
            invalid(oid::NAME_CONSTRAINTS, "name constraints of a subject that is no CA")
        }
        _ => Ok(()),
    }
}

fn invalid(extension: Oid, why: &str) -> Result<(), Error> {
    Err(Error::InvalidExtension { extension, why: why.into() })
}

/// What every intermediate must be, on whatever path.
fn check_ca(certificate: &Certificate, rules: &Rules<'_>, witness: &mut impl Witness) -> Result<(), Error> {
    check_ca_bits(certificate, witness)?;
    witness.hear(Check::PolicyMappings, check_mappings(certificate))?;
    witness.hear(Check::Purpose, rules.purpose.check_ca(certificate))
}

/// §6.1.4 (a): "If a policy mappings extension is present, verify that the special value anyPolicy does not appear"
fn check_mappings(certificate: &Certificate) -> Result<(), Error> {
    let mappings = certificate.extensions().policy_mappings.as_ref();
    let special = |(issuer, subject): &(Oid, Oid)| *issuer == oid::ANY_POLICY || *subject == oid::ANY_POLICY;
    match mappings.is_some_and(|mappings| mappings.0.iter().any(special)) {
        true => invalid(oid::POLICY_MAPPINGS, "anyPolicy is mapped (RFC 5280 §6.1.4 (a))"),
        false => Ok(()),
    }
}

/// §6.1.4 (k): "If certificate i is a version 3 certificate, verify that the basicConstraints extension is present
/// and that cA is set to TRUE"; older versions are refused, as the RFC leaves it to us. (n): keyCertSign.
fn check_ca_bits(certificate: &Certificate, witness: &mut impl Witness) -> Result<(), Error> {
    let is_ca = if certificate.is_ca() { Ok(()) } else { Err(Error::NotACa) };
    witness.hear(Check::BasicConstraints, is_ca)?;
    let usage = certificate.extensions().key_usage;
    let may_sign = usage.is_none_or(|usage| usage.contains(KeyUsage::KEY_CERT_SIGN));
    let may_sign = if may_sign { Ok(()) } else { Err(Error::KeyUsageNotPermitted { usage: "keyCertSign" }) };
    witness.hear(Check::KeyUsage, may_sign)
}

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

/// The policies that count from an anchor down, as RFC 5937 §3.2 takes them into the inputs.
pub(super) fn initial_policies(anchor: &Certificate, rules: &Rules<'_>) -> InitialPolicies {
    let initial = (*rules.initial_policies).clone();
    match &anchor.extensions().policies {
        Some(listed) => initial.restrict(listed),
        None => initial,
    }
}

/// The state variables of §6.1.2, but for those of the signature.
struct State<'a> {
    graph: PolicyGraph,
    initial_policies: InitialPolicies,
    constraints: Constraints<'a>,
    counters: Counters,
}

impl<'a> State<'a> {
    /// §6.1.2; (b) and (c) start with the inputs, and RFC 5937 §3.2 adds the anchor's own.
    fn new(anchor: &'a Certificate, length: usize, rules: &Rules<'a>) -> Self {
        let mut constraints = Constraints::default();
        constraints.add(rules.initial_subtrees);
        constraints.add(anchor.extensions().name_constraints.as_ref());
        Self {
            graph: PolicyGraph::new(),
            initial_policies: initial_policies(anchor, rules),
            constraints,
            counters: Counters::new(anchor, length, rules),
        }
    }

    /// §6.1.3 (b) to (f), then §6.1.4 for all but the last certificate.
    fn process(
        &mut self,
        certificate: &'a Certificate,
        last: bool,
        budget: &mut Budget,
        witness: &mut impl Witness,
    ) -> Result<(), Error> {
        // (b), (c): "If certificate i is self-issued and it is not the final certificate in the path, skip this step"
        match self.constraints.is_empty() || (certificate.is_self_issued() && !last) {
            true => witness.idle(Check::NameConstraints),
            false => witness.hear(Check::NameConstraints, self.constraints.check(certificate, budget))?,
        }
        let policies = certificate.extensions().policies.as_ref();
        budget.policies(self.graph.width() + policies.map_or(0, |policies| policies.0.len()))?;
        self.graph.add(policies, self.counters.any_allowed(certificate, last));
        witness.hear(Check::Policies, self.require_policy())?;
        if last { Ok(()) } else { self.prepare_for_next(certificate, budget, witness) }
    }

    /// §6.1.3 (f): "Verify that either explicit_policy is greater than 0 or the valid_policy_graph is not equal to
    /// NULL"
    fn require_policy(&self) -> Result<(), Error> {
        let satisfied = self.counters.explicit_policy > 0 || !self.graph.is_null();
        if satisfied { Ok(()) } else { Err(Error::PolicyNotPermitted) }
    }

    /// §6.1.4
    fn prepare_for_next(
        &mut self,
        certificate: &'a Certificate,
        budget: &mut Budget,
        witness: &mut impl Witness,
    ) -> Result<(), Error> {
        // (b); (a) is `check_ca`'s
        if let Some(mappings) = &certificate.extensions().policy_mappings {
            budget.policies(mappings.0.len())?;
            match self.counters.policy_mapping > 0 {
                true => self.graph.map(mappings),
                false => self.graph.remove_mapped(mappings),
            }
        }
        witness.hear(Check::PathLength, self.counters.prepare_for_next(certificate))?;
        // (g)
        self.constraints.add(certificate.extensions().name_constraints.as_ref());
        Ok(())
    }

    /// §6.1.5 (a), (b) and (g)
    fn wrap_up(self, leaf: Option<&Certificate>, witness: &mut impl Witness) -> Result<PolicyOutput, Error> {
        let policies = self.graph.user_constrained(&self.initial_policies);
        let lacks_policy = self.counters.requires_policy_of(leaf) && policies.is_empty();
        witness.hear(Check::Policies, if lacks_policy { Err(Error::PolicyNotPermitted) } else { Ok(()) })?;
        Ok(PolicyOutput { policies, graph: self.graph })
    }
}
