//! What can be wrong with a filled-in form, what the page says about it, and which field it belongs to.

use crate::locale::Locale;

/// One thing to mend before a form can be accepted. Each text says what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The certificate is linked to another account already.
    AlreadyLinked,
    /// The certificate shows somebody else than the account does.
    AnotherPerson,
    /// No certificate was uploaded or pasted.
    CertificateMissing,
    /// Of the certificates that were uploaded or pasted, several have issued no other.
    CertificateSeveral,
    /// The upload is larger than a certificate can be.
    CertificateTooLarge,
    /// What was pasted is no certificate.
    CertificateTextUnreadable,
    /// What was uploaded is no certificate.
    CertificateUnreadable,
    /// The certificate chain is missing.
    ChainMissing,
    /// The certificate chain is no PEM, or holds no certificate.
    ChainUnreadable,
    /// The challenge ran out or was answered already.
    ChallengeExpired,
    /// Setting up another authenticator took too long.
    AuthenticatorExpired,
    /// None of the choices was chosen.
    ChoiceMissing,
    /// The code of the authenticator app is missing or not six digits.
    CodeMissing,
    /// The code was used already.
    CodeUsed,
    /// The code is wrong.
    CodeWrong,
    /// Username or password is wrong; which of them is not said.
    CredentialsWrong,
    /// The key in the request may not be certified: too short, or an algorithm that the profile does not allow.
    CsrKeyRefused,
    /// The request is missing.
    CsrMissing,
    /// The request's own signature does not verify.
    CsrSignatureWrong,
    /// The own signature of a request with an SM2 key does not verify: mostly it was made without the identifier of GM/T 0009.
    CsrSm2SignatureWrong,
    /// The request cannot be read.
    CsrUnreadable,
    /// The date lies in the future.
    DateInFuture,
    /// The date cannot be read.
    DateUnreadable,
    /// A field of a hall's form has a value that does not fit.
    FieldInvalid {
        /// The id of the field.
        field: String,
        /// Its label, in the page's language.
        label: String,
    },
    /// A field of a hall's form is empty.
    FieldMissing {
        /// The id of the field.
        field: String,
        /// Its label, in the page's language.
        label: String,
    },
    /// None of the choices of a hall's form was chosen.
    FieldUnchosen {
        /// The id of the field.
        field: String,
        /// Its label, in the page's language.
        label: String,
    },
    /// The form was open too long.
    FormExpired,
    /// The certificate opens no company's account.
    NotACompany,
    /// The company proved too little to give a mandate.
    CompanyUnproved,
    /// The mandate's end is past or too far, or its items are too many or no codes.
    MandateTerms,
    /// The mandate's end is missing or no day.
    MandateUntil,
    /// There may be a copy of the passkey, and it is blocked.
    PasskeyCopied,
    /// The page was open too long for a passkey.
    PasskeyExpired,
    /// The passkey has no name.
    PasskeyNameMissing,
    /// What the device made is no passkey that could be added.
    PasskeyNotMade,
    /// The passkey's answer is not good.
    PasskeyRefused,
    /// The passkey opens an account already.
    PasskeyTaken,
    /// The passkey opens no account.
    PasskeyUnknown,
    /// The password is missing.
    PasswordMissing,
    /// The person's level does not suffice for the profile, or the profile does not exist.
    ProfileRefused,
    /// The recovery code is missing.
    RecoveryCodeMissing,
    /// Too many codes were wrong.
    RecoveryCodeThrottled {
        /// How long to wait.
        wait_seconds: u64,
    },
    /// The recovery code is wrong, or was used before.
    RecoveryCodeWrong,
    /// The signature is missing.
    SignatureMissing,
    /// The signature is no base64.
    SignatureUnreadable,
    /// The signature does not verify under the certificate's key.
    SignatureWrong,
    /// Too many attempts.
    Throttled {
        /// How long to wait.
        wait_seconds: u64,
    },
    /// The account has as many passkeys as it may.
    TooManyPasskeys,
    /// Too many codes of devices were wrong.
    UserCodeThrottled {
        /// How long to wait.
        wait_seconds: u64,
    },
    /// The code of a device is nobody's, or over.
    UserCodeWrong,
    /// The username is missing.
    UsernameMissing,
}

impl Problem {
    /// The id of the field that it belongs to; the error summary links there.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::CompanyUnproved
            | Self::NotACompany
            | Self::AlreadyLinked
            | Self::AnotherPerson
            | Self::CertificateMissing
            | Self::CertificateSeveral
            | Self::CertificateTooLarge
            | Self::CertificateUnreadable => "certificate",
            Self::CertificateTextUnreadable => "pem",
            Self::ChainMissing | Self::ChainUnreadable => "chain",
            Self::ChallengeExpired | Self::SignatureMissing | Self::SignatureUnreadable | Self::SignatureWrong => {
                "signature"
            }
            Self::RecoveryCodeMissing | Self::RecoveryCodeThrottled { .. } | Self::RecoveryCodeWrong => "recovery_code",
            Self::AuthenticatorExpired | Self::CodeMissing | Self::CodeUsed | Self::CodeWrong => "code",
            Self::CsrKeyRefused
            | Self::CsrMissing
            | Self::CsrSignatureWrong
            | Self::CsrSm2SignatureWrong
            | Self::CsrUnreadable => "csr",
            Self::DateInFuture | Self::DateUnreadable => "at",
            Self::FieldInvalid { field, .. } | Self::FieldMissing { field, .. } | Self::FieldUnchosen { field, .. } => {
                field
            }
            Self::ChoiceMissing | Self::FormExpired => "form",
            Self::MandateTerms | Self::MandateUntil => "until",
            Self::PasskeyNameMissing => "name",
            Self::PasskeyCopied
            | Self::PasskeyExpired
            | Self::PasskeyNotMade
            | Self::PasskeyRefused
            | Self::PasskeyTaken
            | Self::PasskeyUnknown
            | Self::TooManyPasskeys => "passkey",
            Self::PasswordMissing => "password",
            Self::UserCodeThrottled { .. } | Self::UserCodeWrong => "user_code",
            Self::ProfileRefused => "profile",
            Self::CredentialsWrong | Self::Throttled { .. } | Self::UsernameMissing => "username",
        }
    }

    /// What is wrong and what to do.
    #[must_use]
    pub fn text(&self, locale: &Locale) -> String {
        match self {
            Self::FieldInvalid { label, .. } | Self::FieldMissing { label, .. } | Self::FieldUnchosen { label, .. } => {
                locale.text_with(self.key(), &[("field", label.into())])
            }
            Self::Throttled { wait_seconds }
            | Self::RecoveryCodeThrottled { wait_seconds }
            | Self::UserCodeThrottled { wait_seconds } => {
                locale.text_with(self.key(), &[("wait", locale.duration(*wait_seconds).into())])
            }
            _ => locale.text(self.key()),
        }
    }

    /// The key of its text.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::AlreadyLinked => "problem-already-linked",
            Self::AnotherPerson => "problem-another-person",
            Self::CertificateMissing => "problem-certificate-missing",
            Self::CertificateSeveral => "problem-certificate-several",
            Self::CertificateTooLarge => "problem-certificate-too-large",
            Self::CertificateUnreadable => "problem-certificate-unreadable",
            Self::CertificateTextUnreadable => "problem-chain-unreadable",
            Self::ChainMissing => "problem-chain-missing",
            Self::ChainUnreadable => "problem-chain-unreadable",
            Self::ChallengeExpired => "problem-challenge-expired",
            Self::AuthenticatorExpired => "problem-authenticator-expired",
            Self::ChoiceMissing => "problem-choice-missing",
            Self::CodeMissing => "problem-code-missing",
            Self::CodeUsed => "problem-code-used",
            Self::CodeWrong => "problem-code-wrong",
            Self::CredentialsWrong => "problem-credentials-wrong",
            Self::CsrKeyRefused => "problem-csr-key-refused",
            Self::CsrMissing => "problem-csr-missing",
            Self::CsrSignatureWrong => "problem-csr-signature-wrong",
            Self::CsrSm2SignatureWrong => "problem-csr-sm2-signature-wrong",
            Self::CsrUnreadable => "problem-csr-unreadable",
            Self::DateInFuture => "problem-date-in-future",
            Self::DateUnreadable => "problem-date-unreadable",
            Self::FieldInvalid { .. } => "problem-field-invalid",
            Self::FieldMissing { .. } => "problem-field-missing",
            Self::FieldUnchosen { .. } => "problem-field-unchosen",
            Self::FormExpired => "problem-form-expired",
            Self::CompanyUnproved => "problem-company-unproved",
            Self::NotACompany => "problem-not-a-company",
            Self::MandateTerms => "problem-mandate-terms",
            Self::MandateUntil => "problem-mandate-until",
            Self::PasskeyCopied => "problem-passkey-copied",
            Self::PasskeyExpired => "problem-passkey-expired",
            Self::PasskeyNameMissing => "problem-passkey-name-missing",
            Self::PasskeyNotMade => "problem-passkey-not-made",
            Self::PasskeyRefused => "problem-passkey-refused",
            Self::PasskeyTaken => "problem-passkey-taken",
            Self::PasskeyUnknown => "problem-passkey-unknown",
            Self::PasswordMissing => "problem-password-missing",
            Self::ProfileRefused => "problem-profile-refused",
            Self::RecoveryCodeMissing => "problem-recovery-code-missing",
            Self::RecoveryCodeThrottled { .. } => "problem-recovery-code-throttled",
            Self::RecoveryCodeWrong => "problem-recovery-code-wrong",
            Self::SignatureMissing => "problem-signature-missing",
            Self::SignatureUnreadable => "problem-signature-unreadable",
            Self::SignatureWrong => "problem-signature-wrong",
            Self::Throttled { .. } => "problem-throttled",
            Self::TooManyPasskeys => "problem-too-many-passkeys",
            Self::UserCodeThrottled { .. } => "problem-user-code-throttled",
            Self::UserCodeWrong => "problem-user-code-wrong",
            Self::UsernameMissing => "problem-username-missing",
        }
    }
}
