//! Host names, addresses and mailboxes asked for, against those of a leaf (RFC 9525, RFC 9549, RFC 9598). Cases that
//! x509-limbo has too (`webpki::san`, `smime::san`) bear its names; the certificates are our own.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use pki::key::KeySpec;
use pki::name::GeneralName;
use pki::path::ExpectedName;
use pki::{Name, oid};
use support::{Authority, ask, code};

const OK: &str = "valid";
const OTHER: &str = "name_mismatch";

fn dns(text: &str) -> GeneralName {
    GeneralName::Dns(text.into())
}

fn judge(root: &Authority, names: &[GeneralName], asked: &str) -> &'static str {
    let builder = root.leaf_builder("CN", "example.com");
    let leaf = root.sign(if names.is_empty() { builder } else { builder.subject_alt_names(names) });
    let asked = [ExpectedName::parse(asked).unwrap()];
    code(&ask(&leaf, &[], &[root.anchor()], |request| request.names = &asked))
}

#[test]
fn hosts_and_addresses_match_as_rfc_9525_says() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let v4 = GeneralName::Ip(vec![127, 0, 0, 1]);
    for (case, name, asked, expected) in [
        ("exact-dns-san", dns("example.com"), "dns:example.com", OK),
        ("exact-localhost-ip-san", v4.clone(), "ip:127.0.0.1", OK),
        ("mismatch-domain-san", dns("example.com"), "dns:example2.com", OTHER),
        ("mismatch-subdomain-san", dns("abc.example.com"), "dns:def.example.com", OTHER),
        ("mismatch-subdomain-apex-san", dns("example.com"), "dns:abc.example.com", OTHER),
        ("mismatch-apex-subdomain-san", dns("abc.example.com"), "dns:example.com", OTHER),
        ("public-suffix-wildcard-san", dns("*.com"), "dns:example.com", OTHER),
        ("leftmost-wildcard-san", dns("*.example.com"), "dns:foo.example.com", OK),
        ("wildcard-embedded-leftmost-san", dns("ba*.example.com"), "dns:baz.example.com", OTHER),
        ("wildcard-not-in-leftmost-san", dns("foo.*.example.com"), "dns:foo.bar.example.com", OTHER),
        ("wildcard-match-across-labels-san", dns("*.example.com"), "dns:foo.bar.example.com", OTHER),
        (
            "wildcard-embedded-ulabel-san",
            dns("xn--*-1b3c148a.example.com"),
            "dns:xn--bliss-1b3c148a.example.com",
            OTHER,
        ),
        ("san-wildcard-only", dns("*"), "dns:example.com", OTHER),
        ("san-wildcard-only-tld", dns("*"), "dns:com", OTHER),
        ("a wildcard does not stand for nothing", dns("*.example.com"), "dns:example.com", OTHER),
        ("case", dns("EXAMPLE.com"), "dns:Example.COM", OK),
        ("a final dot asked for", dns("example.com"), "dns:example.com.", OK),
        ("an address of a host", dns("example.com"), "ip:::1", OTHER),
        ("an address is no host name", dns("127.0.0.1"), "dns:127.0.0.1", OTHER),
        ("nor under a wildcard", dns("*.0.0.1"), "dns:127.0.0.1", OTHER),
        ("a host that is an address", v4, "dns:127.0.0.1", OK),
        ("another family", GeneralName::Ip([&[0; 10][..], &[255, 255, 127, 0, 0, 1]].concat()), "ip:127.0.0.1", OTHER),
    ] {
        assert_eq!(judge(&root, &[name], asked), expected, "{case}");
    }
    // no-san: the common name is example.com, and that is not asked.
    assert_eq!(judge(&root, &[], "dns:example.com"), OTHER);
}

#[test]
fn internationalised_hosts_are_asked_for_in_any_script() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    for (name, asked, expected) in [
        ("xn--bcher-kva.example", "dns:bücher.example", OK),
        ("XN--BCHER-KVA.example", "dns:BÜCHER.example", OK),
        ("xn--bcher-kva.example", "dns:xn--bcher-kva.example", OK),
        ("*.xn--lhrz14b.example", "dns:广东.政務.example", OK),
        ("*.example", "dns:政務.example", OTHER),
        ("bucher.example", "dns:bücher.example", OTHER),
    ] {
        assert_eq!(judge(&root, &[dns(name)], asked), expected, "{name} {asked}");
    }
    // unicode-emoji-san: an IA5String that is not ASCII makes the certificate unreadable.
    let mut value = dns("a.example.com").to_string().into_bytes();
    value.splice(.., [0x30, 6, 0x82, 4, 0xf0, 0x9f, 0x98, 0x9c]);
    let builder = root.leaf_builder("CN", "example.com").extension(oid::SUBJECT_ALT_NAME, false, value);
    assert!(builder.sign(&root.key).is_err());
}

#[test]
fn mailboxes_match_as_rfc_5280_and_9598_say() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let email = |text: &str| GeneralName::Email(text.into());
    let smtp = |text: &str| GeneralName::SmtpUtf8Mailbox(text.into());
    for (case, names, asked, expected) in [
        ("exact-rfc822-san", vec![email("user@example.com")], "email:user@example.com", OK),
        ("no-san", vec![], "email:user@example.com", OTHER),
        ("san-without-rfc822name", vec![dns("example.com")], "email:user@example.com", OTHER),
        ("mismatch-rfc822-san", vec![email("user@example.com")], "email:other@example.com", OTHER),
        ("mismatch-domain-rfc822-san", vec![email("user@example.com")], "email:user@example.org", OTHER),
        (
            "multiple-rfc822-sans",
            vec![email("other@example.com"), email("user@example.com")],
            "email:user@example.com",
            OK,
        ),
        ("the host without case", vec![email("user@EXAMPLE.com")], "email:user@example.COM", OK),
        ("the local part with case", vec![email("User@example.com")], "email:user@example.com", OTHER),
        ("two of @", vec![email("a@b@example.com")], "email:a@example.com", OTHER),
        ("another script", vec![smtp("用户@xn--lhrz14b.example")], "email:用户@政務.example", OK),
        (
            "another script, A-labels asked for",
            vec![smtp("用户@xn--lhrz14b.example")],
            "email:用户@xn--lhrz14b.example",
            OK,
        ),
        ("U-labels as of RFC 8398", vec![smtp("用户@政務.example")], "email:用户@xn--lhrz14b.example", OK),
        ("a host of another script", vec![email("user@xn--bcher-kva.example")], "email:user@Bücher.example", OK),
        ("another local part", vec![smtp("用戶@example.com")], "email:用户@example.com", OTHER),
        ("another normal form", vec![smtp("e\u{301}@example.com")], "email:é@example.com", OTHER),
    ] {
        assert_eq!(judge(&root, &names, asked), expected, "{case}");
    }
}

#[test]
fn directory_names_match_after_preparation() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let inner = GeneralName::Directory(Name::parse("CN=陳大文,O=Hongkong  Post,C=HK").unwrap());
    for (asked, expected) in [
        ("dn:CN=陳大文,O=hongkong post,C=hk", OK),
        ("dn:CN=陳大文\u{200b},O=ＨＯＮＧＫＯＮＧ　ＰＯＳＴ,C=HK", OK),
        ("dn:CN=EXAMPLE.com,C=CN", OK),
        ("dn:O=hongkong post,C=hk", OTHER),
        ("dn:CN=陈大文,O=hongkong post,C=hk", OTHER),
    ] {
        assert_eq!(judge(&root, std::slice::from_ref(&inner), asked), expected, "{asked}");
    }
}
