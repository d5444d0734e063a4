//! A person as the normalised claims describe them, whichever CA issued the certificate.

use super::terms::{DocumentKind, Method, NameScript, Region, SubjectKind};

/// Who someone is, as far as their credential says.
#[derive(Clone, Debug)]
pub struct Person {
    /// The name in each script in which it is known, the preferred one first.
    pub names: Vec<PersonName>,
    /// The region of the CA that vouches.
    pub region: Region,
    /// The document, if the credential names one.
    pub document: Option<Document>,
    /// Natural person or company.
    pub subject: SubjectKind,
    /// The level of assurance, 2 to 5.
    pub level: u8,
    /// The CA, library or office that vouches.
    pub verified_by: String,
    /// How.
    pub verified_how: Method,
    /// When, in seconds since the Unix epoch.
    pub verified_at: i64,
}

/// A name in one script.
#[derive(Clone, Debug)]
pub struct PersonName {
    /// The script.
    pub script: NameScript,
    /// The name.
    pub value: String,
}

/// A document, its number masked: `4401**********0015`.
#[derive(Clone, Debug)]
pub struct Document {
    /// The kind.
    pub kind: DocumentKind,
    /// The number with its middle hidden.
    pub masked_number: String,
}

/// What a page tells about a certificate outside a drawn path.
#[derive(Clone, Debug)]
pub struct CertificateFacts {
    /// The holder's common name or, without one, the whole subject.
    pub holder: String,
    /// The issuing CA's name.
    pub issuer: String,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// Valid from, in seconds since the Unix epoch.
    pub not_before: i64,
    /// Valid until, in seconds since the Unix epoch.
    pub not_after: i64,
}
