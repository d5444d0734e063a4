//! The answer, as JSON.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::certificate::extension::PolicyQualifier;
use pki::path::{Invalid, Missing, QualifiedPolicy, Valid};
use serde::Serialize;
use serde_json::value::RawValue;

use super::question::{Answer, Question};
use super::report::ReportForm;
use super::{NotPermitted, Unreadable};
use crate::trust::Refusal;

/// How many of the things that were passed over are told of.
const MAX_TOLD: usize = 8;

/// The code of input that is no question.
const MALFORMED_INPUT: &str = "malformed_input";

/// A result line. What belongs to the other verdict is left out.
#[derive(Debug, Serialize)]
pub struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Box<RawValue>>,
    /// The answer in one word.
    pub valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policy_qualifiers: Vec<Qualified>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Vec<MissingEvidence>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paths_tried: Option<u32>,
    /// Those that an earlier case had checked, too: a case has the same result wherever in a batch it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures_checked: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportForm>,
}

#[derive(Debug, Serialize)]
struct Reason {
    code: Cow<'static, str>,
    message: String,
    /// Whose fault it is; null where it is nobody's, as of a line that cannot be read.
    certificate: Option<String>,
    rfc: Cow<'static, str>,
}

#[derive(Debug, Serialize)]
struct MissingEvidence {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    uris: Vec<String>,
    issuer: String,
}

/// A policy under which it is valid, with what its issuers say along with it.
#[derive(Debug, Serialize)]
struct Qualified {
    policy: String,
    qualifiers: Vec<Qualifier>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Qualifier {
    Cps {
        cps: String,
    },
    Notice {
        #[serde(skip_serializing_if = "Option::is_none")]
        notice: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        organization: Option<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        numbers: Vec<u32>,
    },
    /// The type, and the DER of the value in base64.
    Other {
        oid: String,
        der: String,
    },
}

impl Outcome {
    /// The answer to a question.
    pub fn of(question: &Question, answer: &Answer) -> Self {
        match answer {
            Answer::Judged(Ok(valid), _) => Self::valid(valid).with_report(answer),
            Answer::Judged(Err(invalid), _) => Self::invalid(invalid, &question.passed_over).with_report(answer),
            Answer::NoCertificate(why, fingerprint) => Self::refused(Reason {
                code: why.code().into(),
                message: why.to_string(),
                certificate: Some(fingerprint.to_string()),
                rfc: why.rfc().into(),
            }),
        }
    }

    fn valid(valid: &Valid) -> Self {
        Self {
            valid: true,
            path: Some(valid.path.iter().map(|certificate| certificate.fingerprint().to_string()).collect()),
            policies: Some(valid.policies.iter().map(ToString::to_string).collect()),
            policy_qualifiers: valid.policy_qualifiers().into_iter().map(Qualified::of).collect(),
            paths_tried: Some(valid.paths_tried),
            signatures_checked: Some(valid.signatures_checked + valid.signatures_remembered),
            missing: Some(&valid.missing).filter(|missing| !missing.is_empty()).map(|missing| named(missing)),
            ..Self::empty()
        }
    }

    fn invalid(invalid: &Invalid, passed_over: &[String]) -> Self {
        let whose = invalid.certificate.as_ref().map(|certificate| format!("{}: ", certificate.subject()));
        let mut message = format!("{}{}", whose.unwrap_or_default(), invalid.error);
        passed_over.iter().take(MAX_TOLD).for_each(|note| message.push_str(&format!("; {note}")));
        if passed_over.len() > MAX_TOLD {
            message.push_str(&format!("; and {} more were passed over", passed_over.len() - MAX_TOLD));
        }
        Self {
            missing: Some(named(&invalid.missing)),
            paths_tried: Some(invalid.paths_tried),
            signatures_checked: Some(invalid.signatures_checked + invalid.signatures_remembered),
            ..Self::refused(Reason {
                code: invalid.error.code().into(),
                message,
                certificate: invalid.certificate.as_ref().map(|certificate| certificate.fingerprint().to_string()),
                rfc: invalid.rfc.into(),
            })
        }
    }

    /// To input that is no question.
    pub fn unreadable(why: &Unreadable) -> Self {
        Self::without_certificate(MALFORMED_INPUT, &why.message, why.rfc)
    }

    /// To a question that a fault of ours keeps without an answer.
    pub fn fault() -> Self {
        Self::without_certificate("internal_error", "a fault of this program, told on standard error", "RFC 5280 §6.1")
    }

    /// To a case for which no time was left.
    pub fn out_of_time() -> Self {
        let why = "the cases before it took all the time of this request: ask for it by itself";
        Self::without_certificate("budget_exhausted", why, "RFC 5280 §6.1")
    }

    /// To a case that says what only who runs the service may.
    pub fn not_permitted(why: &NotPermitted) -> Self {
        Self::without_certificate(why.code, why.message, why.rfc)
    }

    /// Valid by its path, and yet not by the trust list.
    pub fn refusal(refusal: &Refusal) -> Self {
        let concerned = refusal.concerned.as_ref().or(refusal.certificate.as_ref());
        Self::refused(Reason {
            code: refusal.code.clone().into(),
            message: refusal.detail.clone(),
            certificate: concerned.map(|certificate| certificate.fingerprint().to_string()),
            rfc: refusal.rfc.clone().into(),
        })
    }

    /// What was wrong with the input, and the rule, if that is the answer.
    pub fn malformed_input(&self) -> Option<(&str, &str)> {
        let error = self.error.as_ref().filter(|error| error.code == MALFORMED_INPUT)?;
        Some((&error.message, &error.rfc))
    }

    /// The same, with the engine's report if there is one.
    #[must_use]
    pub fn with_report(self, answer: &Answer) -> Self {
        match answer {
            Answer::Judged(_, Some(report)) => Self { report: Some(ReportForm::of(report)), ..self },
            _ => self,
        }
    }

    /// The same, under the name of its case; null where that cannot be read.
    #[must_use]
    pub fn named(self, id: Option<&RawValue>) -> Self {
        Self { id: Some(id.map_or_else(|| RawValue::NULL.to_owned(), ToOwned::to_owned)), ..self }
    }

    fn without_certificate(code: &'static str, message: &str, rfc: &'static str) -> Self {
        Self::refused(Reason { code: code.into(), message: message.to_owned(), certificate: None, rfc: rfc.into() })
    }

    fn refused(error: Reason) -> Self {
        Self { error: Some(error), missing: Some(Vec::new()), ..Self::empty() }
    }

    fn empty() -> Self {
        Self {
            id: None,
            valid: false,
            path: None,
            policies: None,
            policy_qualifiers: Vec::new(),
            error: None,
            missing: None,
            paths_tried: None,
            signatures_checked: None,
            report: None,
        }
    }

    /// In one line.
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists of them always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn named(missing: &[Missing]) -> Vec<MissingEvidence> {
    missing.iter().map(MissingEvidence::of).collect()
}

impl MissingEvidence {
    fn of(missing: &Missing) -> Self {
        let uris = missing.uris.clone();
        Self { kind: missing.kind.name(), uri: uris.first().cloned(), uris, issuer: missing.issuer.to_string() }
    }
}

impl Qualified {
    fn of(policy: QualifiedPolicy) -> Self {
        let qualifiers = policy.qualifiers.into_iter().map(Qualifier::of).collect();
        Self { policy: policy.policy.to_string(), qualifiers }
    }
}

impl Qualifier {
    fn of(qualifier: PolicyQualifier) -> Self {
        match qualifier {
            PolicyQualifier::Cps(cps) => Self::Cps { cps },
            PolicyQualifier::UserNotice(notice) => {
                let (organization, numbers) =
                    notice.reference.map(|reference| (reference.organization, reference.numbers)).unzip();
                Self::Notice { notice: notice.explicit_text, organization, numbers: numbers.unwrap_or_default() }
            }
            PolicyQualifier::Other(kind, der) => Self::Other { oid: kind.to_string(), der: STANDARD.encode(der) },
        }
    }
}
