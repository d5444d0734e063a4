//! `/device`: a person lets a device in that waits elsewhere with a code.

use askama::Template;

use super::PageContext;
use super::problem::Problem;

/// `/device`: type the code that the device shows.
///
/// Its form posts `csrf`, `user_code` to the page itself.
#[derive(Clone, Debug, Template)]
#[template(path = "device/enter.html")]
pub struct DevicePage {
    /// The common part.
    pub page: PageContext,
    /// The code, filled in from the address or the last try.
    pub user_code: String,
    /// What went wrong with the last try.
    pub problems: Vec<Problem>,
}

/// The question: let this device in?
///
/// Its form posts `csrf`, `user_code`, `decision` (`allow` or `refuse`) to `/device/decision`.
#[derive(Clone, Debug, Template)]
#[template(path = "device/confirm.html")]
pub struct DeviceConfirmPage {
    /// The common part.
    pub page: PageContext,
    /// The code, as the device shows it.
    pub user_code: String,
    /// Where the device signs in.
    pub client_name: String,
    /// Whether nobody has approved it: it is in the sandbox.
    pub sandbox: bool,
    /// As whom.
    pub display_name: String,
    /// Whether it may read name, region and kind.
    pub reads_profile: bool,
    /// Whether it may read what the identity rests on.
    pub reads_identity: bool,
    /// What else it may do, at services that are not ours: their scopes, as they are called there.
    pub uses: Vec<String>,
}

/// The answer: what became of it, and where to look now.
#[derive(Clone, Debug, Template)]
#[template(path = "device/done.html")]
pub struct DeviceDonePage {
    /// The common part.
    pub page: PageContext,
    /// Where the device signs in.
    pub client_name: String,
    /// Whether it was let in.
    pub allowed: bool,
}
