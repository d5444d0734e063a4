//! Alternative names, and name constraints of every form.

use pki::name::GeneralName;
use pki::oid;

use crate::plan::Plan;
use crate::shape::Hierarchy;
use crate::support::dice::Dice;
use crate::support::name;

/// A form: names of it, and subtrees that some of them lie in.
struct Form {
    what: &'static str,
    names: Vec<GeneralName>,
    subtrees: Vec<GeneralName>,
}

fn forms() -> [Form; 6] {
    [dns(), email(), ip(), uri(), directory(), registered()]
}

fn all(make: fn(String) -> GeneralName, texts: &[&str]) -> Vec<GeneralName> {
    texts.iter().map(|text| make((*text).to_owned())).collect()
}

fn dns() -> Form {
    Form {
        what: "DNS",
        names: all(
            GeneralName::Dns,
            &["example.org", "a.example.org", "b.a.Example.org", "example.net", "aexample.org", "*.example.org"],
        ),
        subtrees: all(GeneralName::Dns, &["example.org", "a.example.org", "org", "EXAMPLE.org", "net"]),
    }
}

fn email() -> Form {
    Form {
        what: "mailbox",
        names: all(
            GeneralName::Email,
            &["u@example.org", "U@example.org", "u@EXAMPLE.org", "u@a.example.org", "v@example.net"],
        ),
        subtrees: all(GeneralName::Email, &["example.org", ".example.org", "u@example.org", "a.example.org"]),
    }
}

fn uri() -> Form {
    Form {
        what: "URI",
        names: all(
            GeneralName::Uri,
            &["http://example.org/x", "https://a.example.org:8443/", "ldap://example.net/", "http://EXAMPLE.org"],
        ),
        subtrees: all(GeneralName::Uri, &["example.org", ".example.org", "a.example.org"]),
    }
}

fn ip() -> Form {
    let v6 = |last| [&[0x20, 1, 0x0d, 0xb8][..], &[0; 11], &[last]].concat();
    let mask = |octets| [vec![0xff; octets], vec![0; 16 - octets]].concat();
    let names = [vec![10, 1, 2, 3], vec![10, 1, 9, 3], vec![192, 0, 2, 1], v6(1), v6(2)];
    let subtrees = [
        vec![10, 0, 0, 0, 255, 0, 0, 0],
        vec![10, 1, 2, 0, 255, 255, 255, 0],
        vec![10, 1, 2, 3, 255, 255, 255, 255],
        vec![0; 8],
        [v6(0), mask(4)].concat(),
        [v6(1), mask(16)].concat(),
    ];
    let all = |list: &[Vec<u8>]| list.iter().cloned().map(GeneralName::Ip).collect();
    Form { what: "IP", names: all(&names), subtrees: all(&subtrees) }
}

/// Subjects are bound as well: all parties are of two countries.
fn directory() -> Form {
    let one = |country| GeneralName::Directory(pki::Name::from_attributes(&[(oid::COUNTRY, country)]));
    let names = [name("CN", "Somebody"), name("HK", "Somebody"), name("CN", "SOMEBODY  else")];
    Form {
        what: "directory",
        names: names.clone().map(GeneralName::Directory).to_vec(),
        subtrees: vec![one("CN"), one("HK"), one("cn"), GeneralName::Directory(names[0].clone())],
    }
}

/// No standard says what lies in which subtree of these.
fn registered() -> Form {
    let both = [oid::CLIENT_AUTH, oid::SERVER_AUTH].map(GeneralName::RegisteredId).to_vec();
    Form { what: "registeredID", names: both.clone(), subtrees: both }
}

/// Names a leaf, sometimes a CA, and constrains CAs, sometimes the anchor.
pub(crate) fn constrain(grown: &mut Hierarchy, dice: &mut Dice) {
    let forms = forms();
    for at in 0..grown.plans.len() {
        if at == grown.leaf || dice.one_in(12) {
            add_names(&mut grown.plans[at], &forms, dice);
        }
        let share = if grown.anchors.contains(&at) { 12 } else { 2 };
        if grown.plans[at].is_ca() && dice.one_in(share) {
            let what = add_constraints(&mut grown.plans[at], &forms, dice);
            what.iter().for_each(|what| grown.note(what, at));
        }
    }
}

fn add_names(plan: &mut Plan, forms: &[Form], dice: &mut Dice) {
    for _ in 0..1 + dice.below(3) {
        let form = dice.below(forms.len());
        plan.names.push(dice.pick(&forms[form].names));
    }
}

fn add_constraints(plan: &mut Plan, forms: &[Form], dice: &mut Dice) -> Vec<String> {
    let mut what = Vec::new();
    for _ in 0..1 + dice.below(2) {
        let form = &forms[dice.below(forms.len())];
        let list = if dice.one_in(3) { &mut plan.excluded } else { &mut plan.permitted };
        list.push(dice.pick(&form.subtrees));
        if dice.one_in(2) {
            list.push(dice.pick(&form.subtrees));
        }
        what.push(format!("{} constraint", form.what));
    }
    what
}
