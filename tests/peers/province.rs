//! A demonstration province, made in a folder of its own and not served: what its authorities issue, as files for the
//! peers and as values for our own engine, before and after two partners lose their cross-certificates.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use pearlbridge::app::App;
use pearlbridge::audit::Circumstance;
use pearlbridge::ca::issue::{IssuedFor, new_serial};
use pearlbridge::ca::{Issuer, ceremony};
use pearlbridge::clock::Clock;
use pearlbridge::store::person::Person;
use pearlbridge::trust::Use;
use pearlbridge::{config, custody, rng, store};
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::crl::Reason;
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use pki::{Certificate, CertificateBuilder, CertificateList, Name, Oid, Time, oid};

use crate::openssl;
use crate::support::new_database;

/// The provincial policy of the demonstration.
pub(crate) const PROVINCIAL: &str = "1.3.6.1.4.1.32473.2012.92.1";
/// A policy that nobody knows.
pub(crate) const STRANGE: &str = "1.3.6.1.4.1.32473.2012.92.2";
/// The policies that the records name.
pub(crate) const HONG_KONG: &str = "2.16.344.8.2.2008.810.2.2018.1.1";
pub(crate) const MACAO: &str = "1.3.6.1.4.1.32473.853.1.1";
pub(crate) const MAINLAND: &str = "1.3.6.1.4.1.32473.86.1.1";
/// Under the prefix of Hong Kong's record, which does not name it.
const HONG_KONG_OLDER: &str = "2.16.344.8.2.2008.810.2.2012.1.0";

/// When the lists were published: while every record was granted, or after Hong Kong's and the mainland's were
/// withdrawn and Macao's cross-certificate revoked by its serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lists {
    Granted,
    Withdrawn,
}

impl Lists {
    fn folder(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The file with the list of `authority`.
    pub(crate) fn file(self, authority: &str) -> String {
        format!("{}/{authority}.crl.pem", self.folder())
    }
}

/// What a leaf is like that one of the authorities issues; the name says in which way it is odd.
struct Leaf {
    name: &'static str,
    issuer: &'static str,
    key: KeySpec,
    country: &'static str,
    policies: &'static [&'static str],
    purpose: Oid,
    /// Seconds from now to its end.
    lifetime: i64,
}

const YEAR: i64 = 365 * 86_400;

impl Leaf {
    const fn new(name: &'static str, issuer: &'static str, key: KeySpec, country: &'static str) -> Self {
        Self { name, issuer, key, country, policies: &[], purpose: oid::CLIENT_AUTH, lifetime: YEAR }
    }

    const fn hong_kong(name: &'static str) -> Self {
        Self { policies: &[HONG_KONG], ..Self::new(name, "hk-ca", KeySpec::Rsa2048, "HK") }
    }

    const fn macao(name: &'static str) -> Self {
        Self { policies: &[MACAO], ..Self::new(name, "mo-ca", KeySpec::Rsa2048, "MO") }
    }

    const fn mainland(name: &'static str) -> Self {
        Self { policies: &[MAINLAND], ..Self::new(name, "cn-ca", KeySpec::Sm2, "CN") }
    }
}

const LEAVES: [Leaf; 19] = [
    Leaf::hong_kong("hk"),
    Leaf { key: KeySpec::EcdsaP256, ..Leaf::hong_kong("hk-ecdsa") },
    Leaf { policies: &[HONG_KONG_OLDER], ..Leaf::hong_kong("hk-unmapped") },
    Leaf { policies: &[PROVINCIAL], ..Leaf::hong_kong("hk-presuming") },
    Leaf { policies: &["2.5.29.32.0"], ..Leaf::hong_kong("hk-any") },
    Leaf { policies: &[], ..Leaf::hong_kong("hk-none") },
    Leaf { country: "MO", ..Leaf::hong_kong("hk-abroad") },
    Leaf { purpose: oid::EMAIL_PROTECTION, ..Leaf::hong_kong("hk-mail") },
    Leaf { lifetime: -30, ..Leaf::hong_kong("hk-expired") },
    Leaf::hong_kong("hk-lost"),
    Leaf { issuer: "hk-ca-new", ..Leaf::hong_kong("hk-unlisted") },
    Leaf::macao("mo"),
    Leaf { policies: &[HONG_KONG], ..Leaf::macao("mo-unmapped") },
    Leaf { country: "HK", ..Leaf::macao("mo-abroad") },
    Leaf::mainland("cn"),
    Leaf { policies: &[HONG_KONG], ..Leaf::mainland("cn-unmapped") },
    Leaf { country: "HK", ..Leaf::mainland("cn-abroad") },
    Leaf { lifetime: -30, ..Leaf::mainland("cn-expired") },
    Leaf::mainland("cn-lost"),
];

/// Certificates that the lists name from the beginning.
const LOST: [&str; 2] = ["hk-lost", "cn-lost"];

/// Requests that OpenSSL makes and our issuing authorities answer: name, key, options of its signature.
pub(crate) const OWN: [(&str, &[&str], &[&str]); 3] = [
    ("own-ecdsa", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], &[]),
    ("own-rsa", &["-algorithm", "RSA"], &[]),
    ("own-sm2", &["-algorithm", "SM2"], &["-sm3", "-sigopt", openssl::SM2_ID]),
];

/// Everything that was issued, under its name; `{name}.pem` in the folder holds the same.
pub(crate) struct Province {
    pub(crate) folder: PathBuf,
    certificates: HashMap<String, Certificate>,
    crls: HashMap<(Lists, String), CertificateList>,
    judgements: HashMap<(Lists, String), Result<(), String>>,
    /// What the authority says to requests that OpenSSL makes otherwise than it should: name, refusal.
    pub(crate) refused_requests: Vec<(&'static str, String)>,
    /// The subject keys of persons whom nobody knows.
    pub(crate) subject_keys: Vec<String>,
}

impl Province {
    /// Runs the ceremony, issues, exports, withdraws, exports again.
    pub(crate) fn make() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
        let _ = fs::remove_dir_all(&folder);
        for lists in [Lists::Granted, Lists::Withdrawn] {
            fs::create_dir_all(folder.join(lists.folder())).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = open(&folder).await;
            let mut province = Self {
                folder,
                certificates: HashMap::new(),
                crls: HashMap::new(),
                judgements: HashMap::new(),
                refused_requests: Vec::new(),
                subject_keys: (0..20).map(|_| app.ca.subject_key(&pearlbridge::id::new_id())).collect(),
            };
            province.issue(&app).await;
            province.issue_badly(&app).await;
            province.answer_requests(&app).await;
            province.export(&app, Lists::Granted).await;
            province.withdraw(&app).await;
            province.export(&app, Lists::Withdrawn).await;
            app.store.close().await;
            province
        })
    }

    /// The certificate `name`.
    pub(crate) fn certificate(&self, name: &str) -> &Certificate {
        self.certificates.get(name).unwrap_or_else(|| panic!("no certificate {name}"))
    }

    /// The list of `authority`.
    pub(crate) fn crl(&self, lists: Lists, authority: &str) -> &CertificateList {
        &self.crls[&(lists, authority.to_owned())]
    }

    /// What the trust service said of `leaf`, alone, when the lists were these.
    pub(crate) fn judgement(&self, lists: Lists, leaf: &str) -> &Result<(), String> {
        &self.judgements[&(lists, leaf.to_owned())]
    }

    async fn issue(&mut self, app: &App) {
        let mut keys = HashMap::new();
        for leaf in &LEAVES {
            let key = keys.entry(leaf.key).or_insert_with(|| SoftwareKey::generate(leaf.key, &mut rng::fill).unwrap());
            let issuer = app.ca.issuer(leaf.issuer).await.unwrap();
            let builder = leaf_builder(app, leaf, &issuer, key);
            let certificate = app.ca.issue(&issuer, &builder, IssuedFor::house("demonstration")).await.unwrap();
            self.keep(leaf.name, certificate);
        }
        for name in LOST {
            let serial = self.certificate(name).serial().to_string();
            app.ca.revoke(&serial, Reason::KeyCompromise, Circumstance::operator(app.clock.now())).await.unwrap();
        }
    }

    /// What no authority of ours would issue: a leaf in the name of one, signed by another key, and an authority below
    /// one that may have none, with a leaf.
    async fn issue_badly(&mut self, app: &App) {
        for like in [Leaf::hong_kong("hk-forged"), Leaf::mainland("cn-forged")] {
            let issuer = app.ca.issuer(like.issuer).await.unwrap();
            let key = SoftwareKey::generate(like.key, &mut rng::fill).unwrap();
            self.keep(like.name, leaf_builder(app, &like, &issuer, &key).sign(&key).unwrap());
        }
        let above = app.ca.issuer("hk-ca").await.unwrap();
        let key = SoftwareKey::generate(KeySpec::EcdsaP256, &mut rng::fill).unwrap();
        let (ca, like) = (Leaf::hong_kong("hk-deeper-ca"), Leaf::hong_kong("hk-deep"));
        let deeper = leaf_builder(app, &ca, &above, &key)
            .basic_constraints(true, None)
            .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
            .sign(above.signer.as_ref())
            .unwrap();
        let issuer = Issuer { certificate: deeper.clone(), ..above };
        self.keep(like.name, leaf_builder(app, &like, &issuer, &key).sign(&key).unwrap());
        self.keep(ca.name, deeper);
    }

    /// Certificates of a person's own, from requests that OpenSSL made.
    async fn answer_requests(&mut self, app: &App) {
        let person = resident(app).await;
        for (name, algorithm, options) in OWN {
            let request = openssl::request(&self.folder, name, algorithm, options);
            let issued = app.ca.enrol(&person, 5, &app.profiles[0], &request, "192.0.2.1").await;
            self.keep(name, issued.unwrap());
        }
        let mut changed = openssl::request(&self.folder, "changed", OWN[0].1, &[]);
        let subject = changed.windows(4).position(|octets| octets == b"Chan").unwrap();
        changed[subject] = b'T';
        // Before OpenSSL 4.0, SM2 signatures are made under an empty id unless one is given; GB/T 35276 has its own.
        let unnamed = openssl::request(&self.folder, "unnamed", &["-algorithm", "SM2"], &["-sm3"]);
        for (name, request) in [("changed", changed), ("made under an empty SM2 id", unnamed)] {
            let refused = app.ca.enrol(&person, 5, &app.profiles[0], &request, "192.0.2.1").await.unwrap_err();
            self.refused_requests.push((name, refused.to_string()));
        }
    }

    /// Authorities and cross-certificates, the lists in force, and what the trust service says of each leaf.
    async fn export(&mut self, app: &App, lists: Lists) {
        let snapshot = app.trust.snapshot().await.unwrap();
        for (row, certificate) in &snapshot.authorities {
            self.keep(&row.id, certificate.clone());
            let latest = store::authority::latest_crl(&mut app.store.read().await.unwrap(), &row.id).await.unwrap();
            let crl = CertificateList::from_der(&latest.unwrap().der).unwrap();
            let text = pem::encode(&pem::Pem::new("X509 CRL", crl.der()));
            fs::write(self.folder.join(lists.file(&row.id)), text).unwrap();
            self.crls.insert((lists, row.id.clone()), crl);
        }
        for record in &snapshot.records {
            if let Some(cross) = &record.cross {
                self.keep(&format!("{}-cross", &record.row.id[..2]), cross.clone());
            }
        }
        let leaves: Vec<_> = self.certificates.iter().filter(|(_, one)| !one.is_ca()).collect();
        for (name, leaf) in leaves {
            let judged = app.trust.judge(leaf, &[], Use::Login, app.clock.now_seconds()).await;
            let judged = judged.map(drop).map_err(|refusal| refusal.reason.code().to_owned());
            self.judgements.insert((lists, name.clone()), judged);
        }
    }

    async fn withdraw(&mut self, app: &App) {
        let now = app.clock.now();
        let operator = || Circumstance::operator(now);
        for record in ["hk-ecert-personal", "cn-licensed"] {
            app.ca.set_record_status(record, "withdrawn", "ended", operator()).await.unwrap();
        }
        let serial = self.certificate("mo-cross").serial().to_string();
        app.ca.revoke(&serial, Reason::CaCompromise, operator()).await.unwrap();
    }

    fn keep(&mut self, name: &str, certificate: Certificate) {
        let text = pem::encode(&pem::Pem::new("CERTIFICATE", certificate.der()));
        fs::write(self.folder.join(format!("{name}.pem")), text).unwrap();
        self.certificates.insert(name.to_owned(), certificate);
    }
}

/// Opens the service as `pearlbridge demo` does, and runs its ceremony.
async fn open(folder: &Path) -> App {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = format!(
        "[database]\nurl = \"{2}\"\n[custody]\nmaster_key_file = \"{0}/master.key\"\n\
         [authority]\nprofiles = \"{1}/config/profiles\"\nidentity_profiles = \"{1}/config/identity\"\n",
        folder.display(),
        root.display(),
        new_database(folder),
    );
    let file = folder.join("pearlbridge.toml");
    fs::write(&file, text).unwrap();
    custody::create_master_key(&folder.join("master.key")).unwrap();
    let settings = config::load(Some(&file), std::iter::empty()).unwrap();
    assert_eq!(settings.authority.policy, PROVINCIAL);
    let app = App::open(settings, Clock::System, &[]).await.unwrap();
    let script = ceremony::load(&root.join("config/ceremony/demonstration.toml")).unwrap();
    app.ca.run_ceremony(&script, &mut |_| ()).await.unwrap();
    app
}

fn leaf_builder(app: &App, leaf: &Leaf, issuer: &Issuer, key: &SoftwareKey) -> CertificateBuilder {
    let now = app.clock.now_seconds();
    let subject = Name::from_attributes(&[
        (oid::COUNTRY, leaf.country),
        (oid::ORGANIZATION, "Demonstration e-Cert (Personal)"),
        (oid::COMMON_NAME, &format!("陳大文 {}", leaf.name)),
    ]);
    let validity = (Time(now.0 - 60), Time(now.0 + leaf.lifetime));
    let policies = leaf.policies.iter().map(|policy| PolicyInformation::new(Oid::new(policy).unwrap()));
    let policies: Vec<_> = policies.collect();
    let issuer_name = issuer.certificate.subject().clone();
    let builder = CertificateBuilder::new(new_serial(), issuer_name, subject, validity, key.public_key().clone())
        .basic_constraints(false, None)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION)
        .extended_key_usage([leaf.purpose])
        .subject_key_id()
        .authority_key_id_of(&issuer.certificate)
        .crl_distribution_points(&[&app.ca.crl_url(leaf.issuer)])
        .authority_info_access(&[&app.ca.certificate_url(leaf.issuer)], &[]);
    if policies.is_empty() { builder } else { builder.policies(policies) }
}

/// Somebody with an account.
async fn resident(app: &App) -> Person {
    let person = Person {
        id: pearlbridge::id::new_id(),
        kind: "person".to_owned(),
        region: "GD".to_owned(),
        names: BTreeMap::from([("zh-Hans".to_owned(), "张伟".to_owned())]),
        level: 5,
        verified_at: app.clock.now(),
        verified_how: "counter".to_owned(),
        created_at: app.clock.now(),
    };
    let row = person.clone();
    let written: store::Result<()> =
        app.store.write(move |tx| Box::pin(async move { store::person::insert(tx, &row).await })).await;
    written.unwrap();
    person
}
