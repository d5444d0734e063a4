//! Names and name constraints as OpenSSL judges them, beside us. Where the two differ on purpose is not tried here:
//! OpenSSL bears a period before a DNS constraint and a wildcard within a label, takes a common name for a host name, and
//! looks for an SmtpUTF8Mailbox in U-labels alone (RFC 8398).

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::slice;

use pki::key::KeySpec;
use pki::path::ExpectedName;
use pki::{Certificate, Name};
use support::names::{directory, dns, email, ip, smtp, uri};
use support::{Authority, NOW, ask, builder, ca_builder, code, key, name};

/// What `openssl verify` says of leaf, intermediate and root.
fn openssl_accepts(case: &str, chain: [&Certificate; 3], options: &[&str]) -> bool {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("names-{case}"));
    fs::create_dir_all(&folder).unwrap();
    let run = |arguments: &[&str]| Command::new("openssl").args(arguments).current_dir(&folder).output().unwrap();
    for (file, certificate) in ["leaf", "ca", "root"].into_iter().zip(chain) {
        fs::write(folder.join(file), certificate.der()).unwrap();
        let pem = format!("{file}.pem");
        assert!(run(&["x509", "-inform", "DER", "-in", file, "-out", &pem]).status.success());
    }
    let at = NOW.0.to_string();
    let base = ["verify", "-attime", &at, "-CAfile", "root.pem", "-untrusted", "ca.pem"];
    run(&[&base[..], options, &["leaf.pem"]].concat()).status.success()
}

#[test]
fn openssl_judges_name_constraints_alike() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing_key = key(KeySpec::EcdsaP256);
    let pairs = [
        (dns("example.com"), dns("example.com")),
        (dns("example.com"), dns("a.B.example.com")),
        (dns("example.com"), dns("badexample.com")),
        (email("example.com"), email("a@EXAMPLE.com")),
        (email("example.com"), email("a@b.example.com")),
        (email(".example.com"), email("a@b.example.com")),
        (email(".example.com"), email("a@example.com")),
        (email("a@example.com"), email("a@Example.com")),
        (email("a@example.com"), email("A@example.com")),
        (email("example.com"), smtp("用户@example.com")),
        (email("example.com"), smtp("用户@example.org")),
        (email("xn--bcher-kva.example"), smtp("用户@bücher.example")),
        (email("example.com"), dns("example.org")),
        (uri("example.com"), uri("https://example.com/")),
        (uri(".example.com"), uri("https://a.example.com:8443/x")),
        (uri("example.com"), uri("https://a.example.com/")),
        (ip(&[10, 0, 0, 0, 255, 0, 0, 0]), ip(&[10, 9, 8, 7])),
        (ip(&[10, 0, 0, 0, 255, 0, 0, 0]), ip(&[11, 9, 8, 7])),
        (ip(&[0; 32]), ip(&[7; 16])),
        (directory("O=Hongkong Post,C=HK"), directory("CN=a,O=HONGKONG  post,C=HK")),
        (directory("O=Hongkong Post,C=HK"), directory("O=Hongkong Post,C=MO")),
    ];
    for (at, (base, name_of_leaf)) in pairs.iter().enumerate() {
        for excluded in [false, true] {
            // The subject lies in its own space, so that constraints on directory names meet the alternative name.
            let space = vec![base.clone(), directory("C=CN")];
            let (permitted, excluded_space) = if excluded { (vec![], vec![base.clone()]) } else { (space, vec![]) };
            let ca = ca_builder(root.name(), &name("CN", "Issuing"), &issuing_key)
                .name_constraints(permitted, excluded_space);
            let issuing = root.sign(ca);
            let spki = pki::key::Signer::public_key(&issuing_key).clone();
            let leaf = builder(issuing.subject(), &name("CN", "Somebody"), spki)
                .subject_alt_names([name_of_leaf.clone()])
                .authority_key_id_of(&issuing)
                .sign(&issuing_key)
                .unwrap();
            let ours = code(&ask(&leaf, slice::from_ref(&issuing), &[root.anchor()], |_| ()));
            let theirs = openssl_accepts(&format!("{at}-{excluded}"), [&leaf, &issuing, &root.certificate], &[]);
            assert_eq!(ours == "valid", theirs, "{name_of_leaf}, {base}, excluded: {excluded}: we say {ours}");
        }
    }
}

#[test]
fn openssl_finds_hosts_and_mailboxes_alike() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let cases = [
        (dns("example.com"), "-verify_hostname", "EXAMPLE.com", "dns:EXAMPLE.com"),
        (dns("*.example.com"), "-verify_hostname", "a.example.com", "dns:a.example.com"),
        (dns("*.example.com"), "-verify_hostname", "a.b.example.com", "dns:a.b.example.com"),
        (dns("*.example.com"), "-verify_hostname", "example.com", "dns:example.com"),
        (dns("a.*.com"), "-verify_hostname", "a.example.com", "dns:a.example.com"),
        (dns("xn--bcher-kva.example"), "-verify_hostname", "xn--bcher-kva.example", "dns:bücher.example"),
        (ip(&[127, 0, 0, 1]), "-verify_ip", "127.0.0.1", "ip:127.0.0.1"),
        (dns("127.0.0.1"), "-verify_ip", "127.0.0.1", "ip:127.0.0.1"),
        (email("user@example.com"), "-verify_email", "user@EXAMPLE.com", "email:user@EXAMPLE.com"),
        (email("user@example.com"), "-verify_email", "User@example.com", "email:User@example.com"),
    ];
    for (at, (name_of_leaf, option, theirs, ours)) in cases.into_iter().enumerate() {
        let leaf = issuing.sign(issuing.leaf_builder("CN", "Somebody").subject_alt_names([name_of_leaf]));
        let asked = [ExpectedName::parse(ours).unwrap()];
        let verdict =
            ask(&leaf, slice::from_ref(&issuing.certificate), &[root.anchor()], |request| request.names = &asked);
        let chain = [&leaf, &issuing.certificate, &root.certificate];
        assert_eq!(verdict.is_ok(), openssl_accepts(&format!("host-{at}"), chain, &[option, theirs]), "{ours}");
    }
}

/// A CA that writes its own name in one string type and case, and is named by what it has issued in another.
#[test]
fn openssl_finds_an_issuer_by_its_name_in_any_string_type_alike() {
    const UTF8: u8 = 12;
    let written = |tag: u8, text: &str| {
        let content: Vec<u8> = match tag {
            28 => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
            30 => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            20 => text.chars().map(|c| c as u8).collect(),
            _ => text.into(),
        };
        let tlv = |tag: u8, content: &[u8]| [&[tag, content.len() as u8][..], content].concat();
        let attribute = tlv(0x30, &[tlv(6, &[0x55, 4, 10]), tlv(tag, &content)].concat());
        Name::from_der(&tlv(0x30, &tlv(0x31, &attribute))).unwrap()
    };
    let (root_key, issuing_key) = (key(KeySpec::EcdsaP256), key(KeySpec::EcdsaP256));
    let own = name("CN", "Root");
    let root = ca_builder(&own, &own, &root_key).sign(&root_key).unwrap();
    for (at, (tag, text)) in [
        (UTF8, "société  GÉNÉRALE"),
        (UTF8, "SOCIété généralE "),
        (20, "Société Générale"),
        (28, "Société Générale"),
        (30, " Société générale"),
        (30, "Societe Generale"),
    ]
    .into_iter()
    .enumerate()
    {
        let issuing =
            ca_builder(root.subject(), &written(UTF8, "Société Générale"), &issuing_key).sign(&root_key).unwrap();
        let spki = pki::key::Signer::public_key(&issuing_key).clone();
        let leaf = builder(&written(tag, text), &name("CN", "Somebody"), spki).sign(&issuing_key).unwrap();
        let ours = ask(&leaf, slice::from_ref(&issuing), &[root.clone().into()], |_| ()).is_ok();
        let theirs = openssl_accepts(&format!("issuer-{at}"), [&leaf, &issuing, &root], &[]);
        // OpenSSL knows case in ASCII alone; what it takes for the same name, we do too.
        assert!(ours || !theirs, "{text:?} as {tag}");
        assert_eq!(ours, text != "Societe Generale", "{text:?} as {tag}");
    }
}
