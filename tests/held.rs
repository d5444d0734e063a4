//! What a hostile reading of the service found, and that it is held: each test is one way in that is closed.
//!
//! What needs another time of day runs over rooms without a server, on a clock of the test's own (`house`); all else
//! over a demonstration that runs.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

#[path = "held/answers.rs"]
mod answers;
#[path = "held/assertions.rs"]
mod assertions;
#[path = "held/authorize.rs"]
mod authorize;
#[path = "held/binding.rs"]
mod binding;
#[path = "held/bridge.rs"]
mod bridge;
#[path = "held/clear.rs"]
mod clear;
#[path = "held/connections.rs"]
mod connections;
#[path = "held/device.rs"]
mod device;
#[path = "held/dpop.rs"]
mod dpop;
#[path = "held/evidence.rs"]
mod evidence;
#[path = "held/expiry.rs"]
mod expiry;
#[path = "held/exporting.rs"]
mod exporting;
#[path = "held/grants.rs"]
mod grants;
#[path = "held/house.rs"]
mod house;
#[path = "held/issuance.rs"]
mod issuance;
#[path = "held/issuers.rs"]
mod issuers;
#[path = "held/levels.rs"]
mod levels;
#[path = "held/linking.rs"]
mod linking;
#[path = "held/lists.rs"]
mod lists;
#[path = "held/logout.rs"]
mod logout;
#[path = "held/mandates.rs"]
mod mandates;
#[path = "held/noticed.rs"]
mod noticed;
#[path = "held/own.rs"]
mod own;
#[path = "held/partners.rs"]
mod partners;
#[path = "held/passkeys.rs"]
mod passkeys;
#[path = "held/phone.rs"]
mod phone;
#[path = "held/pushed.rs"]
mod pushed;
#[path = "held/raising.rs"]
mod raising;
#[path = "held/records.rs"]
mod records;
#[path = "held/recovery.rs"]
mod recovery;
#[path = "held/registering.rs"]
mod registering;
#[path = "held/resources.rs"]
mod resources;
#[path = "held/responder.rs"]
mod responder;
#[path = "held/throttle.rs"]
mod throttle;
#[path = "held/unlinking.rs"]
mod unlinking;
#[path = "held/withdrawal.rs"]
mod withdrawal;

use support::browser::Browser;
use support::client::{is_signed_out, login_page};
use support::demo::shared as demo;

/// Whether a hall's front page names somebody. The page is fetched as by a script, so that the hall asks nobody.
fn is_known_at(browser: &Browser, hall: &str) -> bool {
    browser.get_with(format!("{hall}/"), "Sec-Fetch-Dest: empty").expect(200).body.contains("class=\"who\"")
}
