//! The words behind the codes: every closed set of values that a page names, with its code for the database and the wire.

/// Declares an enum whose variants each have a code, and whose words are the Fluent texts `<prefix>-<code>`.
macro_rules! terms {
    ($(#[$doc:meta])* $name:ident, $prefix:literal { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Every value, in the order in which a page lists them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code that the database, the log and the wire use.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The value of a code, or `None` for one that is not in the list.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }

            /// The key of its text.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($prefix, "-", $code),)+
                }
            }

            /// It, in words.
            #[must_use]
            pub fn text(self, locale: &crate::locale::Locale) -> String {
                locale.text(self.key())
            }
        }
    };
}
pub(crate) use terms;

terms! {
    /// The place whose CA vouches for a credential.
    Region, "region" {
        /// Guangdong.
        Guangdong = "GD",
        /// The mainland outside Guangdong.
        Mainland = "CN",
        /// Hong Kong.
        HongKong = "HK",
        /// Macao.
        Macao = "MO",
        /// Anywhere else.
        Other = "ZZ",
    }
}

terms! {
    /// Whether a credential stands for a natural person or an organisation.
    SubjectKind, "subject" {
        /// A natural person.
        Person = "person",
        /// A company or other organisation.
        Company = "company",
    }
}

terms! {
    /// The kind of document or register entry that a credential is tied to.
    DocumentKind, "document" {
        /// Resident identity card of the mainland, GB 11643.
        ResidentId = "resident_id",
        /// Hong Kong identity card.
        HkId = "hkid",
        /// Macao resident identity card (BIR).
        MacaoId = "macao_id",
        /// Mainland travel permit for Hong Kong and Macao residents (回乡证).
        HomeReturnPermit = "home_return_permit",
        /// Residence permit for Hong Kong, Macao and Taiwan residents.
        ResidencePermit = "residence_permit",
        /// Passport.
        Passport = "passport",
        /// Unified social credit code, GB 32100.
        CreditCode = "uscc",
        /// Business registration in Hong Kong.
        HkBusiness = "hk_br",
        /// The subscriber reference that a Hong Kong or Macao CA gives its holder in place of a document number.
        SubscriberReference = "subscriber_reference",
        /// A document of a kind not named here.
        Other = "other",
    }
}

terms! {
    /// The script or language in which a name is written.
    NameScript, "script" {
        /// Simplified Chinese.
        Simplified = "zh-Hans",
        /// Traditional Chinese.
        Traditional = "zh-Hant",
        /// Latin letters.
        Latin = "Latn",
    }
}

impl NameScript {
    /// The value of the `lang` attribute around such a name; Latin letters leave the language open.
    #[must_use]
    pub fn lang(self) -> &'static str {
        match self {
            Self::Simplified => "zh-Hans",
            Self::Traditional => "zh-Hant",
            Self::Latin => "und-Latn",
        }
    }
}

terms! {
    /// How a person proved who they are.
    Method, "method" {
        /// A certificate in the browser, over mutual TLS.
        Certificate = "certificate",
        /// A certificate whose key signed a challenge: USB token, SM2.
        SignedChallenge = "challenge",
        /// A passkey: a key of the person's device.
        Passkey = "passkey",
        /// Password and a code from an authenticator app.
        PasswordTotp = "password_totp",
        /// Password and a recovery code.
        RecoveryCode = "recovery_code",
        /// A phone that is signed in.
        Phone = "phone",
        /// Password alone.
        Password = "password",
        /// An official at a window saw the document.
        Window = "window",
        /// Comparison with the population or legal-person library.
        Library = "library",
        /// Nothing but the person's own word.
        SelfAsserted = "self",
    }
}

terms! {
    /// A claim that a hall may read about a person.
    ClaimName, "claim" {
        /// The name, in the scripts in which it is known.
        Name = "name",
        /// The region.
        Region = "region",
        /// The kind of document.
        DocumentKind = "document_kind",
        /// The document number with its middle hidden.
        DocumentNumber = "document_number_masked",
        /// Person or company.
        SubjectKind = "subject_kind",
        /// The level of assurance.
        Level = "acr",
        /// The CA that vouched for the person.
        VerifiedBy = "verified_by",
        /// How the person was verified.
        VerifiedHow = "verified_how",
        /// When the person was verified.
        VerifiedAt = "verified_at",
        /// The company that the person acts for.
        Organization = "org",
        /// The e-mail address.
        Email = "email",
        /// The telephone number.
        Phone = "phone_number",
        /// The stable identifier that this hall alone knows the person by.
        Subject = "sub",
    }
}

terms! {
    /// The status of a trust list record.
    RecordStatus, "status" {
        /// Certificates count.
        Granted = "granted",
        /// Certificates do not count for now.
        Suspended = "suspended",
        /// Certificates made before may still be checked; new logins are refused for good.
        Withdrawn = "withdrawn",
    }
}

terms! {
    /// The legal scheme under which a CA is on the trust list.
    Scheme, "scheme" {
        /// The province's own CA.
        Provincial = "provincial",
        /// A CA licensed under the Electronic Signature Law.
        Licensed = "licensed",
        /// Guangdong–Hong Kong mutual recognition.
        HongKong = "hk_recognised",
        /// Guangdong–Macao mutual recognition.
        Macao = "mo_recognised",
    }
}
