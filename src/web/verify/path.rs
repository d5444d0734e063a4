//! The path as it is drawn: each certificate's role, and what was checked on it.

use pki::Certificate;

use crate::trust::{Reason, Refusal, Snapshot};
use crate::web::present;
use crate::web::view::terms::SubjectKind;
use crate::web::view::verify::{Check, CheckKind, NodeRole, Outcome, PathNode};

/// The nodes, leaf first; of a path that is not good, with what was refused.
pub(super) fn nodes(
    snapshot: &Snapshot,
    path: &[Certificate],
    refused: Option<&Refusal>,
    subject: Option<SubjectKind>,
) -> Vec<PathNode> {
    let node = |(index, certificate): (usize, &Certificate)| PathNode {
        role: role(snapshot, index, certificate, subject),
        name: present::short_name(certificate.subject()),
        subject: certificate.subject().to_string(),
        names: names(certificate),
        issuer: certificate.issuer().to_string(),
        serial: certificate.serial().to_string(),
        not_before: certificate.not_before().0,
        not_after: certificate.not_after().0,
        algorithm: format!("{} · {}", certificate.public_key().algorithm(), certificate.signature_algorithm()),
        fingerprint: hex::encode(certificate.fingerprint().as_bytes()),
        checks: checks(snapshot, index, certificate, refused),
    };
    path.iter().enumerate().map(node).collect()
}

/// A certificate may list thousands; nobody reads more than so many.
const NAMES: usize = 20;

fn names(certificate: &Certificate) -> Vec<String> {
    let listed = certificate.extensions().subject_alt_names.as_ref();
    listed.iter().flat_map(|listed| &listed.0).take(NAMES).map(ToString::to_string).collect()
}

fn role(snapshot: &Snapshot, index: usize, certificate: &Certificate, subject: Option<SubjectKind>) -> NodeRole {
    if snapshot.is_anchor(certificate) {
        return NodeRole::Root;
    }
    let of = |certificate: &Certificate| snapshot.role_of(certificate.subject());
    match (index, of(certificate), snapshot.role_of(certificate.issuer())) {
        (_, Some("bridge"), _) | (_, _, Some("bridge")) => NodeRole::Bridge,
        _ if certificate.is_ca() => NodeRole::IssuingCa,
        _ => match subject {
            Some(SubjectKind::Person) => NodeRole::Person,
            Some(SubjectKind::Company) => NodeRole::Company,
            None => NodeRole::EndEntity,
        },
    }
}

/// An anchor is trusted, not checked. On a path that is good everything passed; on one that is not, the check that failed
/// is marked on the certificate that the refusal names, and the others are not claimed to have passed.
fn checks(snapshot: &Snapshot, index: usize, certificate: &Certificate, refused: Option<&Refusal>) -> Vec<Check> {
    if snapshot.is_anchor(certificate) {
        return Vec::new();
    }
    let kinds = [CheckKind::Period, CheckKind::Signature, CheckKind::Revocation, CheckKind::Policy];
    let check = |kind, outcome| Check { kind, outcome, note: None };
    match refused {
        None => kinds.map(|kind| check(kind, Outcome::Passed)).to_vec(),
        Some(refusal) => match failed_check(refusal.reason) {
            Some((kind, outcome)) if is_concerned(refusal, index, certificate) => vec![check(kind, outcome)],
            _ => vec![check(CheckKind::Signature, Outcome::Skipped)],
        },
    }
}

fn is_concerned(refusal: &Refusal, index: usize, certificate: &Certificate) -> bool {
    match &refusal.concerned {
        Some(concerned) => concerned.fingerprint() == certificate.fingerprint(),
        None => index == 0,
    }
}

fn failed_check(reason: Reason) -> Option<(CheckKind, Outcome)> {
    match reason {
        Reason::Expired | Reason::NotYetValid => Some((CheckKind::Period, Outcome::Failed)),
        Reason::SignatureInvalid => Some((CheckKind::Signature, Outcome::Failed)),
        Reason::UnknownCa => Some((CheckKind::Signature, Outcome::Unknown)),
        Reason::Revoked | Reason::Suspended | Reason::Withdrawn => Some((CheckKind::Revocation, Outcome::Failed)),
        Reason::RevocationUnknown => Some((CheckKind::Revocation, Outcome::Unknown)),
        Reason::WrongPolicy | Reason::NotListed => Some((CheckKind::Policy, Outcome::Failed)),
        Reason::NameNotPermitted => Some((CheckKind::Names, Outcome::Failed)),
        Reason::WrongPurpose => Some((CheckKind::Purpose, Outcome::Failed)),
        Reason::Malformed | Reason::NoCertificatePresented | Reason::Other => None,
    }
}
