//! Why a certificate is refused: one word for its holder, the technical reason for the log.

use pki::{Certificate, Time};

/// The reason in one word. The codes are those of the refusal page and of the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its period is over.
    Expired,
    /// It cannot be read.
    Malformed,
    /// It names somebody outside what its authority may speak for.
    NameNotPermitted,
    /// No certificate came.
    NoCertificatePresented,
    /// The authority is known, but not on the list.
    NotListed,
    /// Its period has not begun.
    NotYetValid,
    /// Something else.
    Other,
    /// Whether it is revoked cannot be learnt now.
    RevocationUnknown,
    /// It, or an authority above it, is revoked.
    Revoked,
    /// A signature is wrong.
    SignatureInvalid,
    /// The record is suspended.
    Suspended,
    /// No known authority issued it.
    UnknownCa,
    /// The record is withdrawn.
    Withdrawn,
    /// Type or policy is not one that is recognised.
    WrongPolicy,
    /// It is for something else.
    WrongPurpose,
}

impl Reason {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Malformed => "malformed",
            Self::NameNotPermitted => "name_not_permitted",
            Self::NoCertificatePresented => "no_certificate_presented",
            Self::NotListed => "not_listed",
            Self::NotYetValid => "not_yet_valid",
            Self::Other => "other",
            Self::RevocationUnknown => "revocation_unknown",
            Self::Revoked => "revoked",
            Self::SignatureInvalid => "signature_invalid",
            Self::Suspended => "suspended",
            Self::UnknownCa => "unknown_ca",
            Self::Withdrawn => "withdrawn",
            Self::WrongPolicy => "wrong_policy",
            Self::WrongPurpose => "wrong_purpose",
        }
    }

    /// The reason behind an error of the engine.
    pub(super) fn of(error: &pki::Error) -> Self {
        match error.code() {
            "certificate_expired" => Self::Expired,
            "certificate_not_yet_valid" => Self::NotYetValid,
            "certificate_revoked" => Self::Revoked,
            "crl_expired" | "revocation_unknown" => Self::RevocationUnknown,
            "key_usage_not_permitted" | "purpose_not_permitted" => Self::WrongPurpose,
            "malformed_certificate" => Self::Malformed,
            "name_constraint_violated" => Self::NameNotPermitted,
            "policy_not_permitted" => Self::WrongPolicy,
            "signature_invalid" => Self::SignatureInvalid,
            "unknown_issuer" => Self::UnknownCa,
            _ => Self::Other,
        }
    }
}

/// A refusal.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// In one word.
    pub reason: Reason,
    /// The certificate, if it could be read.
    pub certificate: Option<Certificate>,
    /// The engine's code, or the record's field.
    pub code: String,
    /// The technical reason, for whoever holds the certificate.
    pub detail: String,
    /// The same for the log, which learns no name of the certificate: it may hold an identity number.
    pub logged: String,
    /// Which rule.
    pub rfc: String,
    /// Since when, for a revocation or a status.
    pub since: Option<Time>,
    /// The certificates that were considered, leaf first.
    pub path: Vec<Certificate>,
    /// The one of them that the reason is about; the leaf when it is not said.
    pub concerned: Option<Certificate>,
}

impl Refusal {
    /// Nothing to judge: no certificate, or bytes that are none.
    pub fn without_certificate(reason: Reason, detail: &str) -> Box<Self> {
        Box::new(Self {
            reason,
            certificate: None,
            code: reason.code().to_owned(),
            detail: detail.to_owned(),
            logged: detail.to_owned(),
            rfc: "RFC 5280 §4.1".to_owned(),
            since: None,
            path: Vec::new(),
            concerned: None,
        })
    }

    /// An error of the engine.
    pub(super) fn engine(reason: Reason, leaf: &Certificate, error: &pki::Error) -> Box<Self> {
        let since = match error {
            pki::Error::CertificateRevoked { since, .. } => Some(*since),
            _ => None,
        };
        Box::new(Self {
            reason,
            certificate: Some(leaf.clone()),
            code: error.code().to_owned(),
            detail: error.to_string(),
            logged: nameless(error),
            rfc: error.rfc().to_owned(),
            since,
            path: vec![leaf.clone()],
            concerned: None,
        })
    }

    /// A condition of the trust list record that does not hold: `field` says which.
    pub(crate) fn listed(reason: Reason, leaf: &Certificate, field: &str, why: String) -> Box<Self> {
        Box::new(Self {
            reason,
            certificate: Some(leaf.clone()),
            code: format!("trust_list_{}", field.replace(' ', "_")),
            detail: why.clone(),
            logged: why,
            rfc: "trust list record: ".to_owned() + field,
            since: None,
            path: vec![leaf.clone()],
            concerned: None,
        })
    }

    /// The trust store could not be read: fail closed.
    pub(super) fn unavailable(leaf: &Certificate, error: &crate::store::Error) -> Box<Self> {
        tracing::error!(%error, "the trust store cannot be read");
        Self::listed(Reason::RevocationUnknown, leaf, "store", "the trust store cannot be read".to_owned())
    }

    /// Our machinery failed: fail closed.
    pub(super) fn unjudged(leaf: &Certificate, error: &dyn std::fmt::Display) -> Box<Self> {
        tracing::error!(%error, "a certificate could not be judged");
        Self::listed(Reason::RevocationUnknown, leaf, "judgement", "the certificate could not be judged".to_owned())
    }

    pub(super) fn since(mut self: Box<Self>, since: Time) -> Box<Self> {
        self.since = Some(since);
        self
    }

    pub(super) fn about(mut self: Box<Self>, certificate: Option<Certificate>) -> Box<Self> {
        self.concerned = certificate;
        self
    }

    /// With what else its holder may want to know; the log has it already.
    pub(super) fn beside(mut self: Box<Self>, notes: &[String]) -> Box<Self> {
        notes.iter().for_each(|note| self.detail.push_str(&format!("; {note}")));
        self
    }

    pub(super) fn along(mut self: Box<Self>, path: Vec<Certificate>) -> Box<Self> {
        if !path.is_empty() {
            self.path = path;
        }
        self
    }
}

/// As the log has it.
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.code, self.logged, self.rfc)
    }
}

/// What the engine says, but for the name that it says it of.
fn nameless(error: &pki::Error) -> String {
    match error {
        pki::Error::NameConstraintViolated { constraint, .. } => format!("a name is {constraint}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_outside_the_permitted_subtrees_has_a_reason_of_its_own() {
        let error = pki::Error::NameConstraintViolated { name: "CN=x".into(), constraint: "outside".into() };
        assert_eq!(Reason::of(&error), Reason::NameNotPermitted);
        assert!(!nameless(&error).contains("CN=x"), "the log learns no name");
    }
}
