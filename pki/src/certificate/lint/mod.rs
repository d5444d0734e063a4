//! Lints: what RFC 5280 demands of a certificate that is to be issued, one rule a file.
//!
//! A path validator must bear much that an issuer must not produce; these rules are for the issuer, and run on a
//! certificate signed by a throw-away key before the real key signs it.

mod authority_key_id;
mod basic_constraints;
mod critical_extensions;
mod crl_distribution_points;
mod key_usage;
mod name_constraints;
mod policy_mappings;
mod serial_number;
mod signature_algorithm;
mod signing_key_usage;
mod subject;
mod subject_alt_names;
mod subject_key_id;
mod subject_strings;
mod validity;
mod version;
mod weak_key;

use std::fmt;

use super::Certificate;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Against a SHOULD, or unwise: may be issued by decision.
    Warning,
    /// Against a MUST: is not issued.
    Error,
}

/// A rule that a certificate breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule.
    pub lint: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where the rule stands.
    pub citation: &'static str,
    /// What is wrong with this certificate.
    pub message: String,
}

/// A rule: it looks at a certificate and its issuer and says what is wrong, or nothing.
struct Lint {
    name: &'static str,
    severity: Severity,
    citation: &'static str,
    check: fn(&Certificate, &Certificate) -> Option<String>,
}

const ALL: [&Lint; 17] = [
    &authority_key_id::LINT,
    &basic_constraints::LINT,
    &crl_distribution_points::LINT,
    &critical_extensions::LINT,
    &key_usage::LINT,
    &name_constraints::LINT,
    &policy_mappings::LINT,
    &serial_number::LINT,
    &signature_algorithm::LINT,
    &signing_key_usage::LINT,
    &subject::LINT,
    &subject_alt_names::LINT,
    &subject_key_id::LINT,
    &subject_strings::LINT,
    &validity::LINT,
    &version::LINT,
    &weak_key::LINT,
];

/// Runs every rule on a certificate as `issuer` (for a root: itself) would issue it.
pub fn run(certificate: &Certificate, issuer: &Certificate) -> Vec<Finding> {
    ALL.iter().filter_map(|lint| lint.run(certificate, issuer)).collect()
}

impl Lint {
    fn run(&self, certificate: &Certificate, issuer: &Certificate) -> Option<Finding> {
        let Self { name, severity, citation, .. } = *self;
        (self.check)(certificate, issuer).map(|message| Finding { lint: name, severity, citation, message })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.lint, self.message, self.citation)
    }
}

#[cfg(test)]
mod fixtures {
    //! A root and what it issues, well made; each lint's test spoils one thing.

    use std::sync::OnceLock;

    use super::*;
    use crate::certificate::extension::KeyUsage;
    use crate::certificate::{CertificateBuilder, Serial};
    use crate::key::{KeySpec, Signer, SoftwareKey};
    use crate::{Name, Time, oid};

    pub(super) const START: Time = Time(1_767_225_600);
    pub(super) const END: Time = Time(1_767_225_600 + 86_400);

    /// One key for all, so that what is made twice has the same issuer.
    pub(super) fn key() -> &'static SoftwareKey {
        static KEY: OnceLock<SoftwareKey> = OnceLock::new();
        KEY.get_or_init(|| SoftwareKey::generate(KeySpec::EcdsaP256, &mut |_| ()).unwrap())
    }

    pub(super) fn plain(key: &SoftwareKey, subject: &str) -> CertificateBuilder {
        plain_as(Serial::from_unsigned(&[7; 16]), key, subject, (START, END))
    }

    pub(super) fn plain_as(
        serial: Serial,
        key: &SoftwareKey,
        subject: &str,
        validity: (Time, Time),
    ) -> CertificateBuilder {
        let issuer = Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "Root")]);
        CertificateBuilder::new(serial, issuer, Name::parse(subject).unwrap(), validity, key.public_key().clone())
            .authority_key_id(key.public_key().key_identifier())
            .subject_key_id()
    }

    pub(super) fn ca(key: &SoftwareKey) -> CertificateBuilder {
        plain(key, "CN=Root,C=CN").basic_constraints(true, None).key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
    }

    pub(super) fn leaf(key: &SoftwareKey) -> CertificateBuilder {
        plain(key, "CN=Somebody,C=CN")
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .crl_distribution_points(&["http://example.org/root.crl"])
    }

    /// Whether the lint has something to say of what the builder makes.
    pub(super) fn objects(lint: &Lint, builder: &CertificateBuilder) -> bool {
        let key = key();
        let root = ca(key).sign(key).unwrap();
        lint.run(&builder.sign(key).unwrap(), &root).is_some()
    }

    #[test]
    fn a_well_made_root_and_a_well_made_leaf_have_no_findings() {
        let key = key();
        let root = ca(key).sign(key).unwrap();
        assert_eq!(run(&root, &root), []);
        assert_eq!(run(&leaf(key).sign(key).unwrap(), &root), []);
    }
}
