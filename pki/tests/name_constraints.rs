//! Name constraints on whole paths. Cases that x509-limbo has too bear its names; the certificates are our own.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::slice;
use std::time::Duration;

use pki::key::KeySpec;
use pki::name::GeneralName;
use pki::path::{ExpectedName, Purpose};
use pki::{CertificateBuilder, Name, Oid, oid};
use support::names::{directory, dns, email, ip, smtp, uri};
use support::{Authority, ask, ca_builder, code, cross, key, name};

fn private(content: u8) -> GeneralName {
    GeneralName::Other(Oid::new_unwrap("1.3.6.1.4.1.32473.3"), vec![4, 1, content])
}

/// An IPv6 address that ends so.
fn v6(last: u8) -> Vec<u8> {
    [&[0x20, 1, 0xd, 0xb8][..], &[0; 11], &[last]].concat()
}

impl Authority {
    /// A CA below, constrained.
    fn constrained(&self, common: &str, permitted: Vec<GeneralName>, excluded: Vec<GeneralName>) -> Authority {
        let key = key(KeySpec::EcdsaP256);
        let builder = ca_builder(self.name(), &name("CN", common), &key).name_constraints(permitted, excluded);
        Authority { certificate: self.sign(builder), key }
    }
}

fn root() -> Authority {
    Authority::root("CN", "Root", KeySpec::EcdsaP256)
}

/// root → constrained CA → leaf
fn judge(
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
    leaf: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
) -> &'static str {
    let root = root();
    let issuing = root.constrained("Issuing", permitted, excluded);
    let leaf = issuing.sign(leaf(issuing.leaf_builder("CN", "Somebody")));
    code(&ask(&leaf, slice::from_ref(&issuing.certificate), &[root.anchor()], |_| ()))
}

const OK: &str = "valid";
const VIOLATED: &str = "name_constraint_violated";
const SENSELESS: &str = "invalid_extension";

#[test]
fn alternative_names_are_held_to_constraints_of_their_form() {
    let net = || ip(&[192, 0, 2, 0, 255, 255, 255, 0]);
    let host6 = || ip(&[v6(1), vec![0xff; 16]].concat());
    for (case, permitted, excluded, names, expected) in [
        ("permitted-dns-mismatch", vec![dns("example.com")], vec![], vec![dns("not-example.com")], VIOLATED),
        ("excluded-dns-match", vec![], vec![dns("example.com")], vec![dns("example.com")], VIOLATED),
        ("permitted-dns-match", vec![dns("example.com")], vec![], vec![dns("example.com")], OK),
        ("permitted-dns-match-more", vec![dns("example.com")], vec![], vec![dns("foo.bar.example.com")], OK),
        (
            "excluded-dns-match-second",
            vec![],
            vec![dns("not-allowed.example.com")],
            vec![dns("example.com"), dns("not-allowed.example.com")],
            VIOLATED,
        ),
        ("permitted-ip-mismatch", vec![net()], vec![], vec![ip(&[192, 0, 3, 1])], VIOLATED),
        ("excluded-ipv4-match", vec![], vec![net()], vec![ip(&[192, 0, 2, 1])], VIOLATED),
        ("permitted-ipv4-match", vec![net()], vec![], vec![ip(&[192, 0, 2, 1])], OK),
        ("excluded-ipv6-match", vec![], vec![host6()], vec![ip(&v6(1))], VIOLATED),
        ("permitted-ipv6-match", vec![host6()], vec![], vec![ip(&v6(1))], OK),
        ("a v6 address below a v4 constraint", vec![net()], vec![], vec![ip(&v6(1))], VIOLATED),
        ("permitted-different-constraint-type", vec![net()], vec![], vec![dns("example.com")], OK),
        ("excluded-different-constraint-type", vec![], vec![net()], vec![dns("example.com")], OK),
        (
            "excluded-match-permitted-and-excluded",
            vec![dns("example.com")],
            vec![dns("example.com")],
            vec![dns("example.com")],
            VIOLATED,
        ),
        ("invalid-dnsname-wildcard", vec![dns("*.example.com")], vec![], vec![dns("foo.example.com")], SENSELESS),
        ("invalid-dnsname-leading-period", vec![dns(".example.com")], vec![], vec![dns("foo.example.com")], SENSELESS),
        ("invalid-ipv4-address", vec![ip(&[127, 0, 0, 1])], vec![], vec![ip(&[127, 0, 0, 1])], SENSELESS),
        ("invalid-ipv6-address", vec![ip(&v6(1))], vec![], vec![ip(&v6(1))], SENSELESS),
        ("a mask with a hole", vec![ip(&[10, 0, 0, 0, 255, 0, 255, 0])], vec![], vec![ip(&[10, 0, 0, 1])], SENSELESS),
        ("invalid-email-address", vec![email("a@b@example.com")], vec![], vec![email("a@example.com")], SENSELESS),
        ("the same, excluded", vec![], vec![email("a@b@example.com")], vec![email("a@example.com")], SENSELESS),
        (
            "nc-permits-invalid-dns-san",
            vec![dns("example.com")],
            vec![],
            vec![dns(".example.com"), dns("foo.example.com")],
            VIOLATED,
        ),
        (
            "nc-permits-invalid-ip-san",
            vec![net()],
            vec![],
            vec![ip(&[192, 0, 2, 0, 255, 255, 255, 0]), ip(&[192, 0, 2, 1])],
            VIOLATED,
        ),
        ("an address of odd length below an exclusion", vec![], vec![net()], vec![ip(&[192, 0, 3])], VIOLATED),
        (
            "nc-permits-invalid-email-san",
            vec![email("example.com")],
            vec![],
            vec![email("good@example.com"), email("invalid@address@example.com")],
            VIOLATED,
        ),
        ("nc-permits-email-exact", vec![email("foo@example.com")], vec![], vec![email("foo@example.com")], OK),
        ("nc-permits-email-domain", vec![email("example.com")], vec![], vec![email("foo@example.com")], OK),
        ("another mailbox", vec![email("foo@example.com")], vec![], vec![email("bar@example.com")], VIOLATED),
        ("a mailbox at a subdomain", vec![email("example.com")], vec![], vec![email("a@b.example.com")], VIOLATED),
        ("a domain's mailbox", vec![email(".example.com")], vec![], vec![email("a@b.example.com")], OK),
        ("nc-forbids-othername", vec![dns("example.com")], vec![private(1)], vec![private(2)], SENSELESS),
        ("nc-forbids-othername-noop", vec![dns("example.com")], vec![private(1)], vec![dns("example.com")], OK),
        (
            "a registered id below a constraint on such",
            vec![],
            vec![GeneralName::RegisteredId(oid::DSA)],
            vec![GeneralName::RegisteredId(oid::MGF1)],
            SENSELESS,
        ),
        (
            "cve-2025-61727",
            vec![dns("example.com")],
            vec![dns("bar.example.com")],
            vec![dns("*.example.com")],
            VIOLATED,
        ),
        (
            "cve-2025-61727-nc-permits-variant",
            vec![dns("foo.example.com")],
            vec![],
            vec![dns("*.example.com")],
            VIOLATED,
        ),
        ("an excluded name in another case", vec![], vec![dns("example.com")], vec![dns("A.EXAMPLE.Com.")], VIOLATED),
        ("a URI at a host", vec![uri("example.com")], vec![], vec![uri("https://u@example.com:1/x")], OK),
        ("a URI at a subdomain", vec![uri("example.com")], vec![], vec![uri("https://a.example.com/")], VIOLATED),
        ("a URI in a domain", vec![uri(".example.com")], vec![], vec![uri("https://a.example.com/")], OK),
        ("a URI at an address", vec![], vec![uri("example.com")], vec![uri("https://192.0.2.1/")], VIOLATED),
        ("a URI at a v6 address", vec![], vec![uri("example.com")], vec![uri("https://[2001:db8::1]/")], VIOLATED),
        ("a URI without authority", vec![], vec![uri("example.com")], vec![uri("urn:ietf:rfc:5280")], VIOLATED),
        ("a URI that hides its host", vec![], vec![uri("evil.com")], vec![uri("https://a.com\\@evil.com/")], VIOLATED),
    ] {
        assert_eq!(judge(permitted, excluded, |leaf| leaf.subject_alt_names(names)), expected, "{case}");
    }
}

/// RFC 9598 §6, RFC 9549 §2.
#[test]
fn internationalised_mailboxes_are_bound_by_rfc822_constraints() {
    for (case, permitted, excluded, name, expected) in [
        ("at the host", vec![email("example.com")], vec![], smtp("用户@example.com"), OK),
        ("at another", vec![email("example.com")], vec![], smtp("用户@evil.example"), VIOLATED),
        ("below an excluded domain", vec![], vec![email(".evil.example")], smtp("用户@a.evil.example"), VIOLATED),
        ("at an excluded domain's own host", vec![], vec![email(".evil.example")], smtp("用户@evil.example"), OK),
        ("by A-label", vec![email("xn--bcher-kva.example")], vec![], smtp("用户@XN--BCHER-KVA.example"), OK),
        ("by U-label (RFC 8398)", vec![email("xn--bcher-kva.example")], vec![], smtp("用户@bücher.example"), OK),
        ("by a label that needs mapping", vec![email("")], vec![], smtp("用户@Bücher.example"), VIOLATED),
        ("by KELVIN SIGN", vec![email("kexample.com")], vec![], smtp("用户@\u{212a}example.com"), VIOLATED),
        (
            "an excluded mailbox excludes by host",
            vec![],
            vec![email("a@example.com")],
            smtp("用户@example.com"),
            VIOLATED,
        ),
        ("a permitted one permits no other", vec![email("a@example.com")], vec![], smtp("用户@example.com"), VIOLATED),
        ("no constraint on mailboxes", vec![dns("example.com")], vec![], smtp("用户@example.com"), OK),
        (
            "a constraint on the type itself",
            vec![smtp("用户@example.com")],
            vec![],
            smtp("用户@example.com"),
            SENSELESS,
        ),
    ] {
        assert_eq!(judge(permitted, excluded, |leaf| leaf.subject_alt_names([name])), expected, "{case}");
    }
}

#[test]
fn directory_names_are_held_in_subject_and_alternatives_alike() {
    let foo = || vec![directory("CN=foo")];
    for (case, permitted, excluded, subject, san, expected) in [
        ("permitted-dn-mismatch", foo(), vec![], "CN=not-foo", "CN=not-foo", VIOLATED),
        ("excluded-dn-match", vec![], foo(), "CN=foo", "CN=foo", VIOLATED),
        ("permitted-dn-match", foo(), vec![], "CN=foo", "CN=foo", OK),
        ("permitted-dn-match-subject-san-mismatch", foo(), vec![], "CN=not-foo", "CN=foo", VIOLATED),
        ("the other way round", foo(), vec![], "CN=foo", "CN=not-foo", VIOLATED),
        ("excluded-dn-match-sub-mismatch", vec![], foo(), "CN=foo", "CN=not-foo", VIOLATED),
        (
            "prepared before compared",
            vec![],
            vec![directory("O=Evil Corp")],
            "CN=a,O=ＥＶＩＬ\u{ad}　corp",
            "CN=b",
            VIOLATED,
        ),
        ("prepared, and permitted", vec![directory("O=GDCA")], vec![], "CN=a,O=ｇｄｃａ", "CN=a,O=GDCA ", OK),
        ("not comparable", vec![], vec![directory("O=\u{e000}")], "CN=foo", "CN=foo", SENSELESS),
        ("of no name below it", vec![directory("O=b")], vec![], "CN=a,O=b,C=HK", "O=b", VIOLATED),
    ] {
        let root = root();
        let issuing = root.constrained("Issuing", permitted, excluded);
        let key = key(KeySpec::EcdsaP256);
        let subject = Name::parse(subject).unwrap();
        let builder = support::builder(issuing.name(), &subject, pki::key::Signer::public_key(&key).clone());
        let leaf = issuing.sign(builder.subject_alt_names([directory(san)]));
        let verdict = ask(&leaf, slice::from_ref(&issuing.certificate), &[root.anchor()], |_| ());
        assert_eq!(code(&verdict), expected, "{case}");
    }
}

/// "the rfc822Name constraint MUST be applied to the attribute of type emailAddress in the subject distinguished name"
#[test]
fn mailboxes_in_old_subjects_are_bound_and_host_names_in_them_are_not() {
    let leaf = |subject: &str, base: GeneralName| {
        let root = root();
        let issuing = root.constrained("Issuing", vec![base], vec![]);
        let key = key(KeySpec::EcdsaP256);
        let subject = Name::parse(subject).unwrap();
        let builder = support::builder(issuing.name(), &subject, pki::key::Signer::public_key(&key).clone());
        let leaf = issuing.sign(builder);
        code(&ask(&leaf, slice::from_ref(&issuing.certificate), &[root.anchor()], |_| ()))
    };
    assert_eq!(leaf("E=a@example.com,CN=a", email("example.com")), OK);
    assert_eq!(leaf("E=a@example.org,CN=a", email("example.com")), VIOLATED);
    assert_eq!(leaf("E=a@b@example.com,CN=a", email("example.com")), VIOLATED);
    assert_eq!(leaf("CN=www.example.org", dns("example.com")), OK);
}

/// What BetterTLS asks: all combinations of names with constraints. Expected is what its authors say: constraints bind
/// every alternative name, and a common name is no host name.
#[test]
fn all_combinations_of_hosts_addresses_and_constraints() {
    const HERE: [u8; 8] = [127, 0, 0, 0, 255, 255, 255, 0];
    const THERE: [u8; 8] = [1, 1, 1, 0, 255, 255, 255, 0];
    let root = root();
    let mut issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let either = |good: GeneralName, bad: GeneralName| [None, Some(good), Some(bad)];
    // 0 is none, 1 what is asked for, 2 something else.
    let sides = [0usize, 1, 2];
    let pairs = sides.map(|one| sides.map(|other| [one, other])).concat();
    let mut judged = 0;
    for [dns_permitted, ip_permitted] in &pairs {
        for [dns_excluded, ip_excluded] in &pairs {
            let permitted = [
                either(dns("localhost"), dns("example.com"))[*dns_permitted].clone(),
                either(ip(&HERE), ip(&THERE))[*ip_permitted].clone(),
            ];
            let excluded = [
                either(dns("localhost"), dns("bad.example.com"))[*dns_excluded].clone(),
                either(ip(&HERE), ip(&THERE))[*ip_excluded].clone(),
            ];
            let (permitted, excluded): (Vec<_>, Vec<_>) =
                (permitted.into_iter().flatten().collect(), excluded.into_iter().flatten().collect());
            let mut ca = ca_builder(root.name(), &name("CN", "Issuing"), &issuing.key);
            if !permitted.is_empty() || !excluded.is_empty() {
                ca = ca.name_constraints(permitted, excluded);
            }
            issuing.certificate = root.sign(ca);
            let heap = [issuing.certificate.clone()];
            for [dns_san, ip_san] in &pairs {
                let broken = [
                    (*dns_san != 0 && *dns_permitted != 0 && dns_san != dns_permitted)
                        || (*dns_san != 0 && dns_san == dns_excluded),
                    (*ip_san != 0 && *ip_permitted != 0 && ip_san != ip_permitted)
                        || (*ip_san != 0 && ip_san == ip_excluded),
                ];
                let names = [
                    either(dns("test.localhost"), dns("bad.example.com"))[*dns_san].clone(),
                    either(ip(&[127, 0, 0, 1]), ip(&[1, 1, 1, 1]))[*ip_san].clone(),
                ];
                let names: Vec<_> = names.into_iter().flatten().collect();
                let common = ["Somebody", "test.localhost", "bad.example.com", "1.1.1.1"][judged % 4];
                let builder = issuing.leaf_builder("CN", common).extended_key_usage([oid::SERVER_AUTH]);
                let leaf = issuing.sign(if names.is_empty() { builder } else { builder.subject_alt_names(names) });
                for (asked, found) in [("dns:test.localhost", *dns_san == 1), ("ip:127.0.0.1", *ip_san == 1)] {
                    let asked = [ExpectedName::parse(asked).unwrap()];
                    let verdict = ask(&leaf, &heap, &[root.anchor()], |request| {
                        (request.names, request.purpose) = (&asked, Purpose::ServerAuth);
                    });
                    assert_eq!(
                        verdict.is_ok(),
                        found && broken == [false; 2],
                        "{} {:?} {:?}: {}",
                        asked[0],
                        heap[0].extensions().name_constraints,
                        leaf.extensions().subject_alt_names,
                        code(&verdict)
                    );
                    judged += 1;
                }
            }
        }
    }
    assert_eq!(judged, 81 * 9 * 2);
}

#[test]
fn self_issued_certificates_are_exempt_unless_they_are_the_last() {
    // permitted-self-issued: a key rollover
    let key_of_root = key(KeySpec::EcdsaP256);
    let subject = name("CN", "not-example.com");
    let constrained = |builder: CertificateBuilder| builder.name_constraints(vec![dns("example.com")], vec![]);
    let certificate = constrained(ca_builder(&subject, &subject, &key_of_root)).sign(&key_of_root).unwrap();
    let root = Authority { key: key_of_root, certificate };
    let outside = [dns("not-example.com")];
    let new_key = key(KeySpec::EcdsaP256);
    let rolled = ca_builder(&subject, &subject, &new_key).subject_alt_names(outside.clone());
    let rolled = Authority { certificate: root.sign(rolled), key: new_key };
    let leaf = rolled.sign(rolled.leaf_builder("CN", "Somebody").subject_alt_names([dns("example.com")]));
    let heap = [rolled.certificate.clone()];
    assert_eq!(code(&ask(&leaf, &heap, &[root.anchor()], |_| ())), OK);
    // excluded-self-issued-leaf
    let key = key(KeySpec::EcdsaP256);
    let last = rolled.sign(ca_builder(&subject, &subject, &key).subject_alt_names(outside));
    assert_eq!(code(&ask(&last, &heap, &[root.anchor()], |_| ())), VIOLATED);
}

#[test]
fn every_ca_on_the_path_narrows_and_none_widens() {
    let leaf_of = |issuer: &Authority, host: &str| {
        issuer.sign(issuer.leaf_builder("CN", "Somebody").subject_alt_names([dns(host)]))
    };
    let both = || vec![dns("foo.example.com"), dns("bar.example.com")];
    let bar = || vec![dns("bar.example.com")];
    for (case, first, second, host, expected) in [
        ("restrictive-permits-in-intermediates-narrows", both(), bar(), "foo.example.com", VIOLATED),
        ("restrictive-permits-in-intermediates-widens", bar(), both(), "foo.example.com", VIOLATED),
        ("what both permit", bar(), both(), "bar.example.com", OK),
    ] {
        let root = root();
        let one = root.constrained("One", first, vec![]);
        let two = one.constrained("Two", second, vec![]);
        let heap = [one.certificate.clone(), two.certificate.clone()];
        assert_eq!(code(&ask(&leaf_of(&two, host), &heap, &[root.anchor()], |_| ())), expected, "{case}");
    }
}

/// intermediate-with-san-rejected-by-intermediate-nc and …-by-root-nc
#[test]
fn names_of_intermediates_are_bound_too() {
    let root = root();
    let one = root.constrained("One", vec![dns("permitted.example.com")], vec![dns("forbidden.example.com")]);
    let named = |host: &str| {
        let key = key(KeySpec::EcdsaP256);
        let builder = ca_builder(one.name(), &name("CN", "Two"), &key).subject_alt_names([dns(host)]);
        Authority { certificate: one.sign(builder), key }
    };
    for (host, expected) in [("forbidden.example.com", VIOLATED), ("permitted.example.com", OK)] {
        let two = named(host);
        let leaf = two.sign(two.leaf_builder("CN", "Somebody").subject_alt_names([dns("permitted.example.com")]));
        let heap = [one.certificate.clone(), two.certificate.clone()];
        assert_eq!(code(&ask(&leaf, &heap, &[root.anchor()], |_| ())), expected, "{host}");
    }
}

/// nc-forbids-alternate-chain-ica and nc-forbids-same-chain-ica: the same CA certified twice, once with a name that is
/// not permitted above it.
#[test]
fn the_way_whose_names_are_permitted_is_found() {
    let (constrained, free) = (root(), root());
    let above = constrained.constrained("Above", vec![], vec![dns("forbidden.example.com")]);
    let issuing = above.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let forbidden = above.sign(cross(&above, &issuing).subject_alt_names([dns("forbidden.example.com")]));
    let allowed = free.sign(cross(&free, &issuing).subject_alt_names([dns("unconstrained.example.com")]));
    let leaf = issuing.sign(issuing.leaf_builder("CN", "Somebody").subject_alt_names([dns("a.example.com")]));
    let heap = [above.certificate.clone(), forbidden.clone(), allowed.clone()];
    let anchors = [constrained.anchor(), free.anchor()];
    assert_eq!(ask(&leaf, &heap, &anchors, |_| ()).unwrap().path[1], allowed);
    assert_eq!(code(&ask(&leaf, &heap[..2], &anchors, |_| ())), VIOLATED);
}

/// The same, where the one way has a constraint that nobody can judge. That is no fault of the leaf's.
#[test]
fn the_way_whose_constraints_can_be_judged_is_found() {
    let root = root();
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let twin = root.sign(cross(&root, &issuing).name_constraints(vec![private(1)], vec![]));
    let leaf = issuing.sign(issuing.leaf_builder("CN", "Somebody").subject_alt_names([private(0)]));
    for heap in [[twin.clone(), issuing.certificate.clone()], [issuing.certificate.clone(), twin.clone()]] {
        assert_eq!(code(&ask(&leaf, &heap, &[root.anchor()], |_| ())), "valid");
    }
    assert_eq!(code(&ask(&leaf, &[twin], &[root.anchor()], |_| ())), "invalid_extension");
}

/// "Conforming CAs MUST mark this extension as critical": one that is not binds as well.
#[test]
fn constraints_that_are_not_critical_bind() {
    let root = root();
    let model = root.constrained("Issuing", vec![dns("example.com")], vec![]);
    let value = model.certificate.extension_value(&oid::NAME_CONSTRAINTS).unwrap().to_vec();
    let key = key(KeySpec::EcdsaP256);
    let builder = ca_builder(root.name(), &name("CN", "Issuing"), &key).extension(oid::NAME_CONSTRAINTS, false, value);
    let issuing = Authority { certificate: root.sign(builder), key };
    for (host, expected) in [("example.com", OK), ("example.org", VIOLATED)] {
        let leaf = issuing.sign(issuing.leaf_builder("CN", "Somebody").subject_alt_names([dns(host)]));
        let verdict = ask(&leaf, slice::from_ref(&issuing.certificate), &[root.anchor()], |_| ());
        assert_eq!(code(&verdict), expected, "permitted-dns-match-noncritical: {host}");
    }
}

/// nc-dos-1 and worse: names times constraints, in every form that can be had by the thousand.
#[test]
fn thousands_of_names_times_thousands_of_constraints_end_in_no_time() {
    let hosts = |prefix: &str, count: usize| (0..count).map(|n| dns(&format!("{prefix}{n}.test"))).collect::<Vec<_>>();
    let mailboxes = |count: usize| (0..count).map(|n| email(&format!("a{n}@m{n}.test"))).collect::<Vec<_>>();
    let names = |count: usize| (0..count).map(|n| directory(&format!("CN=n{n}"))).collect::<Vec<_>>();
    let links = |count: usize| (0..count).map(|n| uri(&format!("https://{}@u{n}.test/", "u".repeat(200)))).collect();
    let uris = |count: usize| (0..count).map(|n| uri(&format!("x{n}.test"))).collect::<Vec<_>>();
    let types = |count: usize| {
        let other = |n: usize| GeneralName::Other(Oid::new(&format!("1.3.6.1.4.1.32473.{n}")).unwrap(), vec![5, 0]);
        (0..count).map(other).collect::<Vec<_>>()
    };
    for (case, permitted, excluded, sans) in [
        ("nc-dos-1", hosts("t", 513), hosts("x", 513), hosts("t", 513)),
        ("hosts", vec![], hosts("x", 4000), hosts("t", 4000)),
        ("mailboxes", vec![], mailboxes(4000), mailboxes(8000).split_off(4000)),
        ("directory names", vec![], names(4000), names(4000).into_iter().map(|_| directory("CN=other")).collect()),
        ("URIs", vec![], uris(4000), links(4000)),
        ("types of otherName", types(4000), vec![], types(8000).split_off(4000)),
    ] {
        let root = root();
        let issuing = root.constrained("Issuing", permitted, excluded);
        let leaf = issuing.sign(issuing.leaf_builder("CN", "Somebody").subject_alt_names(sans));
        let heap = [issuing.certificate];
        let anchors = [root.anchor()];
        let (elapsed, verdict) = timed(|| ask(&leaf, &heap, &anchors, |_| ()));
        assert_eq!(code(&verdict), "budget_exhausted", "{case}");
        // Below 50 ms when optimised, which tests are not.
        assert!(elapsed < Duration::from_millis(500), "{case}: {elapsed:?}");
    }
}

/// What an honest authority has is judged: hundreds of each.
#[test]
fn hundreds_of_names_and_constraints_are_judged() {
    let names = |count: usize| (0..count).map(|n| dns(&format!("h{n}.example.org"))).collect::<Vec<_>>();
    let addresses = (0..=255).map(|n| ip(&[10, n, 0, 0, 255, 255, 0, 0])).collect::<Vec<_>>();
    let permitted = [names(400), addresses].concat();
    assert_eq!(judge(permitted.clone(), vec![], |leaf| leaf.subject_alt_names(names(400))), OK);
    assert_eq!(judge(permitted, vec![], |leaf| leaf.subject_alt_names(names(401))), VIOLATED);
}

#[expect(clippy::disallowed_methods, reason = "a test may look at the clock to see that it did not wait")]
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = std::time::Instant::now();
    let done = work();
    (start.elapsed(), done)
}
