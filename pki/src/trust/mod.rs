//! Trust lists: who has recognised which CAs, and since when (ETSI TS 119 612).
//!
//! A list is read and believed in one step, [`TrustList::from_signed_xml`]: what is not signed by one of the signers that
//! the caller names is an error, never a list. What a list says of a past time is its history's to answer,
//! [`TrustService::standing_at`]: a signature of 2015 is good if its CA was recognised in 2015.
//!
//! Fetching lists, keeping the last good one and following pointers from one list to others are the caller's.

mod canonical_xml;
mod list;
mod service;
mod xml_signature;

pub use list::TrustList;
pub use service::{ServiceStatus, Standing, TrustService};

/// ETSI TS 119 612 §5.1.4, the namespace of a list.
const TSL: &str = "http://uri.etsi.org/02231/v2#";

/// The children of `node` with this name in the namespace of lists.
fn children<'n, 'i>(
    node: roxmltree::Node<'n, 'i>,
    name: &'static str,
) -> impl Iterator<Item = roxmltree::Node<'n, 'i>> {
    node.children().filter(move |child| child.has_tag_name((TSL, name)))
}

/// The first of them.
fn child<'n, 'i>(node: roxmltree::Node<'n, 'i>, name: &'static str) -> Option<roxmltree::Node<'n, 'i>> {
    children(node, name).next()
}

/// The text of `node`, without white space at either end; comments in it count for nothing.
fn text(node: roxmltree::Node<'_, '_>) -> String {
    let pieces = node.children().filter(roxmltree::Node::is_text).filter_map(|piece| piece.text());
    pieces.collect::<String>().trim().to_owned()
}
