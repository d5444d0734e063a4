//! The two demonstration halls: sites of their own, clients of the issuer like any other.

use askama::Template;

use super::PageContext;
use super::person::Person;
use super::problem::Problem;
use super::terms::{SubjectKind, terms};
use crate::locale::Locale;

terms! {
    /// A demonstration hall.
    Hall, "hall" {
        /// 省直窗口: a window of a provincial department.
        Window = "window",
        /// 地市分厅: the sub-hall of a city.
        City = "city",
    }
}

impl Hall {
    /// What is done there, in a few words.
    #[must_use]
    pub fn summary(self, locale: &Locale) -> String {
        locale.text(match self {
            Self::Window => "hall-window-summary",
            Self::City => "hall-city-summary",
        })
    }

    /// What kind of site it is: 省直窗口, 地市分厅.
    #[must_use]
    pub fn kind(self, locale: &Locale) -> String {
        locale.text(match self {
            Self::Window => "hall-window-kind",
            Self::City => "hall-city-kind",
        })
    }

    /// The items that it offers.
    #[must_use]
    pub fn items(self) -> &'static [Item] {
        match self {
            Self::Window => &[Item::Practice, Item::Title, Item::Insurance],
            Self::City => &[Item::Business, Item::Rent, Item::Appointment],
        }
    }
}

terms! {
    /// An item of service (事项) of the demonstration; its code is part of the address `/items/{code}`.
    Item, "item" {
        /// Registration of Hong Kong and Macao professionals to practise in Guangdong.
        Practice = "practice",
        /// Confirmation of a professional title.
        Title = "title",
        /// Social insurance registration of a company.
        Insurance = "insurance",
        /// Registration as a sole trader.
        Business = "business",
        /// Housing allowance.
        Rent = "rent",
        /// Appointment at the counter.
        Appointment = "appointment",
    }
}

impl Item {
    /// The level that it needs, 2 to 5.
    #[must_use]
    pub fn level(self) -> u8 {
        match self {
            Self::Practice | Self::Business | Self::Insurance => 4,
            Self::Rent => 3,
            Self::Title | Self::Appointment => 2,
        }
    }

    /// Who may apply: a person, a company, or either.
    #[must_use]
    pub fn subject(self) -> Option<SubjectKind> {
        match self {
            Self::Insurance => Some(SubjectKind::Company),
            Self::Appointment => None,
            _ => Some(SubjectKind::Person),
        }
    }

    /// What it is for, in one sentence.
    #[must_use]
    pub fn summary(self, locale: &Locale) -> String {
        locale.text(&format!("{}-summary", self.key()))
    }
}

/// The common part of a hall's pages.
#[derive(Clone, Debug)]
pub struct HallContext {
    /// Which hall.
    pub hall: Hall,
    /// The front page of the hall's website at its issuer, for links: `https://localhost:8443`.
    pub issuer_url: String,
    /// Where signing in begins: `/login`.
    pub sign_in_url: String,
    /// Where the sign-out form is sent: `/logout`.
    pub sign_out_action: String,
}

/// `/`: the items of a hall.
#[derive(Clone, Debug, Template)]
#[template(path = "hall/front.html")]
pub struct HallFrontPage {
    /// The common part.
    pub page: PageContext,
    /// The hall.
    pub hall: HallContext,
    /// The items.
    pub items: Vec<Item>,
}

/// `/items/{code}`: the form of an item, filled in as far as the claims reach.
///
/// Its form posts `csrf`, `purpose`, `phone`, `remarks` to the page itself.
#[derive(Clone, Debug, Template)]
#[template(path = "hall/item.html")]
pub struct HallItemPage {
    /// The common part.
    pub page: PageContext,
    /// The hall.
    pub hall: HallContext,
    /// The item.
    pub item: Item,
    /// Who applies.
    pub person: Person,
    /// The telephone number typed so far (field `phone`).
    pub phone: String,
    /// The purpose chosen so far (field `purpose`, a code of [`Purpose`]).
    pub purpose: Option<Purpose>,
    /// The remarks typed so far (field `remarks`).
    pub remarks: String,
    /// What to mend; [`Problem::FieldMissing`] with a label from [`HallItemPage::label`].
    pub problems: Vec<Problem>,
}

terms! {
    /// What an application is for (field `purpose`).
    Purpose, "purpose" {
        /// The first application.
        First = "first",
        /// A renewal.
        Renewal = "renewal",
        /// A change of what is on record.
        Change = "change",
    }
}

/// The application was received.
#[derive(Clone, Debug, Template)]
#[template(path = "hall/receipt.html")]
pub struct HallReceiptPage {
    /// The common part.
    pub page: PageContext,
    /// The hall.
    pub hall: HallContext,
    /// The item.
    pub item: Item,
    /// The number of the receipt (统一回执).
    pub receipt_number: String,
    /// The applicant's name.
    pub applicant: String,
    /// When it was received, in seconds since the Unix epoch.
    pub received_at: i64,
}

/// Signed out of the hall and of the issuer.
#[derive(Clone, Debug, Template)]
#[template(path = "hall/signed_out.html")]
pub struct HallSignedOutPage {
    /// The common part.
    pub page: PageContext,
    /// The hall.
    pub hall: HallContext,
}

terms! {
    /// Why a sign-in at a hall did not finish.
    HallError, "hall-error" {
        /// The answer's `state` is not the one that was sent: another tab, an old page, or forgery.
        StateMismatch = "state_mismatch",
        /// The person gave up, or was refused.
        Denied = "denied",
        /// The code was used already or is too old.
        CodeRefused = "code_refused",
        /// The ID token does not verify: issuer, audience, nonce or signature.
        TokenInvalid = "token_invalid",
        /// The item is for the other kind of applicant.
        NotEligible = "not_eligible",
        /// The provider gave no level that suffices for the item.
        LevelTooLow = "level_too_low",
        /// The issuer does not answer.
        IssuerUnavailable = "issuer_unavailable",
        /// No such page.
        NotFound = "not_found",
        /// The form was open too long, or does not come from this page.
        FormExpired = "form_expired",
        /// Anything else.
        Other = "other",
    }
}

impl HallError {
    /// What to do about it.
    #[must_use]
    pub fn next(self, locale: &Locale) -> String {
        locale.text(&format!("{}-next", self.key()))
    }
}

/// Something did not finish.
#[derive(Clone, Debug, Template)]
#[template(path = "hall/error.html")]
pub struct HallErrorPage {
    /// The common part.
    pub page: PageContext,
    /// The hall.
    pub hall: HallContext,
    /// What went wrong.
    pub kind: HallError,
    /// The id under which the hall's log tells the rest.
    pub incident: String,
    /// Where to try again, when that can lead to anything but the front page.
    pub retry_url: Option<String>,
}

impl HallItemPage {
    /// The label of a field, for [`Problem::FieldMissing`] and [`Problem::FieldInvalid`]; an unknown field is its own label.
    #[must_use]
    pub fn label(locale: &Locale, field: &str) -> String {
        match field {
            "phone" => locale.text("hall-field-phone"),
            "purpose" => locale.text("hall-field-purpose"),
            "remarks" => locale.text("hall-field-remarks"),
            other => other.to_owned(),
        }
    }

    fn chose(&self, choice: &Purpose) -> bool {
        self.purpose == Some(*choice)
    }
}
