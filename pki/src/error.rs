//! Everything that can be wrong with a certificate, a path, a CRL or a key, ranked.

use std::fmt;

use crate::algorithm::SignatureAlgorithm;
use crate::crl::Reason;
use crate::encoding::Asn1Error;
use crate::ocsp::ResponderId;
use crate::{Name, Oid, Time};

/// Why something was refused. Each variant carries what an operator needs to act.
///
/// When several paths fail, the error of highest [`rank`](Error::rank) is reported: the one whose path came
/// furthest, hence the most telling.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The algorithm or key was no longer acceptable at the time of validation.
    AlgorithmNotAccepted {
        /// Its name, e.g. `RSA with SHA-1`.
        algorithm: String,
        /// The time of validation.
        at: Time,
    },
    /// Work past the budget; which part of it ran out.
    BudgetExhausted {
        /// `signatures`, `steps`, …
        what: &'static str,
    },
    /// The certificate had run out.
    CertificateExpired {
        /// The time of validation.
        at: Time,
        /// The end of the validity period.
        not_after: Time,
    },
    /// The validity period had not begun.
    CertificateNotYetValid {
        /// The time of validation.
        at: Time,
        /// The beginning of the validity period.
        not_before: Time,
    },
    /// A CRL lists the certificate, or an OCSP response says so.
    CertificateRevoked {
        /// Since when.
        since: Time,
        /// The reason that is given.
        reason: Option<Reason>,
        /// invalidityDate: since when the CA holds it to have been invalid, if that is earlier.
        invalid_since: Option<Time>,
    },
    /// The only CRLs in scope had run out.
    CrlExpired {
        /// Whose CRL.
        issuer: Name,
        /// When the next one was due.
        next_update: Time,
    },
    /// A key that cannot be read, made or used.
    KeyUnusable {
        /// What the library said.
        why: String,
    },
    /// A critical extension that cannot be processed, or contradicts itself.
    InvalidExtension {
        /// Which.
        extension: Oid,
        /// What is wrong.
        why: String,
    },
    /// The key usage extension does not allow what the certificate is used for.
    KeyUsageNotPermitted {
        /// The missing bit, e.g. `keyCertSign`.
        usage: &'static str,
    },
    /// Bytes that are not what they should be.
    Malformed {
        /// `certificate`, `CRL`, `OCSP response`, `name`, …
        what: &'static str,
        /// Where reading stopped.
        why: String,
    },
    /// A name outside the permitted or inside the excluded subtrees of a CA above.
    NameConstraintViolated {
        /// The name.
        name: String,
        /// What it violates.
        constraint: String,
    },
    /// None of the certificate's names is the one asked for.
    NameMismatch {
        /// The name asked for.
        expected: String,
    },
    /// An issuer that is not marked as a CA.
    NotACa,
    /// An OCSP response had run out.
    OcspExpired {
        /// Whose response.
        responder: ResponderId,
        /// When the next one was due.
        next_update: Time,
    },
    /// An OCSP response without the nonce of the request, or with another.
    OcspNonceMismatch,
    /// Who has signed an OCSP response may not speak for the certificate's issuer.
    OcspResponderNotAuthorized {
        /// Whose response.
        responder: ResponderId,
        /// What it lacks.
        why: String,
    },
    /// An OCSP response whose signature does not fit.
    OcspSignatureInvalid {
        /// Whose response.
        responder: ResponderId,
    },
    /// An OCSP responder that does not know the certificate.
    OcspStatusUnknown {
        /// Whose response.
        responder: ResponderId,
    },
    /// An OCSP response that says nothing that may be used.
    OcspUnusable {
        /// What is wrong with it.
        why: String,
    },
    /// More intermediates than a CA above, an anchor or the caller allows.
    PathLengthExceeded {
        /// How many non-self-issued intermediates were allowed.
        allowed: u32,
    },
    /// No acceptable policy is left where one is required.
    PolicyNotPermitted,
    /// The extended key usage does not allow the purpose.
    PurposeNotPermitted {
        /// The purpose asked for.
        purpose: &'static str,
    },
    /// Nothing says whether the certificate is revoked, and something should.
    RevocationUnknown {
        /// What was found instead.
        why: String,
    },
    /// A serial number of zero or over 20 octets.
    SerialNumberInvalid,
    /// The signature does not fit key and content.
    SignatureInvalid {
        /// By which algorithm.
        algorithm: SignatureAlgorithm,
    },
    /// A trust list whose successor is due.
    TrustListExpired {
        /// Since when.
        next_update: Time,
    },
    /// A trust list that nobody who may sign it has signed as it stands.
    TrustListNotAuthentic {
        /// What is wrong with its signature.
        why: String,
    },
    /// A critical extension that is not known here.
    UnknownCriticalExtension {
        /// Which.
        extension: Oid,
    },
    /// No trust anchor, and no intermediate leading to one, has issued the certificate.
    UnknownIssuer {
        /// Its issuer; whether that one, or one above it, is missing, `Invalid::missing` says.
        issuer: Name,
    },
    /// An algorithm that this engine does not check.
    UnsupportedAlgorithm {
        /// Its name.
        name: String,
    },
}

impl Error {
    pub(crate) fn malformed(what: &'static str, why: Asn1Error) -> Self {
        Self::Malformed { what, why: why.0 }
    }

    pub(crate) fn key(why: &str) -> Self {
        Self::KeyUnusable { why: why.to_owned() }
    }

    /// A stable name for programs, snake_case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlgorithmNotAccepted { .. } => "algorithm_not_accepted",
            Self::BudgetExhausted { .. } => "budget_exhausted",
            Self::CertificateExpired { .. } => "certificate_expired",
            Self::CertificateNotYetValid { .. } => "certificate_not_yet_valid",
            Self::CertificateRevoked { .. } => "certificate_revoked",
            Self::CrlExpired { .. } => "crl_expired",
            Self::InvalidExtension { .. } => "invalid_extension",
            Self::KeyUnusable { .. } => "key_unusable",
            Self::KeyUsageNotPermitted { .. } => "key_usage_not_permitted",
            Self::Malformed { what: "certificate", .. } => "malformed_certificate",
            Self::Malformed { what: "CRL", .. } => "malformed_crl",
            Self::Malformed { what: "OCSP request" | "OCSP response", .. } => "malformed_ocsp",
            Self::Malformed { .. } => "malformed_input",
            Self::NameConstraintViolated { .. } => "name_constraint_violated",
            Self::NameMismatch { .. } => "name_mismatch",
            Self::NotACa => "not_a_ca",
            Self::OcspExpired { .. } => "ocsp_expired",
            Self::OcspNonceMismatch => "ocsp_nonce_mismatch",
            Self::OcspResponderNotAuthorized { .. } => "ocsp_responder_not_authorized",
            Self::OcspSignatureInvalid { .. } => "ocsp_signature_invalid",
            Self::OcspStatusUnknown { .. } => "ocsp_status_unknown",
            Self::OcspUnusable { .. } => "ocsp_unusable",
            Self::PathLengthExceeded { .. } => "path_length_exceeded",
            Self::PolicyNotPermitted => "policy_not_permitted",
            Self::PurposeNotPermitted { .. } => "purpose_not_permitted",
            Self::RevocationUnknown { .. } => "revocation_unknown",
            Self::SerialNumberInvalid => "serial_number_invalid",
            Self::SignatureInvalid { .. } => "signature_invalid",
            Self::TrustListExpired { .. } => "trust_list_expired",
            Self::TrustListNotAuthentic { .. } => "trust_list_not_authentic",
            Self::UnknownCriticalExtension { .. } => "unknown_critical_extension",
            Self::UnknownIssuer { .. } => "unknown_issuer",
            Self::UnsupportedAlgorithm { .. } => "unsupported_algorithm",
        }
    }

    /// Where the rule stands that was broken.
    pub fn rfc(&self) -> &'static str {
        match self {
            Self::AlgorithmNotAccepted { .. } | Self::UnsupportedAlgorithm { .. } => "RFC 5280 §4.1.1.2",
            Self::BudgetExhausted { .. } => "RFC 4158 §2",
            Self::CertificateExpired { .. } | Self::CertificateNotYetValid { .. } => "RFC 5280 §6.1.3 (a)(2)",
            Self::CertificateRevoked { .. } => "RFC 5280 §6.1.3 (a)(3)",
            Self::CrlExpired { .. } => "RFC 5280 §6.3.3",
            Self::InvalidExtension { .. } => "RFC 5280 §4.2",
            Self::KeyUnusable { .. } => "RFC 5958 §2",
            Self::KeyUsageNotPermitted { .. } => "RFC 5280 §4.2.1.3",
            Self::Malformed { what: "CRL", .. } => "RFC 5280 §5.1",
            Self::Malformed { what: "OCSP request", .. } => "RFC 6960 §4.1.1",
            Self::Malformed { what: "OCSP response", .. } => "RFC 6960 §4.2.1",
            Self::Malformed { what: "CMS message", .. } => "RFC 5652 §5.1",
            Self::Malformed { what: "name", .. } => "RFC 5280 §4.1.2.4",
            Self::Malformed { what: "trust list", .. } => "ETSI TS 119 612 §5",
            Self::Malformed { .. } => "RFC 5280 §4.1",
            Self::NameConstraintViolated { .. } => "RFC 5280 §6.1.3 (b)-(c)",
            Self::NameMismatch { .. } => "RFC 9525 §6",
            Self::NotACa => "RFC 5280 §6.1.4 (k)",
            Self::OcspExpired { .. } => "RFC 6960 §4.2.2.1",
            Self::OcspNonceMismatch => "RFC 9654 §2.1",
            Self::OcspResponderNotAuthorized { .. } => "RFC 6960 §4.2.2.2",
            Self::OcspSignatureInvalid { .. } | Self::OcspUnusable { .. } => "RFC 6960 §3.2",
            Self::OcspStatusUnknown { .. } => "RFC 6960 §2.2",
            Self::PathLengthExceeded { .. } => "RFC 5280 §6.1.4 (l)-(m)",
            Self::PolicyNotPermitted => "RFC 5280 §6.1.5 (g), RFC 9618 §5.5",
            Self::PurposeNotPermitted { .. } => "RFC 5280 §4.2.1.12",
            Self::RevocationUnknown { .. } => "RFC 5280 §6.3.3",
            Self::SerialNumberInvalid => "RFC 5280 §4.1.2.2",
            Self::SignatureInvalid { .. } => "RFC 5280 §6.1.3 (a)(1)",
            Self::TrustListExpired { .. } => "ETSI TS 119 612 §5.3.15",
            Self::TrustListNotAuthentic { .. } => "ETSI TS 119 612 §5.7",
            Self::UnknownCriticalExtension { .. } => "RFC 5280 §6.1.4 (o), §6.1.5 (f)",
            Self::UnknownIssuer { .. } => "RFC 5280 §6.1.3 (a)(4)",
        }
    }

    /// How telling the error is; a higher one is reported in place of a lower one.
    ///
    /// An issuer that is not found, or whose signature does not fit, says little: the heap may hold strangers. What
    /// went wrong on a path whose signatures all fit says much, and most of all that a certificate is revoked.
    pub fn rank(&self) -> u8 {
        match self {
            Self::UnknownIssuer { .. } => 10,
            Self::SignatureInvalid { .. } => 20,
            Self::UnsupportedAlgorithm { .. } => 25,
            Self::KeyUnusable { .. } | Self::Malformed { .. } => 30,
            // Of no path: a list is believed before anything is judged by it.
            Self::TrustListExpired { .. } | Self::TrustListNotAuthentic { .. } => 30,
            Self::NotACa | Self::SerialNumberInvalid => 40,
            Self::KeyUsageNotPermitted { .. } => 42,
            Self::PathLengthExceeded { .. } => 44,
            Self::AlgorithmNotAccepted { .. } => 50,
            Self::InvalidExtension { .. } | Self::UnknownCriticalExtension { .. } => 52,
            Self::CertificateNotYetValid { .. } => 60,
            Self::CertificateExpired { .. } => 62,
            Self::NameConstraintViolated { .. } => 64,
            Self::PurposeNotPermitted { .. } | Self::NameMismatch { .. } => 66,
            Self::PolicyNotPermitted => 70,
            Self::OcspStatusUnknown { .. } | Self::OcspUnusable { .. } => 72,
            Self::OcspSignatureInvalid { .. } | Self::OcspResponderNotAuthorized { .. } => 74,
            Self::OcspExpired { .. } | Self::OcspNonceMismatch => 76,
            Self::RevocationUnknown { .. } => 80,
            Self::CrlExpired { .. } => 82,
            Self::CertificateRevoked { .. } => 90,
            // The search was cut short, so that no other error is the whole truth.
            Self::BudgetExhausted { .. } => 100,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlgorithmNotAccepted { algorithm, at } => write!(f, "{algorithm} was not acceptable at {at}"),
            Self::BudgetExhausted { what } => write!(f, "the budget of {what} for one validation is exhausted"),
            Self::CertificateExpired { at, not_after } => write!(f, "expired at {not_after}, judged at {at}"),
            Self::CertificateNotYetValid { at, not_before } => {
                write!(f, "not valid before {not_before}, judged at {at}")
            }
            Self::CertificateRevoked { since, reason, invalid_since } => {
                write!(f, "revoked since {since}")?;
                reason.map_or(Ok(()), |reason| write!(f, ": {reason}"))?;
                invalid_since.map_or(Ok(()), |since| write!(f, ", invalid since {since}"))
            }
            Self::CrlExpired { issuer, next_update } => {
                write!(f, "the CRL of {issuer} has run out: the next one was due at {next_update}")
            }
            Self::InvalidExtension { extension, why } => write!(f, "extension {extension}: {why}"),
            Self::KeyUnusable { why } => write!(f, "the key cannot be used: {why}"),
            Self::KeyUsageNotPermitted { usage } => write!(f, "the key usage does not include {usage}"),
            Self::Malformed { what, why } => write!(f, "not a {what}: {why}"),
            Self::NameConstraintViolated { name, constraint } => write!(f, "the name {name} is {constraint}"),
            Self::NameMismatch { expected } => write!(f, "the certificate does not have the name {expected}"),
            Self::NotACa => f.write_str("the issuer is not marked as a CA"),
            Self::OcspExpired { responder, next_update } => {
                write!(f, "the OCSP response of {responder} has run out: the next one was due at {next_update}")
            }
            Self::OcspNonceMismatch => f.write_str("the OCSP response does not have the nonce of the request"),
            Self::OcspResponderNotAuthorized { responder, why } => {
                write!(f, "the OCSP responder {responder} may not speak for the issuer: {why}")
            }
            Self::OcspSignatureInvalid { responder } => {
                write!(f, "the signature of the OCSP response of {responder} is wrong")
            }
            Self::OcspStatusUnknown { responder } => {
                write!(f, "the OCSP responder {responder} does not know the certificate")
            }
            Self::OcspUnusable { why } => f.write_str(why),
            Self::PathLengthExceeded { allowed } => write!(f, "more than {allowed} intermediate CAs on the path"),
            Self::PolicyNotPermitted => f.write_str("no acceptable certificate policy holds along the whole path"),
            Self::PurposeNotPermitted { purpose } => write!(f, "not permitted for the purpose {purpose}"),
            Self::RevocationUnknown { why } => write!(f, "the revocation status is unknown: {why}"),
            Self::SerialNumberInvalid => f.write_str("the serial number is zero or longer than 20 octets"),
            Self::SignatureInvalid { algorithm } => write!(f, "the signature ({algorithm}) is wrong"),
            Self::TrustListExpired { next_update } => {
                write!(f, "the trust list has run out: the next one was due at {next_update}")
            }
            Self::TrustListNotAuthentic { why } => write!(f, "the trust list is not authentic: {why}"),
            Self::UnknownCriticalExtension { extension } => write!(f, "unknown critical extension {extension}"),
            Self::UnknownIssuer { issuer } if issuer.is_empty() => f.write_str("the issuer has no name"),
            Self::UnknownIssuer { issuer } => write!(f, "no path leads from its issuer {issuer} to a trust anchor"),
            Self::UnsupportedAlgorithm { name } => write!(f, "{name} is not supported"),
        }
    }
}

impl std::error::Error for Error {}
