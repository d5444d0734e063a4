//! Certificates that were issued here, as the account shows them.

use pki::Certificate;

use crate::app::App;
use crate::locale::Locale;
use crate::store::authority::Issued;
use crate::web::error::{PageError, Result};
use crate::web::present;
use crate::web::view::account::{IssuedCertificate, IssuedState};

/// The rows of the account page.
pub(super) fn rows(app: &App, issued: &[Issued], locale: Locale) -> Vec<IssuedCertificate> {
    let row = |row: &Issued| {
        Some(IssuedCertificate {
            certificate: present::facts(&parse(row).ok()?),
            profile: profile_name(app, &row.profile, locale),
            state: state(app, row),
            url: format!("/account/certificates/{}", row.serial),
        })
    };
    issued.iter().filter_map(row).collect()
}

/// The name of a profile; the id of one that is gone.
pub(super) fn profile_name(app: &App, id: &str, locale: Locale) -> String {
    let profile = app.profiles.iter().find(|profile| profile.id == id);
    profile.map_or_else(|| id.to_owned(), |profile| present::name_in(&profile.names, locale))
}

/// Whether it counts.
pub(super) fn state(app: &App, row: &Issued) -> IssuedState {
    if row.revoked_at.is_some() {
        IssuedState::Revoked
    } else if row.not_after < app.clock.now() {
        IssuedState::Expired
    } else {
        IssuedState::Valid
    }
}

/// The certificate of a row.
pub(super) fn parse(row: &Issued) -> Result<Certificate> {
    let der = row.certificate.as_deref().unwrap_or_default();
    Certificate::from_der(der).map_err(|error| PageError::internal(&error))
}
