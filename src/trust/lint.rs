//! Holding a partner's certificate to its record, field by field: for whoever prepares a recognition, before anybody is
//! refused. Unlike [`Trust::judge`](super::Trust::judge) it stops at nothing, needs no path and no list, and looks at what
//! a login will need beside the record's own conditions.

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::{CrlDistributionPoints, DistributionPointName, KeyUsage};
use pki::name::GeneralName;
use pki::{Certificate, Time, oid};

use super::condition;
use super::refusal::Refusal;
use super::snapshot::Record;

/// What was looked at, and how the certificate deviates there.
#[derive(Clone, Debug)]
pub struct Finding {
    /// In a word or two.
    pub field: &'static str,
    /// `None`: it passes.
    pub deviation: Option<String>,
}

/// Every field, in the order in which a login would meet them.
pub fn run(record: &Record, leaf: &Certificate, at: Time) -> Vec<Finding> {
    let condition = |held: Result<(), Box<Refusal>>| held.err().map(|refusal| refusal.detail);
    let fields = [
        ("issuing authority", issuing_authority(record, leaf)),
        ("validity period", condition(condition::validity_period(leaf, at))),
        ("status", condition(condition::status(record, leaf, at))),
        ("recognition period", condition(condition::recognition_period(record, leaf, at))),
        ("type name", condition(condition::type_name(record, leaf))),
        ("policy", condition(condition::policy(record, leaf))),
        ("country", country(record, leaf)),
        ("algorithms", algorithms(record, leaf, at)),
        ("key usage", key_usage(leaf)),
        ("extended key usage", extended_key_usage(leaf)),
        ("revocation list", revocation_list(leaf)),
    ];
    fields.into_iter().map(|(field, deviation)| Finding { field, deviation }).collect()
}

fn issuing_authority(record: &Record, leaf: &Certificate) -> Option<String> {
    let issuing = &record.issuing;
    if !issuing.subject().matches(leaf.issuer()) {
        return Some(format!("issued by {}, not by {}", leaf.issuer(), issuing.subject()));
    }
    leaf.verify_signature(issuing.public_key()).err().map(|error| format!("{error} ({})", error.rfc()))
}

/// The bridge permits names under the partner's country alone (RFC 5280 §4.2.1.10).
fn country(record: &Record, leaf: &Certificate) -> Option<String> {
    let base = super::country(&record.row.region);
    (!leaf.subject().is_within(&base)).then(|| format!("{} does not begin with {base}", leaf.subject()))
}

fn algorithms(record: &Record, leaf: &Certificate, at: Time) -> Option<String> {
    let (policy, signer) = (AlgorithmPolicy::default(), record.issuing.public_key().algorithm());
    let signature = policy.accepts(leaf.signature_algorithm(), signer, at);
    let held = signature.and_then(|()| policy.accepts_key(leaf.public_key().algorithm(), at));
    held.err().map(|name| format!("{name} counts no more"))
}

fn key_usage(leaf: &Certificate) -> Option<String> {
    let usage = leaf.extensions().key_usage?;
    (!usage.contains(KeyUsage::DIGITAL_SIGNATURE))
        .then(|| "digitalSignature is not in it (RFC 5280 §4.2.1.3)".to_owned())
}

fn extended_key_usage(leaf: &Certificate) -> Option<String> {
    let usage = leaf.extensions().extended_key_usage.as_ref()?;
    (!usage.permits(&oid::CLIENT_AUTH)).then(|| "clientAuth is not in it (RFC 5280 §4.2.1.12)".to_owned())
}

/// Lists are required and fetched over HTTP: without an address nobody signs in.
fn revocation_list(leaf: &Certificate) -> Option<String> {
    let uris = leaf.extensions().crl_distribution_points.iter().flat_map(|CrlDistributionPoints(points)| points);
    let names = uris.filter_map(|point| match &point.name {
        Some(DistributionPointName::Full(names)) => Some(names),
        _ => None,
    });
    let is_http = |name: &GeneralName| matches!(name, GeneralName::Uri(uri) if uri.starts_with("http"));
    (!names.flatten().any(is_http))
        .then(|| "no distribution point with an http address (RFC 5280 §4.2.1.13)".to_owned())
}
