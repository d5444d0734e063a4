//! SM2 signatures by OpenSSL under several ids of the signer: a question accepts those under the ids that its policy lists.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pki::algorithm::{AlgorithmPolicy, Sm2Ids};
use pki::path::{RevocationMode, TrustAnchor, ValidationRequest, VerifiedEdges};
use pki::{Certificate, CertificateList, CertificateRequest, Time, path};

const STANDARD: &str = "1234567812345678";

/// What OpenSSL before 4.0 signs under if it is not told, what GM/T 0009 has, and what somebody may have agreed on.
const IDS: [&str; 3] = ["", STANDARD, "ca@example.org"];

const CONFIGURATION: &str = "[ca]\ndefault_ca=a\n[a]\ndatabase=index\ncrlnumber=number\ndefault_md=sm3\n\
    default_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n[req]\ndistinguished_name=d\n[d]\n\
    [v3]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n\
    [leaf]\nkeyUsage=critical,digitalSignature\n";

/// root → intermediate → leaf, all of SM2.
struct World(PathBuf);

impl World {
    /// Signs everything under one id.
    fn signed_under(test: &str, id: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("openssl.cnf"), CONFIGURATION).unwrap();
        fs::write(folder.join("index"), "").unwrap();
        fs::write(folder.join("number"), "01").unwrap();
        let world = Self(folder);
        for name in ["root", "intermediate", "leaf"] {
            world.done(&["genpkey", "-algorithm", "SM2", "-out", &format!("{name}.key")]);
            let mut request = vec!["req", "-new", "-sm3", "-config", "openssl.cnf", "-key"];
            let (key, csr, subject) = (format!("{name}.key"), format!("{name}.csr"), format!("/C=CN/CN={name}"));
            request.extend([key.as_str(), "-out", &csr, "-subj", &subject]);
            world.done(&[&request[..], &signed_under(id)].concat());
        }
        let sign = |options: &[&str], out: &str| {
            let begin = ["x509", "-req", "-sm3", "-extfile", "openssl.cnf", "-days", "2", "-out", out];
            world.done(&[&begin[..], options, &signed_under(id)].concat());
        };
        let vouched = format!("distid:{id}");
        let by = |issuer: &'static [&'static str], more: &[&'static str]| {
            sign(&[issuer, more, &["-vfyopt", &vouched]].concat(), more[1].replace("csr", "pem").as_str());
        };
        by(&["-signkey", "root.key"], &["-in", "root.csr", "-extensions", "v3"]);
        let by_root = &["-set_serial", "2", "-CA", "root.pem", "-CAkey", "root.key"];
        by(by_root, &["-in", "intermediate.csr", "-extensions", "v3"]);
        let by_it = &["-set_serial", "3", "-CA", "intermediate.pem", "-CAkey", "intermediate.key"];
        by(by_it, &["-in", "leaf.csr", "-extensions", "leaf"]);
        world
    }

    fn openssl(&self, arguments: &[&str]) -> Output {
        Command::new("openssl").args(arguments).current_dir(&self.0).output().unwrap()
    }

    fn done(&self, arguments: &[&str]) {
        let output = self.openssl(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn der(&self, kind: &str, name: &str) -> Vec<u8> {
        self.done(&[kind, "-in", name, "-outform", "DER", "-out", "der"]);
        fs::read(self.0.join("der")).unwrap()
    }

    fn certificate(&self, name: &str) -> Certificate {
        Certificate::from_der(&self.der("x509", name)).unwrap()
    }

    fn crl(&self, of: &str, id: &str) -> CertificateList {
        let (key, certificate) = (format!("{of}.key"), format!("{of}.pem"));
        let list =
            ["ca", "-gencrl", "-config", "openssl.cnf", "-keyfile", &key, "-cert", &certificate, "-out", "crl.pem"];
        self.done(&[&list[..], &signed_under(id)].concat());
        CertificateList::from_der(&self.der("crl", "crl.pem")).unwrap()
    }
}

/// OpenSSL's own default is the empty id.
fn signed_under(id: &str) -> Vec<&str> {
    match id {
        "" => vec![],
        STANDARD => vec!["-sigopt", "distid:1234567812345678"],
        _ => vec!["-sigopt", "distid:ca@example.org"],
    }
}

fn policy(ids: &[&str]) -> AlgorithmPolicy {
    AlgorithmPolicy::dated().with_sm2_ids(Sm2Ids::new(ids.iter().map(ToString::to_string)).unwrap())
}

#[test]
fn a_signature_counts_under_the_listed_ids_alone_as_openssl_has_it() {
    for signed in IDS {
        let world = World::signed_under(&format!("sm2_ids_{}", signed.len()), signed);
        let (leaf, issuer) = (world.certificate("leaf.pem"), world.certificate("intermediate.pem"));
        let request = CertificateRequest::from_der(&world.der("req", "leaf.csr")).unwrap();
        assert_eq!(leaf.verify_signature(issuer.public_key()).is_ok(), signed == STANDARD);
        for id in IDS {
            let option = format!("distid:{id}");
            let verify = ["verify", "-partial_chain", "-vfyopt", &option, "-trusted", "intermediate.pem", "leaf.pem"];
            let theirs = world.openssl(&verify).status.success();
            let ids = policy(&[id]).sm2_ids;
            let ours = leaf.verify_signature(issuer.public_key().under(&ids)).is_ok();
            assert_eq!((ours, theirs), (signed == id, signed == id), "signed under {signed:?}, asked under {id:?}");
            assert_eq!(request.verify_self_signature_under(&ids).is_ok(), signed == id);
        }
        // Each of several is tried, before and after the key is prepared.
        for _ in 0..12 {
            let all = policy(&["", "nobody", STANDARD, "ca@example.org"]).sm2_ids;
            assert!(leaf.verify_signature(issuer.public_key().under(&all)).is_ok());
            assert!(leaf.verify_signature(issuer.public_key().under(&policy(&["nobody"]).sm2_ids)).is_err());
        }
    }
}

/// Neither a signature of a CA nor that of a CRL that was believed in one question is in another that does not accept its
/// id, nor the other way round.
#[test]
fn what_is_remembered_under_one_id_does_not_count_under_another() {
    for signed in ["", STANDARD] {
        let world = World::signed_under(&format!("sm2_ids_memory_{}", signed.len()), signed);
        let [root, intermediate, leaf] =
            ["root.pem", "intermediate.pem", "leaf.pem"].map(|name| world.certificate(name));
        let crls = [world.crl("root", signed), world.crl("intermediate", signed)];
        let (heap, anchors, edges) = ([intermediate], [TrustAnchor::new(root)], VerifiedEdges::new(10));
        let at = Time(crls[1].this_update().0.max(leaf.not_before().0));
        let ask = |ids: &[&str]| {
            let algorithms = policy(ids);
            let mut request = ValidationRequest::new(&leaf, &heap, &anchors, at, &algorithms);
            (request.edges, request.crls, request.revocation) = (Some(&edges), &crls, RevocationMode::Require);
            let verdict = path::validate(&request);
            verdict.map(|valid| valid.signatures_remembered).map_err(|invalid| invalid.error.code())
        };
        let other = if signed.is_empty() { STANDARD } else { "" };
        assert_eq!(ask(&[other]), Err("signature_invalid"));
        assert_eq!(ask(&[signed]), Ok(0));
        assert_eq!(ask(&[signed]), Ok(3), "one of a CA and two of CRLs");
        assert_eq!(ask(&[other]), Err("signature_invalid"));
        assert_eq!(ask(&[other, signed]), Ok(0), "another list is another question");
    }
}
