//! Critical extensions (RFC 5280 §4.2): who does not process one must refuse the certificate.

use super::profile::invalid;
use crate::{Certificate, Error, Oid, oid};

/// §6.1.4 (o), §6.1.5 (f)
pub(super) fn check_critical_extensions(certificate: &Certificate) -> Result<(), Error> {
    let mut critical = certificate.extensions().all().filter(|extension| extension.critical);
    match critical.find(|extension| !PROCESSED.contains(&extension.oid)) {
        Some(extension) if NEVER_CRITICAL.contains(&extension.oid) => {
            invalid(extension.oid, "it must not be critical (RFC 5280 §4.2.1.1, .2, .15, §4.2.2, RFC 9608 §2)")
        }
        Some(unknown) => Err(Error::UnknownCriticalExtension { extension: unknown.oid }),
        None => check_qualifiers(certificate).and_then(|()| check_consistency(certificate)),
    }
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
