//! What stands on the command line, and the files that it names.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use pki::algorithm::{AlgorithmPolicy, Sm2Ids};
use pki::path::{
    Detail, ExpectedName, GeneralSubtree, InitialSubtrees, PolicyInputs, Purpose, RevocationMode, TrustAnchor,
};
use pki::{Certificate, CertificateList, OcspResponse, Oid, Time, oid};

use crate::pem;
use crate::trust::validation::{Contents, Question, first_and_rest, purpose, revocation_mode, revocation_policy, time};

/// Files are PEM or DER; PEM may hold several, and so may a certs-only CMS message (.p7b, .p7c) of anchors,
/// intermediates or CRLs.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The certificate to judge; further ones in the same file are intermediates
    #[arg(value_name = "LEAF", required_unless_present = "batch")]
    leaf: Option<PathBuf>,
    /// Read cases as JSON lines from standard input, write results as JSON lines
    #[arg(long, conflicts_with_all = ["leaf", "anchor", "intermediate", "crl", "ocsp", "at", "policy",
        "explicit_policy", "inhibit_mapping", "inhibit_any_policy", "permitted", "excluded", "purpose", "name", "revocation", "known_at", "max_age", "grace", "open_ended", "sm2_id", "max_depth",
        "report"])]
    pub(super) batch: bool,
    /// Trust the certificates in FILE
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    /// Certificates that may lead to an anchor, in any order
    #[arg(long, value_name = "FILE")]
    intermediate: Vec<PathBuf>,
    /// Certificate revocation lists
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// OCSP responses
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    /// The time of validation, now if it is not given
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    at: Option<Time>,
    /// An acceptable certificate policy, any if none is given
    #[arg(long, value_name = "OID", value_parser = policy)]
    policy: Vec<Oid>,
    /// A policy must hold along the whole path
    #[arg(long)]
    explicit_policy: bool,
    /// Policy mappings do not count
    #[arg(long)]
    inhibit_mapping: bool,
    /// anyPolicy stands for no other
    #[arg(long)]
    inhibit_any_policy: bool,
    /// Names of this form must lie in this subtree (or another permitted one), on the whole path: dns:HOST, email: or
    /// uri: with HOST, .DOMAIN or MAILBOX, ip:ADDRESS/LENGTH, dn:RFC4514 or srv:_SERVICE.HOST
    #[arg(long, value_name = "TYPE:VALUE", value_parser = GeneralSubtree::parse)]
    permitted: Vec<GeneralSubtree>,
    /// No name of the path may lie in this subtree
    #[arg(long, value_name = "TYPE:VALUE", value_parser = GeneralSubtree::parse)]
    excluded: Vec<GeneralSubtree>,
    /// any, server-auth, client-auth, email, code-signing, time-stamping, ocsp-signing or document-signing
    #[arg(long, default_value = "any", value_parser = purpose)]
    purpose: Purpose,
    /// A name that the certificate must have: dns:NAME, ip:ADDR, email:ADDR or dn:RFC4514
    #[arg(long, value_parser = ExpectedName::parse)]
    name: Vec<ExpectedName>,
    /// off, best-effort or require
    #[arg(long, value_name = "MODE", default_value = "off", value_parser = revocation_mode)]
    revocation: RevocationMode,
    /// Count CRLs and OCSP responses that were made after the time of validation, until this time
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    known_at: Option<Time>,
    /// How old CRLs and OCSP responses may be, however late the next is due
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u32>,
    /// How long CRLs and OCSP responses count after the next was due
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    grace: u32,
    /// How long an OCSP response counts that does not say when the next is due; 0 is not at all (RFC 9919)
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    open_ended: u32,
    /// Accept SM2 signatures under this signer's id, which may be empty, and under no other that is not given
    #[arg(long, value_name = "ID", default_value = "1234567812345678")]
    sm2_id: Vec<String>,
    /// How many non-self-issued intermediates there may be
    #[arg(long, value_name = "N")]
    max_depth: Option<u32>,
    /// Tell what was checked: what went wrong, or all of it
    #[arg(long, value_name = "HOW_MUCH")]
    report: Option<HowMuch>,
}

/// How much a report tells.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum HowMuch {
    /// Of the checks, those that were not passed
    Short,
    /// All of it
    Full,
}

impl Options {
    /// Reads the files.
    pub(super) fn read_question(&self, now: Time) -> Result<Question, String> {
        // clap has made sure that there is a leaf where there is no batch.
        let leaf_file = self.leaf.as_deref().ok_or("no certificate is given")?;
        let (leaf, rest) = first_and_rest(objects(leaf_file, |bytes| pem::read(bytes, pem::CERTIFICATE))?)?;
        let (mut intermediates, mut anchors) = (Contents::default(), Contents::default());
        let (mut crls, mut ocsp) = (Contents::default(), Contents::default());
        rest.iter().for_each(|der| intermediates.add(der, Certificate::from_der));
        each(&self.intermediate, pem::certificates, |der| intermediates.add(der, Certificate::from_der))?;
        each(&self.anchor, pem::certificates, |der| anchors.add(der, Certificate::from_der))?;
        each(&self.crl, pem::crls, |der| crls.add(der, CertificateList::from_der))?;
        each(&self.ocsp, |bytes| pem::read(bytes, pem::OCSP), |der| ocsp.add(der, OcspResponse::from_der))?;
        let passed_over = intermediates.notes("an intermediate").chain(anchors.notes("an anchor"));
        let passed_over = passed_over.chain(crls.notes("a CRL")).chain(ocsp.notes("an OCSP response"));
        Ok(Question {
            passed_over: passed_over.collect(),
            extra: intermediates.found,
            anchors: anchors.found.into_iter().map(TrustAnchor::new).collect(),
            crls: crls.found,
            ocsp: ocsp.found,
            policies: self.policies(),
            subtrees: InitialSubtrees::new(self.permitted.clone(), self.excluded.clone()),
            purpose: self.purpose,
            names: self.name.clone(),
            revocation: self.revocation,
            revocation_policy: revocation_policy(self.known_at, self.max_age, self.grace, Some(self.open_ended)),
            algorithms: AlgorithmPolicy::dated().with_sm2_ids(Sm2Ids::new(self.sm2_id.clone())?),
            max_depth: self.max_depth,
            is_now: self.at.is_none(),
            report: self.report.is_some(),
            ..Question::new(leaf, self.at.unwrap_or(now))
        })
    }

    /// How much of a report is wanted, if one is.
    pub(super) fn detail(&self) -> Option<Detail> {
        self.report.map(|how_much| match how_much {
            HowMuch::Short => Detail::Short,
            HowMuch::Full => Detail::Full,
        })
    }

    fn policies(&self) -> PolicyInputs {
        let any = self.policy.is_empty();
        PolicyInputs {
            initial_policy_set: if any { vec![oid::ANY_POLICY] } else { self.policy.clone() },
            explicit: self.explicit_policy,
            inhibit_mapping: self.inhibit_mapping,
            inhibit_any: self.inhibit_any_policy,
        }
    }
}

fn policy(text: &str) -> Result<Oid, String> {
    Oid::new(text).map_err(|why| format!("{text:?} is no object identifier: {why}"))
}

fn read_file(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|why| format!("{}: {why}", file.display()))
}

/// What a file holds, read by the rules of its kind.
fn objects(file: &Path, read: impl Fn(&[u8]) -> Result<Vec<Vec<u8>>, String>) -> Result<Vec<Vec<u8>>, String> {
    read(&read_file(file)?).map_err(|why| format!("{}: {why}", file.display()))
}

fn each(
    files: &[PathBuf],
    read: impl Fn(&[u8]) -> Result<Vec<Vec<u8>>, String>,
    mut take: impl FnMut(&[u8]),
) -> Result<(), String> {
    for file in files {
        objects(file, &read)?.iter().for_each(|der| take(der));
    }
    Ok(())
}
