//! A province without a server: the rooms over a database of their own, on a clock that the test moves; and partners
//! whose keys are not in custody, as in reality.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use pearlbridge::app::App;
use pearlbridge::ca::ceremony::Script;
use pearlbridge::ca::issue::new_serial;
use pearlbridge::clock::{Clock, Micros, SECOND};
use pearlbridge::config::Settings;
use pearlbridge::identity::Origin;
use pearlbridge::identity::login::Entered;
use pearlbridge::identity::session::{Opened, SignedIn};
use pearlbridge::store::attempt::{Attempt, CertificateProof, Destination};
use pearlbridge::store::evidence::Evidence;
use pearlbridge::store::session::Session;
use pearlbridge::store::trust_record::{RevocationTerms, Status, TrustRecord};
use pearlbridge::store::{self};
use pearlbridge::trust::{Accepted, Refusal, Use};
use pearlbridge::{config, custody, identity};
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::crl::Reason;
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Name, Oid, Serial, Time, oid};

use crate::support::{new_database, temporary_directory};

/// One hierarchy of the province's own, all of it on a curve that is quick.
pub(crate) const CEREMONY: &str = r#"
title = "a province of one hierarchy"
[[authority]]
id = "gd-root"
role = "root"
key = "ecdsa-p256"
subject = "CN=Root,O=Province,C=CN"
years = 20
[[authority]]
id = "gd-ca-p256"
role = "issuing"
issuer = "gd-root"
key = "ecdsa-p256"
subject = "CN=Issuing,O=Province,C=CN"
years = 10
path_length = 0
policies = ["provincial"]
[[authority]]
id = "gd-bridge"
role = "bridge"
issuer = "gd-root"
key = "ecdsa-p256"
subject = "CN=Bridge,O=Province,C=CN"
years = 10
path_length = 1
policies = ["provincial"]
"#;

/// The bridge of the ceremony.
pub(crate) const BRIDGE: &str = "gd-bridge";

/// The browser of all attempts.
pub(crate) const BROWSER: &str = "a browser";

pub(crate) const DAY: i64 = 86_400;

/// The rooms.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) directory: PathBuf,
    settings: Settings,
    time: Arc<AtomicI64>,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    /// With settings that differ.
    pub(crate) async fn open_with(change: impl FnOnce(&mut Settings)) -> Self {
        let directory = temporary_directory("house");
        let mut settings = config::load(None, std::iter::empty()).expect("the defaults are good");
        settings.database.url = new_database(&directory);
        settings.custody.master_key_file = directory.join("master.key");
        custody::create_master_key(&settings.custody.master_key_file).expect("a file");
        change(&mut settings);
        let time = Arc::new(AtomicI64::new(Clock::System.now()));
        let app = App::open(settings.clone(), Clock::Fixed(time.clone()), &[]).await.expect("the rooms open");
        let script: Script = toml::from_str(CEREMONY).expect("a script");
        app.ca.run_ceremony(&script, &mut |_| ()).await.expect("the ceremony is held");
        app.repair().await.expect("nothing is broken");
        Self { app, directory, settings, time }
    }

    /// The same rooms a second time, as on another machine over the same database.
    pub(crate) async fn second(&self) -> App {
        App::open(self.settings.clone(), Clock::Fixed(self.time.clone()), &[]).await.expect("the rooms open")
    }

    pub(crate) fn now(&self) -> Time {
        self.app.clock.now_seconds()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.time.fetch_add(seconds * SECOND, Ordering::Relaxed);
    }

    /// Puts a record on the list and has the bridge certify it.
    pub(crate) async fn recognise(&self, record: TrustRecord) {
        let now = self.app.clock.now();
        let written: store::Result<()> = self
            .app
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let (reason, actor) = ("first entry".to_owned(), "operator".to_owned());
                    let status = Status { at: record.status_from, status: record.status.clone(), reason, actor };
                    store::trust_record::insert(tx, &record, now).await?;
                    store::trust_record::set_status(tx, &record.id, &status).await
                })
            })
            .await;
        written.expect("the record can be written");
        assert_eq!(self.app.ca.renew_cross_certificates().await.expect("the bridge certifies it"), 1);
    }

    /// Keeps a list as if it had been fetched.
    pub(crate) async fn keep(&self, uri: &str, list: &CertificateList) {
        let evidence = Evidence {
            uri: uri.to_owned(),
            issuer: list.issuer().to_string(),
            der: list.der().to_vec(),
            fetched_at: self.app.clock.now(),
            this_update: list.this_update().0 * SECOND,
            next_update: list.next_update().map(|time| time.0 * SECOND),
        };
        let kept = self.app.store.write(move |tx| Box::pin(async move { store::evidence::keep(tx, &evidence).await }));
        let kept: store::Result<bool> = kept.await;
        assert!(kept.expect("the list can be kept"));
    }

    /// The lists that are kept.
    pub(crate) async fn kept(&self) -> Vec<Evidence> {
        store::evidence::all(&mut self.app.store.read().await.expect("a connection")).await.expect("the lists")
    }

    /// A partner on the list whose revocation list is kept, and runs out in a year.
    pub(crate) async fn partner(&self, id: &str, region: &str, policy: &str) -> Partner {
        let partner = Partner::found(region, self.now());
        self.recognise(partner.record(id, policy)).await;
        let day = self.now();
        self.keep(&format!("http://{id}.example/list.crl"), &partner.list(1, (day, Time(day.0 + 365 * DAY)), &[]))
            .await;
        partner
    }

    pub(crate) async fn judge(&self, leaf: &Certificate) -> Result<Accepted, Box<Refusal>> {
        self.app.trust.judge(leaf, &[], Use::Login, self.now()).await
    }

    /// An attempt that leads to the account.
    pub(crate) async fn attempt(&self) -> Attempt {
        let id = self.app.identity.begin(BROWSER, to_account()).await.expect("an attempt begins");
        self.attempt_again(&id).await
    }

    /// An attempt that links a certificate to the account of a session, if that was proved a moment ago.
    pub(crate) async fn linking(&self, session: &Session) -> Option<Attempt> {
        let begun = self.app.identity.begin_linking(BROWSER, to_account(), session).await.expect("an attempt begins");
        match begun {
            Some(id) => Some(self.attempt_again(&id).await),
            None => None,
        }
    }

    pub(crate) async fn attempt_again(&self, id: &str) -> Attempt {
        self.app.identity.attempt(id, BROWSER).await.expect("it is there")
    }

    /// Has a certificate judged on the one listener and picked up on the other.
    pub(crate) async fn prove(&self, attempt: &Attempt, leaf: &Certificate) -> CertificateProof {
        let identity = &self.app.identity;
        let proof = identity.judge_certificate("mtls", leaf, &[], &origin()).await.expect("it is good");
        let secret = identity.leave_proof(&attempt.id, proof).await.expect("it is left");
        identity.take_proof(attempt, &secret).await.expect("it is there")
    }

    /// Goes on with a certificate.
    pub(crate) async fn enter(&self, leaf: &Certificate) -> identity::Result<Entered> {
        let attempt = self.attempt().await;
        let proof = self.prove(&attempt, leaf).await;
        self.app.identity.enter(&attempt, proof, None, &origin()).await
    }

    /// Signs in with a certificate; a stranger opens an account.
    pub(crate) async fn sign_in(&self, leaf: &Certificate) -> SignedIn {
        let attempt = self.attempt().await;
        let proof = self.prove(&attempt, leaf).await;
        let opened = match self.app.identity.enter(&attempt, proof, None, &origin()).await.expect("it goes on") {
            Entered::Session(opened) | Entered::Linked(opened) => *opened,
            Entered::Represented => panic!("nobody represents anybody"),
            Entered::Stranger => {
                let attempt = self.attempt_again(&attempt.id).await;
                self.app.identity.open_account(&attempt, None, &origin()).await.expect("an account is opened")
            }
        };
        self.signed_in(&opened).await
    }

    /// The session and its person.
    pub(crate) async fn signed_in(&self, opened: &Opened) -> SignedIn {
        let found = self.app.identity.session(&opened.secret).await.expect("the database answers");
        found.expect("the session lives")
    }
}

fn to_account() -> Destination {
    Destination::Page { path: "/account".to_owned(), level: 0 }
}

/// From where all requests come.
pub(crate) fn origin() -> Origin {
    Origin { address: "192.0.2.1".to_owned(), agent: "a browser".to_owned() }
}

/// A key on a curve that is quick.
pub(crate) fn new_key() -> SoftwareKey {
    SoftwareKey::generate(KeySpec::EcdsaP256, &mut pearlbridge::rng::fill).expect("a key can be made")
}

/// An authority elsewhere: its key is its own.
pub(crate) struct Partner {
    pub(crate) region: String,
    pub(crate) root: Certificate,
    pub(crate) issuing: Certificate,
    pub(crate) key: SoftwareKey,
}

/// What a leaf of a partner is asked to be.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) subject: &'a [(Oid, &'a str)],
    pub(crate) policy: Option<&'a str>,
    /// Where its list is.
    pub(crate) lists: &'a [&'a str],
    /// Where its issuer's certificate is, and its responder.
    pub(crate) access: Option<&'a str>,
    /// One more extension, with a text.
    pub(crate) text: Option<(&'a str, &'a str)>,
    /// Days that it has been over.
    pub(crate) over: i64,
}

impl Partner {
    pub(crate) fn found(region: &str, now: Time) -> Self {
        let country = if region == "GD" { "CN" } else { region };
        let name = |common: &str| {
            let unique = hex::encode(pearlbridge::rng::bytes::<4>());
            Name::from_attributes(&[(oid::COUNTRY, country), (oid::COMMON_NAME, &format!("{common} {unique}"))])
        };
        let (root_name, issuing_name) = (name("Partner root"), name("Partner"));
        let (root_key, key) = (new_key(), new_key());
        let ca = |subject: &Name, of: &SoftwareKey| {
            let validity = (Time(now.0 - DAY), Time(now.0 + 3650 * DAY));
            CertificateBuilder::new(new_serial(), root_name.clone(), subject.clone(), validity, of.public_key().clone())
                .basic_constraints(true, None)
                .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
                .subject_key_id()
        };
        let root = ca(&root_name, &root_key).sign(&root_key).expect("it can be signed");
        let issuing = ca(&issuing_name, &key).authority_key_id_of(&root).sign(&root_key).expect("it can be signed");
        Self { region: region.to_owned(), root, issuing, key }
    }

    /// Another one in the name of this: only the key differs.
    pub(crate) fn impostor(&self) -> Self {
        let (region, key) = (self.region.clone(), new_key());
        Self { region, root: self.root.clone(), issuing: self.issuing.clone(), key }
    }

    /// Its record, granted since ever; the id is also that of the identity profile.
    pub(crate) fn record(&self, id: &str, policy: &str) -> TrustRecord {
        let since: Micros = self.issuing.not_before().0 * SECOND;
        TrustRecord {
            id: id.to_owned(),
            scheme: format!("scheme of {id}"),
            region: self.region.clone(),
            operator: "a test".to_owned(),
            names: BTreeMap::from([("en".to_owned(), "A partner".to_owned())]),
            root: self.root.der().to_vec(),
            issuing: self.issuing.der().to_vec(),
            type_name: None,
            type_oid: None,
            policy_prefix: policy.rsplit_once('.').expect("a policy has arcs").0.to_owned(),
            policies: vec![policy.to_owned()],
            level: 5,
            status: "granted".to_owned(),
            status_from: since,
            recognised_from: since,
            recognised_until: None,
            contact: String::new(),
            revocation: RevocationTerms::default(),
            cross_authority: Some(BRIDGE.to_owned()),
            cross_serial: None,
        }
    }

    /// A customer of this one, who plays an authority with a certificate that is none of an authority.
    pub(crate) fn customer(&self, asked: Asked<'_>, now: Time) -> Self {
        let key = new_key();
        let (region, root, issuing) = (self.region.clone(), self.root.clone(), self.leaf_of(&key, asked, now));
        Self { region, root, issuing, key }
    }

    /// A certificate for somebody.
    pub(crate) fn leaf(&self, asked: Asked<'_>, now: Time) -> Certificate {
        self.leaf_of(&new_key(), asked, now)
    }

    fn leaf_of(&self, key: &SoftwareKey, asked: Asked<'_>, now: Time) -> Certificate {
        let validity = (Time(now.0 - 30 * DAY), Time(now.0 + if asked.over > 0 { -asked.over } else { 365 } * DAY));
        let (issuer, subject) = (self.issuing.subject().clone(), Name::from_attributes(asked.subject));
        let mut builder = CertificateBuilder::new(new_serial(), issuer, subject, validity, key.public_key().clone())
            .basic_constraints(false, None)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .extended_key_usage([oid::CLIENT_AUTH])
            .subject_key_id()
            .authority_key_id_of(&self.issuing);
        if let Some(policy) = asked.policy {
            builder = builder.policies([PolicyInformation::new(Oid::new(policy).expect("an identifier"))]);
        }
        if !asked.lists.is_empty() {
            builder = builder.crl_distribution_points(asked.lists);
        }
        if let Some(access) = asked.access {
            builder = builder.authority_info_access(&[access], &[access]);
        }
        if let Some((kind, text)) = asked.text {
            let length = u8::try_from(text.len()).expect("a short text");
            let value = [&[0x13, length], text.as_bytes()].concat();
            builder = builder.extension(Oid::new(kind).expect("an identifier"), false, value);
        }
        builder.sign(&self.key).expect("it can be signed")
    }

    /// A certificate for who answers OCSP requests in its name.
    pub(crate) fn delegate(&self, now: Time) -> (Certificate, SoftwareKey) {
        let (key, issuer) = (new_key(), self.issuing.subject().clone());
        let (validity, public) = ((Time(now.0 - DAY), Time(now.0 + 30 * DAY)), key.public_key().clone());
        let subject = Name::from_attributes(&[(oid::COMMON_NAME, "Responder")]);
        let builder = CertificateBuilder::new(new_serial(), issuer, subject, validity, public)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .extended_key_usage([oid::OCSP_SIGNING])
            .extension(oid::OCSP_NOCHECK, false, vec![5, 0]);
        (builder.sign(&self.key).expect("it can be signed"), key)
    }

    /// A certificate in its own name for a key that signs its lists, if it is for that.
    pub(crate) fn list_signer(&self, key: &SoftwareKey, usage: KeyUsage, policy: &str, now: Time) -> Certificate {
        self.list_signer_in(self.issuing.subject(), key, usage, policy, now)
    }

    /// The same in anybody's name.
    pub(crate) fn list_signer_in(
        &self,
        name: &Name,
        key: &SoftwareKey,
        usage: KeyUsage,
        policy: &str,
        now: Time,
    ) -> Certificate {
        let (issuer, public) = (self.issuing.subject().clone(), key.public_key().clone());
        let validity = (Time(now.0 - DAY), Time(now.0 + 30 * DAY));
        let policy = PolicyInformation::new(Oid::new(policy).expect("an identifier"));
        let builder = CertificateBuilder::new(new_serial(), issuer, name.clone(), validity, public).key_usage(usage);
        let builder = builder.policies([policy]).subject_key_id().authority_key_id_of(&self.issuing);
        builder.sign(&self.key).expect("it can be signed")
    }

    /// Its revocation list, from and until.
    pub(crate) fn list(&self, number: u64, (from, until): (Time, Time), revoked: &[&Serial]) -> CertificateList {
        let entries = revoked.iter().map(|serial| ((*serial).clone(), from, Some(Reason::KeyCompromise)));
        let builder = CrlBuilder::new(self.issuing.subject().clone(), number, from, until);
        builder.authority_key_id_of(&self.issuing).revoked(entries).sign(&self.key).expect("it can be signed")
    }
}
