//! Which evidence of revocation is of the time that is asked for, and how fresh it must be.
//!
//! The status as of a time is told by evidence *of* that time: made no later, and the next not yet due. That is all
//! that counts unless the request's [`RevocationPolicy`] says otherwise, in two ways:
//!
//! *For the certificates of a CA* ([`RevocationRule`]): evidence may be held to an age (`max_age`), may count for a
//! while after the next was due (`grace`), and a certificate of which nothing is known may be borne (`may_be_unknown`).
//! Nobody gets any of it by accident. An OCSP response that does not say when the next is due (`open_ended`) counts for a
//! day: that "newer revocation information is available all the time" (RFC 6960 §4.2.2.1) makes what is older a thing
//! that should have been asked for anew. The profile of RFC 9919 (once RFC 5019) would not have it at all, but `openssl
//! ocsp` and others leave nextUpdate out unless told; a rule may be as strict, or set another time. A CRL without
//! nextUpdate never counts.
//!
//! *For a past time* (`known_at`): evidence that was made after the time of validation, and by `known_at`, counts too.
//! It knows more of that time than any that was made before. What it says is weighed as follows.
//!
//! * *Revoked* counts from its date on: what was revoked after the time of validation was good then. But an
//!   invalidityDate (RFC 5280 §5.3.2) before that date counts in its place. *What of a signature that was made between
//!   the two?* The CA itself says that the key may have been in other hands; the date at which it came to know is not
//!   the date at which the harm began. So the signature is refused, whatever was known at the time.
//! * *Not revoked* counts only while a revocation would still be listed. §3.3: "An entry MUST NOT be removed from the
//!   CRL until it appears on one regularly scheduled CRL issued beyond the revoked certificate's validity period." A
//!   CRL of a time when the certificate had run out proves nothing by its silence, unless expiredCertsOnCRL (X.509
//!   §9.5.2.8) reaches back to the certificate's end; nor does an OCSP response, but for archiveCutoff (RFC 6960
//!   §4.4.4).
//! * *A hold that was lifted* is not listed any more: the newer evidence is believed, and the certificate was good all
//!   along. The CA has asked itself a question, and answered it. Evidence of the time itself, where nothing later is at
//!   hand, has the hold, and refuses.
//! * Who made it is judged at the time when it was made: its key, its certificate and its algorithm.

use std::collections::BTreeMap;

use crate::algorithm::PublicKey;
use crate::{Fingerprint, Time};

/// How fresh evidence of revocation must be, and what it means that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationPolicy {
    /// For certificates of CAs that have no rule of their own.
    default: RevocationRule,
    known_at: Option<Time>,
    rules: BTreeMap<Fingerprint, RevocationRule>,
}

/// What counts as evidence for the certificates of one CA. The default is what RFC 5280 §6.3 asks, and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevocationRule {
    /// How many seconds evidence may be old at the time of validation, however late the next is due; `None` is any.
    pub max_age: Option<u32>,
    /// How many seconds it counts after the next was due.
    pub grace: u32,
    /// Whether a certificate is borne of which nothing is known, where revocation is otherwise required. One that is
    /// known to be revoked never is.
    pub may_be_unknown: bool,
    /// How many seconds after its thisUpdate an OCSP response counts that has no nextUpdate; `None` is that it does not
    /// (RFC 9919 §5).
    pub open_ended: Option<u32>,
}

impl RevocationRule {
    /// What RFC 5280 §6.3 and RFC 6960 §3.2 ask, and no more.
    pub const fn strict() -> Self {
        Self { max_age: None, grace: 0, may_be_unknown: false, open_ended: Some(A_DAY) }
    }
}

impl Default for RevocationRule {
    fn default() -> Self {
        Self::strict()
    }
}

const A_DAY: u32 = 86_400;

impl RevocationPolicy {
    /// Evidence of the time itself, until the next is due; without it nothing is good.
    pub const fn strict() -> Self {
        Self { default: RevocationRule::strict(), known_at: None, rules: BTreeMap::new() }
    }

    /// Lets evidence of a past time count that was made until this one. Who asks over the network gives his own time, and
    /// whatever he bears in other people's clocks.
    pub fn known_at(mut self, time: Time) -> Self {
        self.known_at = Some(time);
        self
    }

    /// Until when evidence may have been made that counts for a past time.
    pub(super) fn latest(&self) -> Option<Time> {
        self.known_at
    }

    /// Lets another rule hold for the certificates of CAs that have none of their own.
    pub fn with_default(mut self, rule: RevocationRule) -> Self {
        self.default = rule;
        self
    }

    /// Lets another rule hold for the certificates that this key has signed.
    pub fn with_rule(mut self, ca: &PublicKey, rule: RevocationRule) -> Self {
        self.rules.insert(ca.fingerprint(), rule);
        self
    }

    /// The rule for the certificates that this key has signed.
    pub fn rule_of(&self, ca: &PublicKey) -> RevocationRule {
        match self.rules.is_empty() {
            true => self.default,
            false => self.rules.get(&ca.fingerprint()).copied().unwrap_or(self.default),
        }
    }
}

impl Default for RevocationPolicy {
    fn default() -> Self {
        Self::strict()
    }
}

/// The policy of a request that has none of its own.
pub(super) static STRICT: RevocationPolicy = RevocationPolicy::strict();

/// The time that is asked for, and the rule for the certificate in question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Freshness {
    pub(crate) at: Time,
    known_at: Option<Time>,
    rule: RevocationRule,
}

/// Why evidence is not of the time that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untimely {
    /// It was made later than may be.
    Later,
    /// The next one was due.
    Due(Time),
    /// It is older than the rule allows, by so many seconds in all.
    TooOld(u32),
}

impl Freshness {
    pub(crate) fn strict(at: Time) -> Self {
        Self { at, known_at: None, rule: STRICT.default }
    }

    pub(super) fn new(at: Time, policy: &RevocationPolicy, ca: &PublicKey) -> Self {
        Self { at, known_at: policy.known_at, rule: policy.rule_of(ca) }
    }

    /// Until when an OCSP response of this time counts that does not say so itself.
    pub(crate) fn end_of_open(self, this_update: Time) -> Option<Time> {
        self.rule.open_ended.map(|seconds| this_update.plus_seconds(seconds.into()))
    }

    /// Whether evidence that speaks of `this_update` until `next_update` counts; if so, the time at which its maker is
    /// judged.
    pub(crate) fn check(self, this_update: Time, next_update: Option<Time>) -> Result<Time, Untimely> {
        if this_update > self.at {
            return match self.known_at {
                Some(known_at) if this_update <= known_at => Ok(this_update),
                _ => Err(Untimely::Later),
            };
        }
        if let Some(due) = next_update.filter(|due| due.plus_seconds(self.rule.grace.into()) < self.at) {
            return Err(Untimely::Due(due));
        }
        match self.rule.max_age {
            Some(age) if this_update.plus_seconds(age.into()) < self.at => Err(Untimely::TooOld(age)),
            _ => Ok(self.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(this_update: i64, next_update: i64, rule: RevocationRule, known_at: Option<i64>) -> Result<i64, Untimely> {
        let freshness = Freshness { at: Time(100), known_at: known_at.map(Time), rule };
        freshness.check(Time(this_update), Some(Time(next_update))).map(|time| time.0)
    }

    #[test]
    fn evidence_counts_from_its_time_until_the_next_is_due() {
        let strict = RevocationRule::default();
        assert_eq!(check(100, 100, strict, None), Ok(100));
        assert_eq!(check(50, 99, strict, None), Err(Untimely::Due(Time(99))));
        assert_eq!(check(101, 200, strict, None), Err(Untimely::Later));
    }

    #[test]
    fn a_rule_shortens_and_prolongs() {
        let rule = RevocationRule { max_age: Some(10), grace: 5, ..RevocationRule::default() };
        assert_eq!(check(90, 95, rule, None), Ok(100));
        assert_eq!(check(90, 94, rule, None), Err(Untimely::Due(Time(94))));
        assert_eq!(check(89, 200, rule, None), Err(Untimely::TooOld(10)));
    }

    #[test]
    fn later_evidence_counts_until_what_is_known() {
        let strict = RevocationRule::default();
        assert_eq!(check(150, 160, strict, Some(150)), Ok(150));
        assert_eq!(check(151, 160, strict, Some(150)), Err(Untimely::Later));
        assert_eq!(
            check(50, 99, strict, Some(150)),
            Err(Untimely::Due(Time(99))),
            "it says nothing of what came after"
        );
    }
}
