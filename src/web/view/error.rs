//! Pages for when something does not work: which thing, and what to do.

use askama::Template;

use super::PageContext;
use super::person::CertificateFacts;
use super::terms::terms;
use crate::locale::Locale;

terms! {
    /// Why a certificate was refused.
    RefusalReason, "refusal" {
        /// Its period is over.
        Expired = "expired",
        /// Its period has not begun.
        NotYetValid = "not_yet_valid",
        /// Its CA revoked it.
        Revoked = "revoked",
        /// No known CA issued it.
        UnknownCa = "unknown_ca",
        /// Its CA is known, but has no record on the trust list yet.
        NotListed = "not_listed",
        /// The record of its CA is suspended.
        Suspended = "suspended",
        /// The record of its CA is withdrawn.
        Withdrawn = "withdrawn",
        /// It was issued under a policy that is not recognised.
        WrongPolicy = "wrong_policy",
        /// It is for something other than signing in.
        WrongPurpose = "wrong_purpose",
        /// It names somebody outside what its CA may speak for.
        NameNotPermitted = "name_not_permitted",
        /// Whether it is revoked cannot be learnt at the moment.
        RevocationUnknown = "revocation_unknown",
        /// A signature in the chain does not verify.
        SignatureInvalid = "signature_invalid",
        /// It cannot be read.
        Malformed = "malformed",
        /// The browser sent none.
        NoCertificatePresented = "no_certificate_presented",
        /// Anything else.
        Other = "other",
    }
}

impl RefusalReason {
    /// What to do about it.
    #[must_use]
    pub fn next(self, locale: &Locale) -> String {
        locale.text(&format!("{}-next", self.key()))
    }

    /// What it means for somebody who was shown the certificate and does not sign in with it.
    #[must_use]
    pub fn meaning(self, locale: &Locale) -> String {
        locale.text(&format!("{}-meaning", self.key()))
    }
}

/// A reason for those who run or mend systems.
#[derive(Clone, Debug)]
pub struct TechnicalReason {
    /// The engine's code: `policy_not_permitted`.
    pub code: String,
    /// The engine's sentence, English.
    pub message: String,
    /// The section of the standard: `RFC 5280 §6.1.5`.
    pub rfc: String,
}

/// A certificate that was refused.
#[derive(Clone, Debug, Template)]
#[template(path = "error/refusal.html")]
pub struct RefusalPage {
    /// The common part.
    pub page: PageContext,
    /// Why.
    pub reason: RefusalReason,
    /// The certificate, if it could be read.
    pub certificate: Option<CertificateFacts>,
    /// When it was revoked or the record of its CA changed, in seconds since the Unix epoch.
    pub since: Option<i64>,
    /// The reason for the operators, with the section of the standard.
    pub technical: Option<TechnicalReason>,
    /// The id under which the log tells the rest.
    pub incident: String,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
    /// The choice of ways to sign in.
    pub another_way_url: String,
}

terms! {
    /// What went wrong with a request that is not about a certificate.
    ErrorKind, "error" {
        /// `redirect_uri` is not registered; the person is never sent there.
        BadRedirectUri = "bad_redirect_uri",
        /// `client_id` is not registered.
        UnknownClient = "unknown_client",
        /// The request breaks the protocol in another way.
        BadRequest = "bad_request",
        /// The login attempt is over: finished, expired, or begun in another browser.
        AttemptGone = "attempt_gone",
        /// At a kiosk, what is done on a device of one's own alone.
        AtKiosk = "at_kiosk",
        /// The form was open too long.
        FormExpired = "form_expired",
        /// The form does not come from our page.
        Csrf = "csrf",
        /// The same answer was sent twice.
        Replayed = "replayed",
        /// The upload is too large.
        TooLarge = "too_large",
        /// Too many requests.
        TooMany = "too_many",
        /// The person may not do this.
        Forbidden = "forbidden",
        /// No such page.
        NotFound = "not_found",
        /// A fault of ours.
        Internal = "internal",
        /// Not ready: maintenance, or the trust list is out of date.
        Unavailable = "unavailable",
    }
}

impl ErrorKind {
    /// What to do about it.
    #[must_use]
    pub fn next(self, locale: &Locale) -> String {
        locale.text(&format!("{}-next", self.key()))
    }
}

impl ErrorKind {
    /// Whether the log keeps it under an incident: a page that is not there is nobody's fault, and asked for by the thousand.
    #[must_use]
    pub fn is_logged(self) -> bool {
        self != Self::NotFound
    }
}

/// Any other error.
#[derive(Clone, Debug, Template)]
#[template(path = "error/error.html")]
pub struct ErrorPage {
    /// The common part.
    pub page: PageContext,
    /// What went wrong.
    pub kind: ErrorKind,
    /// A fact that helps whoever mends it: the address refused, the client named. Shown as text, never as a link.
    pub detail: Option<String>,
    /// The id under which the log tells the rest.
    pub incident: Option<String>,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
    /// Where to begin again; without one, the page leads to the front page.
    pub retry_url: Option<String>,
}
