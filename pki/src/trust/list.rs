//! The list as a whole.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use super::service::names;
use super::xml_signature::XmlSignature;
use super::{TSL, TrustService, child, children, text};
use crate::algorithm::AlgorithmPolicy;
use crate::encoding::{Asn1Error, Asn1Result, refuse};
use crate::{Certificate, Error, Time};

/// The biggest lists of European countries have some 5 MB; a reader that takes more than this takes anything.
const MAX_OCTETS: usize = 32 << 20;
/// Elements, texts and the like.
const MAX_NODES: u32 = 1_000_000;
/// Declarations of namespaces. Each element that has one copies all that are in scope around it, so that what they cost
/// grows with the square of their number: this many cost 100 MB at worst.
const MAX_DECLARATIONS: usize = 10_000;
/// How deep elements stand in one another: 15 by the schema, and what extensions bring. Some things here recur.
const MAX_DEPTH: usize = 100;

/// A trust list whose signature fits.
#[derive(Debug, Clone)]
pub struct TrustList {
    /// TSL sequence number: a newer list has a higher one.
    pub sequence_number: u64,
    /// Scheme operator name, by language tag.
    pub operator: BTreeMap<String, String>,
    /// Scheme territory, e.g. `CN-GD`.
    pub territory: String,
    /// List issue date and time.
    pub issued: Time,
    /// Next update; `None` says that the list is closed, and will have no successor (§5.3.15).
    pub next_update: Option<Time>,
    /// Everybody's services, in the order of the list.
    pub services: Vec<TrustService>,
}

impl TrustList {
    /// Reads a list that one of `signers` has signed: their certificates come from whoever points to the list, none is
    /// taken from the list itself. The signer's certificate must have been valid, and the algorithms acceptable, when
    /// the list was issued.
    ///
    /// # Errors
    /// [`Error::Malformed`] of what is no list by TS 119 612, or more than 32 MiB; [`Error::TrustListNotAuthentic`] of
    /// one that nobody among the signers has signed whole.
    pub fn from_signed_xml(xml: &[u8], signers: &[Certificate], algorithms: &AlgorithmPolicy) -> Result<Self, Error> {
        let malformed = |why: Asn1Error| Error::malformed("trust list", why);
        let text = decoded(xml).map_err(malformed)?;
        let document = parsed(text).map_err(malformed)?;
        let list = Self::read(document.root_element()).map_err(malformed)?;
        let signature =
            XmlSignature::of_document(&document).map_err(|why| Error::TrustListNotAuthentic { why: why.0 })?;
        match signers.iter().map(|signer| list.signed_by(&signature, signer, algorithms)).reduce(Result::or) {
            Some(Ok(())) => Ok(list),
            Some(Err(why)) => Err(Error::TrustListNotAuthentic { why }),
            None => Err(Error::TrustListNotAuthentic { why: "no signer is known for it".to_owned() }),
        }
    }

    fn signed_by(
        &self,
        signature: &XmlSignature<'_>,
        signer: &Certificate,
        algorithms: &AlgorithmPolicy,
    ) -> Result<(), String> {
        if !signer.is_valid_at(self.issued) {
            return Err(format!("{} was not valid when the list was issued, at {}", signer.subject(), self.issued));
        }
        algorithms.accepts(signature.algorithm(), signer.public_key().algorithm(), self.issued)?;
        signature.verify(signer.public_key()).map_err(|why| format!("by {}: {why}", signer.subject()))
    }

    fn read(root: Node<'_, '_>) -> Asn1Result<Self> {
        if !root.has_tag_name((TSL, "TrustServiceStatusList")) {
            return refuse("the document element is no TrustServiceStatusList");
        }
        let Some(scheme) = child(root, "SchemeInformation") else {
            return refuse("there is no SchemeInformation");
        };
        let said = |name| child(scheme, name).map(text).unwrap_or_default();
        let Ok(sequence_number) = said("TSLSequenceNumber").parse() else {
            return refuse("TSLSequenceNumber is no number");
        };
        let Some(issued) = Time::parse_rfc3339(&said("ListIssueDateTime")) else {
            return refuse("ListIssueDateTime cannot be read");
        };
        Ok(Self {
            sequence_number,
            operator: names(child(scheme, "SchemeOperatorName")),
            territory: said("SchemeTerritory"),
            issued,
            next_update: next_update(scheme)?,
            services: services(root)?,
        })
    }

    /// Refuses a list whose successor is due.
    ///
    /// # Errors
    /// [`Error::TrustListExpired`]
    pub fn check_current(&self, at: Time) -> Result<(), Error> {
        match self.next_update {
            Some(next_update) if next_update < at => Err(Error::TrustListExpired { next_update }),
            _ => Ok(()),
        }
    }

    /// The certificates of the services that were of this type, and granted, at this time: whom to trust then, for
    /// what the type says.
    pub fn granted_at(&self, kind: &str, at: Time) -> impl Iterator<Item = &Certificate> {
        let granted = move |service: &&TrustService| {
            service.standing_at(at).is_some_and(|standing| standing.kind == kind && standing.status.is_granted())
        };
        self.services.iter().filter(granted).flat_map(TrustService::certificates)
    }
}

/// §5.1.3: lists are in UTF-8.
fn decoded(xml: &[u8]) -> Asn1Result<&str> {
    if xml.len() > MAX_OCTETS {
        return refuse(format!("more than {MAX_OCTETS} octets"));
    }
    match std::str::from_utf8(xml) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}')),
        Err(_) => refuse("not in UTF-8 (TS 119 612 §5.1.3)"),
    }
}

/// A document type could bring entities of its own, and defaults for attributes: it is refused.
fn parsed(text: &str) -> Asn1Result<Document<'_>> {
    if text.matches("xmlns").count() > MAX_DECLARATIONS {
        return refuse(format!("more than {MAX_DECLARATIONS} declarations of namespaces"));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|why| Asn1Error(why.to_string()))?;
    match is_flat(&document) {
        true => Ok(document),
        false => refuse(format!("elements over {MAX_DEPTH} deep")),
    }
}

fn is_flat(document: &Document<'_>) -> bool {
    let (mut at, mut depth) = (document.root(), 0_usize);
    loop {
        if let Some(inner) = at.first_child() {
            (at, depth) = (inner, depth + 1);
        } else {
            while at.next_sibling().is_none() {
                let Some(outer) = at.parent() else { return true };
                (at, depth) = (outer, depth.saturating_sub(1));
            }
            let Some(next) = at.next_sibling() else { return true };
            at = next;
        }
        if depth > MAX_DEPTH {
            return false;
        }
    }
}

fn next_update(scheme: Node<'_, '_>) -> Asn1Result<Option<Time>> {
    let Some(next) = child(scheme, "NextUpdate") else {
        return refuse("there is no NextUpdate");
    };
    match child(next, "dateTime").map(text) {
        None => Ok(None),
        Some(time) => match Time::parse_rfc3339(&time) {
            Some(time) => Ok(Some(time)),
            None => refuse("NextUpdate cannot be read"),
        },
    }
}

fn services(root: Node<'_, '_>) -> Asn1Result<Vec<TrustService>> {
    let list = child(root, "TrustServiceProviderList");
    let providers = list.into_iter().flat_map(|list| children(list, "TrustServiceProvider"));
    let mut services = Vec::new();
    for provider in providers {
        let name = names(child(provider, "TSPInformation").and_then(|information| child(information, "TSPName")));
        let found = child(provider, "TSPServices").into_iter().flat_map(|list| children(list, "TSPService"));
        for service in found {
            services.push(TrustService::read(&name, service)?);
        }
    }
    Ok(services)
}
