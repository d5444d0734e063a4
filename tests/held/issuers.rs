//! Who brings a leaf alone: its issuers' certificates are fetched where the leaf says that they are, and nowhere else,
//! within bounds, and what could not be fetched is said.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use pearlbridge::ca::issue::new_serial;
use pearlbridge::store;
use pearlbridge::trust::{Reason, Refusal, Use};
use pki::algorithm::PublicKey;
use pki::certificate::extension::KeyUsage;
use pki::cms::CertsOnly;
use pki::key::{Signer as _, SoftwareKey};
use pki::{Certificate, CertificateBuilder, Name, Time, oid};
use serde_json::{Value, json};

use crate::house::{Asked, DAY, House, Partner, new_key};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const ID: &str = "hk-ecert-personal";

/// A server on this machine that has files, and remembers which were asked for.
struct Shelf {
    origin: String,
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Shelf {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("it listens"));
        let shelf = Self { origin, files: Arc::default(), asked: Arc::default() };
        let (files, asked) = (shelf.files.clone(), shelf.asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                answer(stream, &files, &asked);
            }
        });
        shelf
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn put(&self, path: &str, content: &[u8]) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), content.to_vec());
    }

    /// What was asked for since this was asked last.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn answer(mut stream: TcpStream, files: &Mutex<HashMap<String, Vec<u8>>>, asked: &Mutex<Vec<String>>) {
    let (mut request, mut octet) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut octet).is_ok_and(|read| read == 1) {
        request.push(octet[0]);
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let file = files.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    let status = if file.is_some() { "200 OK" } else { "404 Not Found" };
    let body = file.unwrap_or_default();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// A partner on the list, certified by the bridge, and nobody here has that certificate.
struct Scene {
    house: House,
    shelf: Shelf,
    partner: Partner,
    cross: Certificate,
    bridge: Certificate,
    /// Another partner that the bridge has certified, and that publishes what it has issued.
    upper: Partner,
}

impl Scene {
    async fn set() -> Self {
        let shelf = Shelf::start();
        let origin = shelf.origin.clone();
        let house = House::open_with(|settings| settings.fetch.allow_private.push(origin)).await;
        let partner = house.partner(ID, "HK", POLICY).await;
        let snapshot = house.app.trust.snapshot().await.expect("the database answers");
        let bridge = snapshot.authorities.iter().find(|(row, _)| row.role == "bridge").expect("it is there").1.clone();
        let cross = snapshot.records[0].cross.clone().expect("the bridge has certified it");
        let mut upper = Partner::found("HK", house.now());
        upper.issuing = publishing(&upper, &bridge, &shelf.url("/issued.p7c"));
        house.recognise(upper.record("hk-upper", "1.3.6.1.4.1.32473.2.1")).await;
        let forgotten =
            house.app.store.write(|tx| Box::pin(async { store::trust_record::drop_cross_serial(tx, ID).await }));
        let forgotten: store::Result<()> = forgotten.await;
        forgotten.expect("the database answers");
        Self { house, shelf, partner, cross, bridge, upper }
    }

    /// A leaf whose issuer is at an address.
    fn leaf_at(&self, access: Option<&str>) -> Certificate {
        leaf_of(&self.partner, access, self.house.now())
    }

    fn leaf(&self, path: &str) -> Certificate {
        self.leaf_at(Some(&self.shelf.url(path)))
    }

    async fn refusal(&self, leaf: &Certificate) -> Option<Box<Refusal>> {
        self.house.judge(leaf).await.err()
    }

    /// By both roads, the one of people and the one of programs, the same words.
    async fn told(&self, leaf: &Certificate) -> String {
        let refusal = self.refusal(leaf).await.expect("it is refused");
        assert_eq!(refusal.reason, Reason::UnknownCa, "{}", refusal.detail);
        let answer = self.answer(leaf).await;
        assert_eq!(answer["error"]["code"], "unknown_issuer", "{answer}");
        let message = answer["error"]["message"].as_str().expect("a text").to_owned();
        let notes = refusal.detail.split_once("; ").expect("there is a note").1;
        assert!(message.ends_with(notes), "{message} and {notes}");
        message
    }

    /// As a program asks, with the leaf alone.
    async fn answer(&self, leaf: &Certificate) -> Value {
        let case = json!({"leaf": pem_of(leaf)}).to_string().into_bytes();
        let outcomes = self.house.app.trust.answer(Arc::from([case])).await.expect("it is judged");
        serde_json::from_str(&outcomes[0].to_json()).expect("JSON")
    }

    /// A certificate in these names, which says where its issuer's is.
    fn ca(
        &self,
        (issuer, signer): (&Name, &SoftwareKey),
        (subject, key): (&Name, &PublicKey),
        access: &str,
    ) -> Certificate {
        let now = self.house.now();
        let validity = (Time(now.0 - DAY), Time(now.0 + DAY));
        CertificateBuilder::new(new_serial(), issuer.clone(), subject.clone(), validity, key.clone())
            .basic_constraints(true, None)
            .key_usage(KeyUsage::KEY_CERT_SIGN)
            .authority_info_access(&[&self.shelf.url(access)], &[])
            .sign(signer)
            .expect("it can be signed")
    }

    /// The partner's name and key.
    fn issuer(&self) -> (&Name, &PublicKey) {
        (self.partner.issuing.subject(), self.partner.key.public_key())
    }
}

/// A certificate of a partner in the name of the bridge, which says where what the partner has issued is published.
fn publishing(partner: &Partner, bridge: &Certificate, repository: &str) -> Certificate {
    let (name, key) = (partner.issuing.subject().clone(), partner.key.public_key().clone());
    let validity = (partner.issuing.not_before(), partner.issuing.not_after());
    let builder = CertificateBuilder::new(new_serial(), bridge.subject().clone(), name, validity, key);
    let builder = builder.basic_constraints(true, None).ca_repository(&[repository]);
    builder.sign(&partner.key).expect("it can be signed")
}

fn common(name: &str) -> Name {
    Name::from_attributes(&[(oid::COMMON_NAME, name)])
}

fn leaf_of(partner: &Partner, access: Option<&str>, now: Time) -> Certificate {
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
    partner.leaf(Asked { subject: &subject, policy: Some(POLICY), access, ..Asked::default() }, now)
}

fn pem_of(certificate: &Certificate) -> String {
    pem::encode(&pem::Pem::new("CERTIFICATE", certificate.der()))
}

#[tokio::test]
async fn a_leaf_alone_is_good_by_what_is_at_its_issuers_address() {
    for bundled in [false, true] {
        let scene = Scene::set().await;
        let message = CertsOnly::write([&scene.partner.root, &scene.partner.issuing, &scene.cross], []);
        scene.shelf.put("/issuer", if bundled { &message } else { scene.cross.der() });
        let leaf = scene.leaf("/issuer");
        assert!(scene.refusal(&leaf).await.is_none());
        assert_eq!(scene.answer(&leaf).await["valid"], true);
        assert!(scene.refusal(&scene.leaf("/issuer")).await.is_none(), "it serves all certificates of the issuer");
        assert_eq!(scene.shelf.asked(), ["/issuer"]);
        scene.house.pass(3601);
        assert!(scene.refusal(&leaf).await.is_none());
        assert_eq!(scene.shelf.asked(), ["/issuer"], "it is asked again after an hour");
    }
}

/// A certificate that was fetched is one like any other: what revokes it counts.
#[tokio::test]
async fn what_was_fetched_is_judged_as_what_was_brought() {
    let scene = Scene::set().await;
    scene.shelf.put("/issuer", scene.cross.der());
    let leaf = scene.leaf("/issuer");
    let (serial, now) = (scene.cross.serial().to_string(), scene.house.app.clock.now());
    let circumstance = pearlbridge::audit::Circumstance::system(now);
    let reason = pki::crl::Reason::CessationOfOperation;
    scene.house.app.ca.revoke(&serial, reason, circumstance).await.expect("it is revoked");
    assert_eq!(scene.refusal(&leaf).await.map(|refusal| refusal.reason), Some(Reason::Revoked));
    assert_eq!(scene.answer(&leaf).await["error"]["code"], "certificate_revoked");
}

#[tokio::test]
async fn strangers_make_no_issuer_be_asked_for() {
    let scene = Scene::set().await;
    scene.shelf.put("/issuer", scene.cross.der());
    let (access, now) = (scene.shelf.url("/issuer"), scene.house.now());
    let stranger = leaf_of(&Partner::found("HK", now), Some(&access), now);
    let forged = leaf_of(&scene.partner.impostor(), Some(&access), now);
    for leaf in [stranger, forged] {
        assert!(scene.refusal(&leaf).await.is_some());
        assert_eq!(scene.answer(&leaf).await["valid"], false);
    }
    // A good leaf that names no address, with a made-up certificate of its issuer that does.
    let leaf = scene.leaf_at(None);
    let made_up = scene.ca((&common("Nobody"), &new_key()), scene.issuer(), "/issuer");
    let case = json!({"leaf": pem_of(&leaf), "intermediates": [pem_of(&made_up)]}).to_string().into_bytes();
    let outcome = scene.house.app.trust.answer(Arc::from([case])).await.expect("it is judged");
    assert!(!outcome[0].valid && outcome[0].to_json().contains("CN=Nobody"), "the engine names the address");
    assert!(scene.house.app.trust.judge(&leaf, &[made_up], Use::Any, now).await.is_err());
    assert!(scene.shelf.asked().is_empty());
}

#[tokio::test]
async fn what_cannot_be_fetched_is_said() {
    let scene = Scene::set().await;
    scene.shelf.put("/large", &vec![0x30; 11 << 20]);
    scene.shelf.put("/another", Partner::found("HK", scene.house.now()).issuing.der());
    let (above, impostor) = ((common("Above"), new_key()), new_key());
    let namesake = (scene.issuer().0, impostor.public_key());
    scene.shelf.put("/namesake", scene.ca((&above.0, &above.1), namesake, "/another").der());
    scene.shelf.put("/nonsense", b"nonsense");
    for (path, why) in [
        ("/large", "the answer is longer than"),
        ("/another", "no certificate of the issuer in the answer"),
        ("/namesake", "no certificate of the issuer in the answer"),
        ("/nonsense", "no certificate of the issuer in the answer"),
        ("/nothing", "status 404"),
    ] {
        let told = scene.told(&scene.leaf(path)).await;
        assert!(told.contains(why) && told.contains(path), "{path}: {told}");
        assert_eq!(scene.shelf.asked(), [path]);
    }
    for (address, why) in [
        ("http://10.0.0.1/issuer.cer", "it is a private address"),
        ("http://169.254.169.254/latest", "it is a private address"),
        ("http://127.0.0.1:1/", "it is a private address"),
        ("http://localhost:1/", "does not answer"),
    ] {
        let told = scene.told(&scene.leaf_at(Some(address))).await;
        assert!(told.contains(why) && told.contains(address), "{address}: {told}");
    }
    assert!(scene.shelf.asked().is_empty());
}

/// The first says that its issuer is the second, and the second that its is the first.
#[tokio::test]
async fn a_loop_of_addresses_ends() {
    let scene = Scene::set().await;
    let (name, key) = (common("Above"), new_key());
    let first = scene.ca((&name, &key), scene.issuer(), "/second");
    let second = scene.ca((scene.issuer().0, &scene.partner.key), (&name, key.public_key()), "/first");
    scene.shelf.put("/first", first.der());
    scene.shelf.put("/second", second.der());
    assert!(scene.refusal(&scene.leaf("/first")).await.is_some());
    assert_eq!(scene.answer(&scene.leaf("/first")).await["valid"], false);
    assert_eq!(scene.shelf.asked(), ["/first", "/second"]);
}

/// Each certificate leads to another, without end.
#[tokio::test]
async fn so_many_addresses_are_asked_and_no_more() {
    let scene = Scene::set().await;
    let keys = [0; 20].map(|_| new_key());
    let names: Vec<_> = (0..20).map(|step| common(&format!("Above {step}"))).collect();
    for step in 0..19 {
        let subject = if step == 0 { scene.issuer() } else { (&names[step], keys[step].public_key()) };
        let above = scene.ca((&names[step + 1], &keys[step + 1]), subject, &format!("/{}", step + 1));
        scene.shelf.put(&format!("/{step}"), above.der());
    }
    assert!(scene.refusal(&scene.leaf("/0")).await.is_some());
    assert_eq!(scene.shelf.asked(), ["/0", "/1", "/2", "/3"]);
    // A leaf that names twenty.
    let many: Vec<_> = (0..20).map(|at| scene.shelf.url(&format!("/none/{at}"))).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let (validity, key) =
        ((Time(scene.house.now().0 - DAY), Time(scene.house.now().0 + DAY)), new_key().public_key().clone());
    let builder = CertificateBuilder::new(new_serial(), scene.issuer().0.clone(), common("Chan"), validity, key);
    let leaf = builder.authority_info_access(&many, &[]).sign(&scene.partner.key).expect("it can be signed");
    let answer = scene.answer(&leaf).await;
    assert_eq!(scene.shelf.asked().len(), 8, "{answer}");
}

/// RFC 5280 §4.2.2.2: where the leaf says nothing, a CA above that is known may.
#[tokio::test]
async fn the_repository_of_a_known_authority_is_asked() {
    let scene = Scene::set().await;
    scene.shelf.put("/issued.p7c", &CertsOnly::write([&scene.partner.root, &scene.cross], []));
    let leaf = scene.leaf_at(None);
    let (trust, now) = (&scene.house.app.trust, scene.house.now());
    let stranger = publishing(&Partner::found("HK", now), &scene.bridge, &scene.shelf.url("/elsewhere.p7c"));
    assert!(trust.judge(&leaf, &[stranger], Use::Login, now).await.is_err());
    assert!(scene.shelf.asked().is_empty(), "it is nobody's that is known");
    trust.judge(&leaf, std::slice::from_ref(&scene.upper.issuing), Use::Login, now).await.expect("it is good");
    assert_eq!(scene.shelf.asked(), ["/issued.p7c"]);
}
