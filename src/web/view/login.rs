//! `/login/{attempt}/…`: the ways in, and the way out.

use askama::Template;

use super::PageContext;
use super::person::{CertificateFacts, Person};
use super::problem::Problem;
use super::qr::Qr;
use super::terms::terms;

/// `/login/{attempt}`: choose a way to sign in.
///
/// Its forms post `csrf`, `username`, `password` to `/login/{attempt}/password`, and `csrf`, `credential` (JSON, put there by
/// `passkey.js`) to `/login/{attempt}/passkey`.
#[derive(Clone, Debug, Template)]
#[template(path = "login/choose.html")]
pub struct LoginPage {
    /// The common part.
    pub page: PageContext,
    /// The id of the login attempt.
    pub attempt: String,
    /// The hall that asks.
    pub client_name: String,
    /// Whether nobody has approved the hall: it is in the sandbox.
    pub sandbox: bool,
    /// Where it says what it does with data, if it does.
    pub policy_url: Option<String>,
    /// Where its terms are, if it says so.
    pub terms_url: Option<String>,
    /// The level that it needs, 2 to 5.
    pub level: u8,
    /// Where a certificate in the browser is asked for, on the mutual TLS port; `None` where there is none.
    pub certificate_url: Option<String>,
    /// What the browser is asked for a passkey, JSON; `None` where a passkey does not reach the level.
    pub passkey: Option<String>,
    /// Whether a phone that is signed in reaches the level.
    pub phone: bool,
    /// Whether password and code reach the level.
    pub password_suffices: bool,
    /// The username, filled in from `login_hint` or the last try.
    pub username: String,
    /// Why someone who is signed in already is asked again.
    pub step_up: Option<StepUp>,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
    /// Where giving up leads: the hall, with `access_denied`.
    pub cancel_url: Option<String>,
}

/// A person who is signed in, but not well enough for what the hall asks.
#[derive(Clone, Debug)]
pub struct StepUp {
    /// Their name.
    pub display_name: String,
    /// What is missing.
    pub reason: StepUpReason,
}

/// What the session lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepUpReason {
    /// Its level is too low.
    Level {
        /// The level of the session, 2 to 5.
        now: u8,
    },
    /// The login is too long ago (`max_age`), or the hall wants a new one (`prompt=login`).
    Fresh,
}

/// `/login/{attempt}/totp`: the second step after the password.
///
/// Its form posts `csrf`, `code` to the page itself.
#[derive(Clone, Debug, Template)]
#[template(path = "login/totp.html")]
pub struct TotpPage {
    /// The common part.
    pub page: PageContext,
    /// The id of the login attempt.
    pub attempt: String,
    /// The hall that asks.
    pub client_name: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// `/login/{attempt}/for`: for whom the person acts.
///
/// Its form posts `csrf`, `mandate` (an id, or `self`) to the page itself.
#[derive(Clone, Debug, Template)]
#[template(path = "login/whom.html")]
pub struct WhomPage {
    /// The common part.
    pub page: PageContext,
    /// The id of the login attempt.
    pub attempt: String,
    /// The hall that asks.
    pub client_name: String,
    /// The person.
    pub display_name: String,
    /// The companies.
    pub companies: Vec<Company>,
}

/// A company that a person may act for.
#[derive(Clone, Debug)]
pub struct Company {
    /// The mandate.
    pub mandate: String,
    /// Its name.
    pub name: String,
    /// Codes of items; none for all.
    pub items: Vec<String>,
    /// The mandate's end, in seconds since the Unix epoch.
    pub until: i64,
}

/// `/login/{attempt}/phone`: a picture for a phone that is signed in, and what became of it.
///
/// Its form posts `csrf` to the page itself, for another picture.
#[derive(Clone, Debug, Template)]
#[template(path = "login/phone.html")]
pub struct PhonePage {
    /// The common part.
    pub page: PageContext,
    /// The id of the login attempt.
    pub attempt: String,
    /// The hall that asks.
    pub client_name: String,
    /// The picture.
    pub qr: Option<Qr>,
    /// The address in the picture.
    pub address: String,
    /// The number to find on the phone.
    pub number: i64,
    /// Until when the picture counts, in seconds since the Unix epoch.
    pub expires_at: i64,
    /// What became of it.
    pub standing: PhoneStanding,
}

terms! {
    /// What became of a picture.
    PhoneStanding, "phone" {
        /// Nobody has read it.
        Waiting = "waiting",
        /// A phone has read it.
        Opened = "opened",
        /// The phone let it in.
        LetIn = "let_in",
        /// The phone refused it.
        Refused = "refused",
        /// Nobody decided in time.
        Over = "over",
    }
}

impl PhoneStanding {
    /// Whether something may still come of it.
    #[must_use]
    pub fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::Opened | Self::LetIn)
    }
}

/// `/login/{attempt}/recovery`: a recovery code in the place of the authenticator's.
///
/// Its form posts `csrf`, `recovery_code` to the page itself.
#[derive(Clone, Debug, Template)]
#[template(path = "login/recovery.html")]
pub struct RecoveryPage {
    /// The common part.
    pub page: PageContext,
    /// The id of the login attempt.
    pub attempt: String,
    /// The hall that asks.
    pub client_name: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// `/login/{attempt}/challenge`: prove a key by signing 32 random bytes.
///
/// Its form posts `csrf`, `chain` (PEM), `signature` (base64) to the page itself.
#[derive(Clone, Debug, Template)]
#[template(path = "login/challenge.html")]
pub struct ChallengePage {
    /// The common part.
    pub page: PageContext,
    /// The id of the login attempt.
    pub attempt: String,
    /// The hall that asks.
    pub client_name: String,
    /// The challenge, base64.
    pub challenge_base64: String,
    /// Until when it can be answered, in seconds since the Unix epoch.
    pub expires_at: i64,
    /// The chain as pasted last time, PEM.
    pub chain: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// `/login/{attempt}/welcome`: the first login with a certificate that no account knows.
///
/// Two forms post `csrf` and `action` to the page itself: `new` alone, `link` with `username`, `password`, `code`.
#[derive(Clone, Debug, Template)]
#[template(path = "login/welcome.html")]
pub struct WelcomePage {
    /// The common part.
    pub page: PageContext,
    /// The id of the login attempt.
    pub attempt: String,
    /// The hall that asks.
    pub client_name: String,
    /// Who the certificate says its holder is.
    pub person: Person,
    /// The certificate.
    pub certificate: CertificateFacts,
    /// The username, filled in from the last try to link.
    pub username: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// `/oauth2/end_session` (`GET`): really sign out?
///
/// Its form posts `csrf` and the parameters to `action`.
#[derive(Clone, Debug, Template)]
#[template(path = "login/logout.html")]
pub struct LogoutPage {
    /// The common part.
    pub page: PageContext,
    /// Where the form is sent: `/oauth2/end_session` or `/account/logout`.
    pub action: String,
    /// The hall that asks, if it is known.
    pub client_name: Option<String>,
    /// Parameters to send along: `id_token_hint`, `post_logout_redirect_uri`, `state`, as name and value.
    pub parameters: Vec<(String, String)>,
    /// Where staying signed in leads.
    pub stay_url: String,
}

/// Signed out, and which halls were told.
#[derive(Clone, Debug, Template)]
#[template(path = "login/signed_out.html")]
pub struct SignedOutPage {
    /// The common part.
    pub page: PageContext,
    /// The halls of the session.
    pub halls: Vec<HallNotice>,
    /// The way back to the hall, if its address is registered.
    pub return_to: Option<ReturnLink>,
    /// Addresses of halls to open in frames, before the browser goes back by itself.
    pub frames: Vec<String>,
}

/// On the way back to a client that wants the answer posted: the form, which a script sends where there is one.
#[derive(Clone, Debug, Template)]
#[template(path = "login/return.html")]
pub struct ReturnPage {
    /// The common part.
    pub page: PageContext,
    /// The client's address.
    pub action: String,
    /// What it gets.
    pub fields: Vec<(String, String)>,
}

/// What a hall knows of the sign-out.
#[derive(Clone, Debug)]
pub struct HallNotice {
    /// Its name.
    pub name: String,
    /// Whether it has confirmed; if not, it is told again until it does.
    pub confirmed: bool,
}

/// A way back to a hall.
#[derive(Clone, Debug)]
pub struct ReturnLink {
    /// The hall's name.
    pub name: String,
    /// Its registered address.
    pub url: String,
}
