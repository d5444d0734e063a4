//! The report of a validation: what was checked of every certificate, what was taken for granted, and which paths were
//! considered and rejected.
//!
//! The search itself is the one of [`super::validate`]; it only takes down the paths that it rejects. Its verdict stands
//! when the told path is walked once more by the same rules with a [`Trace`], which goes on where the verdict had ended.

use super::report::{RevocationNote, RevocationStatus, Verdict};
use super::rules::Rules;
use super::search::{Found, Search, id};
use super::validate::{check_path, check_piece};
use super::witness::{Check, Heard, Trace, Witness as _};
use super::{PolicyInputs, Purpose, RevocationMode, RevocationScope, ValidationRequest};
use crate::algorithm::AlgorithmPolicy;
use crate::certificate::extension::Extensions;
use crate::{Certificate, Error, Time, oid};

/// How many rejected paths are told of. Hostile heaps have thousands, and nobody reads them.
const MAX_TOLD: usize = 16;

/// What was checked, and what was not.
#[derive(Debug, Clone)]
pub struct Report {
    /// The time of validation.
    pub at: Time,
    /// The accepted path, or the one of the most telling failure: from the leaf to the anchor, or as far as it led.
    pub certificates: Vec<Examined>,
    /// What was taken for granted, or not asked.
    pub assumptions: Vec<Assumption>,
    /// The paths that were walked and do not hold, in the order in which they were; some 16 of them.
    pub rejected: Vec<Rejected>,
    /// How many more there were.
    pub rejected_untold: u32,
}

/// One certificate of the told path.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The certificate.
    pub certificate: Certificate,
    /// What it is on the path.
    pub role: Role,
    /// What came of each check that a certificate in this role undergoes.
    pub checks: Vec<Checked>,
    /// What is known of its revocation, if that was looked into.
    pub revocation: Option<RevocationNote>,
}

/// What a certificate is on its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Trusted, and not checked but for its own limits. A leaf that is trusted itself is one.
    Anchor,
    /// Between the two.
    Intermediate,
    /// The certificate in question.
    Leaf,
}

impl Role {
    /// `anchor`, `intermediate` or `leaf`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Anchor => "anchor",
            Self::Intermediate => "intermediate",
            Self::Leaf => "leaf",
        }
    }

    fn checks(self) -> impl Iterator<Item = Check> {
        Check::ALL.into_iter().filter(move |check| match (self, check) {
            (Self::Anchor, Check::Period | Check::CriticalExtensions | Check::Purpose) => true,
            (Self::Anchor, Check::BasicConstraints | Check::KeyUsage) => true,
            (Self::Anchor, _) => false,
            (Self::Intermediate, check) => *check != Check::Names,
            (Self::Leaf, check) => {
                !matches!(check, Check::BasicConstraints | Check::PathLength | Check::PolicyMappings)
            }
        })
    }
}

/// A check and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The check.
    pub check: Check,
    /// What came of it.
    pub outcome: CheckOutcome,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// In order.
    Passed,
    /// Not in order.
    Failed(Error),
    /// Nothing is known, and that was borne.
    Unknown(Error),
    /// There is nothing to check: no constraints above, or no revocation (RFC 9608).
    NotApplicable,
    /// The request does not ask for it.
    NotAsked,
    /// Something else had ended the path before.
    NotReached,
}

impl CheckOutcome {
    /// A stable name for programs, snake_case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Unknown(_) => "unknown",
            Self::NotApplicable => "not_applicable",
            Self::NotAsked => "not_asked",
            Self::NotReached => "not_reached",
        }
    }

    /// Why it failed, or why nothing is known.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Failed(error) | Self::Unknown(error) => Some(error),
            _ => None,
        }
    }
}

/// A path that was walked and does not hold.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// From the leaf as far as it led.
    pub path: Vec<Certificate>,
    /// The certificate that it failed with.
    pub certificate: Certificate,
    /// Why.
    pub error: Error,
}

/// The paths that a search has rejected.
#[derive(Debug, Default)]
pub(super) struct Rejections {
    told: Vec<Rejected>,
    untold: u32,
}

impl Rejections {
    pub(super) fn add(&mut self, error: &Error, certificate: &Certificate, path: &[Certificate]) {
        match self.told.len() < MAX_TOLD {
            true => {
                self.told.push(Rejected { path: path.to_vec(), certificate: certificate.clone(), error: error.clone() })
            }
            false => self.untold = self.untold.saturating_add(1),
        }
    }
}

/// What was taken for granted, or not asked: each is something that another request might have asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assumption {
    /// The anchor's certificate limits the paths below it (RFC 5937 §3.2), by these extensions.
    AnchorConstraints(Vec<&'static str>),
    /// No name was asked for.
    AnyName,
    /// No policy was asked for, so that none needs to hold.
    AnyPolicy,
    /// Nor a purpose.
    AnyPurpose,
    /// Evidence counts for so many seconds after the next was due.
    Grace(u32),
    /// Evidence that was made after the time of validation counts, until this time.
    KnownAt(Time),
    /// Weak algorithms of old count.
    LegacyAlgorithms,
    /// Evidence counts only so many seconds after it was made.
    MaxAge(u32),
    /// The time of validation is when it was asked. Who asks adds this himself, as the engine has no clock.
    Now,
    /// So many signatures were not checked again, as the same key was found to have made them before.
    RememberedSignatures(u32),
    /// Revocation that is not known is borne.
    RevocationBestEffort,
    /// Only the leaf's revocation was looked into.
    RevocationOfLeaf,
    /// Revocation was not looked into.
    RevocationOff,
    /// A rule of the caller bears that of certificates of a CA on the path nothing is known.
    RevocationMayBeUnknown,
}

impl Assumption {
    /// A stable name for programs, snake_case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AnchorConstraints(_) => "anchor_constraints",
            Self::AnyName => "any_name",
            Self::AnyPolicy => "any_policy",
            Self::AnyPurpose => "any_purpose",
            Self::Grace(_) => "grace",
            Self::KnownAt(_) => "known_at",
            Self::LegacyAlgorithms => "legacy_algorithms",
            Self::MaxAge(_) => "max_age",
            Self::Now => "now",
            Self::RememberedSignatures(_) => "remembered_signatures",
            Self::RevocationBestEffort => "revocation_best_effort",
            Self::RevocationOfLeaf => "revocation_of_leaf",
            Self::RevocationOff => "revocation_off",
            Self::RevocationMayBeUnknown => "revocation_may_be_unknown",
        }
    }

    /// Of the request alone.
    fn of_request(request: &ValidationRequest<'_>) -> impl Iterator<Item = Self> {
        let PolicyInputs { initial_policy_set: policies, explicit, .. } = &request.policies;
        let any_policy = !explicit && (policies.is_empty() || policies.contains(&oid::ANY_POLICY));
        let of_leaf = request.revocation != RevocationMode::Off && request.revocation_scope == RevocationScope::Leaf;
        [
            (any_policy, Self::AnyPolicy),
            (request.purpose == Purpose::Any && request.key_usage.is_none(), Self::AnyPurpose),
            (request.names.is_empty(), Self::AnyName),
            (request.algorithms.sha1_until == AlgorithmPolicy::legacy().sha1_until, Self::LegacyAlgorithms),
            (request.revocation == RevocationMode::Off, Self::RevocationOff),
            (request.revocation == RevocationMode::BestEffort, Self::RevocationBestEffort),
            (of_leaf, Self::RevocationOfLeaf),
        ]
        .into_iter()
        .filter_map(|(holds, assumption)| holds.then_some(assumption))
    }

    /// Of how evidence is judged, for the CAs of a path.
    fn of_evidence(request: &ValidationRequest<'_>, path: &[Certificate]) -> Vec<Self> {
        if request.revocation == RevocationMode::Off {
            return Vec::new();
        }
        let mut found: Vec<_> = request.revocation_policy.latest().map(Self::KnownAt).into_iter().collect();
        for rule in path.iter().skip(1).map(|issuer| request.revocation_policy.rule_of(issuer.public_key())) {
            found.extend(Some(rule.grace).filter(|grace| *grace > 0).map(Self::Grace));
            found.extend(rule.max_age.map(Self::MaxAge));
            found.extend(rule.may_be_unknown.then_some(Self::RevocationMayBeUnknown));
        }
        let mut told = Vec::new();
        found.into_iter().for_each(|one| {
            if !told.contains(&one) {
                told.push(one)
            }
        });
        told
    }

    fn of_anchor(extensions: &Extensions) -> Option<Self> {
        let path_length = extensions.basic_constraints.is_some_and(|basic| basic.path_len.is_some());
        let limits = [
            (extensions.name_constraints.is_some(), "nameConstraints"),
            (extensions.policies.is_some(), "certificatePolicies"),
            (extensions.policy_constraints.is_some(), "policyConstraints"),
            (extensions.inhibit_any_policy.is_some(), "inhibitAnyPolicy"),
            (path_length, "pathLenConstraint"),
        ];
        let limits: Vec<_> = limits.into_iter().filter_map(|(is_there, name)| is_there.then_some(name)).collect();
        (!limits.is_empty()).then_some(Self::AnchorConstraints(limits))
    }
}

/// The path that a report tells, with what the search had found out about it.
struct Told<'s> {
    path: &'s [Certificate],
    notes: &'s [RevocationNote],
    /// Why it does not hold, and the place of the certificate.
    failure: Option<(usize, &'s Error)>,
    is_whole: bool,
    trace: Trace,
}

impl Search<'_> {
    /// The verdict with its report.
    pub(super) fn explain(mut self) -> (Verdict, Report) {
        self.rejections = Some(Rejections::default());
        let found = self.search();
        let report = self.report(found.as_ref());
        (self.conclude(found), report)
    }

    fn report(&mut self, found: Option<&Found>) -> Report {
        let rejections = self.rejections.take().unwrap_or_default();
        let best = self.best.take().unwrap_or_else(|| self.nowhere());
        let place = best.path.iter().position(|one| *one == best.certificate).unwrap_or_default();
        let (path, notes, failure) = match found {
            Some(found) => (&found.path[..], &found.notes[..], None),
            None => (&best.path[..], &best.notes[..], Some((place, &best.error))),
        };
        let is_whole = path.last().is_some_and(|last| self.heap.is_anchor(last));
        let mut told = Told { path, notes, failure, is_whole, trace: Trace::default() };
        self.retrace(&mut told);
        let report = Report {
            at: self.request.at,
            certificates: (0..path.len()).map(|place| self.examine(&told, place)).collect(),
            assumptions: self.assumptions(&told),
            rejected: rejections.told,
            rejected_untold: rejections.untold,
        };
        self.best = Some(best);
        report
    }

    /// The same rules again, with a budget of their own. That it may run out too leaves checks that were not reached.
    fn retrace(&self, told: &mut Told<'_>) {
        let (rules, mut budget) = (Rules::of(self.request), self.request.budget);
        let _ = match told.is_whole {
            true => check_path(told.path, &rules, &mut budget, &mut told.trace).map(drop),
            false => check_piece(told.path, &rules, &mut told.trace),
        };
        told.trace.at(0);
        let _ = self.check_expectations(&told.path[0], &mut told.trace);
        // What the search alone knows: signatures, revocation, issuers that are not there.
        if let Some((place, error)) = told.failure
            && !told.trace.has(place, error)
        {
            told.trace.at(place);
            let _ = Check::of(error).map(|check| told.trace.hear(check, Err(error.clone())));
        }
    }

    fn examine(&self, told: &Told<'_>, place: usize) -> Examined {
        let role = match place {
            last if told.is_whole && last + 1 == told.path.len() => Role::Anchor,
            0 => Role::Leaf,
            _ => Role::Intermediate,
        };
        let checked = |check| Checked { check, outcome: self.outcome(told, place, check) };
        Examined {
            certificate: told.path[place].clone(),
            role,
            checks: role.checks().map(checked).collect(),
            revocation: told.notes.get(place).cloned(),
        }
    }

    fn outcome(&self, told: &Told<'_>, place: usize, check: Check) -> CheckOutcome {
        match (check, told.trace.of(place, check)) {
            (_, Some(Heard::Failed(error))) if check != Check::Revocation => CheckOutcome::Failed(error.clone()),
            (Check::Signature, _) => self.signature(told, place),
            (Check::Revocation, _) => self.revocation(told, place),
            (Check::Names, _) if self.request.names.is_empty() => CheckOutcome::NotAsked,
            (Check::Purpose, _) if self.request.purpose == Purpose::Any => CheckOutcome::NotAsked,
            (_, Some(Heard::Idle)) => CheckOutcome::NotApplicable,
            (_, Some(_)) => CheckOutcome::Passed,
            (_, None) => CheckOutcome::NotReached,
        }
    }

    fn signature(&self, told: &Told<'_>, place: usize) -> CheckOutcome {
        let known = told.path.get(place + 1).and_then(|issuer| self.edges.get(&(id(&told.path[place]), id(issuer))));
        match known {
            _ if told.failure.is_none() && told.is_whole => CheckOutcome::Passed,
            Some(Ok(())) => CheckOutcome::Passed,
            Some(Err(error)) => CheckOutcome::Failed(error.clone()),
            None => CheckOutcome::NotReached,
        }
    }

    fn revocation(&self, told: &Told<'_>, place: usize) -> CheckOutcome {
        let only_leaf = self.request.revocation_scope == RevocationScope::Leaf;
        match told.notes.get(place).map(|note| &note.status) {
            _ if self.request.revocation == RevocationMode::Off || (only_leaf && place > 0) => CheckOutcome::NotAsked,
            None => CheckOutcome::NotReached,
            Some(RevocationStatus::Good) => CheckOutcome::Passed,
            Some(RevocationStatus::NotPublished) => CheckOutcome::NotApplicable,
            Some(RevocationStatus::Revoked(error)) => CheckOutcome::Failed(error.clone()),
            Some(RevocationStatus::Unknown(error)) => match told.path.get(place + 1) {
                Some(issuer) if self.may_be_unknown(issuer) => CheckOutcome::Unknown(error.clone()),
                _ => CheckOutcome::Failed(error.clone()),
            },
        }
    }

    fn assumptions(&self, told: &Told<'_>) -> Vec<Assumption> {
        let anchor = told.path.last().filter(|_| told.is_whole);
        let remembered = Some(self.signatures_remembered).filter(|count| *count > 0);
        let of_request = Assumption::of_request(self.request);
        let of_path = Assumption::of_evidence(self.request, told.path);
        let of_anchor = anchor.and_then(|anchor| Assumption::of_anchor(anchor.extensions()));
        let remembered = remembered.map(Assumption::RememberedSignatures);
        of_request.chain(of_path).chain(of_anchor).chain(remembered).collect()
    }
}
