//! Trust lists, signed by the JDK: read, held to their signature, and asked about past times.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;
#[allow(dead_code)]
#[path = "../examples/trust_list.rs"]
mod trust_list;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::slice;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pki::algorithm::AlgorithmPolicy;
use pki::key::KeySpec;
use pki::trust::{ServiceStatus, TrustList};
use pki::{Certificate, Error, Time};
use support::{Authority, DAY, NOW};

const CA_PKC: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC";
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA_512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";
const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";

/// A recognised CA with the history of the list below.
fn ca() -> &'static Certificate {
    static CA: OnceLock<Certificate> = OnceLock::new();
    CA.get_or_init(|| Authority::root("HK", "Recognised CA", KeySpec::EcdsaP256).certificate)
}

fn period(element: &str, status: &str, from: &str, identity: &str) -> String {
    format!(
        "<{element}><ServiceTypeIdentifier>{CA_PKC}</ServiceTypeIdentifier>
         <ServiceName><Name xml:lang='en'>Recognised CA</Name><Name xml:lang='zh'>认可机构</Name></ServiceName>
         <ServiceDigitalIdentity>{identity}</ServiceDigitalIdentity>
         <ServiceStatus>http://uri.etsi.org/TrstSvc/{status}</ServiceStatus>
         <StatusStartingTime>{from}</StatusStartingTime></{element}>"
    )
}

/// A list with one CA: supervised since 2014, granted since 2016, withdrawn since 2024. Written as awkwardly as XML
/// allows, so that only the canonical form makes it one.
fn list(id: &str) -> String {
    let certificate = STANDARD.encode(ca().der());
    let (first, second) = certificate.split_at(70);
    let identity =
        format!("<DigitalId><X509Certificate>\n{first}\n<!-- a break -->{second}</X509Certificate></DigitalId>");
    let now = period("ServiceInformation", "TrustedList/Svcstatus/withdrawn", "2024-01-01T00:00:00Z", &identity);
    let old = "eSigDir-1999-93-EC-TrustedList/Svcstatus/undersupervision";
    let history = [
        period("ServiceHistoryInstance", "TrustedList/Svcstatus/granted", "2016-07-01T00:00:00Z", ""),
        period("ServiceHistoryInstance", old, "2014-01-01T00:00:00Z", ""),
    ];
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><?before the=\"list\"?>\r\n<!-- not signed -->
        <TrustServiceStatusList xmlns:xs='urn:listed' xmlns:unused='urn:unused' xmlns='http://uri.etsi.org/02231/v2#'
            TSLTag='http://uri.etsi.org/19612/TSLTag'{id}>
        <SchemeInformation>
          <TSLVersionIdentifier>5</TSLVersionIdentifier><TSLSequenceNumber>42</TSLSequenceNumber>
          <SchemeOperatorName><Name xml:lang='en'>Example &amp; Office</Name><Name xml:lang='zh'>示例</Name></SchemeOperatorName>
          <SchemeTerritory>CN-GD</SchemeTerritory>
          <ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime>
          <NextUpdate><dateTime>2026-06-01T00:00:00Z</dateTime></NextUpdate>
          <SchemeExtensions><Extension b='2' a=\"1&#9;&quot;\" xs:c='&lt;3'><none xmlns=''><xs:x/><![CDATA[a<b>&c]]></none>
          </Extension></SchemeExtensions>
        </SchemeInformation>
        <TrustServiceProviderList><TrustServiceProvider>
          <TSPInformation><TSPName><Name xml:lang='en'>Provider</Name></TSPName></TSPInformation>
          <TSPServices><TSPService>{now}<ServiceHistory>{}</ServiceHistory></TSPService></TSPServices>
        </TrustServiceProvider></TrustServiceProviderList>
        </TrustServiceStatusList><?after?>",
        history.concat()
    )
}

/// A signer, and a folder with its key for the JDK.
struct Signer {
    folder: PathBuf,
    certificate: Certificate,
}

impl Signer {
    fn new(test: &str, spec: KeySpec) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trust-list-{test}-{spec}"));
        fs::create_dir_all(&folder).unwrap();
        let signer = Authority::root("CN", "Signer", spec);
        fs::write(folder.join("key"), signer.key.to_pkcs8_der().as_slice()).unwrap();
        fs::write(folder.join("certificate"), signer.certificate.der()).unwrap();
        run(&folder, "openssl", &["pkey", "-inform", "DER", "-in", "key", "-out", "key.pem"]);
        run(&folder, "openssl", &["x509", "-inform", "DER", "-in", "certificate", "-out", "certificate.pem"]);
        let bundle = ["pkcs12", "-export", "-inkey", "key.pem", "-in", "certificate.pem", "-passout", "pass:secret"];
        run(&folder, "openssl", &[&bundle[..], &["-out", "p12"]].concat());
        Self { folder, certificate: signer.certificate }
    }

    /// The documents, each signed.
    fn sign(&self, method: &str, digest: &str, documents: &[String]) -> Vec<String> {
        let java = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/SignList.java");
        let mut arguments: Vec<String> = vec![java.to_str().unwrap().into(), "p12".into(), "secret".into()];
        arguments.extend([method.to_owned(), digest.to_owned()]);
        for (at, document) in documents.iter().enumerate() {
            fs::write(self.folder.join(format!("{at}.in")), document).unwrap();
            arguments.extend([format!("{at}.in"), format!("{at}.out")]);
        }
        run(&self.folder, "java", &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        (0..documents.len()).map(|at| fs::read_to_string(self.folder.join(format!("{at}.out"))).unwrap()).collect()
    }

    fn read(&self, xml: &str) -> Result<TrustList, Error> {
        self.read_at(xml, NOW)
    }

    fn read_at(&self, xml: &str, at: Time) -> Result<TrustList, Error> {
        TrustList::from_signed_xml(xml.as_bytes(), slice::from_ref(&self.certificate), &AlgorithmPolicy::dated(), at)
    }
}

#[track_caller]
fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn at(text: &str) -> Time {
    Time::parse_rfc3339(text).unwrap()
}

fn refusal(signer: &Signer, xml: &str) -> String {
    signer.read(xml).unwrap_err().to_string()
}

#[test]
fn a_list_is_read_when_its_signature_fits_and_knows_its_past() {
    let signer = Signer::new("past", KeySpec::EcdsaP256);
    let signed = signer.sign(&format!("{MORE}ecdsa-sha256"), SHA_256, &[list(""), list(" Id='list'")]);
    for xml in &signed {
        let list = signer.read(xml).unwrap();
        assert_eq!((list.sequence_number, list.territory.as_str()), (42, "CN-GD"));
        assert_eq!(list.operator["en"], "Example & Office");
        let [service] = &list.services[..] else { panic!("{:?}", list.services) };
        assert_eq!(
            (service.provider["en"].as_str(), service.standings[0].name["zh"].as_str()),
            ("Provider", "认可机构")
        );
        let told = ["2013-12-31T23:59:59Z", "2014-01-01T00:00:00Z", "2016-07-01T00:00:00Z", "2023-12-31T23:59:59Z"]
            .map(|time| service.standing_at(at(time)).map(|standing| standing.status.clone()));
        let granted = Some(ServiceStatus::Granted);
        assert_eq!(told, [None, Some(ServiceStatus::Supervised), granted.clone(), granted]);
        let now = service.standing_at(at("2026-01-01T00:00:00Z")).unwrap();
        assert_eq!(now.status, ServiceStatus::Withdrawn);
        assert_eq!(list.granted_at(CA_PKC, at("2020-01-01T00:00:00Z")).collect::<Vec<_>>(), [ca()]);
        assert_eq!(list.granted_at(CA_PKC, at("2025-01-01T00:00:00Z")).count(), 0);
        let told = trust_list::standings(&list, at("2020-01-01T00:00:00Z"));
        assert_eq!(told, [format!("Recognised CA: Granted since 2016-07-01T00:00:00Z, {}", ca().fingerprint())]);
        list.check_current(at("2026-06-01T00:00:00Z")).unwrap();
        let late = list.check_current(at("2026-06-01T00:00:01Z")).unwrap_err();
        assert_eq!(late.code(), "trust_list_expired");
    }
}

#[test]
fn every_algorithm_of_the_table_is_read_as_the_jdk_writes_it() {
    let pss = "http://www.w3.org/2007/05/xmldsig-more#";
    let cases = [
        (KeySpec::EcdsaP384, format!("{MORE}ecdsa-sha384"), format!("{MORE}sha384")),
        (KeySpec::EcdsaP521, format!("{MORE}ecdsa-sha512"), SHA_512.to_owned()),
        (KeySpec::Rsa2048, format!("{MORE}rsa-sha256"), SHA_256.to_owned()),
        (KeySpec::Rsa3072, format!("{pss}sha512-rsa-MGF1"), SHA_512.to_owned()),
    ];
    for (spec, method, digest) in cases {
        let signer = Signer::new("algorithms", spec);
        let signed = signer.sign(&method, &digest, &[list("")]);
        signer.read(&signed[0]).unwrap();
    }
}

#[test]
fn a_list_that_was_changed_or_is_somebody_elses_is_refused() {
    let (signer, other) = (Signer::new("changed", KeySpec::EcdsaP256), Signer::new("other", KeySpec::EcdsaP256));
    let xml = &signer.sign(&format!("{MORE}ecdsa-sha256"), SHA_256, &[list(" Id='list'")])[0];
    signer.read(xml).unwrap();
    assert!(refusal(&other, xml).contains("by CN=Signer,C=CN: the signature"), "{}", refusal(&other, xml));
    let changes = [
        ("withdrawn", "granted"),
        ("2024-01-01", "2034-01-01"),
        ("<xs:x/>", "<xs:y/>"),
        ("urn:listed", "urn:other"),
        ("a<b>", "a<c>"),
    ];
    for (from, to) in changes {
        let changed = xml.replace(from, to);
        assert_ne!(&changed, xml, "{from}");
        assert!(refusal(&signer, &changed).contains("a reference's digest does not fit"), "{from}");
    }
    let moved = xml.replace(">2026-01-01T00:00:00Z</xades:", ">2027-01-01T00:00:00Z</xades:");
    assert!(refusal(&signer, &moved).contains("a reference's digest does not fit"));
    let unknown = TrustList::from_signed_xml(xml.as_bytes(), &[], &AlgorithmPolicy::dated(), NOW).unwrap_err();
    assert!(unknown.to_string().contains("no signer is known"), "{unknown}");
}

/// A key that was stolen writes whatever date it likes: what counts is the time at which the list is read.
#[test]
fn a_list_of_a_signer_that_has_run_out_or_of_tomorrow_is_refused() {
    let signer = Signer::new("dated", KeySpec::EcdsaP256);
    let xml = &signer.sign(&format!("{MORE}ecdsa-sha256"), SHA_256, &[list("")])[0];
    signer.read_at(xml, NOW.plus_seconds(29 * DAY)).unwrap();
    let late = signer.read_at(xml, NOW.plus_seconds(31 * DAY)).unwrap_err().to_string();
    assert!(late.contains("is not valid at 2026-02-01"), "{late}");
    let early = signer.read_at(xml, NOW.plus_seconds(-1)).unwrap_err().to_string();
    assert!(early.contains("will be issued at 2026-01-01"), "{early}");
}

/// A comment is not signed: it may come and go, and parts no value.
#[test]
fn comments_change_nothing() {
    let signer = Signer::new("comments", KeySpec::EcdsaP256);
    let xml = &signer.sign(&format!("{MORE}ecdsa-sha256"), SHA_256, &[list("")])[0];
    let more = xml.replace("CN-GD", "CN<!-- of -->-GD").replace("<!-- not signed -->", "");
    assert_ne!(&more, xml);
    assert_eq!(signer.read(&more).unwrap().territory, "CN-GD");
}

/// The signed list as a part of another one, which would be read in its place.
#[test]
fn a_list_wrapped_around_a_signed_one_is_refused() {
    let signer = Signer::new("wrapped", KeySpec::EcdsaP256);
    let xml = &signer.sign(&format!("{MORE}ecdsa-sha256"), SHA_256, &[list(" Id='list'")])[0];
    let (start, end) = (xml.find("<TrustServiceStatusList").unwrap(), xml.rfind("<?after").unwrap());
    let inner = &xml[start..end];
    let (from, to) = (inner.find("<ds:Signature").unwrap(), inner.find("</ds:Signature>").unwrap() + 15);
    let signature = &inner[from..to];
    let forged = list("").replace("withdrawn", "granted");
    let end_of_list = "</TrustServiceStatusList>";
    let wrapped =
        forged.replace(end_of_list, &format!("{signature}<x>{}</x>{end_of_list}", inner.replace(signature, "")));
    assert!(refusal(&signer, &wrapped).contains("not one element"), "{}", refusal(&signer, &wrapped));
    let nested = forged.replace(end_of_list, &format!("{inner}{end_of_list}"));
    assert!(refusal(&signer, &nested).contains("not one signature"), "{}", refusal(&signer, &nested));
    let unsigned = inner.replace(signature, "");
    assert!(refusal(&signer, &unsigned).contains("not one signature"));
}

#[test]
fn what_is_signed_and_no_list_is_refused_with_its_reason() {
    let signer = Signer::new("signed", KeySpec::EcdsaP256);
    let cases = [
        ("<x/>".to_owned(), "no TrustServiceStatusList"),
        ("<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#'/>".to_owned(), "SchemeInformation"),
        (list("").replace(">42<", ">many<"), "TSLSequenceNumber"),
        (list("").replace("<NextUpdate>", "<Next>").replace("</NextUpdate>", "</Next>"), "NextUpdate"),
        (list("").replace("2016-07-01T", "2016-13-01T"), "StatusStartingTime"),
    ];
    let documents = cases.each_ref().map(|(document, _)| document.clone());
    let signed = signer.sign(&format!("{MORE}ecdsa-sha256"), SHA_256, &documents);
    for (xml, (_, why)) in signed.iter().zip(&cases) {
        let refusal = refusal(&signer, xml);
        assert!(refusal.starts_with("not a trust list: ") && refusal.contains(why), "{refusal}");
    }
}

#[test]
fn what_is_no_list_is_refused_with_its_reason() {
    let signer = Signer::new("malformed", KeySpec::EcdsaP256);
    let deep = format!("<x>{}{}</x>", "<x>".repeat(100_000), "</x>".repeat(100_000));
    let spaces: String = (0..20_000).map(|at| format!(" xmlns:a{at}='urn:{at}'")).collect();
    let wide = format!("<x{spaces}/>");
    let attributes: String = (0..300).map(|at| format!(" a{at}='>'")).collect();
    let attributes = format!("<x{attributes}/>");
    let cases = [
        ("", "root node"),
        (wide.as_str(), "declarations"),
        (attributes.as_str(), "attributes"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "DTD"),
        (deep.as_str(), "deep"),
    ];
    for (xml, why) in cases {
        let refusal = refusal(&signer, xml);
        assert!(refusal.starts_with("not a trust list: ") && refusal.contains(why), "{refusal}");
    }
    let latin = TrustList::from_signed_xml(b"<x>\xe9</x>", &[], &AlgorithmPolicy::dated(), NOW).unwrap_err();
    assert!(latin.to_string().contains("UTF-8"));
}
