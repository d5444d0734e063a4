//! `/`: what this service is, and where to go.

use askama::Template;

use super::PageContext;

/// The front page of the issuer.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// The common part.
    pub page: PageContext,
    /// The halls that one login opens.
    pub halls: Vec<HallLink>,
    /// How many CAs are on the trust list with status *granted*.
    pub trusted_authorities: usize,
}

/// A hall to go to.
#[derive(Clone, Debug)]
pub struct HallLink {
    /// Its name, in the page's language.
    pub name: String,
    /// What is done there, in a few words.
    pub summary: String,
    /// Its address.
    pub url: String,
}
