//! `/trust`: the published trust list, to be browsed.

use askama::Template;

use super::PageContext;
use super::terms::{RecordStatus, Region, Scheme};

/// `/trust`: all records.
#[derive(Clone, Debug, Template)]
#[template(path = "trust/list.html")]
pub struct TrustListPage {
    /// The common part.
    pub page: PageContext,
    /// The number of the list.
    pub sequence: u64,
    /// When it was issued, in seconds since the Unix epoch.
    pub issued_at: i64,
    /// Until when it holds, in seconds since the Unix epoch.
    pub next_update: Option<i64>,
    /// How many trust anchors are in force.
    pub anchors: usize,
    /// The records, granted ones first.
    pub records: Vec<TrustRecordRow>,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct TrustRecordRow {
    /// The address of its page: `/trust/{id}`.
    pub url: String,
    /// What is recognised, in the page's language as far as the list names it in that.
    pub name: String,
    /// The CA's own name for itself.
    pub ca_name: String,
    /// The legal scheme.
    pub scheme: Scheme,
    /// The region.
    pub region: Region,
    /// The level that a login reaches, 2 to 5.
    pub level: u8,
    /// The status.
    pub status: RecordStatus,
    /// Since when it has this status, in seconds since the Unix epoch.
    pub since: i64,
}

/// `/trust/{id}`: one record with its history.
#[derive(Clone, Debug, Template)]
#[template(path = "trust/record.html")]
pub struct TrustRecordPage {
    /// The common part.
    pub page: PageContext,
    /// The record's id.
    pub id: String,
    /// Its line of the list.
    pub row: TrustRecordRow,
    /// The root CA.
    pub root_name: String,
    /// SHA-256 of the root certificate in hexadecimal.
    pub root_fingerprint: String,
    /// SHA-256 of the issuing CA's certificate in hexadecimal.
    pub ca_fingerprint: String,
    /// The recognised policies, dotted OIDs.
    pub policies: Vec<String>,
    /// The provincial policy that they are mapped to.
    pub mapped_policy: Option<String>,
    /// From when certificates count, in seconds since the Unix epoch.
    pub valid_from: i64,
    /// Until when, in seconds since the Unix epoch.
    pub valid_until: Option<i64>,
    /// The law or notice that recognises the CA.
    pub legal_basis: Option<String>,
    /// The bridge's cross-certificate, if one is in force.
    pub cross_certificate: Option<CrossCertificate>,
    /// Every status it had, the newest first.
    pub history: Vec<StatusChange>,
}

/// The technical bridge to a partner.
#[derive(Clone, Debug)]
pub struct CrossCertificate {
    /// The serial number in hexadecimal.
    pub serial: String,
    /// Valid until, in seconds since the Unix epoch.
    pub not_after: i64,
    /// Where to fetch it.
    pub url: String,
}

/// One status and its beginning.
#[derive(Clone, Debug)]
pub struct StatusChange {
    /// Since when, in seconds since the Unix epoch.
    pub at: i64,
    /// The status.
    pub status: RecordStatus,
    /// The reason given.
    pub reason: Option<String>,
}
