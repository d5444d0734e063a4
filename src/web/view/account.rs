//! `/account`: everything that the service knows about a person, and what they can do about it.

use askama::Template;

use super::PageContext;
use super::person::{CertificateFacts, Person};
use super::problem::Problem;
use super::qr::Qr;
use super::terms::{ClaimName, Method, terms};
use crate::locale::Locale;

/// `/account`.
///
/// Forms, each with `csrf`: `/account/logout`, `/account/sessions/{id}/end`, `/account/sessions/end-others`, and, multipart,
/// `/account/certificates` with `profile`, `csr_file` (a file, may be empty), `csr` (PEM, may be empty).
#[derive(Clone, Debug, Template)]
#[template(path = "account/account.html")]
pub struct AccountPage {
    /// The common part.
    pub page: PageContext,
    /// What was just done, to be said at the top.
    pub notice: Option<Notice>,
    /// Who they are.
    pub person: Person,
    /// Their sessions, the current one first.
    pub sessions: Vec<Session>,
    /// Username and when the password was set, if there is one.
    pub password: Option<PasswordCredential>,
    /// Since when an authenticator app is set up, in seconds since the Unix epoch.
    pub totp_since: Option<i64>,
    /// How it stands with the recovery codes, if any were made.
    pub recovery_codes: Option<RecoveryCodes>,
    /// The passkeys that open the account; `None` where there are none at all.
    pub passkeys: Option<Vec<Passkey>>,
    /// The certificates that open the account.
    pub certificates: Vec<LinkedCertificate>,
    /// Who acts for the company, or for which company the person acts; `None` where there is nothing to say.
    pub mandates: Option<Mandates>,
    /// The certificates issued here, the newest first.
    pub issued: Vec<IssuedCertificate>,
    /// The profiles that a certificate may be asked for under; empty where the level does not suffice.
    pub profiles: Vec<Profile>,
    /// The request as sent last time, PEM.
    pub csr: String,
    /// What went wrong with the request.
    pub problems: Vec<Problem>,
    /// A login that nothing was known of.
    pub unfamiliar: Option<Unfamiliar>,
    /// Which hall read what.
    pub halls: Vec<HallAccess>,
    /// What happened, the newest first.
    pub activity: Vec<Activity>,
}

terms! {
    /// Something that was just done.
    Notice, "notice" {
        /// One session was ended.
        SessionEnded = "session_ended",
        /// All other sessions were ended.
        OthersEnded = "others_ended",
        /// A certificate was linked.
        CertificateLinked = "certificate_linked",
        /// A certificate was taken away.
        CertificateUnlinked = "certificate_unlinked",
        /// A hall's access was taken back.
        HallShownOut = "hall_shown_out",
        /// A mandate was taken up.
        MandateTaken = "mandate_taken",
        /// A mandate was withdrawn.
        MandateWithdrawn = "mandate_withdrawn",
        /// Another authenticator app is set up.
        AuthenticatorChanged = "authenticator_changed",
        /// A passkey was added.
        PasskeyAdded = "passkey_added",
        /// A passkey was taken away.
        PasskeyRemoved = "passkey_removed",
        /// The account was opened.
        AccountOpened = "account_opened",
    }
}

/// A session: one browser on one device.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id, for `/account/sessions/{id}/end`.
    pub id: String,
    /// Browser and system: `Chrome · Windows`.
    pub device: String,
    /// The network address.
    pub address: String,
    /// How the person signed in.
    pub method: Method,
    /// Since when, in seconds since the Unix epoch.
    pub since: i64,
    /// When it was last used, in seconds since the Unix epoch.
    pub last_used: i64,
    /// Whether it is the one that looks at the page.
    pub current: bool,
}

/// A username with a password.
#[derive(Clone, Debug)]
pub struct PasswordCredential {
    /// The username.
    pub username: String,
    /// When the password was set, in seconds since the Unix epoch.
    pub set_at: i64,
}

/// The mandates of an account.
#[derive(Clone, Debug)]
pub struct Mandates {
    /// Whether it is a company's, which gives them.
    pub gives: bool,
    /// The mandates, the latest first.
    pub rows: Vec<Mandate>,
}

/// A mandate.
#[derive(Clone, Debug)]
pub struct Mandate {
    /// The other side; `None` while nobody has taken it up.
    pub party: Option<String>,
    /// Codes of items; none for all.
    pub items: Vec<String>,
    /// When it was given, in seconds since the Unix epoch.
    pub given_at: i64,
    /// Its end, in seconds since the Unix epoch.
    pub until: i64,
    /// How it stands.
    pub state: MandateState,
    /// Where it is withdrawn, while there is something to withdraw.
    pub withdraw_url: Option<String>,
}

terms! {
    /// How a mandate stands.
    MandateState, "mandate-state" {
        /// Its holder may act by it.
        InForce = "in_force",
        /// Nobody has taken it up.
        Offered = "offered",
        /// Its time is over.
        Over = "over",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
    }
}

/// How it stands with the recovery codes.
#[derive(Clone, Copy, Debug)]
pub struct RecoveryCodes {
    /// How many of the ten are left.
    pub left: usize,
    /// When they were made, in seconds since the Unix epoch.
    pub made_at: i64,
    /// When one was used last, in seconds since the Unix epoch.
    pub used_at: Option<i64>,
}

/// A passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// What its holder calls it.
    pub name: String,
    /// When it was added, in seconds since the Unix epoch.
    pub added_at: i64,
    /// When it was used last, in seconds since the Unix epoch.
    pub used_at: Option<i64>,
    /// Whether it opens nothing any more, as there may be a copy.
    pub blocked: bool,
    /// Where it is taken away: `/account/passkeys/{id}/remove`.
    pub remove_url: String,
}

/// A certificate that opens the account.
#[derive(Clone, Debug)]
pub struct LinkedCertificate {
    /// The certificate.
    pub certificate: CertificateFacts,
    /// Where it is taken away: `/account/credentials/{id}/unlink`.
    pub unlink_url: String,
    /// When it was linked, in seconds since the Unix epoch.
    pub linked_at: i64,
    /// Whether its period is over.
    pub expired: bool,
}

/// A certificate that the province issued to the person.
#[derive(Clone, Debug)]
pub struct IssuedCertificate {
    /// The certificate.
    pub certificate: CertificateFacts,
    /// The profile, in the page's language.
    pub profile: String,
    /// Whether it counts.
    pub state: IssuedState,
    /// Where its page is: `/account/certificates/{serial}`.
    pub url: String,
}

terms! {
    /// Whether a certificate issued here counts.
    IssuedState, "issued" {
        /// It does.
        Valid = "valid",
        /// Its period is over.
        Expired = "expired",
        /// It was revoked.
        Revoked = "revoked",
    }
}

/// A kind of certificate to ask for.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The value of the form field `profile`.
    pub id: String,
    /// Its name, in the page's language.
    pub name: String,
}

/// A login with a browser, or from a part of the world, that was never seen with the person.
#[derive(Clone, Debug)]
pub struct Unfamiliar {
    /// Browser and system.
    pub device: String,
    /// The network address.
    pub address: String,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
}

/// What a hall read about the person.
#[derive(Clone, Debug)]
pub struct HallAccess {
    /// The hall's name.
    pub name: String,
    /// What it read, the latest first.
    pub read: Vec<HallRead>,
    /// Where its access is taken back, while it has any.
    pub withdraw_url: Option<String>,
}

/// Claims that a hall read at the same times.
#[derive(Clone, Debug)]
pub struct HallRead {
    /// The claims.
    pub claims: Vec<ClaimName>,
    /// The first time, in seconds since the Unix epoch.
    pub first_at: i64,
    /// The last time, in seconds since the Unix epoch.
    pub last_at: i64,
}

/// One event of the log, as its person sees it.
#[derive(Clone, Debug)]
pub struct Activity {
    /// When, in seconds since the Unix epoch.
    pub at: i64,
    /// What.
    pub kind: ActivityKind,
    /// With what or whom: a hall, a CA, a device. Shown as it is.
    pub detail: Option<String>,
    /// From which network address.
    pub address: Option<String>,
}

terms! {
    /// A kind of event that concerns a person.
    ActivityKind, "activity" {
        /// The person took all their data away.
        AccountExported = "account_exported",
        /// The account was opened.
        AccountOpened = "account_opened",
        /// A sign-in.
        SignedIn = "signed_in",
        /// A sign-in that failed.
        SignInFailed = "sign_in_failed",
        /// A certificate was refused.
        CertificateRefused = "certificate_refused",
        /// A session reached a higher level.
        SteppedUp = "stepped_up",
        /// A hall was opened with the running session.
        HallOpened = "hall_opened",
        /// A code was typed that no device waits with.
        DeviceCodeWrong = "device_code_wrong",
        /// A device was let in.
        DeviceLetIn = "device_let_in",
        /// A device was refused.
        DeviceRefused = "device_refused",
        /// A hall read claims.
        ClaimsRead = "claims_read",
        /// A sign-out.
        SignedOut = "signed_out",
        /// One session was ended from the account page.
        SessionEnded = "session_ended",
        /// All other sessions were ended from the account page.
        OthersEnded = "others_ended",
        /// A certificate was linked.
        CertificateLinked = "certificate_linked",
        /// A certificate was taken away.
        CertificateUnlinked = "certificate_unlinked",
        /// A login that nothing was known of.
        UnfamiliarSignIn = "unfamiliar_sign_in",
        /// A hall's access was taken back.
        HallShownOut = "hall_shown_out",
        /// A company gave a mandate.
        MandateGiven = "mandate_given",
        /// A person took a mandate up.
        MandateTaken = "mandate_taken",
        /// A mandate was withdrawn.
        MandateWithdrawn = "mandate_withdrawn",
        /// Another authenticator app was set up.
        AuthenticatorChanged = "authenticator_changed",
        /// New recovery codes were made.
        RecoveryCodesMade = "recovery_codes_made",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery_code_used",
        /// A login on another screen was let in.
        ScreenLetIn = "screen_let_in",
        /// A login on another screen was refused.
        ScreenRefused = "screen_refused",
        /// A passkey was added.
        PasskeyAdded = "passkey_added",
        /// A passkey may have been copied, and was blocked.
        PasskeyBlocked = "passkey_blocked",
        /// A passkey was taken away.
        PasskeyRemoved = "passkey_removed",
        /// A certificate was issued.
        CertificateIssued = "certificate_issued",
        /// A certificate was revoked.
        CertificateRevoked = "certificate_revoked",
        /// A service acts at another one for the person.
        TokenExchanged = "token_exchanged",
        /// A stolen refresh token was noticed, and all its offspring ended.
        TokenReuse = "token_reuse",
        /// A client revoked a token of its own.
        TokenRevoked = "token_revoked",
        /// Anything else.
        Other = "other",
    }
}

/// `/account/link`: prove a second certificate, to open the same account.
#[derive(Clone, Debug, Template)]
#[template(path = "account/link.html")]
pub struct LinkPage {
    /// The common part.
    pub page: PageContext,
    /// Where a certificate in the browser is asked for, on the mutual TLS port; `None` where there is none.
    pub certificate_url: Option<String>,
    /// Where a challenge is signed.
    pub challenge_url: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// `/account/credentials/{id}/unlink`: whether a certificate shall open the account no longer, or why it has to stay.
#[derive(Clone, Debug, Template)]
#[template(path = "account/unlink.html")]
pub struct UnlinkPage {
    /// The common part.
    pub page: PageContext,
    /// Where the answer is sent.
    pub action: String,
    /// The certificate.
    pub certificate: CertificateFacts,
    /// Why it has to stay.
    pub kept: Option<KeptBecause>,
    /// Whether the person is signed in with it, and will be signed out.
    pub opened_this_session: bool,
}

/// `/account/recovery-codes`: how many are left, or ten new ones, this once.
#[derive(Clone, Debug, Template)]
#[template(path = "account/recovery_codes.html")]
pub struct RecoveryCodesPage {
    /// The common part.
    pub page: PageContext,
    /// How it stands, if any were made.
    pub known: Option<RecoveryCodes>,
    /// Those that were made a moment ago.
    pub made: Vec<String>,
}

impl RecoveryCodesPage {
    /// The codes as a file that the browser makes of its own address: nothing is fetched for it.
    fn file(&self) -> String {
        let lines =
            self.made.iter().fold(self.page.text("recovery-codes-file"), |text, code| format!("{text}\n{code}"));
        let bytes = lines.bytes().chain(*b"\n").map(|byte| format!("%{byte:02X}")).collect::<String>();
        format!("data:text/plain;charset=utf-8,{bytes}")
    }
}

/// `/account/authenticator`: set up another authenticator app.
///
/// Its form posts `csrf`, `code` to the page itself.
#[derive(Clone, Debug, Template)]
#[template(path = "account/authenticator.html")]
pub struct AuthenticatorPage {
    /// The common part.
    pub page: PageContext,
    /// The secret as a picture.
    pub qr: Option<Qr>,
    /// The secret as text, in groups of four.
    pub secret: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// `/account/passkeys/new`: make a passkey on this device.
///
/// Its form posts `csrf`, `name`, `credential` (JSON, put there by `passkey.js`) to `/account/passkeys`.
#[derive(Clone, Debug, Template)]
#[template(path = "account/passkey.html")]
pub struct AddPasskeyPage {
    /// The common part.
    pub page: PageContext,
    /// What the browser is asked, JSON.
    pub options: String,
    /// The name, filled in from the browser's or the last try.
    pub name: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// `/account/passkeys/{id}/remove`: whether a passkey shall open the account no longer, or why it has to stay.
#[derive(Clone, Debug, Template)]
#[template(path = "account/passkey_remove.html")]
pub struct RemovePasskeyPage {
    /// The common part.
    pub page: PageContext,
    /// Where the answer is sent.
    pub action: String,
    /// What its holder calls it.
    pub name: String,
    /// When it was added, in seconds since the Unix epoch.
    pub added_at: i64,
    /// When it was used last, in seconds since the Unix epoch.
    pub used_at: Option<i64>,
    /// Whether it has to stay, as there is no other way to sign in.
    pub only_way_in: bool,
    /// Whether the person is signed in with it, and will be signed out.
    pub opened_this_session: bool,
}

/// `/account/export`: everything that is kept about the person, to be taken away.
#[derive(Clone, Debug, Template)]
#[template(path = "account/export.html")]
pub struct ExportPage {
    /// The common part.
    pub page: PageContext,
    /// Whether the session proved enough for the numbers of documents to be in it.
    pub numbers: bool,
}

terms! {
    /// Why a certificate stays with its account.
    KeptBecause, "kept" {
        /// The province issued it to the account.
        IssuedHere = "issued_here",
        /// There is no other way to sign in.
        OnlyWayIn = "only_way_in",
        /// The account was opened with it.
        OpenedAccount = "opened_account",
    }
}

impl KeptBecause {
    /// What to do about it.
    #[must_use]
    pub fn next(self, locale: &Locale) -> String {
        locale.text(&format!("{}-next", self.key()))
    }
}

/// `/account/certificates/{serial}`: a certificate issued here, to be fetched.
#[derive(Clone, Debug, Template)]
#[template(path = "account/issued.html")]
pub struct IssuedPage {
    /// The common part.
    pub page: PageContext,
    /// Whether it was issued a moment ago, which the page celebrates.
    pub just_issued: bool,
    /// The certificate.
    pub certificate: CertificateFacts,
    /// The profile, in the page's language.
    pub profile: String,
    /// Its signature algorithm: `SM2 with SM3`.
    pub algorithm: String,
    /// Whether it counts.
    pub state: IssuedState,
    /// The certificate as PEM.
    pub pem_url: String,
    /// The certificate as DER.
    pub der_url: String,
    /// Its chain up to the root, PEM.
    pub chain_url: String,
}

impl AccountPage {
    fn other_sessions(&self) -> usize {
        self.sessions.iter().filter(|session| !session.current).count()
    }
}
