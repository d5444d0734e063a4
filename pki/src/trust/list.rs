//! The list as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use roxmltree::{Document, Node, ParsingOptions};

use super::service::names;
use super::xml_signature::XmlSignature;
use super::{TSL, TrustService, child, children, text};
use crate::algorithm::AlgorithmPolicy;
use crate::encoding::{Asn1Error, Asn1Result, refuse};
use crate::{Certificate, Error, Time};

// Nothing of a list is believed before a key has signed it, and to find out it has to be taken apart: so it is bounded by
// what may come, and each bound is some times what European countries publish, some 5 MB for the biggest.
const MAX_OCTETS: usize = 16 << 20;
/// Elements, texts and the like.
const MAX_NODES: u32 = 500_000;
/// Attributes and declarations of namespaces on one element: each is compared with all others.
const MAX_ATTRIBUTES: usize = 256;
/// Declarations of namespaces: for each name the reader looks through all that are in scope.
const MAX_DECLARATIONS: usize = 4_000;
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
    /// taken from the list itself. The signer's certificate must be valid, the algorithms acceptable, and the list
    /// issued, at the time `at`; what the list says of its own age is looked at last, for a key that was stolen writes
    /// whatever date it likes.
    ///
    /// # Errors
    /// [`Error::Malformed`] of what is no list by TS 119 612, or more than 16 MiB; [`Error::TrustListNotAuthentic`] of
    /// one that nobody among the signers has signed whole.
    pub fn from_signed_xml(
        xml: &[u8],
        signers: &[Certificate],
        algorithms: &AlgorithmPolicy,
        at: Time,
    ) -> Result<Self, Error> {
        let malformed = |why: Asn1Error| Error::malformed("trust list", why);
        let not_authentic = |why| Error::TrustListNotAuthentic { why };
        let text = decoded(xml).map_err(malformed)?;
        let document = parsed(text).map_err(malformed)?;
        let signature = XmlSignature::of_document(&document).map_err(|why| not_authentic(why.0))?;
        match signers.iter().map(|signer| signed_by(signer, &signature, algorithms, at)).reduce(Result::or) {
            Some(verified) => verified.map_err(not_authentic)?,
            None => return Err(not_authentic("no signer is known for it".to_owned())),
        }
        signature.check_references(document.root_element()).map_err(|why| not_authentic(why.0))?;
        let list = Self::read(document.root_element()).map_err(malformed)?;
        match list.issued > at {
            true => Err(not_authentic(format!("it will be issued at {} only", list.issued))),
            false => Ok(list),
        }
    }

    /// All of it but the signer's key, for the fuzzer, which has none.
    #[cfg(fuzzing)]
    pub fn fuzz(xml: &[u8]) {
        let Ok(Ok(document)) = decoded(xml).map(parsed) else { return };
        if let Ok(signature) = XmlSignature::of_document(&document) {
            let _ = signature.check_references(document.root_element());
        }
        let _ = Self::read(document.root_element());
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

fn signed_by(
    signer: &Certificate,
    signature: &XmlSignature<'_>,
    algorithms: &AlgorithmPolicy,
    at: Time,
) -> Result<(), String> {
    if !signer.is_valid_at(at) {
        return Err(format!("the certificate of {} is not valid at {at}", signer.subject()));
    }
    algorithms.accepts(signature.algorithm(), signer.public_key().algorithm(), at)?;
    signature.verify(signer.public_key()).map_err(|why| format!("by {}: {why}", signer.subject()))
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
    // A tag and the text after it, since a value may have `>` in it, but no `<`. No text of a list has that many.
    if text.split('<').any(|piece| piece.bytes().filter(|octet| *octet == b'=').count() > MAX_ATTRIBUTES) {
        return refuse(format!("more than {MAX_ATTRIBUTES} attributes on one element"));
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
        let name =
            Arc::new(names(child(provider, "TSPInformation").and_then(|information| child(information, "TSPName"))));
        let found = child(provider, "TSPServices").into_iter().flat_map(|list| children(list, "TSPService"));
        for service in found {
            services.push(TrustService::read(&name, service)?);
        }
    }
    Ok(services)
}
