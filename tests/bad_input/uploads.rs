//! What is too large, what is made to keep the engine busy, and what nobody would sign in with.

use pearlbridge::clock::{Clock, SECOND};
use pearlbridge::locale::Locale;
use pearlbridge::web::view::problem::Problem;
use pearlbridge::web::view::verify::Standing;
use pki::certificate::CertificateBuilder;
use pki::certificate::extension::KeyUsage;
use pki::cms::CertsOnly;
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use pki::{Certificate, Name, Time, oid};

use crate::demo;
use crate::support::browser::{Browser, Page};

/// Asks `/verify` about a text.
fn verify(browser: &Browser, text: &str) -> Page {
    ask(browser, &[("pem", text)], None)
}

/// Asks `/verify` about a file.
fn verify_file(browser: &Browser, file: &[u8]) -> Page {
    ask(browser, &[], Some(("certificate", file)))
}

fn ask(browser: &Browser, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Page {
    let address = format!("{}/verify", demo().description.issuer);
    let form = browser.open(address).expect(200).form("/verify");
    let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = hidden.chain(fields.iter().copied()).collect();
    browser.upload(&form.action, &fields, file)
}

#[test]
fn an_upload_of_ten_megabytes_is_too_large() {
    let browser = Browser::new(demo());
    let page = verify_file(&browser, &vec![0x30; 10 * 1024 * 1024]).expect(413);
    assert!(page.body.contains("<h1>"), "a page says so");
}

#[test]
fn a_file_that_is_larger_than_the_page_says_is_said_to_be_so() {
    let browser = Browser::new(demo());
    let page = verify_file(&browser, &vec![0x30; 200 * 1024]).expect(422);
    assert!(page.text().contains(&Problem::CertificateTooLarge.text(&Locale::En)), "{}", page.text());
}

/// What a partner's leaf and its issuer's certificate are kept in.
#[test]
fn the_leaf_is_found_among_its_issuers_whatever_they_come_in() {
    let read = |path: &std::path::Path| std::fs::read_to_string(path).expect("a file");
    let certificate =
        |text: &str| Certificate::from_der(pem::parse(text).expect("PEM").contents()).expect("a certificate");
    let partners = &demo().description.partners;
    let (leaf, issuing) = (read(&partners[0].leaf), read(&partners[0].issuing));
    let (one, above, other) = (certificate(&leaf), certificate(&issuing), certificate(&read(&partners[1].leaf)));
    let message = CertsOnly::write([&above, &one], []);
    let armoured = pem::encode(&pem::Pem::new("PKCS7", message.as_slice()));
    let browser = Browser::new(demo());
    let upside_down = [issuing, leaf.clone()].concat();
    for file in [one.der(), leaf.as_bytes(), &message, armoured.as_bytes(), upside_down.as_bytes()] {
        let page = verify_file(&browser, file).expect(200);
        assert!(page.body.contains("verdict-valid"), "{}", page.text());
        assert!(page.text().contains(&one.subject().first(&oid::COMMON_NAME).expect("a name")), "{}", page.text());
    }
    verify(&browser, &armoured).expect(200);
    let several = verify_file(&browser, &CertsOnly::write([&above, &one, &other], [])).expect(422);
    assert!(several.text().contains(&Problem::CertificateSeveral.text(&Locale::En)), "{}", several.text());
    let empty = verify_file(&browser, &CertsOnly::write([], [])).expect(422);
    assert!(empty.text().contains(&Problem::CertificateUnreadable.text(&Locale::En)), "{}", empty.text());
}

#[test]
fn a_form_of_ten_megabytes_is_too_large() {
    let browser = Browser::new(demo());
    let login = browser.open(format!("{}/login", demo().description.issuer)).expect(200);
    let password = "x".repeat(10 * 1024 * 1024);
    let fields = [("username", "chan"), ("password", password.as_str())];
    browser.send(&login.form("/password"), &fields).expect(413);
}

#[test]
fn five_hundred_certificates_in_a_circle_are_answered_quickly() {
    let clock = Clock::System;
    let now = clock.now_seconds();
    let key = SoftwareKey::generate(KeySpec::EcdsaP256, &mut pearlbridge::rng::fill).expect("a key can be made");
    // Each may have issued each: one name, one key.
    let name = Name::from_attributes(&[(oid::COUNTRY, "ZZ"), (oid::COMMON_NAME, "Circle")]);
    let certificate = |ca: bool| {
        let serial = pearlbridge::ca::issue::new_serial();
        let validity = (Time(now.0 - 60), Time(now.0 + 86_400));
        let subject = if ca { name.clone() } else { Name::from_attributes(&[(oid::COMMON_NAME, "Leaf")]) };
        let usage = if ca { KeyUsage::KEY_CERT_SIGN } else { KeyUsage::DIGITAL_SIGNATURE };
        CertificateBuilder::new(serial, name.clone(), subject, validity, key.public_key().clone())
            .basic_constraints(ca, None)
            .key_usage(usage)
            .sign(&key)
            .expect("it can be signed")
    };
    let all = std::iter::once(certificate(false)).chain((0..500).map(|_| certificate(true)));
    let text: String = all.map(|one| pem::encode(&pem::Pem::new("CERTIFICATE", one.der()))).collect();

    let browser = Browser::new(demo());
    let began = clock.now();
    let page = verify(&browser, &text).expect(200);
    let took = clock.now() - began;
    assert!(took < 5 * SECOND, "{} ms", took / 1000);
    assert!(page.body.contains("verdict"), "{}", page.text());
    assert!(!page.body.contains("verdict-valid"), "{}", page.text());
}

#[test]
fn what_is_no_certificate_is_said_beside_the_field() {
    let broken = pem::encode(&pem::Pem::new("CERTIFICATE", [0x30, 0x82, 0xff, 0xff, 0x02, 0x01]));
    for text in ["hello", "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----", &broken] {
        let page = verify(&Browser::new(demo()), text).expect(422);
        assert!(page.body.contains("field-wrong"), "{}", page.text());
    }
}

#[test]
fn an_authoritys_own_certificate_is_described_rather_than_refused() {
    let cases = [
        ("gd-root-sm2", Standing::OwnRoot),
        ("gd-ca-p256", Standing::OwnIssuing),
        ("gd-bridge-sm2", Standing::OwnBridge),
        ("hk-ca", Standing::Recognised),
        ("cn-ca", Standing::Recognised),
        ("mo-root", Standing::RecognisedRoot),
        ("hk-ca-new", Standing::Unlisted),
    ];
    for (authority, standing) in cases {
        let text = std::fs::read_to_string(&demo().authority(authority).cert).expect("a file");
        let page = verify(&Browser::new(demo()), &text).expect(200);
        assert!(page.text().contains(&standing.text(&Locale::En)), "{authority}: {}", page.text());
        assert!(page.text().contains(&standing.meaning(&Locale::En)), "{authority}: {}", page.text());
        assert_eq!(page.body.contains("verdict-valid"), standing.is_in_force(), "{authority}");
        let has_path = page.body.contains("A trusted root: here trust begins.");
        assert_eq!(has_path, !matches!(standing, Standing::RecognisedRoot | Standing::Unlisted), "{authority}");
    }
}
