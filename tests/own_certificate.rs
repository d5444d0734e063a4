//! A certificate of one's own: from a request that the person brings, made by OpenSSL or by ourselves; OpenSSL agrees
//! with the chain; and its holder can sign in with it.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use pearlbridge::web::view::problem::Problem;
use support::browser::{Browser, Page};
use support::client::{self, ask, code, go, redeem, text};
use support::demo::shared as demo;
use support::{pearlbridge, run, temporary_directory};

/// A browser in which somebody is signed in by certificate, at level 5.
fn signed_in(username: &str) -> Browser {
    let browser = Browser::of(demo(), demo().person(username));
    client::tokens(&browser, demo());
    browser
}

/// Hands a request in at the account page, as a pasted text or as a file.
fn hand_in(browser: &Browser, request: &Path, as_file: bool) -> Page {
    let account = browser.open(format!("{}/account", demo().description.issuer)).expect(200);
    let form = account.form("/account/certificates");
    let content = std::fs::read(request).expect("a file");
    let pasted = if as_file { String::new() } else { String::from_utf8_lossy(&content).into_owned() };
    let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = hidden.chain([("profile", "person-signing"), ("csr", pasted.as_str())]).collect();
    browser.upload(&form.action, &fields, as_file.then_some(("csr_file", content.as_slice())))
}

/// The certificate and its chain, fetched from the page that a hand-in led to.
struct Issued {
    leaf: PathBuf,
    /// Leaf, issuing authority, root.
    chain: PathBuf,
    der: Vec<u8>,
}

fn fetch(browser: &Browser, sent: Page) -> Issued {
    let page = browser.follow(sent.expect(303), |_| false).expect(200);
    let directory = temporary_directory("issued");
    let save = |ending: &str| {
        let path = directory.join(format!("own{ending}"));
        std::fs::write(&path, browser.get(page.link(ending)).expect(200).body).expect("a file");
        path
    };
    let (leaf, chain) = (save(".pem"), save("-chain.pem"));
    let der = pem::parse(std::fs::read(&leaf).expect("a file")).expect("PEM").into_contents();
    Issued { leaf, chain, der }
}

/// The authority that signs for a kind of key, and its root, as OpenSSL takes them.
fn authorities(kind: &str) -> (PathBuf, PathBuf) {
    let file = |id: &str| demo().authority(id).cert.clone();
    (file(&format!("gd-ca-{kind}")), file(&format!("gd-root-{kind}")))
}

#[test]
fn a_request_by_openssl_gives_a_certificate_that_signs_in() {
    let browser = signed_in("chan");
    let (key, request) = openssl_request(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let issued = fetch(&browser, hand_in(&browser, &request, false));

    // The chain that the page gives is complete, and OpenSSL accepts it under the province's policy.
    assert_eq!(pem::parse_many(std::fs::read(&issued.chain).expect("a file")).expect("PEM").len(), 3);
    let (issuing, root) = authorities("p256");
    let mut openssl = Command::new("openssl");
    openssl.args(["verify", "-x509_strict", "-policy_check", "-explicit_policy", "-purpose", "sslclient"]);
    openssl.args(["-policy", "1.3.6.1.4.1.32473.2012.92.1", "-CAfile"]).arg(&root).arg("-untrusted").arg(&issuing);
    run(openssl.arg(&issued.leaf));

    let own = Browser::new(demo()).with_certificate(&issued.leaf, &key);
    let asked = ask(demo(), &[("acr_values", "urn:gd:loa:4")]);
    let back = client::with_certificate(&own, &go(&own, own.get(&asked.url)).expect(200));
    let tokens = redeem(&own, demo(), &asked, &code(&back)).expect(200).json();
    let userinfo = client::userinfo(&own, demo(), text(&tokens, "access_token")).expect(200).json();
    assert_eq!(userinfo["name"], demo().person("chan").name.as_str(), "it opens the account of its holder");
}

#[test]
fn a_request_of_our_own_gives_an_sm2_certificate_that_signs_in() {
    let browser = signed_in("lei");
    let directory = temporary_directory("request");
    let (key, request) = (directory.join("own.key"), directory.join("own.csr"));
    let mut program = pearlbridge();
    program.args(["request", "--key-type", "sm2", "--key"]).arg(&key).arg("--out").arg(&request);
    run(&mut program);
    let issued = fetch(&browser, hand_in(&browser, &request, true));

    // OpenSSL checks SM2 edge by edge, when it is told the identifier that was signed with (GB/T 35276).
    let (issuing, root) = authorities("sm2");
    for (above, below) in [(&issuing, &issued.leaf), (&root, &issuing)] {
        let mut openssl = Command::new("openssl");
        openssl.args(["verify", "-partial_chain", "-vfyopt", "distid:1234567812345678", "-trusted"]);
        run(openssl.arg(above).arg(below));
    }

    let own = Browser::new(demo());
    let asked = ask(demo(), &[("acr_values", "urn:gd:loa:4")]);
    let login = go(&own, own.get(&asked.url)).expect(200);
    let page = own.open(login.link("/challenge")).expect(200);
    let challenge = directory.join("challenge.bin");
    std::fs::write(&challenge, own.get(page.link("/challenge.bin")).expect(200).body).expect("a file");
    let signature = run(pearlbridge().args(["sign-challenge", "--key"]).arg(&key).arg(&challenge));
    let (chain, signature) = (std::fs::read_to_string(&issued.leaf), String::from_utf8(signature));
    let fields = [("chain", chain.expect("a file")), ("signature", signature.expect("base64"))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let back = go(&own, own.send(&page.form("/challenge"), &fields));
    redeem(&own, demo(), &asked, &code(&back)).expect(200);
}

#[test]
fn of_a_request_the_key_is_believed_and_nothing_else() {
    let browser = signed_in("chan");
    let (_, request) = openssl_request(&["-newkey", "rsa:2048", "-addext", "basicConstraints=critical,CA:TRUE"]);
    let issued = fetch(&browser, hand_in(&browser, &request, true));
    let certificate = pki::Certificate::from_der(&issued.der).expect("a certificate");
    assert!(!certificate.is_ca());
    let subject = certificate.subject().to_string();
    assert!(subject.contains("CHAN Tai Man") && !subject.contains("Emperor"), "{subject}");
}

/// X520SerialNumber ::= PrintableString (SIZE (1..ub-serial-number)), which is 64 (RFC 5280, Appendix A.1).
#[tokio::test]
async fn the_subject_key_of_anybody_fits_a_serial_number() {
    let app = demo().open().await;
    for person in 0..100 {
        let key = app.ca.subject_key(&format!("person {person}"));
        assert!(key.len() <= 64 && key.chars().all(|letter| letter.is_ascii_alphanumeric()), "{key}");
    }
    app.store.close().await;
}

#[test]
fn a_revoked_certificate_of_ones_own_is_on_the_published_list() {
    let browser = signed_in("chan");
    let (key, request) = openssl_request(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let issued = fetch(&browser, hand_in(&browser, &request, false));
    let serial = pki::Certificate::from_der(&issued.der).expect("a certificate").serial().to_string();
    demo().operate(&["ca", "revoke", &serial, "--reason", "superseded"]);

    let list = issued.leaf.with_file_name("list.crl");
    run(Command::new("curl").args(["-sSf", "-o"]).arg(&list).arg(&demo().authority("gd-ca-p256").crl));
    let text = run(Command::new("openssl").args(["crl", "-noout", "-text", "-inform", "DER", "-in"]).arg(&list));
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(text.contains(&serial.replace(':', "").to_uppercase()), "{serial}\n{text}");

    let own = Browser::new(demo()).with_certificate(&issued.leaf, &key);
    let login = go(&own, own.get(ask(demo(), &[]).url)).expect(200);
    own.get(login.link("/certificate/")).expect(403);
}

/// RFC 5280 §4.2.2.1: what `.p7c` names is a certs-only CMS message.
#[test]
fn the_certificates_of_an_authority_are_published_together() {
    let directory = temporary_directory("together");
    let published = |id: &str| {
        let (file, list) = (directory.join(format!("{id}.p7c")), &demo().authority("gd-ca-p256").crl);
        let url = list.replace("gd-ca-p256.crl", &format!("{id}.p7c"));
        let head = run(Command::new("curl").args(["-sSf", "-D", "-", "-o"]).arg(&file).arg(&url));
        let head = String::from_utf8_lossy(&head).to_lowercase();
        assert!(head.contains("content-type: application/pkcs7-mime; smime-type=certs-only"), "{head}");
        let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("an entity tag").to_owned();
        let mut again = Command::new("curl");
        let again = again.args(["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H"]);
        assert_eq!(run(again.arg(format!("If-None-Match: {tag}")).arg(&url)), b"304");
        let openssl = run(Command::new("openssl").args(["pkcs7", "-inform", "DER", "-print_certs", "-in"]).arg(&file));
        pem::parse_many(openssl).expect("PEM").into_iter().map(pem::Pem::into_contents).collect::<Vec<_>>()
    };
    let der = |path: &Path| pem::parse(std::fs::read(path).expect("a file")).expect("PEM").into_contents();
    assert_eq!(published("gd-ca-p256"), [der(&demo().authority("gd-ca-p256").cert)]);
    // The partner's own, and the one by which the bridge takes it in.
    let partners = published("hk-ecert-personal");
    let read: Vec<_> = partners.iter().map(|der| pki::Certificate::from_der(der).expect("a certificate")).collect();
    assert_eq!(read.len(), 2);
    assert!(partners.contains(&der(&demo().partner("HK").issuing)));
    assert!(read[0].public_key() == read[1].public_key() && read[0].issuer() != read[1].issuer());
}

#[test]
fn a_request_that_is_no_good_is_said_beside_the_field() {
    let browser = signed_in("lei");
    let directory = temporary_directory("request");
    let bad = |name: &str, content: &[u8]| {
        let path = directory.join(name);
        std::fs::write(&path, content).expect("a file");
        path
    };
    let (_, good) = openssl_request(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let mut der = pem::parse(std::fs::read(&good).expect("a file")).expect("PEM").into_contents();
    let last = der.last_mut().expect("a request is not empty");
    *last ^= 1;
    let default_identifier = sm2_request(&["-sm3"]);
    let (_, small) = openssl_request(&["-newkey", "rsa:1024"]);
    let cases = [
        (bad("text", b"hello"), Problem::CsrUnreadable),
        (bad("forged", pem::encode(&pem::Pem::new("CERTIFICATE REQUEST", der)).as_bytes()), Problem::CsrSignatureWrong),
        (default_identifier, Problem::CsrSm2SignatureWrong),
        (small, Problem::CsrKeyRefused),
    ];
    for (request, problem) in cases {
        let page = hand_in(&browser, &request, true).expect(422);
        assert!(page.text().contains(&problem.text(&pearlbridge::locale::Locale::En)), "{problem:?}: {}", page.text());
    }
}

#[test]
fn an_sm2_request_by_openssl_needs_the_option_that_the_page_names() {
    let browser = signed_in("lei");
    let option = ["-sigopt", "distid:1234567812345678"];
    let account = browser.open(format!("{}/account", demo().description.issuer)).expect(200);
    assert!(account.text().contains(&option.join(" ")), "{}", account.text());
    let request = sm2_request(&[&["-sm3"][..], &option].concat());
    hand_in(&browser, &request, true).expect(303);
}

#[test]
fn a_session_by_password_is_too_low_for_a_certificate() {
    let browser = Browser::new(demo());
    let login = go(&browser, browser.get(ask(demo(), &[]).url)).expect(200);
    code(&client::with_password(&browser, demo(), &login, "zhang"));
    let account = browser.open(format!("{}/account", demo().description.issuer)).expect(200);
    assert!(!account.body.contains("action=\"/account/certificates\""), "the form is not shown");
    // The page's own token, and a form that it did not show.
    let token = account.form("/account/logout").hidden.into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
    let (_, request) = openssl_request(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let text = std::fs::read_to_string(&request).expect("a file");
    let fields = [("csrf", token.as_str()), ("profile", "person-signing"), ("csr", &text)];
    browser.upload(format!("{}/account/certificates", demo().description.issuer), &fields, None).expect(422);
}

/// Key and request by `openssl req`, for a subject that is not the person's.
fn openssl_request(options: &[&str]) -> (PathBuf, PathBuf) {
    let directory = temporary_directory("request");
    let (key, request) = (directory.join("own.key"), directory.join("own.csr"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-new", "-nodes", "-subj", "/CN=Emperor"]).args(options);
    run(openssl.arg("-keyout").arg(&key).arg("-out").arg(&request));
    (key, request)
}

/// An SM2 request by `openssl req`, as its own manual makes one.
fn sm2_request(options: &[&str]) -> PathBuf {
    let directory = temporary_directory("request");
    let (key, request) = (directory.join("sm2.key"), directory.join("sm2.csr"));
    run(Command::new("openssl").args(["genpkey", "-algorithm", "SM2", "-out"]).arg(&key));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-new", "-subj", "/CN=Emperor"]).args(options);
    run(openssl.arg("-key").arg(&key).arg("-out").arg(&request));
    request
}
