//! XML signatures, as far as trust lists have them: enveloped, over the whole document, by exclusive canonicalization
//! (XML Signature 1.1; ETSI TS 119 612 annex B.6).
//!
//! What is signed elsewhere than in the document element, by other transforms or by reference to other documents is
//! refused: a signature over less than what is read would be none. Whose key it is, is the caller's to know: KeyInfo is
//! not looked at.

use der::Tag;
use roxmltree::{Document, Node};

use super::canonical_xml::Canonical;
use super::service::octets;
use super::text;
use crate::Error;
use crate::algorithm::{Digest, PublicKey, SignatureAlgorithm};
use crate::encoding::{self, Asn1Result, refuse, tlv};

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// With comments or without: a same-document reference has none (§4.4.3.3).
const EXCLUSIVE: [&str; 2] =
    ["http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"];
const EXCLUSIVE_NAMESPACE: &str = EXCLUSIVE[0];
/// The list, and the signed properties of XAdES; nobody needs many more.
const MAX_REFERENCES: usize = 16;
/// SignedInfo is made canonical before its signature is checked.
const MAX_SIGNED_INFO: usize = 16 << 10;
/// Of a PrefixList, each of which is looked for at each element.
const MAX_PREFIXES: usize = 32;

/// RFC 9231 §2.3, the algorithms of its time; SHA-1 is none of them.
const ALGORITHMS: [(&str, SignatureAlgorithm); 9] = [
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", SignatureAlgorithm::Ecdsa(Digest::Sha256)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", SignatureAlgorithm::Ecdsa(Digest::Sha384)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", SignatureAlgorithm::Ecdsa(Digest::Sha512)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", SignatureAlgorithm::RsaPkcs1(Digest::Sha256)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", SignatureAlgorithm::RsaPkcs1(Digest::Sha384)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", SignatureAlgorithm::RsaPkcs1(Digest::Sha512)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", SignatureAlgorithm::RsaPss(Digest::Sha256)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", SignatureAlgorithm::RsaPss(Digest::Sha384)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", SignatureAlgorithm::RsaPss(Digest::Sha512)),
];
const DIGESTS: [(&str, Digest); 3] = [
    ("http://www.w3.org/2001/04/xmlenc#sha256", Digest::Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", Digest::Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha512", Digest::Sha512),
];

/// A signature, taken apart. Its key is checked first, then what it refers to: until then the rest of the document is
/// anybody's.
///
/// ```text
/// Signature  ::= SignedInfo, SignatureValue, KeyInfo?, Object*
/// SignedInfo ::= CanonicalizationMethod, SignatureMethod, Reference+
/// Reference  ::= (URI) Transforms?, DigestMethod, DigestValue
/// ```
pub(super) struct XmlSignature<'a> {
    algorithm: SignatureAlgorithm,
    signed_info: Vec<u8>,
    value: Vec<u8>,
    info: Node<'a, 'a>,
    node: Node<'a, 'a>,
}

impl<'a> XmlSignature<'a> {
    /// The one signature in the document element.
    pub(super) fn of_document(document: &'a Document<'a>) -> Asn1Result<Self> {
        let root = document.root_element();
        let mut found = root.children().filter(|child| child.has_tag_name((DSIG, "Signature")));
        let (Some(node), None) = (found.next(), found.next()) else {
            return refuse("there is not one signature in the document element");
        };
        let info = part(node, "SignedInfo")?;
        if info.range().len() > MAX_SIGNED_INFO {
            return refuse(format!("a SignedInfo of more than {MAX_SIGNED_INFO} octets"));
        }
        let inclusive = exclusive(part(info, "CanonicalizationMethod")?)?;
        Ok(Self {
            algorithm: named(part(info, "SignatureMethod")?, &ALGORITHMS)?,
            signed_info: Canonical { without: None, inclusive }.write(info),
            value: base64(part(node, "SignatureValue")?)?,
            info,
            node,
        })
    }

    pub(super) fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Checks SignedInfo's signature.
    pub(super) fn verify(&self, key: &PublicKey) -> Result<(), Error> {
        match self.algorithm {
            SignatureAlgorithm::Ecdsa(_) => key.verify(self.algorithm, &self.signed_info, &as_der(&self.value)),
            _ => key.verify(self.algorithm, &self.signed_info, &self.value),
        }
    }

    /// Every reference must fit, and one of them must be to the whole.
    pub(super) fn check_references(&self, root: Node<'a, 'a>) -> Asn1Result<()> {
        let references: Vec<_> = self.info.children().filter(|child| child.has_tag_name((DSIG, "Reference"))).collect();
        if references.len() > MAX_REFERENCES {
            return refuse(format!("more than {MAX_REFERENCES} references"));
        }
        let mut whole = false;
        for reference in references {
            let target = self.target(reference.attribute("URI"), root)?;
            let is_whole = target == root || target.is_root();
            self.check(reference, target, is_whole)?;
            whole |= is_whole;
        }
        if whole { Ok(()) } else { refuse("the signature does not cover the whole document") }
    }

    /// The element of this Id, of which there must be one: the document element, or one within the signature.
    fn target(&self, uri: Option<&str>, root: Node<'a, 'a>) -> Asn1Result<Node<'a, 'a>> {
        match uri {
            Some("") => Ok(root.document().root()),
            Some(uri) if uri.starts_with('#') => {
                let is_it = |node: &Node<'a, 'a>| node.attribute("Id") == Some(&uri[1..]);
                let mut found = root.descendants().filter(is_it);
                match (found.next(), found.next()) {
                    (Some(node), None) if node == root || node.ancestors().any(|outer| outer == self.node) => Ok(node),
                    _ => refuse(format!("a reference to {uri}, which is not one element of the list or its signature")),
                }
            }
            _ => refuse("a reference to another document"),
        }
    }

    fn check(&self, reference: Node<'a, 'a>, target: Node<'a, 'a>, is_whole: bool) -> Asn1Result<()> {
        let transforms = reference.children().find(|child| child.has_tag_name((DSIG, "Transforms")));
        let transforms = transforms.into_iter().flat_map(|list| list.children()).filter(Node::is_element);
        let transforms: Vec<_> = transforms.collect();
        // Without the last, Canonical XML 1.0 would be meant (§4.4.3.2), which annex B.6 does not have.
        let (enveloped, last) = match &transforms[..] {
            [first, last] if is_whole && first.attribute("Algorithm") == Some(ENVELOPED) => (true, last),
            [last] if !is_whole => (false, last),
            _ => return refuse("other transforms than enveloped-signature and exclusive canonicalization"),
        };
        let form = Canonical { without: enveloped.then_some(self.node), inclusive: exclusive(*last)? };
        let digest = named(part(reference, "DigestMethod")?, &DIGESTS)?;
        if digest.of(&form.write(target)).as_ref() == base64(part(reference, "DigestValue")?)? {
            Ok(())
        } else {
            refuse("what is signed was changed: a reference's digest does not fit")
        }
    }
}

fn part<'a>(node: Node<'a, 'a>, name: &'static str) -> Asn1Result<Node<'a, 'a>> {
    let found = node.children().find(|child| child.has_tag_name((DSIG, name)));
    found.map_or_else(|| refuse(format!("a signature without {name}")), Ok)
}

fn named<T: Copy>(node: Node<'_, '_>, table: &[(&str, T)]) -> Asn1Result<T> {
    let uri = node.attribute("Algorithm").unwrap_or_default();
    let known = table.iter().find(|(known, _)| *known == uri);
    known.map_or_else(|| refuse(format!("the algorithm {uri} is not known here")), |(_, value)| Ok(*value))
}

/// The PrefixList of an exclusive canonicalization; any other method is refused.
fn exclusive<'a>(method: Node<'a, 'a>) -> Asn1Result<Vec<&'a str>> {
    let uri = method.attribute("Algorithm").unwrap_or_default();
    if !EXCLUSIVE.contains(&uri) {
        return refuse(format!("the method {uri} where exclusive canonicalization is wanted"));
    }
    let list = method.children().find(|child| child.has_tag_name((EXCLUSIVE_NAMESPACE, "InclusiveNamespaces")));
    let prefixes = list.and_then(|list| list.attribute("PrefixList")).unwrap_or_default();
    let prefixes: Vec<_> = prefixes.split_ascii_whitespace().collect();
    match prefixes.len() <= MAX_PREFIXES {
        true => Ok(prefixes),
        false => refuse(format!("a PrefixList of more than {MAX_PREFIXES}")),
    }
}

fn base64(node: Node<'_, '_>) -> Asn1Result<Vec<u8>> {
    octets(&text(node)).map_or_else(|| refuse(format!("{} is no base64", node.tag_name().name())), Ok)
}

/// RFC 9231 §2.3.6: r and s, one after the other; certificates have them as a SEQUENCE of two INTEGERs.
fn as_der(value: &[u8]) -> Vec<u8> {
    let (r, s) = value.split_at(value.len() / 2);
    encoding::sequence(
        &[r, s].map(|half| tlv(Tag::Integer, &encoding::positive_content(half))).each_ref().map(Vec::as_slice),
    )
}
