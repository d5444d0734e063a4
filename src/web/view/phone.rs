//! `/phone/{secret}`: a phone that is signed in lets a login on another screen in.

use askama::Template;

use super::PageContext;
use super::terms::terms;
use crate::locale::Locale;

/// The question: let this screen in?
///
/// Its forms post `csrf`, and one of them `number`, to `action`.
#[derive(Clone, Debug, Template)]
#[template(path = "phone/confirm.html")]
pub struct ScreenPage {
    /// The common part.
    pub page: PageContext,
    /// Where the answer is sent.
    pub action: String,
    /// Where the screen signs in.
    pub client_name: String,
    /// Browser and system of the screen.
    pub device: String,
    /// Its network address.
    pub address: String,
    /// Whether it is in the phone's network.
    pub same_network: bool,
    /// When it asked, in seconds since the Unix epoch.
    pub asked_at: i64,
    /// Among which the number of the screen is.
    pub numbers: Vec<i64>,
}

/// What became of it.
#[derive(Clone, Debug, Template)]
#[template(path = "phone/done.html")]
pub struct ScreenDonePage {
    /// The common part.
    pub page: PageContext,
    /// What.
    pub outcome: ScreenOutcome,
}

terms! {
    /// What became of a login on another screen.
    ScreenOutcome, "screen" {
        /// It is let in.
        LetIn = "let_in",
        /// It was refused.
        Refused = "refused",
        /// The number was not the screen's, so it was refused.
        WrongNumber = "wrong_number",
        /// It was decided before, is over, or another person's.
        Over = "over",
    }
}

impl ScreenOutcome {
    /// What to do now.
    #[must_use]
    pub fn next(self, locale: &Locale) -> String {
        locale.text(&format!("{}-next", self.key()))
    }
}
