//! Strangers can make the service neither fetch nor remember anything, and no list is replaced by a worse one.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pearlbridge::clock::SECOND;
use pearlbridge::store::{self, crl_signer::CrlSigner};
use pearlbridge::trust::{Reason, Refusal, Use};
use pki::certificate::extension::KeyUsage;
use pki::cms::CertsOnly;
use pki::key::SoftwareKey;
use pki::{Certificate, CertificateList, CrlBuilder, Time, oid};

use crate::house::{Asked, DAY, House, Partner, new_key};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const HOUR: i64 = 3600;
/// Seconds after which an address is asked again.
const PAUSE: i64 = 30;

/// A publication point on this machine, which counts who comes.
struct Publisher {
    origin: String,
    list: Arc<Mutex<Vec<u8>>>,
    asked: Arc<AtomicUsize>,
}

impl Publisher {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("it listens"));
        let (list, asked) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let (shown, count) = (list.clone(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                count.fetch_add(1, Ordering::SeqCst);
                answer(stream, &shown.lock().unwrap_or_else(PoisonError::into_inner));
            }
        });
        Self { origin, list, asked }
    }

    fn url(&self) -> String {
        format!("{}/list.crl", self.origin)
    }

    fn publish(&self, list: &[u8]) {
        list.clone_into(&mut self.list.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// How often it was asked since this was asked last.
    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, body: &[u8]) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        request.push(byte[0]);
    }
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

struct Scene {
    house: House,
    publisher: Publisher,
    /// Where certificates say that their issuer and their responder are.
    elsewhere: Publisher,
    partner: Partner,
}

impl Scene {
    /// A partner on the list whose revocation list nobody has yet.
    async fn set() -> Self {
        let (publisher, elsewhere) = (Publisher::start(), Publisher::start());
        let origins = [&publisher, &elsewhere].map(|place| place.origin.clone());
        let house = House::open_with(|settings| settings.fetch.allow_private.extend(origins)).await;
        let partner = Partner::found("HK", house.now());
        house.recognise(partner.record("hk-ecert-personal", POLICY)).await;
        Self { house, publisher, elsewhere, partner }
    }

    fn leaf_of(&self, partner: &Partner) -> Certificate {
        self.asking(|asked| partner.leaf(asked, self.house.now()))
    }

    /// What every leaf is asked to be: its list is at the publisher, its issuer and its responder are elsewhere.
    fn asking<T>(&self, make: impl FnOnce(Asked<'_>) -> T) -> T {
        let subject =
            [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
        let (url, access) = (self.publisher.url(), self.elsewhere.url());
        let (subject, lists) = (&subject, &[url.as_str()]);
        make(Asked { subject, policy: Some(POLICY), lists, access: Some(&access), ..Asked::default() })
    }

    fn list_of(&self, partner: &Partner, number: u64, revoked: &[&Certificate]) -> CertificateList {
        let now = self.house.now();
        let serials: Vec<_> = revoked.iter().map(|certificate| certificate.serial()).collect();
        partner.list(number, (now, Time(now.0 + 24 * HOUR)), &serials)
    }

    async fn reason(&self, leaf: &Certificate) -> Option<Reason> {
        self.house.judge(leaf).await.err().map(|refusal: Box<Refusal>| refusal.reason)
    }

    /// The list that is kept of the partner, if one is; and none of strangers is.
    async fn kept(&self) -> Option<Vec<u8>> {
        let mut kept = self.house.kept().await;
        assert!(kept.len() <= 1, "{kept:?}");
        kept.pop().map(|evidence| evidence.der)
    }

    /// An hour later, when the lists are looked after.
    async fn refresh(&self) -> usize {
        self.house.pass(HOUR + 1);
        self.house.app.trust.refresh_evidence().await.expect("the database answers")
    }
}

#[tokio::test]
async fn a_strangers_certificate_makes_nothing_be_fetched_or_kept() {
    let scene = Scene::set().await;
    let stranger = Partner::found("HK", scene.house.now());
    scene.publisher.publish(scene.list_of(&stranger, 1, &[]).der());
    let (unknown, forged) = (scene.leaf_of(&stranger), scene.leaf_of(&scene.partner.impostor()));
    assert_eq!(scene.reason(&unknown).await, Some(Reason::UnknownCa));
    assert!(scene.reason(&forged).await.is_some());
    // Nor when it brings a chain along: the stranger's own, or the good certificate of whoever plays the authority.
    let customer = scene.asking(|asked| scene.partner.customer(asked, scene.house.now()));
    let played = scene.leaf_of(&customer);
    for (leaf, chain) in [
        (&unknown, vec![stranger.issuing.clone(), stranger.root.clone()]),
        (&forged, vec![scene.partner.root.clone()]),
        (&played, vec![customer.issuing.clone()]),
    ] {
        let judged = scene.house.app.trust.judge(leaf, &chain, Use::Any, scene.house.now()).await;
        assert!(judged.is_err());
    }
    assert_eq!((scene.publisher.asked(), scene.kept().await), (0, None));
    assert_eq!((scene.refresh().await, scene.publisher.asked()), (0, 0));
    assert_eq!(scene.elsewhere.asked(), 0);
}

#[tokio::test]
async fn a_list_that_is_missing_is_fetched_once_and_kept() {
    let scene = Scene::set().await;
    let leaf = scene.leaf_of(&scene.partner);
    let list = scene.list_of(&scene.partner, 1, &[]);
    scene.publisher.publish(list.der());
    assert_eq!(scene.reason(&leaf).await, None);
    assert_eq!((scene.publisher.asked(), scene.kept().await), (1, Some(list.der().to_vec())));
    assert_eq!(scene.reason(&leaf).await, None);
    assert_eq!(scene.reason(&scene.leaf_of(&scene.partner)).await, None, "it serves all certificates of the authority");
    assert_eq!(scene.publisher.asked(), 0, "it is there now");
    // Also after a restart.
    let again = scene.house.second().await;
    again.trust.judge(&leaf, &[], Use::Login, scene.house.now()).await.expect("it is good");
    again.store.close().await;
    assert_eq!(scene.publisher.asked(), 0);
}

/// A list of the partner's by another key, which says where that key's certificate is.
fn list_by(scene: &Scene, key: &SoftwareKey, revoked: &[&Certificate]) -> CertificateList {
    // The extension as it stands in every leaf.
    let leaf = scene.leaf_of(&scene.partner);
    let access = leaf.extension_value(&oid::AUTHORITY_INFO_ACCESS).expect("it is there").to_vec();
    list_with(scene, key, revoked, access)
}

fn list_with(scene: &Scene, key: &SoftwareKey, revoked: &[&Certificate], access: Vec<u8>) -> CertificateList {
    let (now, name) = (scene.house.now(), scene.partner.issuing.subject());
    let revoked = revoked.iter().map(|certificate| (certificate.serial().clone(), now, None));
    let builder = CrlBuilder::new(name.clone(), 1, now, Time(now.0 + 24 * HOUR)).revoked(revoked);
    builder.extension(oid::AUTHORITY_INFO_ACCESS, false, access).sign(key).expect("it can be signed")
}

/// RFC 5280 §5.2.7 and §4.2.2.1: a certificate, or a certs-only message of several.
#[tokio::test]
async fn a_list_by_a_key_that_its_authority_certified_for_lists_is_kept_with_that_certificate() {
    for bundled in [false, true] {
        let scene = Scene::set().await;
        let (key, now) = (new_key(), scene.house.now());
        let signer = scene.partner.list_signer(&key, KeyUsage::CRL_SIGN, POLICY, now);
        let message = CertsOnly::write([&signer, &scene.partner.root, &scene.partner.issuing], []);
        scene.elsewhere.publish(if bundled { &message } else { signer.der() });
        let (good, bad) = (scene.leaf_of(&scene.partner), scene.leaf_of(&scene.partner));
        let list = list_by(&scene, &key, &[&bad]);
        scene.publisher.publish(list.der());
        assert_eq!(scene.reason(&good).await, None);
        assert_eq!(scene.reason(&bad).await, Some(Reason::Revoked));
        assert_eq!((scene.publisher.asked(), scene.elsewhere.asked()), (1, 1));
        assert_eq!(scene.kept().await.as_deref(), Some(list.der()));
        // Also after a restart.
        let again = scene.house.second().await;
        again.trust.judge(&good, &[], Use::Login, scene.house.now()).await.expect("it is good");
        again.store.close().await;
        assert_eq!((scene.publisher.asked(), scene.elsewhere.asked()), (0, 0));
    }
}

/// authorityInfoAccess with these caIssuers.
fn issuers_at(addresses: &[&str]) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).expect("it is short")], content].concat();
    let method = [6, 8, 0x2b, 6, 1, 5, 5, 7, 48, 2];
    let one = |address: &&str| tlv(0x30, &[&method[..], &tlv(0x86, address.as_bytes())].concat());
    tlv(0x30, &addresses.iter().flat_map(one).collect::<Vec<_>>())
}

#[tokio::test]
async fn where_the_first_address_of_a_signer_fails_the_second_is_asked() {
    let scene = Scene::set().await;
    let (key, now) = (new_key(), scene.house.now());
    scene.elsewhere.publish(scene.partner.list_signer(&key, KeyUsage::CRL_SIGN, POLICY, now).der());
    let access = issuers_at(&["http://127.0.0.1:1/", &scene.elsewhere.url()]);
    scene.publisher.publish(list_with(&scene, &key, &[], access).der());
    assert_eq!(scene.reason(&scene.leaf_of(&scene.partner)).await, None);
}

async fn signers(scene: &Scene) -> Vec<CrlSigner> {
    let mut connection = scene.house.app.store.read().await.expect("a connection");
    store::crl_signer::all(&mut connection).await.expect("the signers")
}

/// A partner may certify as many keys as it likes; the service loads those of the last few.
#[tokio::test]
async fn of_one_authority_only_the_signers_that_were_used_last_are_kept() {
    let scene = Scene::set().await;
    let leaf = scene.leaf_of(&scene.partner);
    for number in 1..=store::crl_signer::KEPT + 2 {
        scene.house.pass(60);
        let (key, now) = (new_key(), scene.house.now());
        let signer = scene.partner.list_signer(&key, KeyUsage::CRL_SIGN, POLICY, now);
        scene.elsewhere.publish(signer.der());
        scene.publisher.publish(list_by(&scene, &key, &[]).der());
        if number > 1 {
            assert_eq!(scene.refresh().await, 1);
        }
        assert_eq!(scene.reason(&leaf).await, None);
        let kept = signers(&scene).await;
        assert_eq!(kept.len() as i64, number.min(store::crl_signer::KEPT));
        assert!(kept.iter().any(|one| one.der == signer.der()), "the newest is there");
    }
}

#[tokio::test]
async fn a_signer_by_whom_no_list_came_for_a_month_is_forgotten() {
    let scene = Scene::set().await;
    let (key, now, leaf) = (new_key(), scene.house.now(), scene.leaf_of(&scene.partner));
    scene.elsewhere.publish(scene.partner.list_signer(&key, KeyUsage::CRL_SIGN, POLICY, now).der());
    scene.publisher.publish(list_by(&scene, &key, &[]).der());
    assert_eq!(scene.reason(&leaf).await, None);
    let left = async |days: i64| {
        scene.house.pass(days * DAY);
        let before = scene.house.app.clock.now() - 30 * DAY * SECOND;
        let purge =
            scene.house.app.store.write(move |tx| Box::pin(async move { store::crl_signer::purge(tx, before).await }));
        let purged: store::Result<u64> = purge.await;
        purged.expect("the database answers");
        signers(&scene).await.len()
    };
    assert_eq!(left(20).await, 1);
    scene.publisher.publish(list_by(&scene, &key, &[]).der());
    assert_eq!(scene.refresh().await, 1);
    assert_eq!(left(20).await, 1, "it was used since");
    assert_eq!(left(15).await, 0);
}

#[tokio::test]
async fn a_list_by_a_key_that_nobody_certified_for_lists_is_not_kept() {
    let scene = Scene::set().await;
    let (key, now) = (new_key(), scene.house.now());
    let (leaf, list) = (scene.leaf_of(&scene.partner), list_by(&scene, &key, &[]));
    scene.publisher.publish(list.der());
    let for_signatures = scene.partner.list_signer(&key, KeyUsage::DIGITAL_SIGNATURE, POLICY, now);
    let by_an_impostor = scene.partner.impostor().list_signer(&key, KeyUsage::CRL_SIGN, POLICY, now);
    let of_another_key = scene.partner.list_signer(&new_key(), KeyUsage::CRL_SIGN, POLICY, now);
    let unfit = [for_signatures, by_an_impostor, of_another_key];
    let message = CertsOnly::write(&unfit, []);
    for answer in unfit.iter().map(Certificate::der).chain([&message[..], b"nothing", b""]) {
        scene.elsewhere.publish(answer);
        scene.elsewhere.asked();
        assert_eq!(scene.reason(&leaf).await, Some(Reason::RevocationUnknown));
        assert_eq!(scene.kept().await, None);
        // Once for the signer, and once for an OCSP answer: the responder is there, too.
        assert_eq!(scene.elsewhere.asked(), 2);
        scene.house.pass(PAUSE);
    }
}

/// All partners are certified by one bridge: none of them may take back, or make up, what another has revoked.
#[tokio::test]
async fn a_partner_does_not_speak_of_anothers_revocations() {
    let scene = Scene::set().await;
    let (good, bad) = (scene.leaf_of(&scene.partner), scene.leaf_of(&scene.partner));
    scene.publisher.publish(scene.list_of(&scene.partner, 1, &[&bad]).der());
    assert_eq!((scene.reason(&good).await, scene.reason(&bad).await), (None, Some(Reason::Revoked)));
    let own = scene.kept().await;

    let other = Partner::found("HK", scene.house.now());
    scene.house.recognise(other.record("hk-other-personal", POLICY)).await;
    scene.house.pass(60);
    let (key, now) = (new_key(), scene.house.now());
    let name = scene.partner.issuing.subject();
    let signer = other.list_signer_in(name, &key, KeyUsage::CRL_SIGN, POLICY, now);
    scene.elsewhere.publish(signer.der());
    for revoked in [vec![], vec![&good, &bad]] {
        scene.publisher.publish(list_by(&scene, &key, &revoked).der());
        assert_eq!(scene.reason(&scene.leaf_of(&other)).await, Some(Reason::RevocationUnknown));
        assert_eq!(scene.kept().await, own);
        assert_eq!((scene.reason(&good).await, scene.reason(&bad).await), (None, Some(Reason::Revoked)));
        scene.house.pass(PAUSE);
    }
    // Nor if both are in the store already.
    let row = CrlSigner {
        fingerprint: signer.fingerprint().to_string(),
        issuer: scene.partner.issuing.subject().to_string(),
        uri: scene.elsewhere.url(),
        der: signer.der().to_vec(),
        used_at: scene.house.app.clock.now(),
        not_after: signer.not_after().0 * SECOND,
    };
    let kept = scene.house.app.store.write(move |tx| Box::pin(async move { store::crl_signer::keep(tx, &row).await }));
    let kept: store::Result<()> = kept.await;
    kept.expect("it can be kept");
    scene.house.keep("http://other.example/list.crl", &list_by(&scene, &key, &[])).await;
    let newer = list_by(&scene, &key, &[&good, &bad]);
    scene.house.keep("http://other.example/newer.crl", &newer).await;
    assert_eq!((scene.reason(&good).await, scene.reason(&bad).await), (None, Some(Reason::Revoked)));
}

/// Not even the address is asked where the list is in nobody's name.
#[tokio::test]
async fn the_signer_of_a_strangers_list_is_not_asked_for() {
    let scene = Scene::set().await;
    let leaf = scene.leaf_of(&scene.partner);
    let access = leaf.extension_value(&oid::AUTHORITY_INFO_ACCESS).expect("it is there").to_vec();
    let (now, stranger) = (scene.house.now(), Partner::found("HK", scene.house.now()));
    let builder = CrlBuilder::new(stranger.issuing.subject().clone(), 1, now, Time(now.0 + HOUR));
    let list =
        builder.extension(oid::AUTHORITY_INFO_ACCESS, false, access).sign(&stranger.key).expect("it can be signed");
    scene.publisher.publish(list.der());
    assert_eq!(scene.reason(&leaf).await, Some(Reason::RevocationUnknown));
    assert_eq!(scene.elsewhere.asked(), 1, "the responder");
}

#[tokio::test]
async fn a_list_that_nobody_known_signed_is_not_kept() {
    let scene = Scene::set().await;
    let leaf = scene.leaf_of(&scene.partner);
    let stranger = Partner::found("HK", scene.house.now());
    let forged = scene.list_of(&scene.partner.impostor(), 1, &[]);
    for bytes in [forged.der(), scene.list_of(&stranger, 1, &[]).der(), b"no list", b""] {
        scene.publisher.publish(bytes);
        assert_eq!(scene.reason(&leaf).await, Some(Reason::RevocationUnknown));
        assert_eq!((scene.publisher.asked(), scene.kept().await), (1, None));
        scene.house.pass(PAUSE);
    }
}

/// Anybody may ask for a partner's certificate to be judged, as often as he likes.
#[tokio::test]
async fn a_list_that_cannot_be_had_is_asked_for_again_after_a_while_only() {
    let scene = Scene::set().await;
    let leaves = [scene.leaf_of(&scene.partner), scene.leaf_of(&scene.partner)];
    for _ in 0..2 {
        let (one, other) = tokio::join!(scene.reason(&leaves[0]), scene.reason(&leaves[1]));
        assert_eq!([one, other], [Some(Reason::RevocationUnknown); 2]);
        assert_eq!(scene.reason(&leaves[0]).await, Some(Reason::RevocationUnknown));
        assert_eq!(scene.publisher.asked(), 1);
        // By GET and by POST, for each of the two.
        assert_eq!(scene.elsewhere.asked(), 2);
        scene.house.pass(PAUSE);
    }
}

#[tokio::test]
async fn who_waits_for_a_list_that_another_fetches_has_it_as_well() {
    let scene = Scene::set().await;
    let leaves = [scene.leaf_of(&scene.partner), scene.leaf_of(&scene.partner)];
    scene.publisher.publish(scene.list_of(&scene.partner, 1, &[]).der());
    let (one, other) = tokio::join!(scene.reason(&leaves[0]), scene.reason(&leaves[1]));
    assert_eq!(([one, other], scene.publisher.asked()), ([None; 2], 1));
}

#[tokio::test]
async fn an_older_or_unvouched_list_never_replaces_the_one_that_is_kept() {
    let scene = Scene::set().await;
    let leaf = scene.leaf_of(&scene.partner);
    let older = scene.list_of(&scene.partner, 1, &[]);
    scene.publisher.publish(older.der());
    assert_eq!(scene.reason(&leaf).await, None);

    scene.house.pass(60);
    let newer = scene.list_of(&scene.partner, 2, &[&leaf]);
    scene.publisher.publish(newer.der());
    assert_eq!(scene.refresh().await, 1);
    assert_eq!(scene.reason(&leaf).await, Some(Reason::Revoked));

    scene.house.pass(60);
    let forged = scene.list_of(&scene.partner.impostor(), 3, &[]);
    let stranger = scene.list_of(&Partner::found("HK", scene.house.now()), 4, &[]);
    scene.publisher.asked();
    for bytes in [older.der(), newer.der(), forged.der(), stranger.der(), b"no list"] {
        scene.publisher.publish(bytes);
        assert_eq!((scene.refresh().await, scene.publisher.asked()), (0, 1));
        assert_eq!(scene.kept().await.as_deref(), Some(newer.der()));
        assert_eq!(scene.reason(&leaf).await, Some(Reason::Revoked));
    }
}

/// Whoever stands on the line between can serve the list of one partner where another's is asked for.
#[tokio::test]
async fn a_list_of_another_partner_does_not_replace_the_one_that_is_kept() {
    let scene = Scene::set().await;
    let leaf = scene.leaf_of(&scene.partner);
    let own = scene.list_of(&scene.partner, 1, &[]);
    scene.publisher.publish(own.der());
    assert_eq!(scene.reason(&leaf).await, None);
    let other = Partner::found("MO", scene.house.now());
    scene.house.recognise(other.record("mo-qualified", "1.3.6.1.4.1.32473.2.1")).await;
    scene.house.pass(60);
    scene.publisher.publish(scene.list_of(&other, 1, &[]).der());
    assert_eq!(scene.refresh().await, 1, "it is good as well");
    assert!(scene.house.kept().await.iter().any(|evidence| evidence.der == own.der()));
    assert_eq!(scene.reason(&leaf).await, None);

    scene.publisher.publish(scene.list_of(&scene.partner, 2, &[&leaf]).der());
    scene.publisher.asked();
    assert_eq!((scene.refresh().await, scene.publisher.asked()), (1, 1), "the address is asked once");
    assert_eq!(scene.reason(&leaf).await, Some(Reason::Revoked));
}
