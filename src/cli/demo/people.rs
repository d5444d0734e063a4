//! The people of the demonstration: each with a password, a code generator and a certificate of their own region's
//! authority. Their keys lie in files beside the data, as they would on their own machines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pki::certificate::CertificateBuilder;
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use pki::{Certificate, Name, Oid, Time, oid};

use super::place::{Place, write, write_secret};
use crate::app::App;
use crate::ca::issue::{IssuedFor, new_serial};
use crate::cli::{Done, Failure};
use crate::identity::register::NewPerson;

/// Who lives here.
struct Resident {
    username: &'static str,
    region: &'static str,
    script: &'static str,
    name: &'static str,
    authority: &'static str,
    policy: &'static str,
    key: KeySpec,
    subject: &'static [(Oid, &'static str)],
    /// Extension by which licensed authorities of the mainland name the resident id or the credit code.
    extension: Option<(&'static str, &'static str)>,
    kind: &'static str,
    level: i64,
}

const HK_POLICY: &str = "2.16.344.8.2.2008.810.2.2018.1.1";
const MO_POLICY: &str = "1.3.6.1.4.1.32473.853.1.1";
const CN_POLICY: &str = "1.3.6.1.4.1.32473.86.1.1";

const RESIDENTS: [Resident; 4] = [
    Resident {
        username: "chan",
        region: "HK",
        script: "Latn",
        name: "CHAN Tai Man",
        authority: "hk-ca",
        policy: HK_POLICY,
        key: KeySpec::Rsa2048,
        subject: &[
            (oid::COUNTRY, "HK"),
            (oid::ORGANIZATION, "Demonstration e-Cert (Personal)"),
            (oid::ORGANIZATIONAL_UNIT, "1000000001"),
            (oid::COMMON_NAME, "CHAN Tai Man"),
        ],
        extension: None,
        kind: "person",
        level: 3,
    },
    Resident {
        username: "lei",
        region: "MO",
        script: "Latn",
        name: "LEI Ka Ian",
        authority: "mo-ca",
        policy: MO_POLICY,
        key: KeySpec::Rsa2048,
        subject: &[
            (oid::COUNTRY, "MO"),
            (oid::ORGANIZATION, "Demonstration eSignTrust"),
            (oid::COMMON_NAME, "LEI Ka Ian"),
            (oid::SERIAL_NUMBER, "MO-0000017"),
            (oid::PSEUDONYM, "李嘉欣"),
        ],
        extension: None,
        kind: "person",
        level: 3,
    },
    Resident {
        username: "zhang",
        region: "GD",
        script: "zh-Hans",
        name: "张伟",
        authority: "cn-ca",
        policy: CN_POLICY,
        key: KeySpec::Sm2,
        subject: &[(oid::COUNTRY, "CN"), (oid::STATE_OR_PROVINCE, "广东省"), (oid::COMMON_NAME, "张伟")],
        extension: Some(("1.2.156.10260.4.1.1", "440100199001010015")),
        kind: "person",
        level: 3,
    },
    Resident {
        username: "company",
        region: "GD",
        script: "zh-Hans",
        name: "广州演示贸易有限公司",
        authority: "cn-ca",
        policy: CN_POLICY,
        key: KeySpec::Sm2,
        subject: &[
            (oid::COUNTRY, "CN"),
            (oid::ORGANIZATION, "广州演示贸易有限公司"),
            (oid::COMMON_NAME, "广州演示贸易有限公司"),
        ],
        extension: Some(("1.2.156.10260.4.1.4", "91440300123456788M")),
        kind: "company",
        level: 3,
    },
];

/// Somebody who has no account yet: the certificate for a first login.
const NEWCOMER: Resident = Resident {
    username: "newcomer",
    region: "HK",
    script: "Latn",
    name: "WONG Siu Ming",
    authority: "hk-ca",
    policy: HK_POLICY,
    key: KeySpec::Rsa2048,
    subject: &[
        (oid::COUNTRY, "HK"),
        (oid::ORGANIZATION, "Demonstration e-Cert (Personal)"),
        (oid::ORGANIZATIONAL_UNIT, "1000000002"),
        (oid::COMMON_NAME, "WONG Siu Ming"),
    ],
    extension: None,
    kind: "person",
    level: 3,
};

/// A resident as `demo.json` describes one.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) totp_secret: String,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) level: i64,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    pub(super) p12: PathBuf,
    pub(super) p12_password: String,
    pub(super) algorithm: String,
    /// Whether there is an account.
    pub(super) known: bool,
}

/// Makes whoever is missing. Gives all of them, the newcomer last.
pub(super) async fn settle(app: &App, place: &Place) -> Result<Vec<Settled>, Failure> {
    let mut settled = Vec::new();
    for resident in &RESIDENTS {
        let certificate = certificate(app, place, resident).await?;
        register(app, resident, &certificate).await?;
        settled.push(describe(app, place, resident, true));
    }
    certificate(app, place, &NEWCOMER).await?;
    settled.push(describe(app, place, &NEWCOMER, false));
    Ok(settled)
}

fn describe(app: &App, place: &Place, resident: &Resident, known: bool) -> Settled {
    Settled {
        username: resident.username.to_owned(),
        password: password(app, resident.username),
        totp_secret: crate::identity::credential::totp::base32(&totp_secret(app, resident.username)),
        name: resident.name.to_owned(),
        region: resident.region.to_owned(),
        level: resident.level,
        certificate: file(place, resident, "pem"),
        key: file(place, resident, "key"),
        p12: file(place, resident, "p12"),
        p12_password: password(app, resident.username),
        algorithm: resident.key.to_string(),
        known,
    }
}

fn file(place: &Place, resident: &Resident, ending: &str) -> PathBuf {
    place.directory.join("people").join(format!("{}.{ending}", resident.username))
}

fn password(app: &App, username: &str) -> String {
    let derived = app.custody.derived(&format!("demonstration password {username}"));
    let letters: String = derived.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    format!("pearl-{letters}")
}

fn totp_secret(app: &App, username: &str) -> Vec<u8> {
    let derived = app.custody.derived(&format!("demonstration code {username}"));
    crate::id::sha256(derived.as_bytes())[..crate::identity::credential::totp::SECRET_LENGTH].to_vec()
}

/// The resident's certificate: read from its file, or issued by the partner's authority, whose key is here to play it.
async fn certificate(app: &App, place: &Place, resident: &Resident) -> Result<Certificate, Failure> {
    let path = file(place, resident, "pem");
    if let Ok(bytes) = std::fs::read(&path) {
        let ders = crate::pem::read(&bytes, crate::pem::CERTIFICATE).map_err(|why| Failure::unreadable(&path, why))?;
        return Certificate::from_der(ders.first().map_or(&[], Vec::as_slice))
            .map_err(|error| Failure::unreadable(&path, error));
    }
    let key = SoftwareKey::generate(resident.key, &mut crate::rng::fill).map_err(Failure::no)?;
    let issuer = app.ca.issuer(resident.authority).await.map_err(Failure::no)?;
    let now = app.clock.now_seconds();
    let policy = Oid::new(resident.policy).map_err(Failure::no)?;
    let validity = (Time(now.0 - 60), Time(now.0 + 730 * 86_400));
    let (issuer_name, subject) = (issuer.certificate.subject().clone(), Name::from_attributes(resident.subject));
    let mut builder = CertificateBuilder::new(new_serial(), issuer_name, subject, validity, key.public_key().clone())
        .basic_constraints(false, None)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION)
        .extended_key_usage([oid::CLIENT_AUTH, oid::EMAIL_PROTECTION])
        .policies([PolicyInformation::new(policy)])
        .subject_key_id()
        .authority_key_id_of(&issuer.certificate)
        .crl_distribution_points(&[&app.ca.crl_url(resident.authority)])
        .authority_info_access(&[&app.ca.certificate_url(resident.authority)], &[]);
    if let Some((kind, value)) = resident.extension {
        builder = builder.extension(Oid::new(kind).map_err(Failure::no)?, false, printable(value));
    }
    let certificate = app.ca.issue(&issuer, &builder, IssuedFor::house("demonstration")).await.map_err(Failure::no)?;
    write_files(app, place, resident, &key, &certificate, &issuer.certificate)?;
    Ok(certificate)
}

/// PrintableString.
fn printable(value: &str) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap_or(0);
    [&[0x13, length], value.as_bytes()].concat()
}

/// The certificate last: it says that the others are there.
fn write_files(
    app: &App,
    place: &Place,
    resident: &Resident,
    key: &SoftwareKey,
    certificate: &Certificate,
    issuer: &Certificate,
) -> Done {
    let pkcs8 = key.to_pkcs8_der();
    let pem_key = zeroize::Zeroizing::new(pem::encode(&pem::Pem::new("PRIVATE KEY", pkcs8.as_slice())));
    write_secret(&file(place, resident, "key"), pem_key.as_bytes())?;
    if resident.key != KeySpec::Sm2 {
        let archive = pkcs12(resident, &pkcs8, &[certificate, issuer], &password(app, resident.username));
        write_secret(&file(place, resident, "p12"), &archive.map_err(Failure::No)?)?;
    }
    let pem = pem::encode(&pem::Pem::new("CERTIFICATE", certificate.der()));
    write(Path::new(&file(place, resident, "pem")), pem.as_bytes())
}

/// PKCS#12 as browsers import it: PBES2 with AES-256.
fn pkcs12(resident: &Resident, pkcs8: &[u8], chain: &[&Certificate], password: &str) -> Result<Vec<u8>, String> {
    use p12_keystore::{Certificate as Entry, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
    let certificates: Result<Vec<Entry>, _> =
        chain.iter().map(|certificate| Entry::from_der(certificate.der())).collect();
    let certificates = certificates.map_err(|error| error.to_string())?;
    let key = PrivateKey::from_der(pkcs8).map_err(|error| error.to_string())?;
    let mut store = KeyStore::new();
    let id = chain.first().map_or([0; 32], |leaf| *leaf.fingerprint().as_bytes());
    let entry = PrivateKeyChain::new(&id[..20], key, certificates);
    store.add_entry(resident.name, KeyStoreEntry::PrivateKeyChain(entry));
    store.writer(password).write().map_err(|error| error.to_string())
}

/// The account, with password, code and certificate linked; a known one is left alone.
async fn register(app: &App, resident: &Resident, certificate: &Certificate) -> Done {
    let person = NewPerson {
        kind: resident.kind.to_owned(),
        region: resident.region.to_owned(),
        names: BTreeMap::from([(resident.script.to_owned(), resident.name.to_owned())]),
        level: resident.level,
        username: resident.username.to_owned(),
        password: password(app, resident.username),
        totp_secret: totp_secret(app, resident.username),
    };
    app.identity.register(person, certificate).await.map_err(Failure::no)
}
