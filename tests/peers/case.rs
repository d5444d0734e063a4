//! The cases: which chain, asked how, and what must come out; one row a case.

use pki::algorithm::AlgorithmPolicy;
use pki::path::{self, PolicyInputs, Purpose, RevocationMode, TrustAnchor, ValidationRequest};
use pki::{Certificate, CertificateList, Oid, Time};

use crate::province::{HONG_KONG, Lists, MACAO, MAINLAND, PROVINCIAL, Province, STRANGE};

/// A peer's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Good, under these policies of the anchor's domain.
    Accepted(Vec<String>),
    /// Not good; the peer's own words.
    Refused(String),
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Engine,
    OpenSsl,
    Jdk,
    BouncyCastle,
}

/// Why a chain is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Expired,
    Forged,
    Name,
    NoPath,
    PathLength,
    Policy,
    Purpose,
    Revoked,
    Unknown,
}

impl Why {
    /// What a peer says when it means this, in the order of [`Peer`]. A PKIX validator is handed a path and
    /// does not look for one: where there is none, it stumbles over what it happens to check first.
    fn words(self) -> [&'static str; 4] {
        match self {
            Self::Expired => ["certificate_expired", "error 10:", "EXPIRED:", "certificate expired on"],
            Self::Forged => {
                ["signature_invalid", "error 7:", "INVALID_SIGNATURE:", "Could not validate certificate signature."]
            }
            Self::Name => ["name_constraint_violated", "error 47:", "INVALID_NAME:", "Subtree check"],
            Self::NoPath => ["unknown_issuer", "error 20:", "", ""],
            Self::PathLength => ["path_length_exceeded", "error 25:", "PATH_TOO_LONG:", "Max path length"],
            Self::Policy => ["policy_not_permitted", "error 43:", "INVALID_POLICY:", "policy"],
            Self::Purpose => {
                ["purpose_not_permitted", "error 26:", "target certificate constraints", "targetConstraints"]
            }
            Self::Revoked => ["certificate_revoked", "error 23:", "REVOKED:", "Certificate revocation after"],
            Self::Unknown => ["revocation_unknown", "error 3:", "UNDETERMINED_REVOCATION_STATUS:", "No CRLs found"],
        }
    }
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) leaf: &'static str,
    /// The certificates between leaf and anchor.
    pub(crate) chain: &'static [&'static str],
    pub(crate) anchor: &'static str,
    /// The policy that is asked for.
    pub(crate) policy: &'static str,
    /// Whose lists are at hand, as they were when; none is no look at revocation.
    pub(crate) crls: &'static [&'static str],
    pub(crate) lists: Lists,
    pub(crate) refused: Option<Why>,
}

impl Case {
    /// The files of its lists.
    pub(crate) fn crl_files(&self) -> Vec<String> {
        self.crls.iter().map(|authority| self.lists.file(authority)).collect()
    }

    /// Whether the answer is the expected one: the policy asked for, or the reason in the peer's words.
    pub(crate) fn is_met(&self, peer: Peer, answer: &Answer) -> bool {
        match (self.refused, answer) {
            (None, Answer::Accepted(policies)) => policies[..] == [self.policy],
            (Some(why), Answer::Refused(words)) => words.contains(why.words()[peer as usize]),
            _ => false,
        }
    }

    /// Whether the trust service was asked the same: the provincial policy, a provincial root, every list at hand.
    pub(crate) fn is_for_the_service(&self) -> bool {
        self.policy == PROVINCIAL && self.anchor.starts_with("gd-") && self.crls.len() > self.chain.len()
    }

    const fn bridged(
        name: &'static str,
        leaf: &'static str,
        chain: &'static [&'static str],
        crls: &'static [&'static str],
    ) -> Self {
        let (anchor, lists) = ("gd-root-p256", Lists::Granted);
        Self { name, leaf, chain, anchor, policy: PROVINCIAL, crls, lists, refused: None }
    }

    const fn hong_kong(name: &'static str, leaf: &'static str) -> Self {
        Self::bridged(name, leaf, &["hk-cross", "gd-bridge-p256"], &["hk-ca", "gd-bridge-p256", "gd-root-p256"])
    }

    const fn macao(name: &'static str, leaf: &'static str) -> Self {
        Self::bridged(name, leaf, &["mo-cross", "gd-bridge-p256"], &["mo-ca", "gd-bridge-p256", "gd-root-p256"])
    }

    const fn mainland(name: &'static str, leaf: &'static str) -> Self {
        let chain = &["cn-cross", "gd-bridge-sm2"];
        let bridged = Self::bridged(name, leaf, chain, &["cn-ca", "gd-bridge-sm2", "gd-root-sm2"]);
        Self { anchor: "gd-root-sm2", ..bridged }
    }

    const fn refused(self, why: Why) -> Self {
        Self { refused: Some(why), ..self }
    }

    const fn for_policy(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }

    const fn with_crls(self, crls: &'static [&'static str]) -> Self {
        Self { crls, ..self }
    }

    const fn after(self) -> Self {
        Self { lists: Lists::Withdrawn, ..self }
    }
}

/// Chains of RSA and ECDSA.
pub(crate) const CLASSIC: [Case; 30] = [
    Case::hong_kong("Hong Kong, without a look at revocation", "hk").with_crls(&[]),
    Case::hong_kong("Hong Kong", "hk"),
    Case::hong_kong("Hong Kong, an ECDSA key", "hk-ecdsa"),
    Case::hong_kong("a policy that nobody knows", "hk").for_policy(STRANGE).refused(Why::Policy),
    Case::hong_kong("the partner's policy is not ours", "hk").for_policy(HONG_KONG).refused(Why::Policy),
    Case::hong_kong("a policy that no record names", "hk-unmapped").refused(Why::Policy),
    Case::hong_kong("the provincial policy, claimed by the partner", "hk-presuming").refused(Why::Policy),
    Case::hong_kong("anyPolicy", "hk-any").refused(Why::Policy),
    Case::hong_kong("no policy", "hk-none").refused(Why::Policy),
    Case::hong_kong("Hong Kong certifies Macao", "hk-abroad").refused(Why::Name),
    Case::hong_kong("for e-mail only", "hk-mail").refused(Why::Purpose),
    Case::hong_kong("expired", "hk-expired").refused(Why::Expired),
    Case::hong_kong("signed by another key", "hk-forged").refused(Why::Forged),
    Case::hong_kong("revoked by its own authority", "hk-lost").refused(Why::Revoked),
    Case::hong_kong("the same, without a look at revocation", "hk-lost").with_crls(&[]),
    Case::hong_kong("no list of the bridge", "hk").with_crls(&["hk-ca", "gd-root-p256"]).refused(Why::Unknown),
    Case::hong_kong("no list of the partner", "hk")
        .with_crls(&["gd-bridge-p256", "gd-root-p256"])
        .refused(Why::Unknown),
    Case::hong_kong("Hong Kong, after its record was withdrawn", "hk").after().refused(Why::Revoked),
    Case { chain: &["hk-deeper-ca", "hk-cross", "gd-bridge-p256"], ..Case::hong_kong("an authority below", "hk-deep") }
        .with_crls(&[])
        .refused(Why::PathLength),
    Case { chain: &["hk-ca-new", "gd-bridge-p256"], ..Case::hong_kong("not listed", "hk-unlisted") }
        .with_crls(&[])
        .refused(Why::NoPath),
    Case { chain: &["mo-cross", "gd-bridge-p256"], ..Case::hong_kong("across Macao's branch", "hk") }
        .with_crls(&[])
        .refused(Why::NoPath),
    Case { anchor: "mo-root", ..Case::hong_kong("towards another root", "hk") }.with_crls(&[]).refused(Why::NoPath),
    Case::macao("Macao", "mo"),
    Case::macao("another partner's policy", "mo-unmapped").refused(Why::Policy),
    Case::macao("Macao certifies Hong Kong", "mo-abroad").refused(Why::Name),
    Case::macao("Macao, after its cross-certificate was revoked", "mo").after().refused(Why::Revoked),
    Case { chain: &["hk-ca"], anchor: "hk-root", ..Case::hong_kong("Hong Kong at home", "hk") }
        .for_policy(HONG_KONG)
        .with_crls(&["hk-ca", "hk-root"]),
    Case { chain: &["mo-ca"], anchor: "mo-root", ..Case::macao("Macao at home", "mo") }
        .for_policy(MACAO)
        .with_crls(&["mo-ca", "mo-root"]),
    Case::bridged("our own, ECDSA", "own-ecdsa", &["gd-ca-p256"], &["gd-ca-p256", "gd-root-p256"]),
    Case::bridged("our own, RSA", "own-rsa", &["gd-ca-p256"], &["gd-ca-p256", "gd-root-p256"]),
];

/// Chains of SM2.
pub(crate) const SM2: [Case; 14] = [
    Case::mainland("mainland, without a look at revocation", "cn").with_crls(&[]),
    Case::mainland("mainland", "cn"),
    Case::mainland("mainland, a policy that nobody knows", "cn").for_policy(STRANGE).refused(Why::Policy),
    Case::mainland("mainland, a policy that is not mapped", "cn-unmapped").refused(Why::Policy),
    Case::mainland("the mainland certifies Hong Kong", "cn-abroad").refused(Why::Name),
    Case::mainland("mainland, expired", "cn-expired").refused(Why::Expired),
    Case::mainland("mainland, signed by another key", "cn-forged").refused(Why::Forged),
    Case::mainland("mainland, revoked by its own authority", "cn-lost").refused(Why::Revoked),
    Case::mainland("mainland, no list of the bridge", "cn").with_crls(&["cn-ca", "gd-root-sm2"]).refused(Why::Unknown),
    Case::mainland("mainland, after its record was withdrawn", "cn").after().refused(Why::Revoked),
    Case { anchor: "gd-root-p256", ..Case::mainland("mainland, towards the other root", "cn") }
        .with_crls(&[])
        .refused(Why::NoPath),
    Case { chain: &["cn-ca"], anchor: "cn-root", ..Case::mainland("mainland at home", "cn") }
        .for_policy(MAINLAND)
        .with_crls(&["cn-ca", "cn-root"]),
    Case { chain: &["gd-ca-sm2"], ..Case::mainland("our own, SM2", "own-sm2") }
        .with_crls(&["gd-ca-sm2", "gd-root-sm2"]),
    Case { chain: &["gd-ca-sm2"], ..Case::mainland("our own, SM2, after", "own-sm2") }
        .with_crls(&["gd-ca-sm2", "gd-root-sm2"])
        .after(),
];

/// The answer of our own engine, given what the peers are given.
pub(crate) fn engine(province: &Province, case: &Case, at: Time) -> Answer {
    let leaf = province.certificate(case.leaf);
    let chain: Vec<Certificate> = case.chain.iter().map(|name| province.certificate(name).clone()).collect();
    let anchors = [TrustAnchor::new(province.certificate(case.anchor).clone())];
    let crls: Vec<CertificateList> = case.crls.iter().map(|name| province.crl(case.lists, name).clone()).collect();
    let algorithms = AlgorithmPolicy::default();
    let mut request = ValidationRequest::new(leaf, &chain, &anchors, at, &algorithms);
    let initial_policy_set = vec![Oid::new(case.policy).unwrap()];
    request.policies = PolicyInputs { initial_policy_set, explicit: true, ..PolicyInputs::default() };
    request.purpose = Purpose::ClientAuth;
    request.crls = &crls;
    request.revocation = if crls.is_empty() { RevocationMode::Off } else { RevocationMode::Require };
    match path::validate(&request) {
        Ok(valid) => Answer::Accepted(valid.policies.iter().map(ToString::to_string).collect()),
        Err(invalid) => Answer::Refused(invalid.error.code().to_owned()),
    }
}
