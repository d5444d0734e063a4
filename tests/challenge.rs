//! Login by signed challenge, with signers of two kinds: our own, which knows SM2, and `openssl dgst`.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::browser::{Browser, Page};
use support::client::{self, ask, code, go, redeem, text};
use support::demo::shared as demo;
use support::{pearlbridge, run, temporary_directory};

/// Walks to the challenge, has it signed, and answers it with these certificates.
fn sign_in(browser: &Browser, login: &Page, chain: &str, sign: impl FnOnce(&Path) -> String) -> Page {
    let page = browser.open(login.link("/challenge")).expect(200);
    let bytes = browser.get(page.link("/challenge.bin")).expect(200).body;
    let file = temporary_directory("challenge").join("challenge.bin");
    std::fs::write(&file, bytes).expect("the challenge can be written");
    let fields = [("chain", chain), ("signature", &sign(&file))];
    go(browser, browser.send(&page.form("/challenge"), &fields))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

fn by_pearlbridge(key: &Path, challenge: &Path) -> String {
    let signed = run(pearlbridge().args(["sign-challenge", "--key"]).arg(key).arg(challenge));
    String::from_utf8(signed).expect("base64")
}

fn by_openssl(key: &Path, challenge: &Path) -> String {
    STANDARD.encode(run(Command::new("openssl").args(["dgst", "-sha256", "-sign"]).arg(key).arg(challenge)))
}

/// Signs in as `username` and gets the claims of the ID token.
fn claims(username: &str, sign: fn(&Path, &Path) -> String) -> serde_json::Value {
    let (browser, person) = (Browser::new(demo()), demo().person(username));
    let asked = ask(demo(), &[("acr_values", "urn:gd:loa:4")]);
    let login = go(&browser, browser.get(&asked.url)).expect(200);
    let back = sign_in(&browser, &login, &read(&person.cert), |challenge| sign(&person.key, challenge));
    let tokens = redeem(&browser, demo(), &asked, &code(&back)).expect(200).json();
    let userinfo = client::userinfo(&browser, demo(), text(&tokens, "access_token")).expect(200).json();
    assert_eq!(userinfo["name"], person.name.as_str());
    client::claims(text(&tokens, "id_token"))
}

#[test]
fn an_sm2_key_signs_in_by_our_own_signer() {
    let claims = claims("zhang", by_pearlbridge);
    assert_eq!(claims["acr"], "urn:gd:loa:5");
    assert_eq!(claims["amr"], serde_json::json!(["pop", "x509"]));
}

#[test]
fn a_company_signs_in_by_its_sm2_key() {
    assert_eq!(claims("company", by_pearlbridge)["acr"], "urn:gd:loa:5");
}

#[test]
fn an_rsa_key_signs_in_by_openssl() {
    assert_eq!(claims("chan", by_openssl)["acr"], "urn:gd:loa:5");
}

#[test]
fn an_rsa_key_signs_in_by_our_own_signer() {
    assert_eq!(claims("lei", by_pearlbridge)["acr"], "urn:gd:loa:5");
}

/// The page shows commands to copy: they run as they stand, beside files of the names that they use.
#[test]
fn the_commands_that_the_page_shows_do_sign() {
    let browser = Browser::new(demo());
    for (username, program) in [("zhang", "pearlbridge"), ("chan", "openssl")] {
        let person = demo().person(username);
        let login = go(&browser, browser.get(ask(demo(), &[("prompt", "login")]).url)).expect(200);
        let page = browser.open(login.link("/challenge")).expect(200);
        let commands = page.body.split("<code>").filter_map(|piece| piece.split_once("</code>")).map(|(text, _)| text);
        let mut commands = commands.filter(|text| text.starts_with(program));
        let command = commands.next().expect("the page shows a command");
        // As it is copied: what holds its words together on a narrow screen is not of it.
        let words = command.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        let command = words.collect::<String>().replace("&#38;", "&");
        let back = sign_in(&browser, &login, &read(&person.cert), |challenge| {
            let directory = challenge.parent().expect("a file is in a directory");
            for (from, to) in [(&person.key, "key.pem"), (&person.cert, "cert.pem")] {
                std::fs::copy(from, directory.join(to)).expect("the file can be copied");
            }
            let programs = Path::new(env!("CARGO_BIN_EXE_pearlbridge")).parent().expect("it is in a directory");
            let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
            let signed = run(Command::new("sh").args(["-c", &command]).current_dir(directory).env("PATH", path));
            String::from_utf8(signed).expect("base64")
        });
        code(&back);
    }
}

#[test]
fn a_newcomer_is_welcomed_by_challenge_too() {
    let (browser, partner) = (Browser::new(demo()).speaking("zh-Hant"), demo().partner("HK"));
    let login = go(&browser, browser.get(ask(demo(), &[]).url)).expect(200);
    let chain = read(&partner.leaf) + &read(&partner.issuing);
    let welcome = sign_in(&browser, &login, &chain, |challenge| by_openssl(&partner.leaf_key, challenge)).expect(200);
    assert!(welcome.url.path().ends_with("/welcome"), "{}", welcome.url);
    assert!(welcome.text().contains("WONG Siu Ming"), "{}", welcome.text());
}

#[test]
fn a_key_that_is_not_the_certificates_signs_nobody_in() {
    let (browser, chan, lei) = (Browser::new(demo()), demo().person("chan"), demo().person("lei"));
    let login = go(&browser, browser.get(ask(demo(), &[]).url)).expect(200);
    sign_in(&browser, &login, &read(&chan.cert), |challenge| by_openssl(&lei.key, challenge)).expect(422);
}

#[test]
fn our_signer_signs_nothing_but_challenges() {
    let file = temporary_directory("contract").join("contract.txt");
    std::fs::write(&file, "I owe you a thousand.\n").expect("a file");
    let mut signer = pearlbridge();
    signer.args(["sign-challenge", "--key"]).arg(&demo().person("zhang").key).arg(&file);
    let output = signer.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty());
}
