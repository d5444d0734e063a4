//! The answer, as JSON for programs and as text for people.

use std::fmt;

use pki::path::{Invalid, Missing, RevocationNote, RevocationSource, RevocationStatus, Valid, Verdict};
use pki::{Certificate, Error, Fingerprint};
use serde::Serialize;

/// A result line. What belongs to the other verdict is left out.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<serde_json::Value>,
    pub(super) valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Vec<MissingEvidence>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paths_tried: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures_checked: Option<u32>,
    /// The path in words, for people alone.
    #[serde(skip)]
    described: Vec<String>,
    /// What is known of revocation, and who said so, for people alone.
    #[serde(skip)]
    revocation: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Reason {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rfc: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct MissingEvidence {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    uris: Vec<String>,
    issuer: String,
}

impl Outcome {
    pub(super) fn of(id: Option<serde_json::Value>, verdict: Verdict, passed_over: &[String]) -> Self {
        match verdict {
            Ok(valid) => Self::valid(id, &valid),
            Err(invalid) => Self::invalid(id, &invalid, passed_over),
        }
    }

    fn valid(id: Option<serde_json::Value>, valid: &Valid) -> Self {
        Self {
            path: Some(valid.path.iter().map(|certificate| certificate.fingerprint().to_string()).collect()),
            policies: Some(valid.policies.iter().map(ToString::to_string).collect()),
            paths_tried: Some(valid.paths_tried),
            signatures_checked: Some(valid.signatures_checked),
            missing: Some(&valid.missing).filter(|missing| !missing.is_empty()).map(|missing| named(missing)),
            described: valid.path.iter().map(describe).collect(),
            revocation: valid.revocation.iter().map(describe_revocation).collect(),
            ..Self::new(id, true)
        }
    }

    fn invalid(id: Option<serde_json::Value>, invalid: &Invalid, passed_over: &[String]) -> Self {
        let whose = invalid.certificate.as_ref().map(|certificate| format!("{}: ", certificate.subject()));
        let mut message = format!("{}{}", whose.unwrap_or_default(), invalid.error);
        passed_over.iter().for_each(|note| message.push_str(&format!("; {note}")));
        Self {
            error: Some(Reason {
                code: invalid.error.code(),
                message,
                certificate: invalid.certificate.as_ref().map(|certificate| certificate.fingerprint().to_string()),
                rfc: Some(invalid.rfc),
            }),
            missing: Some(named(&invalid.missing)),
            paths_tried: Some(invalid.paths_tried),
            signatures_checked: Some(invalid.signatures_checked),
            described: invalid.path_considered.iter().map(describe).collect(),
            ..Self::new(id, false)
        }
    }

    /// The leaf is no certificate.
    pub(super) fn unreadable_leaf(id: Option<serde_json::Value>, why: &Error, fingerprint: Fingerprint) -> Self {
        let error = Reason {
            code: why.code(),
            message: why.to_string(),
            certificate: Some(fingerprint.to_string()),
            rfc: Some(why.rfc()),
        };
        Self { error: Some(error), missing: Some(Vec::new()), ..Self::new(id, false) }
    }

    /// The line is no case.
    pub(super) fn unreadable_line(id: Option<serde_json::Value>, why: &str) -> Self {
        let error = Reason { code: "malformed_input", message: why.to_owned(), certificate: None, rfc: None };
        let id = Some(id.unwrap_or(serde_json::Value::Null));
        Self { error: Some(error), missing: Some(Vec::new()), ..Self::new(id, false) }
    }

    fn new(id: Option<serde_json::Value>, valid: bool) -> Self {
        Self {
            id,
            valid,
            path: None,
            policies: None,
            error: None,
            missing: None,
            paths_tried: None,
            signatures_checked: None,
            described: Vec::new(),
            revocation: Vec::new(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        // Strings, numbers and lists of them always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl MissingEvidence {
    fn of(missing: &Missing) -> Self {
        let uris = missing.uris.clone();
        Self { kind: missing.kind.name(), uri: uris.first().cloned(), uris, issuer: missing.issuer.to_string() }
    }
}

fn named(missing: &[Missing]) -> Vec<MissingEvidence> {
    missing.iter().map(MissingEvidence::of).collect()
}

fn describe(certificate: &Certificate) -> String {
    let period = format!("{} to {}", certificate.not_before(), certificate.not_after());
    format!(
        "{} ({}, {period}) {}",
        certificate.subject(),
        certificate.public_key().algorithm(),
        certificate.fingerprint()
    )
}

fn describe_revocation(note: &RevocationNote) -> String {
    let status = match &note.status {
        RevocationStatus::Good => "good".to_owned(),
        RevocationStatus::NotPublished => "not published, as the certificate says (RFC 9608)".to_owned(),
        RevocationStatus::Revoked(why) | RevocationStatus::Unknown(why) => why.to_string(),
    };
    let by = |source: &RevocationSource| match source {
        RevocationSource::Crl { issuer, this_update } => format!(" by the CRL of {issuer} of {this_update}"),
        RevocationSource::Ocsp { responder, this_update } => format!(" by OCSP of {responder} of {this_update}"),
    };
    let sources: Vec<_> = note.sources.iter().map(by).collect();
    format!("{} {status}{}", note.certificate.subject(), sources.join(","))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.valid { "valid" } else { "invalid" })?;
        if let Some(error) = &self.error {
            write!(f, ": {} ({})", error.message, error.code)?;
            error.rfc.map_or(Ok(()), |rfc| write!(f, "\n  rule: {rfc}"))?;
        }
        for (at, line) in self.described.iter().enumerate() {
            write!(f, "\n  {:indent$}{line}", "", indent = at * 2)?;
        }
        if let Some(policies) = self.policies.as_ref().filter(|policies| !policies.is_empty()) {
            write!(f, "\n  policies: {}", policies.join(", "))?;
        }
        self.revocation.iter().try_for_each(|line| write!(f, "\n  revocation: {line}"))?;
        for missing in self.missing.iter().flatten() {
            write!(f, "\n  missing: {} of {} {}", missing.kind, missing.issuer, missing.uris.join(" "))?;
        }
        Ok(())
    }
}
