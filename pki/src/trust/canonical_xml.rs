//! Exclusive XML Canonicalization 1.0, without comments: one sequence of octets for all ways to write the same XML.
//!
//! <https://www.w3.org/TR/xml-exc-c14n/>, on the rules of <https://www.w3.org/TR/xml-c14n>. A same-document reference
//! drops comments before anything else (XML Signature §4.4.3.3), so none are ever written here.

use std::collections::BTreeMap;

use roxmltree::{Node, NodeType};

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// What is written, and what is not.
pub(super) struct Canonical<'a> {
    /// A subtree that is left out: the signature itself, for the transform *enveloped-signature*.
    pub(super) without: Option<Node<'a, 'a>>,
    /// InclusiveNamespaces PrefixList: prefixes that are written wherever they are declared; `#default` is the empty one.
    pub(super) inclusive: Vec<&'a str>,
}

/// Namespaces by prefix; the empty one is the default.
type Namespaces<'a> = BTreeMap<&'a str, &'a str>;

impl<'a> Canonical<'a> {
    /// The canonical form of the subtree at `node`, or of the whole document at its root.
    pub(super) fn write(&self, node: Node<'a, 'a>) -> Vec<u8> {
        let mut out = String::new();
        self.node(node, &mut Namespaces::new(), &mut out);
        out.into_bytes()
    }

    /// `declared` is what the output has declared around the node.
    fn node(&self, node: Node<'a, 'a>, declared: &mut Namespaces<'a>, out: &mut String) {
        match node.node_type() {
            _ if self.without == Some(node) => {}
            NodeType::Root => node.children().for_each(|child| self.node(child, declared, out)),
            NodeType::Element => self.element(node, declared, out),
            NodeType::Text => escape(node.text().unwrap_or_default(), &TEXT, out),
            NodeType::PI => instruction(node, out),
            NodeType::Comment => {}
        }
    }

    fn element(&self, node: Node<'a, 'a>, declared: &mut Namespaces<'a>, out: &mut String) {
        let name = qualified_name(node);
        out.push('<');
        out.push_str(name);
        let mut before = Vec::new();
        for (prefix, uri) in self.needed(node, name) {
            // An empty default namespace is written only where it takes another one back.
            if declared.get(prefix).copied().unwrap_or_default() != uri {
                declaration(prefix, uri, out);
                before.push((prefix, declared.insert(prefix, uri)));
            }
        }
        attributes(node, out);
        out.push('>');
        node.children().for_each(|child| self.node(child, declared, out));
        for (prefix, uri) in before {
            match uri {
                Some(uri) => declared.insert(prefix, uri),
                None => declared.remove(prefix),
            };
        }
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }

    /// §3: the namespaces that the element *visibly utilizes*, in its own name or in one of an attribute, and those of
    /// the PrefixList that are in scope; by prefix.
    fn needed(&self, node: Node<'a, 'a>, name: &'a str) -> Namespaces<'a> {
        let source = node.document().input_text();
        let attributes = node.attributes().filter_map(|attribute| prefix(&source[attribute.range_qname()]));
        let mut needed: Namespaces<'a> = attributes.map(|prefix| (prefix, in_scope(node, prefix))).collect();
        let own = prefix(name).unwrap_or_default();
        needed.insert(own, in_scope(node, own));
        for &listed in &self.inclusive {
            let listed = if listed == "#default" { "" } else { listed };
            if !listed.is_empty() && in_scope(node, listed).is_empty() {
                continue;
            }
            needed.insert(listed, in_scope(node, listed));
        }
        needed.remove("xml");
        needed
    }
}

/// The name as it stands in the source, with its prefix.
fn qualified_name<'a>(node: Node<'a, 'a>) -> &'a str {
    let source = &node.document().input_text()[node.range()];
    let name = source.trim_start_matches('<');
    name.split(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '/' | '>')).next().unwrap_or_default()
}

fn prefix(name: &str) -> Option<&str> {
    name.split_once(':').map(|(prefix, _)| prefix)
}

fn in_scope<'a>(node: Node<'a, 'a>, prefix: &str) -> &'a str {
    node.lookup_namespace_uri(Some(prefix).filter(|prefix| !prefix.is_empty())).unwrap_or_default()
}

fn declaration(prefix: &str, uri: &str, out: &mut String) {
    out.push_str(" xmlns");
    if !prefix.is_empty() {
        out.push(':');
        out.push_str(prefix);
    }
    value(uri, out);
}

/// Canonical XML §2.2: attributes by namespace and local name, those without a namespace first.
fn attributes(node: Node<'_, '_>, out: &mut String) {
    let source = node.document().input_text();
    let mut sorted: Vec<_> = node.attributes().collect();
    sorted.sort_by_key(|attribute| (attribute.namespace().unwrap_or_default(), attribute.name()));
    for attribute in sorted {
        out.push(' ');
        match attribute.namespace() {
            Some(XML_NAMESPACE) => out.push_str(&format!("xml:{}", attribute.name())),
            _ => out.push_str(&source[attribute.range_qname()]),
        }
        value(attribute.value(), out);
    }
}

fn value(value: &str, out: &mut String) {
    out.push_str("=\"");
    escape(value, &ATTRIBUTE, out);
    out.push('"');
}

/// Outside of the document element, a line feed parts an instruction from it (Canonical XML §2.3).
fn instruction(node: Node<'_, '_>, out: &mut String) {
    let Some(instruction) = node.pi() else { return };
    let outside = node.parent().is_some_and(|parent| parent.is_root());
    let after = outside && node.prev_siblings().any(|sibling| sibling.is_element());
    if after {
        out.push('\n');
    }
    out.push_str("<?");
    out.push_str(instruction.target);
    if let Some(data) = instruction.value.filter(|data| !data.is_empty()) {
        out.push(' ');
        escape(data, &INSTRUCTION, out);
    }
    out.push_str("?>");
    if outside && !after {
        out.push('\n');
    }
}

const TEXT: [(char, &str); 4] = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('\r', "&#xD;")];
const ATTRIBUTE: [(char, &str); 6] =
    [('&', "&amp;"), ('<', "&lt;"), ('"', "&quot;"), ('\t', "&#x9;"), ('\n', "&#xA;"), ('\r', "&#xD;")];
const INSTRUCTION: [(char, &str); 1] = [('\r', "&#xD;")];

fn escape(text: &str, table: &[(char, &str)], out: &mut String) {
    for letter in text.chars() {
        match table.iter().find(|(special, _)| *special == letter) {
            Some((_, written)) => out.push_str(written),
            None => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    fn canonical(xml: &str, inclusive: &[&str]) -> String {
        let document = Document::parse(xml).unwrap();
        // The renderer wants its node, its document and its prefixes to live alike.
        let form = Canonical { without: None, inclusive: inclusive.to_vec() };
        String::from_utf8(form.write(document.root())).unwrap()
    }

    #[test]
    fn namespaces_are_written_where_they_are_used() {
        let xml = "<a:x xmlns:a='urn:a' xmlns:b='urn:b' xmlns='urn:d'><y b:k='1' c='2'/><a:z xmlns=''/></a:x>";
        let plain = concat!(
            r#"<a:x xmlns:a="urn:a"><y xmlns="urn:d" xmlns:b="urn:b" c="2" b:k="1"></y>"#,
            r#"<a:z></a:z></a:x>"#
        );
        assert_eq!(canonical(xml, &[]), plain);
        let listed = canonical(xml, &["b", "#default"]);
        assert!(
            listed.starts_with(r#"<a:x xmlns="urn:d" xmlns:a="urn:a" xmlns:b="urn:b"><y c="2" b:k="1">"#),
            "{listed}"
        );
    }

    #[test]
    fn a_default_namespace_is_taken_back_where_it_ends() {
        assert_eq!(canonical("<x xmlns='u'><y xmlns=''/></x>", &[]), r#"<x xmlns="u"><y xmlns=""></y></x>"#);
    }

    #[test]
    fn comments_are_dropped_and_text_is_written_one_way() {
        let xml = "<?a b?><x k=\"&#9;&quot;'\"><!-- c -->&lt;<![CDATA[>&]]>&#13;é</x><?c?><!-- d -->";
        assert_eq!(canonical(xml, &[]), "<?a b?>\n<x k=\"&#x9;&quot;'\">&lt;&gt;&amp;&#xD;é</x>\n<?c?>");
    }
}
