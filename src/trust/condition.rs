//! The conditions of a trust list record: period, root and issuing authority, type name, policy, status. All or no.
//!
//! Root and issuing authority are held by construction: the record is found by the issuing authority's name and key,
//! and the bridge certified that key alone (standards.md §4.1).

use std::sync::Arc;

use pki::{Certificate, Time};

use super::refusal::{Reason, Refusal};
use super::snapshot::Record;

/// The leaf's own period first: it is what its holder can mend.
pub(super) fn validity_period(leaf: &Certificate, at: Time) -> Result<(), Box<Refusal>> {
    if at > leaf.not_after() {
        let error = pki::Error::CertificateExpired { at, not_after: leaf.not_after() };
        return Err(Refusal::engine(Reason::Expired, leaf, &error));
    }
    if at < leaf.not_before() {
        let error = pki::Error::CertificateNotYetValid { at, not_before: leaf.not_before() };
        return Err(Refusal::engine(Reason::NotYetValid, leaf, &error));
    }
    Ok(())
}

/// The record that the certificate falls under, of those whose issuing authority signed it (an authority may have one for
/// each type of certificate): the first whose conditions all hold. When none does, the refusal of the first is told.
pub(super) fn applicable(
    records: &[Arc<Record>],
    leaf: &Certificate,
    at: Time,
) -> Result<Option<Arc<Record>>, Box<Refusal>> {
    let mut first = None;
    for record in records {
        match hold_all(record, leaf, at) {
            Ok(()) => return Ok(Some(record.clone())),
            Err(refusal) => first = first.or(Some(refusal)),
        }
    }
    first.map_or(Ok(None), Err)
}

/// All conditions that the record itself sets.
fn hold_all(record: &Record, leaf: &Certificate, at: Time) -> Result<(), Box<Refusal>> {
    status(record, leaf, at)?;
    recognition_period(record, leaf, at)?;
    type_name(record, leaf)?;
    policy(record, leaf)
}

pub(super) fn status(record: &Record, leaf: &Certificate, at: Time) -> Result<(), Box<Refusal>> {
    let (status, since) = record.status_at(at);
    let reason = match status {
        "granted" => return Ok(()),
        "suspended" => Reason::Suspended,
        _ => Reason::Withdrawn,
    };
    let why = format!("record {} is {status} since {since}", record.row.id);
    Err(Refusal::listed(reason, leaf, "status", why).since(since))
}

pub(super) fn recognition_period(record: &Record, leaf: &Certificate, at: Time) -> Result<(), Box<Refusal>> {
    if record.recognised_at(at) {
        return Ok(());
    }
    let why = format!("record {} does not recognise certificates at {at}", record.row.id);
    Err(Refusal::listed(Reason::NotListed, leaf, "period", why))
}

pub(super) fn type_name(record: &Record, leaf: &Certificate) -> Result<(), Box<Refusal>> {
    let Some((attribute, name)) = &record.type_name else {
        return Ok(());
    };
    if leaf.subject().all(attribute).iter().any(|value| value == name) {
        return Ok(());
    }
    let why = format!("record {} recognises the type {name:?}, which the subject does not name", record.row.id);
    Err(Refusal::listed(Reason::WrongPolicy, leaf, "type name", why))
}

/// The scheme names a class by prefix; the record names the concrete policies (standards.md §2.1, §4.1). A policy under
/// the prefix that the record does not name is refused by name.
pub(super) fn policy(record: &Record, leaf: &Certificate) -> Result<(), Box<Refusal>> {
    let present: Vec<pki::Oid> = match &leaf.extensions().policies {
        Some(policies) => policies.0.iter().map(|information| information.policy).collect(),
        None => Vec::new(),
    };
    if present.iter().any(|policy| record.policies.contains(policy)) {
        return Ok(());
    }
    let under_prefix = present.iter().find(|policy| record.is_under_prefix(policy));
    let why = match under_prefix {
        Some(policy) => format!(
            "policy {policy} is under {} but record {} does not name it",
            record.row.policy_prefix, record.row.id
        ),
        None => format!("no policy of the certificate is one of record {}", record.row.id),
    };
    Err(Refusal::listed(Reason::WrongPolicy, leaf, "policy", why))
}
