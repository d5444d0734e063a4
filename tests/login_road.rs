//! The login road in a real browser, on both databases: a hall, the provider, a certificate over mutual TLS, and back.
//!
//! `PAGES_OUT=<directory>` draws each page there, in `road/`.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use support::demo::Demo;
use support::{postgres, repository, run, temporary_directory};

#[test]
fn a_certificate_opens_every_hall_and_one_logout_closes_them_on_sqlite() {
    applicant("sqlite", sqlite());
}

#[test]
fn a_certificate_opens_every_hall_and_one_logout_closes_them_on_postgresql() {
    applicant("postgresql", postgresql());
}

#[test]
fn a_newcomer_is_welcomed_and_opens_an_account_on_sqlite() {
    newcomer("sqlite", sqlite());
}

#[test]
fn a_newcomer_is_welcomed_and_opens_an_account_on_postgresql() {
    newcomer("postgresql", postgresql());
}

#[test]
fn a_password_suffices_until_an_item_needs_the_certificate_on_sqlite() {
    step_up("sqlite", sqlite());
}

#[test]
fn a_password_suffices_until_an_item_needs_the_certificate_on_postgresql() {
    step_up("postgresql", postgresql());
}

#[test]
fn a_passkey_is_made_used_copied_and_removed_on_sqlite() {
    passkey("sqlite", sqlite());
}

#[test]
fn a_passkey_is_made_used_copied_and_removed_on_postgresql() {
    passkey("postgresql", postgresql());
}

#[test]
fn a_phone_lets_a_screen_in_with_a_script_and_without_on_sqlite() {
    phone("sqlite", sqlite());
}

#[test]
fn a_phone_lets_a_screen_in_with_a_script_and_without_on_postgresql() {
    phone("postgresql", postgresql());
}

fn sqlite() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(Demo::start)
}

fn postgresql() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| Demo::start_with(Some(postgres::new_database()), &[]))
}

fn applicant(place: &str, demo: &Demo) {
    let (archive, password) = archive_of_chan(demo);
    walk("applicant", place, demo, &archive, &password, None);
}

fn passkey(place: &str, demo: &Demo) {
    let (archive, password) = archive_of_chan(demo);
    drive("passkey", "passkey", place, demo, &archive, &password, None);
}

fn phone(place: &str, demo: &Demo) {
    let (archive, password) = archive_of_chan(demo);
    drive("phone", "phone", place, demo, &archive, &password, None);
}

fn step_up(place: &str, demo: &Demo) {
    let (archive, password) = archive_of_chan(demo);
    walk("step-up", place, demo, &archive, &password, Some(&demo.code("chan")));
}

/// As somebody's own machine would put certificate and key together.
fn newcomer(place: &str, demo: &Demo) {
    let partner = demo.partner("HK");
    let archive = temporary_directory("newcomer").join("newcomer.p12");
    let mut openssl = Command::new("openssl");
    openssl.args(["pkcs12", "-export", "-passout", "pass:newcomer", "-inkey"]).arg(&partner.leaf_key);
    run(openssl.arg("-in").arg(&partner.leaf).arg("-certfile").arg(&partner.issuing).arg("-out").arg(&archive));
    walk("newcomer", place, demo, &archive, "newcomer", None);
}

fn archive_of_chan(demo: &Demo) -> (PathBuf, String) {
    let chan = demo.person("chan");
    (chan.p12.clone().expect("chan has an archive"), chan.p12_password.clone().expect("the archive has a password"))
}

fn walk(scenario: &str, place: &str, demo: &Demo, archive: &Path, password: &str, code: Option<&str>) {
    drive("login_road", scenario, place, demo, archive, password, code);
}

fn drive(script: &str, scenario: &str, place: &str, demo: &Demo, archive: &Path, password: &str, code: Option<&str>) {
    let mut node = Command::new("node");
    node.arg(repository(&format!("tests/browser/{script}.mjs")))
        .args([scenario, place])
        .arg(demo.directory.join("demo.json"));
    node.arg(archive).arg(password).args(code);
    run(node.env("HOME", temporary_directory("home")));
}
