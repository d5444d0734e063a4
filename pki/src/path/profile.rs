//! What RFC 5280 asks of each certificate of a path by itself and its place, on whatever path: period, names, what a CA
//! must be and what only a CA may have.

use super::critical::check_critical_extensions;
use super::rules::Rules;
use super::witness::{Check, Silent, Witness};
use crate::algorithm::AlgorithmPolicy;
use crate::certificate::extension::KeyUsage;
use crate::{Certificate, Error, Oid, Time, oid};

/// What can be said of a certificate by its place, which is 0 for the leaf, and its issuer.
pub(super) fn check_in_place(
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

/// An anchor is trusted, not checked; but what its certificate says of its own limits binds (RFC 5937 §3.2), and one
/// that has run out, or is no CA, is not what somebody meant to trust. A leaf that is itself an anchor need not be
/// a CA.
pub(super) fn check_anchor(
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

pub(super) fn invalid(extension: Oid, why: &str) -> Result<(), Error> {
    Err(Error::InvalidExtension { extension, why: why.into() })
}
