//! Mandates: given by a company, taken up by a person.

use askama::Template;

use super::PageContext;
use super::problem::Problem;
use super::qr::Qr;
use super::terms::terms;
use crate::locale::Locale;

/// `/account/mandates/new`: a company gives a mandate.
///
/// Its form posts `csrf`, `until` (a day), `items` (codes) to `/account/mandates`.
#[derive(Clone, Debug, Template)]
#[template(path = "mandate/give.html")]
pub struct GiveMandatePage {
    /// The common part.
    pub page: PageContext,
    /// The last day, as sent last time.
    pub until: String,
    /// The codes of items, as sent last time.
    pub items: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// The link to hand over, this once.
#[derive(Clone, Debug, Template)]
#[template(path = "mandate/given.html")]
pub struct MandateGivenPage {
    /// The common part.
    pub page: PageContext,
    /// The link as a picture.
    pub qr: Option<Qr>,
    /// The link.
    pub address: String,
    /// Codes of items; none for all.
    pub items: Vec<String>,
    /// Its end, in seconds since the Unix epoch.
    pub until: i64,
}

/// `/mandate/{secret}`: whether the person takes it up.
///
/// Its form posts `csrf` to `action`.
#[derive(Clone, Debug, Template)]
#[template(path = "mandate/offer.html")]
pub struct OfferPage {
    /// The common part.
    pub page: PageContext,
    /// Where the answer is sent.
    pub action: String,
    /// The company.
    pub company: String,
    /// The person.
    pub display_name: String,
    /// Codes of items; none for all.
    pub items: Vec<String>,
    /// Its end, in seconds since the Unix epoch.
    pub until: i64,
}

/// `/account/mandates/certificate`: show a company's certificate, to act for it.
#[derive(Clone, Debug, Template)]
#[template(path = "mandate/represent.html")]
pub struct RepresentPage {
    /// The common part.
    pub page: PageContext,
    /// Where a certificate in the browser is asked for, on the mutual TLS port.
    pub certificate_url: String,
    /// Where a challenge is signed.
    pub challenge_url: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// What became of it.
#[derive(Clone, Debug, Template)]
#[template(path = "mandate/done.html")]
pub struct OfferDonePage {
    /// The common part.
    pub page: PageContext,
    /// What.
    pub outcome: MandateOutcome,
}

terms! {
    /// What became of an offered mandate.
    MandateOutcome, "offer" {
        /// The person has it.
        Taken = "taken",
        /// It is over, taken by another, or not for a company.
        Over = "over",
    }
}

impl MandateOutcome {
    /// What to do now.
    #[must_use]
    pub fn next(self, locale: &Locale) -> String {
        locale.text(&format!("{}-next", self.key()))
    }
}
