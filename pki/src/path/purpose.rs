//! What a certificate is wanted for, and whether key usage and extended key usage allow it.

use crate::certificate::extension::{ExtendedKeyUsage, KeyUsage};
use crate::{Certificate, Error, Oid, oid};

/// A purpose (RFC 5280 §4.2.1.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Purpose {
    /// No particular one.
    #[default]
    Any,
    /// TLS client, certificate login
    ClientAuth,
    /// Signing programs
    CodeSigning,
    /// Signing documents (RFC 9336)
    DocumentSigning,
    /// S/MIME
    Email,
    /// Signing OCSP answers (RFC 6960)
    OcspSigning,
    /// TLS server
    ServerAuth,
    /// Signing time stamps (RFC 3161)
    TimeStamping,
}

/// Extended key usages by which CAs of the field allow documents to be signed: RFC 9336, Microsoft's, Adobe's.
const DOCUMENT_SIGNING: [Oid; 3] =
    [oid::DOCUMENT_SIGNING, Oid::new_unwrap("1.3.6.1.4.1.311.10.3.12"), Oid::new_unwrap("1.2.840.113583.1.1.5")];

impl Purpose {
    const ALL: [Self; 8] = [
        Self::Any,
        Self::ClientAuth,
        Self::CodeSigning,
        Self::DocumentSigning,
        Self::Email,
        Self::OcspSigning,
        Self::ServerAuth,
        Self::TimeStamping,
    ];

    /// The name on the command line, e.g. `client-auth`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::ClientAuth => "client-auth",
            Self::CodeSigning => "code-signing",
            Self::DocumentSigning => "document-signing",
            Self::Email => "email",
            Self::OcspSigning => "ocsp-signing",
            Self::ServerAuth => "server-auth",
            Self::TimeStamping => "time-stamping",
        }
    }

    /// The purpose of this name; `_` does for `-`.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.replace('_', "-");
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    fn extended(self) -> &'static [Oid] {
        match self {
            Self::Any => &[],
            Self::ClientAuth => &[oid::CLIENT_AUTH],
            Self::CodeSigning => &[oid::CODE_SIGNING],
            Self::DocumentSigning => &DOCUMENT_SIGNING,
            Self::Email => &[oid::EMAIL_PROTECTION],
            Self::OcspSigning => &[oid::OCSP_SIGNING],
            Self::ServerAuth => &[oid::SERVER_AUTH],
            Self::TimeStamping => &[oid::TIME_STAMPING],
        }
    }

    /// One of these bits must be set in a key usage that is there (the bits that §4.2.1.12 calls consistent). For login a signature is wanted: the encryption
    /// certificate of a mainland pair has keyAgreement alone, and its key is in escrow.
    fn usages(self) -> &'static [KeyUsage] {
        match self {
            Self::Any => &[],
            Self::ClientAuth | Self::CodeSigning => &[KeyUsage::DIGITAL_SIGNATURE],
            Self::DocumentSigning | Self::OcspSigning | Self::TimeStamping => {
                &[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::NON_REPUDIATION]
            }
            Self::Email => &[
                KeyUsage::DIGITAL_SIGNATURE,
                KeyUsage::NON_REPUDIATION,
                KeyUsage::KEY_ENCIPHERMENT,
                KeyUsage::KEY_AGREEMENT,
            ],
            Self::ServerAuth => &[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::KEY_ENCIPHERMENT, KeyUsage::KEY_AGREEMENT],
        }
    }

    /// Judges the leaf. Without an extended key usage nothing is forbidden (§4.2.1.12), but for two purposes whose
    /// standards demand it: RFC 3161 §2.3 (critical, and alone) and RFC 6960 §4.2.2.2.
    pub(super) fn check_leaf(self, leaf: &Certificate) -> Result<(), Error> {
        let refused = Err(Error::PurposeNotPermitted { purpose: self.name() });
        let extended = leaf.extensions().extended_key_usage.as_ref();
        let only = |purpose| extended.is_some_and(|usage| usage.0 == [purpose]);
        match self {
            Self::TimeStamping
                if !only(oid::TIME_STAMPING) || !leaf.extensions().is_critical(&oid::EXTENDED_KEY_USAGE) =>
            {
                return refused;
            }
            Self::OcspSigning if !extended.is_some_and(|usage| usage.0.contains(&oid::OCSP_SIGNING)) => {
                return refused;
            }
            _ if !self.is_permitted_by(extended) => return refused,
            _ => {}
        }
        match (leaf.extensions().key_usage, self.usages()) {
            (Some(usage), wanted) if !wanted.is_empty() && !wanted.iter().any(|bit| usage.contains(*bit)) => refused,
            _ => Ok(()),
        }
    }

    /// Judges a CA: an extended key usage in its certificate bounds those below, as every major implementation has it
    /// (RFC 5280 says nothing). OCSP signing is exempt, since it is delegated by the CA itself.
    pub(super) fn check_ca(self, ca: &Certificate) -> Result<(), Error> {
        let permitted = self == Self::OcspSigning || self.is_permitted_by(ca.extensions().extended_key_usage.as_ref());
        if permitted { Ok(()) } else { Err(Error::PurposeNotPermitted { purpose: self.name() }) }
    }

    fn is_permitted_by(self, extended: Option<&ExtendedKeyUsage>) -> bool {
        let wanted = self.extended();
        wanted.is_empty() || extended.is_none_or(|usage| wanted.iter().any(|purpose| usage.permits(purpose)))
    }
}
