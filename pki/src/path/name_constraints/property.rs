//! Names against subtrees by a slow and direct reading of RFC 5280 §4.2.1.10: hosts as lists of labels, addresses as
//! numbers, on names made by a small generator with a fixed seed.

use super::Form;
use super::subject::Subject;
use super::subtree::Subtree;
use crate::name::GeneralName;

/// xorshift64*, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn host(&mut self) -> String {
        (0..1 + self.below(4)).map(|_| self.pick(&["a", "A", "b", "aa", "xn--a"])).collect::<Vec<_>>().join(".")
    }

    fn mailbox(&mut self) -> String {
        format!("{}@{}", self.pick(&["u", "U", "用户"]), self.host())
    }
}

fn labels(host: &str) -> Vec<String> {
    host.split('.').map(str::to_ascii_lowercase).collect()
}

/// "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of the name"
fn dns_within(name: &str, base: &str, at_least: usize) -> bool {
    let (name, base) = (labels(name), labels(base));
    name.len() >= base.len() + at_least && name[name.len() - base.len()..] == base
}

/// "all addresses at a particular host, or all mailboxes in a domain"; the same of URIs.
fn host_within(host: &str, base: &str) -> bool {
    match base.strip_prefix('.') {
        Some(domain) => dns_within(host, domain, 1),
        None => labels(host) == labels(base),
    }
}

fn mailbox_within(name: &str, base: &str) -> bool {
    let (local, host) = name.rsplit_once('@').unwrap();
    match base.rsplit_once('@') {
        Some((base, at)) => local == base && labels(host) == labels(at),
        None => host_within(host, base),
    }
}

fn ip_within(address: [u8; 4], base: [u8; 4], bits: u32) -> bool {
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    u32::from_be_bytes(address) & mask == u32::from_be_bytes(base) & mask
}

/// A name, a base, and whether the one lies in the other.
fn case(dice: &mut Dice) -> (GeneralName, GeneralName, bool) {
    let dot = |dice: &mut Dice, host: String| if dice.below(2) == 0 { host } else { format!(".{host}") };
    match dice.below(4) {
        0 => {
            let (name, base) = (dice.host(), dice.host());
            let within = dns_within(&name, &base, 0);
            (GeneralName::Dns(name), GeneralName::Dns(base), within)
        }
        1 => {
            let (name, host) = (dice.host(), dice.host());
            let base = dot(dice, host);
            let within = host_within(&name, &base);
            (GeneralName::Uri(format!("https://u:p@{name}:443/@{base}")), GeneralName::Uri(base), within)
        }
        2 => {
            let name = dice.mailbox();
            let host = dice.host();
            let base = if dice.below(3) == 0 { format!("{}@{host}", dice.pick(&["u", "U"])) } else { dot(dice, host) };
            let within = mailbox_within(&name, &base);
            let name = if name.is_ascii() { GeneralName::Email(name) } else { GeneralName::SmtpUtf8Mailbox(name) };
            (name, GeneralName::Email(base), within)
        }
        _ => {
            let octets = |dice: &mut Dice| [0; 4].map(|_: u8| dice.pick(&[0, 1, 128, 255]));
            let (name, base, bits) = (octets(dice), octets(dice), dice.below(33) as u32);
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0).to_be_bytes();
            (GeneralName::Ip(name.into()), GeneralName::Ip([base, mask].concat()), ip_within(name, base, bits))
        }
    }
}

#[test]
fn names_lie_in_subtrees_exactly_when_the_rfc_says_so() {
    let mut dice = Dice(0x5eed_0002);
    let mut within = 0;
    for _ in 0..100_000 {
        let (name, base, expected) = case(&mut dice);
        let bases = [base];
        let form = Form::of_base(&bases[0]);
        let subject = Subject::read(form, &name).unwrap();
        let subtree = &Subtree::read_all(form, &bases).unwrap()[0];
        assert_eq!(subtree.permits(&subject), Ok(expected), "{name} {}", bases[0]);
        within += u32::from(expected);
    }
    assert!(within > 5_000, "the dice fall badly: {within} within");
}
