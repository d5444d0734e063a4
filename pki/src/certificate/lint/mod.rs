//! What must hold of a certificate before it is signed: one file a rule, each with its source.
//!
//! A lint looks at the finished certificate (signed by a throw-away key) and at its issuer, so that it sees what a
//! relying party would, and not what the builder meant.

mod authority_key_id;
mod ca_key_usage;
mod serial_number;
mod subject_key_id;
mod validity_within_issuer;

use super::Certificate;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The certificate must not be issued.
    Error,
    /// It may be issued, and somebody should know.
    Warning,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The lint's name.
    pub lint: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where the rule stands.
    pub citation: &'static str,
    /// What is wrong.
    pub message: String,
}

/// A rule: its name, weight and source, and what it says of a certificate and its issuer.
struct Lint {
    name: &'static str,
    severity: Severity,
    citation: &'static str,
    check: fn(&Certificate, &Certificate) -> Option<String>,
}

const LINTS: &[Lint] = &[
    authority_key_id::LINT,
    ca_key_usage::LINT,
    serial_number::LINT,
    subject_key_id::LINT,
    validity_within_issuer::LINT,
];

/// Holds `certificate` to every rule. `issuer` is itself for a self-signed one.
pub fn run(certificate: &Certificate, issuer: &Certificate) -> Vec<Finding> {
    let finding = |lint: &Lint| {
        let message = (lint.check)(certificate, issuer)?;
        Some(Finding {
            lint: lint.name,
            severity: lint.severity,
            citation: lint.citation,
            message,
        })
    };
    LINTS.iter().filter_map(finding).collect()
}
