//! The checks that a certificate of a path undergoes, by name, and who looks on.
//!
//! The rules of a path tell a [`Witness`] what came of each check. [`Silent`] hears nothing and costs nothing: with it
//! the first failure ends the path, as RFC 5280 §6.1 has it. A [`Trace`] takes down everything, and lets the rules go on
//! after a failure, so that one walk tells all that is wrong.

use crate::Error;

/// A check, in the order in which a report tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// The issuer's signature.
    Signature,
    /// That the algorithms of signature and key were acceptable at the time.
    Algorithms,
    /// The form of the serial number.
    SerialNumber,
    /// The period of validity.
    Period,
    /// Revocation.
    Revocation,
    /// That the issuer's name is the subject of the certificate above.
    Issuer,
    /// That there is a subject where one must be.
    Subject,
    /// The name constraints of the CAs above.
    NameConstraints,
    /// Certificate policies.
    Policies,
    /// That no mapping touches anyPolicy.
    PolicyMappings,
    /// That a CA is marked as one.
    BasicConstraints,
    /// How many CAs there may be below those above.
    PathLength,
    /// Key usage.
    KeyUsage,
    /// That every critical extension is understood.
    CriticalExtensions,
    /// The purpose asked for, and extended key usage.
    Purpose,
    /// The names asked for.
    Names,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Signature,
        Self::Algorithms,
        Self::SerialNumber,
        Self::Period,
        Self::Revocation,
        Self::Issuer,
        Self::Subject,
        Self::NameConstraints,
        Self::Policies,
        Self::PolicyMappings,
        Self::BasicConstraints,
        Self::PathLength,
        Self::KeyUsage,
        Self::CriticalExtensions,
        Self::Purpose,
        Self::Names,
    ];

    /// A stable name for programs, snake_case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Algorithms => "algorithms",
            Self::SerialNumber => "serial_number",
            Self::Period => "period",
            Self::Revocation => "revocation",
            Self::Issuer => "issuer",
            Self::Subject => "subject",
            Self::NameConstraints => "name_constraints",
            Self::Policies => "policies",
            Self::PolicyMappings => "policy_mappings",
            Self::BasicConstraints => "basic_constraints",
            Self::PathLength => "path_length",
            Self::KeyUsage => "key_usage",
            Self::CriticalExtensions => "critical_extensions",
            Self::Purpose => "purpose",
            Self::Names => "names",
        }
    }

    /// The check that an error is of; the end of the budget is of none, and what is wrong with a trust list never a path's.
    pub(super) fn of(error: &Error) -> Option<Self> {
        Some(match error {
            Error::AlgorithmNotAccepted { .. } | Error::UnsupportedAlgorithm { .. } => Self::Algorithms,
            Error::BudgetExhausted { .. } | Error::TrustListExpired { .. } | Error::TrustListNotAuthentic { .. } => {
                return None;
            }
            Error::CertificateExpired { .. } | Error::CertificateNotYetValid { .. } => Self::Period,
            Error::InvalidExtension { .. } | Error::UnknownCriticalExtension { .. } => Self::CriticalExtensions,
            Error::KeyUsageNotPermitted { .. } => Self::KeyUsage,
            Error::NameConstraintViolated { .. } => Self::NameConstraints,
            Error::NameMismatch { .. } => Self::Names,
            Error::NotACa => Self::BasicConstraints,
            Error::PathLengthExceeded { .. } => Self::PathLength,
            Error::PolicyNotPermitted => Self::Policies,
            Error::PurposeNotPermitted { .. } => Self::Purpose,
            Error::SerialNumberInvalid => Self::SerialNumber,
            Error::KeyUnusable { .. } | Error::Malformed { .. } | Error::SignatureInvalid { .. } => Self::Signature,
            Error::UnknownIssuer { .. } => Self::Issuer,
            Error::CertificateRevoked { .. }
            | Error::CrlExpired { .. }
            | Error::OcspExpired { .. }
            | Error::OcspNonceMismatch
            | Error::OcspResponderNotAuthorized { .. }
            | Error::OcspSignatureInvalid { .. }
            | Error::OcspStatusUnknown { .. }
            | Error::OcspUnusable { .. }
            | Error::RevocationUnknown { .. } => Self::Revocation,
        })
    }

    /// Where the rule stands.
    pub fn rfc(self) -> &'static str {
        match self {
            Self::Signature => "RFC 5280 §6.1.3 (a)(1)",
            Self::Algorithms => "RFC 5280 §4.1.1.2",
            Self::SerialNumber => "RFC 5280 §4.1.2.2",
            Self::Period => "RFC 5280 §6.1.3 (a)(2)",
            Self::Revocation => "RFC 5280 §6.1.3 (a)(3)",
            Self::Issuer => "RFC 5280 §6.1.3 (a)(4)",
            Self::Subject => "RFC 5280 §4.1.2.6",
            Self::NameConstraints => "RFC 5280 §6.1.3 (b)-(c)",
            Self::Policies => "RFC 5280 §6.1.3 (d)-(f)",
            Self::PolicyMappings => "RFC 5280 §6.1.4 (a)",
            Self::BasicConstraints => "RFC 5280 §6.1.4 (k)",
            Self::PathLength => "RFC 5280 §6.1.4 (l)-(m)",
            Self::KeyUsage => "RFC 5280 §6.1.4 (n), §4.2.1.3",
            Self::CriticalExtensions => "RFC 5280 §6.1.4 (o), §6.1.5 (f)",
            Self::Purpose => "RFC 5280 §4.2.1.12",
            Self::Names => "RFC 9525 §6",
        }
    }
}

/// Who is told what came of each check.
pub(super) trait Witness {
    /// The checks that follow are of the certificate at this place, counted from the leaf, which is 0.
    fn at(&mut self, place: usize);

    /// Hears what came of a check, and says whether the path ends with it.
    fn hear(&mut self, check: Check, outcome: Result<(), Error>) -> Result<(), Error>;

    /// Hears that a check has nothing to do for this certificate.
    fn idle(&mut self, check: Check);
}

/// Nobody.
pub(super) struct Silent;

impl Witness for Silent {
    #[inline]
    fn at(&mut self, _: usize) {}

    #[inline]
    fn hear(&mut self, _: Check, outcome: Result<(), Error>) -> Result<(), Error> {
        outcome
    }

    #[inline]
    fn idle(&mut self, _: Check) {}
}

/// All that was heard.
#[derive(Default)]
pub(super) struct Trace {
    place: usize,
    heard: Vec<(usize, Check, Heard)>,
}

/// What was heard of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    Passed,
    Failed(Error),
    Idle,
}

impl Trace {
    /// What came of a check of one certificate: of one that was made several times, the first failure.
    pub(super) fn of(&self, place: usize, check: Check) -> Option<&Heard> {
        let all = || self.heard.iter().filter(|heard| (heard.0, heard.1) == (place, check)).map(|heard| &heard.2);
        let failure = all().find(|heard| matches!(heard, Heard::Failed(_)));
        failure.or_else(|| all().find(|heard| **heard == Heard::Passed)).or_else(|| all().next())
    }

    /// Whether a check of that certificate failed for this very reason.
    pub(super) fn has(&self, place: usize, error: &Error) -> bool {
        self.heard.iter().any(|(at, _, heard)| *at == place && matches!(heard, Heard::Failed(why) if why == error))
    }

    fn take(&mut self, check: Check, heard: Heard) {
        self.heard.push((self.place, check, heard));
    }
}

impl Witness for Trace {
    fn at(&mut self, place: usize) {
        self.place = place;
    }

    fn hear(&mut self, check: Check, outcome: Result<(), Error>) -> Result<(), Error> {
        match outcome {
            Err(exhausted @ Error::BudgetExhausted { .. }) => return Err(exhausted),
            Err(error) => self.take(check, Heard::Failed(error)),
            Ok(()) => self.take(check, Heard::Passed),
        }
        Ok(())
    }

    fn idle(&mut self, check: Check) {
        self.take(check, Heard::Idle);
    }
}
