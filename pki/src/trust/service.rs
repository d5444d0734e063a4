//! A service on a trust list, and what it was recognised as at which time.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use super::{child, children, text};
use crate::encoding::{Asn1Result, refuse};
use crate::{Certificate, Time};

/// A service of a provider: a CA, a time-stamping authority, ….
#[derive(Debug, Clone)]
pub struct TrustService {
    /// TSP name, by language tag.
    pub provider: Arc<BTreeMap<String, String>>,
    /// What it is and was, the newest first; never empty.
    pub standings: Vec<Standing>,
}

/// What a service was for a while: until the next newer standing began, the newest until now.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Service type identifier, a URI, e.g. `http://uri.etsi.org/TrstSvc/Svctype/CA/PKC`.
    pub kind: String,
    /// Service name, by language tag.
    pub name: BTreeMap<String, String>,
    /// Service current status, or a previous one.
    pub status: ServiceStatus,
    /// Status starting date and time.
    pub from: Time,
    /// Service digital identity: the certificates of its key. An entry of the history often has none, only the key's
    /// identifier; then the newer ones', by [`TrustService::certificates`].
    pub certificates: Vec<Certificate>,
}

/// ETSI TS 119 612 §5.5.4 and annex D.5: how a service stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceStatus {
    /// `granted`
    Granted,
    /// `withdrawn`
    Withdrawn,
    /// `recognisedatnationallevel`
    RecognisedAtNationalLevel,
    /// `deprecatedatnationallevel`
    DeprecatedAtNationalLevel,
    /// What lists had before July 2016: `undersupervision`, `supervisionincessation`, `accredited`.
    Supervised,
    /// Any other URI, which grants nothing.
    Other(String),
}

const PREFIX: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";
const OLD_PREFIXES: [&str; 2] = [PREFIX, "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/"];

impl ServiceStatus {
    /// By its URI, in the letters' case of the standard.
    pub fn from_uri(uri: &str) -> Self {
        match uri.strip_prefix(PREFIX) {
            Some("granted") => Self::Granted,
            Some("withdrawn") => Self::Withdrawn,
            Some("recognisedatnationallevel") => Self::RecognisedAtNationalLevel,
            Some("deprecatedatnationallevel") => Self::DeprecatedAtNationalLevel,
            _ if is_supervised(uri) => Self::Supervised,
            _ => Self::Other(uri.to_owned()),
        }
    }

    /// Whether what the service issued while it stood so counts as recognised.
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted | Self::RecognisedAtNationalLevel | Self::Supervised)
    }
}

fn is_supervised(uri: &str) -> bool {
    let status = OLD_PREFIXES.iter().find_map(|prefix| uri.strip_prefix(prefix));
    matches!(status, Some("undersupervision" | "supervisionincessation" | "accredited"))
}

impl TrustService {
    /// Reads a TSPService.
    ///
    /// ```text
    /// TSPService ::= ServiceInformation, ServiceHistory?
    /// ServiceInformation, ServiceHistoryInstance ::= ServiceTypeIdentifier, ServiceName, ServiceDigitalIdentity,
    ///     ServiceStatus, StatusStartingTime, …
    /// ```
    pub(super) fn read(provider: &Arc<BTreeMap<String, String>>, node: Node<'_, '_>) -> Asn1Result<Self> {
        let Some(information) = child(node, "ServiceInformation") else {
            return refuse("a TSPService without ServiceInformation");
        };
        let history =
            child(node, "ServiceHistory").into_iter().flat_map(|list| children(list, "ServiceHistoryInstance"));
        let standings = std::iter::once(information).chain(history).map(Standing::read).collect::<Asn1Result<Vec<_>>>();
        let mut standings = standings?;
        // Stable: of two that began at once, the one that stands first in the list is the newer.
        standings.sort_by_key(|standing| std::cmp::Reverse(standing.from));
        Ok(Self { provider: Arc::clone(provider), standings })
    }

    /// How it stood at this time; `None` before the first that is told.
    pub fn standing_at(&self, at: Time) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.from <= at)
    }

    /// The certificates of its key, those of every standing: a service keeps its key for as long as it is one service
    /// (§5.5.3).
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.standings.iter().flat_map(|standing| &standing.certificates)
    }
}

impl Standing {
    fn read(node: Node<'_, '_>) -> Asn1Result<Self> {
        let required = |name| child(node, name).map(text).filter(|text| !text.is_empty());
        let (Some(kind), Some(status)) = (required("ServiceTypeIdentifier"), required("ServiceStatus")) else {
            return refuse("a service without type or status");
        };
        let from = required("StatusStartingTime").and_then(|time| Time::parse_rfc3339(&time));
        let Some(from) = from else {
            return refuse("a service whose StatusStartingTime cannot be read");
        };
        let identity = child(node, "ServiceDigitalIdentity");
        let identities = identity.into_iter().flat_map(|identity| children(identity, "DigitalId"));
        let certificates = identities.filter_map(|id| child(id, "X509Certificate")).map(certificate);
        Ok(Self {
            kind,
            name: names(child(node, "ServiceName")),
            status: ServiceStatus::from_uri(&status),
            from,
            certificates: certificates.collect::<Asn1Result<Vec<_>>>()?,
        })
    }
}

/// A multilingual name, by the tags of `xml:lang`.
pub(super) fn names(node: Option<Node<'_, '_>>) -> BTreeMap<String, String> {
    let names = node.into_iter().flat_map(|node| children(node, "Name"));
    let language =
        |name: Node<'_, '_>| name.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).map(str::to_owned);
    names.map(|name| (language(name).unwrap_or_default(), text(name))).collect()
}

/// An X509Certificate: DER in base64, in as many lines as its writer likes.
fn certificate(node: Node<'_, '_>) -> Asn1Result<Certificate> {
    let Some(der) = octets(&text(node)) else {
        return refuse("an X509Certificate that is no base64");
    };
    Certificate::from_der(&der).or_else(|why| refuse(format!("an X509Certificate: {why}")))
}

/// Base64 with white space in it.
pub(super) fn octets(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}
