//! Just enough reading of our own HTML to check it: start tags and their attributes, in order.

/// A start tag.
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// All start tags of a page whose attribute values are quoted and hold no `>`, as ours do: the templates escape it.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    html.split('<').skip(1).filter_map(|piece| tag(piece.split_once('>')?.0)).collect()
}

fn tag(inside: &str) -> Option<Tag> {
    let inside = inside.trim_end_matches('/');
    let (name, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic());
    starts.then(|| Tag { name: name.to_owned(), attributes: attributes(rest) })
}

fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut list = Vec::new();
    loop {
        rest = rest.trim_start();
        let end = rest.find(|next: char| next == '=' || next.is_whitespace()).unwrap_or(rest.len());
        if end == 0 {
            return list;
        }
        let (name, after) = rest.split_at(end);
        let quoted = after.strip_prefix("=\"").and_then(|value| value.split_once('"'));
        let (value, after) = quoted.unwrap_or(("", after));
        list.push((name.to_owned(), value.to_owned()));
        rest = after;
    }
}
