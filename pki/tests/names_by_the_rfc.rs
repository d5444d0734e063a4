//! Names compared by the engine, and by a slow and direct reading of RFC 5280 §7.1 beside it, on names made by a small
//! generator with a fixed seed. The reading knows a small alphabet by heart, each letter with what RFC 4518 makes of it.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use pki::Name;
use support::dice::Dice;

/// What the six steps make of a letter.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Becomes(&'static str),
    Nothing,
    Space,
    Prohibited,
}

use Fate::{Becomes, Nothing, Prohibited, Space};

const ALPHABET: &[(&str, Fate)] = &[
    ("a", Becomes("a")),
    ("A", Becomes("a")),
    ("b", Becomes("b")),
    ("7", Becomes("7")),
    (" ", Space),
    (" ", Space),
    ("\t", Space),
    ("\u{1}", Nothing),
    ("\u{7f}", Nothing),
    ("ß", Becomes("ss")),
    ("Σ", Becomes("σ")),
    ("ς", Becomes("σ")),
    ("é", Becomes("é")),
    ("É", Becomes("é")),
    ("e\u{301}", Becomes("é")),
    ("\u{ad}", Nothing),
    ("\u{200b}", Nothing),
    ("\u{feff}", Nothing),
    ("\u{a0}", Space),
    ("\u{3000}", Space),
    ("\u{85}", Space),
    ("Ａ", Becomes("a")),
    ("７", Becomes("7")),
    ("①", Becomes("1")),
    ("ﬁ", Becomes("fi")),
    ("Ⅳ", Becomes("iv")),
    ("數", Becomes("數")),
    ("\u{f900}", Becomes("\u{8c48}")),
    ("\u{20000}", Becomes("\u{20000}")),
    ("\u{e000}", Prohibited),
    ("\u{9fb4}", Prohibited),
    ("\u{fffd}", Prohibited),
];

/// Identifier octets of the string types.
const UTF8: u8 = 12;
const TYPES: [u8; 5] = [UTF8, 19, 20, 28, 30];

const KINDS: [&[u8]; 3] = [&[0x55, 4, 3], &[0x55, 4, 10], &[0x55, 4, 11]];

/// An attribute as it is written, and as the slow reading sees it.
#[derive(Clone)]
struct Attribute {
    kind: &'static [u8],
    tag: u8,
    content: Vec<u8>,
    letters: Vec<usize>,
}

impl Attribute {
    fn new(kind: &'static [u8], letters: Vec<usize>, wish: u8) -> Self {
        let text: String = letters.iter().map(|at| ALPHABET[*at].0).collect();
        let (tag, content) = encode(&text, wish);
        Self { kind, tag, content, letters }
    }

    /// §7.1: "Two naming attributes match if the attribute types are the same and the values of the attributes are an
    /// exact match after processing with the string preparation algorithm."
    fn matches(&self, other: &Self) -> bool {
        let same = match (self.prepared(), other.prepared()) {
            (Some(one), Some(other)) => one == other,
            _ => (self.tag, &self.content) == (other.tag, &other.content),
        };
        self.kind == other.kind && same
    }

    /// The words of the prepared string; `None` if it may not be prepared.
    fn prepared(&self) -> Option<Vec<String>> {
        let mut words = vec![String::new()];
        for at in &self.letters {
            match ALPHABET[*at].1 {
                Becomes(text) => words.last_mut()?.push_str(text),
                Nothing => {}
                Space => words.push(String::new()),
                Prohibited => return None,
            }
        }
        words.retain(|word| !word.is_empty());
        Some(words)
    }

    fn der(&self) -> Vec<u8> {
        tlv(0x30, &[tlv(6, self.kind), tlv(self.tag, &self.content)].concat())
    }
}

/// The text in the type that is wished for, or in UTF-8 if that cannot hold it.
fn encode(text: &str, wish: u8) -> (u8, Vec<u8>) {
    let narrow = text.chars().all(|c| u32::from(c) < 0x100);
    match wish {
        19 if text.is_ascii() => (19, text.into()),
        20 if narrow => (20, text.chars().map(|c| c as u8).collect()),
        28 => (28, text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect()),
        30 => (30, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        _ => (UTF8, text.into()),
    }
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..=0x7f => vec![short as u8],
        long @ 0x80..=0xff => vec![0x81, long as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag], &length[..], content].concat()
}

type Rdns = Vec<Vec<Attribute>>;

fn name(rdns: &Rdns) -> Name {
    let set = |rdn: &Vec<Attribute>| tlv(0x31, &rdn.iter().map(Attribute::der).collect::<Vec<_>>().concat());
    Name::from_der(&tlv(0x30, &rdns.iter().map(set).collect::<Vec<_>>().concat())).unwrap()
}

/// "Two relative distinguished names RDN1 and RDN2 match if they have the same number of naming attributes and for each
/// naming attribute in RDN1 there is a matching naming attribute in RDN2."
fn rdns_match(one: &[Attribute], other: &[Attribute]) -> bool {
    let mut left: Vec<_> = other.iter().collect();
    let takes = |attribute: &Attribute, left: &mut Vec<&Attribute>| {
        left.iter().position(|other| attribute.matches(other)).map(|at| left.remove(at)).is_some()
    };
    one.len() == other.len() && one.iter().all(|attribute| takes(attribute, &mut left))
}

fn within(name: &Rdns, base: &Rdns) -> bool {
    name.len() >= base.len() && name.iter().zip(base).all(|(one, other)| rdns_match(one, other))
}

fn any_name(dice: &mut Dice) -> Rdns {
    let attribute = |dice: &mut Dice| {
        let letters = (0..dice.below(5)).map(|_| dice.below(ALPHABET.len())).collect();
        Attribute::new(dice.pick(&KINDS), letters, dice.pick(&TYPES))
    };
    (0..1 + dice.below(3)).map(|_| (0..1 + dice.below(2)).map(|_| attribute(dice)).collect()).collect()
}

/// The same name in another writing, most often, or something close to it.
fn variant(name: &Rdns, dice: &mut Dice) -> Rdns {
    let mut name = name.clone();
    for attribute in name.iter_mut().flatten() {
        let mut letters = attribute.letters.clone();
        for at in &mut letters {
            let same: Vec<_> = (0..ALPHABET.len()).filter(|other| ALPHABET[*other].1 == ALPHABET[*at].1).collect();
            if dice.below(2) == 0 && ALPHABET[*at].1 != Prohibited {
                *at = dice.pick(&same);
            }
        }
        match dice.below(8) {
            0 => letters.insert(dice.below(letters.len() + 1), dice.below(ALPHABET.len())),
            1 if !letters.is_empty() => drop(letters.remove(dice.below(letters.len()))),
            _ => {}
        }
        *attribute = Attribute::new(attribute.kind, letters, dice.pick(&TYPES));
    }
    if dice.below(4) == 0 {
        name.last_mut().unwrap().reverse();
    }
    match dice.below(6) {
        0 => drop(name.pop()),
        1 => name.extend(any_name(dice)),
        _ => {}
    }
    name
}

/// A letter that composes with its neighbours would be more than the alphabet knows: none of it does.
#[test]
fn names_match_exactly_when_the_rfc_says_so() {
    let mut dice = Dice::new(0x5eed_0001);
    let (mut equal, mut inside) = (0, 0);
    for _ in 0..40_000 {
        let one = any_name(&mut dice);
        let other = variant(&one, &mut dice);
        let expected = one.len() == other.len() && within(&one, &other);
        let (left, right) = (name(&one), name(&other));
        assert_eq!(left.matches(&right), expected, "{left:?} {right:?}");
        assert_eq!(right.matches(&left), expected, "{left:?} {right:?}");
        assert_eq!(left.is_within(&right), within(&one, &other), "{left:?} in {right:?}");
        assert_eq!(right.is_within(&left), within(&other, &one), "{right:?} in {left:?}");
        equal += u32::from(expected);
        inside += u32::from(!expected && (within(&one, &other) || within(&other, &one)));
    }
    assert!(equal > 5_000 && inside > 2_000, "the dice fall badly: {equal} equal, {inside} inside");
}

#[test]
fn a_name_is_equal_in_every_string_type() {
    for text in ["Hongkong Post", "數安時代", "Société Générale"] {
        let letters = |tag: u8| {
            let (tag, content) = encode(text, tag);
            let attribute = tlv(0x30, &[tlv(6, KINDS[0]), tlv(tag, &content)].concat());
            Name::from_der(&tlv(0x30, &tlv(0x31, &attribute))).unwrap()
        };
        for tag in TYPES {
            assert_eq!(letters(tag), letters(UTF8), "{text} as {tag}");
            assert_eq!(letters(tag).to_string(), format!("CN={text}"));
        }
    }
}

/// §7.3: exact but for case, and an A-label is the same as its U-label.
#[test]
fn domain_components_are_compared_as_labels() {
    let same = |one: &str, other: &str| Name::parse(one).unwrap() == Name::parse(other).unwrap();
    assert!(same("DC=Example,DC=ORG", "DC=example,DC=org"));
    assert!(same("DC=bücher,DC=example", "DC=XN--BCHER-KVA,DC=example"));
    assert!(!same("DC=a  b", "DC=a b"));
    assert!(same("CN=a  b", "CN=a b"));
}

/// A relative name of several attributes is a set, whatever the order of its encoding.
#[test]
fn attributes_of_a_relative_name_have_no_order() {
    let attribute = |kind, text: &str| Attribute { kind, tag: UTF8, content: text.into(), letters: vec![] };
    let (a, b) = (attribute(KINDS[0], "a"), attribute(KINDS[1], "b"));
    assert_eq!(name(&vec![vec![a.clone(), b.clone()]]), name(&vec![vec![b.clone(), a.clone()]]));
    assert_ne!(name(&vec![vec![a.clone(), b.clone()]]), name(&vec![vec![a.clone()], vec![b.clone()]]));
    assert_ne!(name(&vec![vec![a.clone(), a.clone()]]), name(&vec![vec![a]]));
}
