//! A partner's OCSP responder, which is `openssl ocsp`: asked once for what no list tells, believed only where the
//! partner has signed or named it; and what the partner's record says of evidence that is late or wanting.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use pearlbridge::store::ocsp_answer::{self, OcspAnswer};
use pearlbridge::store::trust_record::RevocationTerms;
use pearlbridge::trust::{Reason, Refusal, Use};
use pki::key::SoftwareKey;
use pki::{Certificate, Time, oid};

use crate::house::{Asked, House, Partner};
use crate::support::run;

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const RECORD: &str = "hk-ecert-personal";
const HOUR: i64 = 3600;

/// `openssl ocsp`, which listens before anything is known of the certificates that it will be asked about.
struct Responder {
    process: Child,
}

impl Responder {
    /// Answers by `index` in `directory`, where `ca.pem`, `signer.pem` and `signer.key` are as well.
    fn start(directory: &Path, port: u16) -> Self {
        let (port, files) = (port.to_string(), ["-CA", "ca.pem", "-rsigner", "signer.pem", "-rkey", "signer.key"]);
        let mut command = Command::new("openssl");
        command.args(["ocsp", "-port", &port, "-index", "index", "-nmin", "60"]).args(files).current_dir(directory);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("openssl can be started");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where it listens");
        assert!(line.starts_with("ACCEPT"), "{line}");
        Self { process }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// A partner on the list, whose certificates name a responder and no list.
struct Scene {
    house: House,
    partner: Partner,
    responder: Option<Responder>,
}

/// Who signs the answers.
#[derive(Clone, Copy)]
enum Signer {
    Partner,
    Delegate,
    Stranger,
}

impl Scene {
    async fn set(signer: Signer, line: &str) -> (Self, Certificate) {
        Self::set_with(signer, line, RevocationTerms::default()).await
    }

    async fn set_with(signer: Signer, line: &str, revocation: RevocationTerms) -> (Self, Certificate) {
        // A port that was free a moment ago: the house must know it before the responder can be started.
        let port = TcpListener::bind("[::]:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let url = format!("http://127.0.0.1:{port}");
        let origin = url.clone();
        let house = House::open_with(|settings| settings.fetch.allow_private.push(origin)).await;
        let partner = Partner::found("HK", house.now());
        let mut record = partner.record(RECORD, POLICY);
        record.revocation = revocation;
        house.recognise(record).await;
        let leaf = partner.leaf(asked(&url), house.now());
        write_files(&house.directory, &partner, signer, &line.replace("SERIAL", &leaf.serial().to_string()), &house);
        let responder = Some(Responder::start(&house.directory, port));
        (Self { house, partner, responder }, leaf)
    }

    async fn reason(&self, leaf: &Certificate) -> Option<Reason> {
        self.house.judge(leaf).await.err().map(|refusal: Box<Refusal>| refusal.reason)
    }

    async fn kept(&self, leaf: &Certificate) -> Option<OcspAnswer> {
        let mut connection = self.house.app.store.read().await.expect("a connection");
        let (issuer, serial) = (leaf.issuer().to_string(), leaf.serial().to_string());
        ocsp_answer::find(&mut connection, &issuer, &serial).await.expect("the database answers")
    }
}

fn asked(url: &str) -> Asked<'_> {
    const SUBJECT: &[(pki::Oid, &str)] =
        &[(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
    Asked { subject: SUBJECT, policy: Some(POLICY), access: Some(url), ..Asked::default() }
}

fn write_files(directory: &Path, partner: &Partner, signer: Signer, line: &str, house: &House) {
    std::fs::write(directory.join("index"), line).expect("a file");
    let write = |name: &str, certificate: &Certificate, key: &SoftwareKey| {
        let der = directory.join("der");
        for (kind, file, bytes) in [
            ("x509", format!("{name}.pem"), certificate.der().to_vec()),
            ("pkey", format!("{name}.key"), key.to_pkcs8_der().as_slice().to_vec()),
        ] {
            std::fs::write(&der, bytes).expect("a file");
            run(Command::new("openssl")
                .args([kind, "-inform", "DER", "-in", "der", "-out", &file])
                .current_dir(directory));
        }
    };
    write("ca", &partner.issuing, &partner.key);
    let (certificate, key) = match signer {
        Signer::Partner => return write("signer", &partner.issuing, &partner.key),
        Signer::Delegate => partner.delegate(house.now()),
        Signer::Stranger => Partner::found("HK", house.now()).delegate(house.now()),
    };
    write("signer", &certificate, &key);
}

const GOOD: &str = "V\t491231235959Z\t\tSERIAL\tunknown\t/CN=Somebody\n";
const REVOKED: &str = "R\t491231235959Z\t260102000000Z,keyCompromise\tSERIAL\tunknown\t/CN=Somebody\n";
const OTHER: &str = "V\t491231235959Z\t\t7FFFFF\tunknown\t/CN=Other\n";

#[tokio::test]
async fn a_responder_is_asked_once_while_its_answer_counts() {
    for signer in [Signer::Partner, Signer::Delegate] {
        let (mut scene, leaf) = Scene::set(signer, GOOD).await;
        assert_eq!(scene.reason(&leaf).await, None);
        assert!(scene.kept(&leaf).await.is_some());
        // It is there now, also when the line is cut, and after a restart.
        scene.responder = None;
        assert_eq!(scene.reason(&leaf).await, None);
        let again = scene.house.second().await;
        again.trust.judge(&leaf, &[], Use::Login, scene.house.now()).await.expect("it is good");
        again.store.close().await;
        // Not for ever.
        scene.house.pass(2 * HOUR);
        assert_eq!(scene.reason(&leaf).await, Some(Reason::RevocationUnknown));
    }
}

#[tokio::test]
async fn what_a_responder_calls_revoked_is_refused_and_stays_so_beside_a_list_that_is_older() {
    let (mut scene, leaf) = Scene::set(Signer::Partner, REVOKED).await;
    assert_eq!(scene.reason(&leaf).await, Some(Reason::Revoked));
    scene.responder = None;
    let now = scene.house.now();
    let list = scene.partner.list(1, (Time(now.0 - HOUR), Time(now.0 + 24 * HOUR)), &[]);
    scene.house.keep("http://partner.example/list.crl", &list).await;
    assert_eq!(scene.reason(&leaf).await, Some(Reason::Revoked));
}

#[tokio::test]
async fn an_answer_that_tells_nothing_is_not_kept() {
    let (scene, leaf) = Scene::set(Signer::Partner, OTHER).await;
    assert_eq!(scene.reason(&leaf).await, Some(Reason::RevocationUnknown));
    assert!(scene.kept(&leaf).await.is_none());
}

#[tokio::test]
async fn an_answer_of_a_stranger_is_neither_believed_nor_kept() {
    let (scene, leaf) = Scene::set(Signer::Stranger, GOOD).await;
    assert_eq!(scene.reason(&leaf).await, Some(Reason::RevocationUnknown));
    assert!(scene.kept(&leaf).await.is_none());
}

#[tokio::test]
async fn what_a_record_bears_is_borne_and_no_more() {
    let stale = |scene: &Scene| {
        let now = scene.house.now();
        scene.partner.list(1, (Time(now.0 - 9 * HOUR), Time(now.0 - HOUR)), &[])
    };
    let terms = |grace: u32, may_be_unknown| RevocationTerms { max_age: None, grace, may_be_unknown };
    for (terms, expected) in [
        (terms(0, false), Some(Reason::RevocationUnknown)),
        (terms(7200, false), None),
        (RevocationTerms { max_age: Some(3600), ..terms(7200, false) }, Some(Reason::RevocationUnknown)),
        (terms(0, true), None),
    ] {
        let (mut scene, leaf) = Scene::set_with(Signer::Partner, GOOD, terms).await;
        scene.responder = None;
        let list = stale(&scene);
        scene.house.keep("http://partner.example/list.crl", &list).await;
        assert_eq!(scene.reason(&leaf).await, expected, "{terms:?}");
    }
}

#[tokio::test]
async fn where_the_unknown_is_borne_it_is_asked_for_all_the_same() {
    let terms = RevocationTerms { may_be_unknown: true, ..RevocationTerms::default() };
    let (scene, leaf) = Scene::set_with(Signer::Partner, REVOKED, terms).await;
    assert_eq!(scene.reason(&leaf).await, Some(Reason::Revoked));
}

/// Answers nothing but how it was asked.
fn listening() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it listens"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = asked.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().filter_map(Result::ok) {
            let (mut request, mut byte) = (Vec::new(), [0]);
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                request.push(byte[0]);
            }
            let text = String::from_utf8_lossy(&request).to_lowercase();
            let status = if text.starts_with("get") { "405 Method Not Allowed" } else { "200 OK" };
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, asked)
}

#[tokio::test]
async fn a_responder_that_does_not_know_get_is_asked_by_post_and_a_long_request_at_once() {
    let (url, asked) = listening();
    let origin = url.clone();
    let house = House::open_with(|settings| settings.fetch.allow_private.push(origin)).await;
    let short = house.app.fetch.ask_ocsp(&format!("{url}/ocsp"), &[0xfb; 60]).await.expect("it answers");
    house.app.fetch.ask_ocsp(&url, &[0; 400]).await.expect("it answers");
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let lines: Vec<_> = asked.iter().map(|text| text.lines().next().unwrap_or_default()).collect();
    let get = format!("get /ocsp/{} http/1.1", "%2b%2fv7".repeat(20));
    assert_eq!(
        (short.as_slice(), &lines[..]),
        (&b"ok"[..], &[get.as_str(), "post /ocsp http/1.1", "post / http/1.1"][..])
    );
    assert!(asked[1].contains("content-type: application/ocsp-request"));
    // The guard against private addresses is that of all requests.
    assert!(house.app.fetch.ask_ocsp("http://10.0.0.1/ocsp", &[0; 60]).await.is_err());
}
