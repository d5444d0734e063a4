//! A partner's OCSP responder, which is `openssl ocsp`: asked once for what no list tells, believed only where the
//! partner has signed or named it; and what the partner's record says of evidence that is late or wanting.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pearlbridge::store::ocsp_answer::{self, OcspAnswer};
use pearlbridge::store::trust_record::RevocationTerms;
use pearlbridge::trust::{Reason, Refusal, Use};
use pki::key::SoftwareKey;
use pki::ocsp::{CertId, CertIdHash, CertStatus, ResponderId, SingleResponse};
use pki::{Certificate, CertificateBuilder, OcspResponseBuilder, Time, oid};

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
        let leaf = partner.leaf(asked_at(&url), house.now());
        write_files(&house.directory, &partner, signer, &line.replace("SERIAL", &leaf.serial().to_string()), &house);
        let responder = Some(Responder::start(&house.directory, port));
        (Self { house, partner, responder }, leaf)
    }

    async fn reason(&self, leaf: &Certificate) -> Option<Reason> {
        self.house.judge(leaf).await.err().map(|refusal: Box<Refusal>| refusal.reason)
    }

    async fn kept(&self, leaf: &Certificate) -> Option<OcspAnswer> {
        kept(&self.house, leaf).await
    }
}

async fn kept(house: &House, leaf: &Certificate) -> Option<OcspAnswer> {
    let mut connection = house.app.store.read().await.expect("a connection");
    let (issuer, serial) = (leaf.issuer().to_string(), leaf.serial().to_string());
    ocsp_answer::find(&mut connection, &issuer, &serial).await.expect("the database answers")
}

fn asked_at(url: &str) -> Asked<'_> {
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

/// Says `answer` to whoever asks, and counts them; with nothing to say it lets them wait.
fn saying(answer: Arc<Mutex<Vec<u8>>>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it listens"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    std::thread::spawn(move || {
        let mut waiting = Vec::new();
        for mut stream in listener.incoming().filter_map(Result::ok) {
            count.fetch_add(1, Ordering::SeqCst);
            let (body, mut request, mut byte) = (answer.lock().expect("nobody panics").clone(), Vec::new(), [0]);
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                request.push(byte[0]);
            }
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            if body.is_empty() {
                waiting.push(stream);
            } else {
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
            }
        }
    });
    (url, asked)
}

/// Two partners that may have given the same serial number, and who answers for the first.
async fn two_partners(answer: Arc<Mutex<Vec<u8>>>) -> (House, [Partner; 2], Certificate, Arc<AtomicUsize>) {
    let (url, asked) = saying(answer);
    let origin = url.clone();
    let house = House::open_with(|settings| {
        settings.fetch.allow_private.push(origin);
        settings.fetch.timeout = 1;
    })
    .await;
    let [one, other] = ["HK", "MO"].map(|region| Partner::found(region, house.now()));
    house.recognise(one.record(RECORD, POLICY)).await;
    house.recognise(other.record("mo-qualified", "1.3.6.1.4.1.32473.2.1")).await;
    let leaf = one.leaf(asked_at(&url), house.now());
    (house, [one, other], leaf, asked)
}

/// That the certificate with the leaf's number is good: `issuer`'s, by the word of `signer`.
fn good(house: &House, leaf: &Certificate, issuer: &Partner, signer: &Partner) -> Vec<u8> {
    let now = house.now();
    let subject = CertificateBuilder::new(
        leaf.serial().clone(),
        issuer.issuing.subject().clone(),
        leaf.subject().clone(),
        (leaf.not_before(), leaf.not_after()),
        leaf.public_key().clone(),
    );
    let subject = subject.sign(&issuer.key).expect("it can be signed");
    let id = CertId::of(CertIdHash::Sha1, &subject, &issuer.issuing);
    let single = SingleResponse::new(id, CertStatus::Good, now, Some(Time(now.0 + HOUR)));
    let response = OcspResponseBuilder::new(ResponderId::by_key(&signer.issuing), now).response(single);
    response.sign(&signer.key).expect("it can be signed").der().to_vec()
}

/// Whoever stands on the line between can serve the answer of one partner where another's is asked for.
#[tokio::test]
async fn an_answer_about_the_same_number_of_another_partner_is_neither_believed_nor_kept() {
    let said = Arc::new(Mutex::new(b"nothing".to_vec()));
    let (house, [one, other], leaf, _) = two_partners(said.clone()).await;
    for (issuer, signer, is_good) in [(&other, &other, false), (&one, &other, false), (&one, &one, true)] {
        *said.lock().expect("nobody panics") = good(&house, &leaf, issuer, signer);
        let reason = house.judge(&leaf).await.err().map(|refusal: Box<Refusal>| refusal.reason);
        assert_eq!(reason, (!is_good).then_some(Reason::RevocationUnknown));
        assert_eq!(kept(&house, &leaf).await.is_some(), is_good);
        house.pass(30);
    }
}

#[tokio::test]
async fn a_responder_that_does_not_answer_is_waited_for_once() {
    let (house, [one, _], leaf, asked) = two_partners(Arc::default()).await;
    let uri = leaf.extensions().authority_info_access.as_ref().and_then(|access| access.ocsp().next());
    let others = [1, 2, 3].map(|_| one.leaf(asked_at(uri.expect("it names one")), house.now()));
    for leaf in [&leaf].into_iter().chain(&others) {
        let reason = house.judge(leaf).await.err().map(|refusal: Box<Refusal>| refusal.reason);
        assert_eq!((reason, asked.load(Ordering::SeqCst)), (Some(Reason::RevocationUnknown), 1));
    }
    house.pass(30);
    assert!(house.judge(&leaf).await.is_err());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
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
