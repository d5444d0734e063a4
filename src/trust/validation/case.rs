//! A case in JSON: a line of a batch, or the body of a request.

use std::borrow::Cow;
use std::ops::Deref;

use pki::algorithm::{AlgorithmPolicy, Sm2Ids};
use pki::certificate::extension::KeyUsage;
use pki::path::{
    ExpectedName, GeneralSubtree, InitialSubtrees, PolicyInputs, RevocationMode, RevocationScope, TrustAnchor,
};
use pki::{Certificate, OcspResponse, Oid, Time, oid};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::memory::{Contents, Memory};
use super::question::{self, Question, first_and_rest};
use super::{NotPermitted, Outcome, Unreadable};
use crate::pem;

/// Policies, names, subtrees or bits of a key usage that a case may list: each costs work that no budget of the engine counts.
const LISTED: usize = 100;

/// The anchors are the province's.
const ANCHORS: NotPermitted = NotPermitted {
    code: "anchors_not_permitted",
    message: "anchors: they are the province's own, leave them out",
    rfc: "RFC 5280 §6.1.1 (d)",
};

/// A signature of DSA costs a hundred times as much as others, and no sign-in accepts what the legacy policy does.
const LEGACY: NotPermitted = NotPermitted {
    code: "algorithms_not_permitted",
    message: "algorithms: the command alone judges by the legacy policy, leave it out",
    rfc: "RFC 5280 §4.1.1.2",
};

/// Nothing in a certificate says under which id it was signed: who says so vouches for it.
const SM2_IDS: NotPermitted = NotPermitted {
    code: "sm2_ids_not_permitted",
    message: "sm2_ids: the command alone accepts others than the standard one, leave it out",
    rfc: "GM/T 0009-2012 §10",
};

/// All but `id`, `leaf` and `anchors` may be left out, or null. Certificates, CRLs and OCSP responses are PEM or base64
/// of DER. Members of other names are passed over.
#[derive(Debug, Deserialize)]
pub struct Case<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    leaf: Text<'a>,
    #[serde(borrow)]
    anchors: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    intermediates: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    crls: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    ocsp: Option<Vec<Text<'a>>>,
    at: Option<String>,
    policies: Option<Vec<String>>,
    explicit_policy: Option<bool>,
    inhibit_mapping: Option<bool>,
    inhibit_any_policy: Option<bool>,
    permitted_subtrees: Option<Vec<String>>,
    excluded_subtrees: Option<Vec<String>>,
    purpose: Option<String>,
    key_usage: Option<Vec<String>>,
    names: Option<Vec<String>>,
    revocation: Option<String>,
    revocation_scope: Option<String>,
    known_at: Option<String>,
    max_age: Option<u32>,
    grace: Option<u32>,
    open_ended: Option<u32>,
    algorithms: Option<String>,
    sm2_ids: Option<Vec<String>>,
    max_depth: Option<u32>,
    report: Option<bool>,
}

/// A string that is borrowed from the line where it has no escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A member that is there, even if it is null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

/// The name of a case, whatever else is wrong with it.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
}

impl<'a> Case<'a> {
    /// Reads a case.
    ///
    /// # Errors
    /// It is none.
    pub fn read(json: &'a [u8]) -> Result<Self, Unreadable> {
        Ok(serde_json::from_slice(json)?)
    }

    /// Answers a line of a batch, whatever it is; `now` is the time of validation where none is given.
    pub fn answer(line: &[u8], now: Time, memory: &Memory) -> Outcome {
        let answer = || {
            let case = Case::read(line)?;
            let id = case.id.ok_or_else(|| missing("id"))?;
            let question = case.question(now, memory)?;
            if case.anchors.is_none() {
                return Err(missing("anchors"));
            }
            let answer = question.judge(Some(&memory.edges));
            Ok(Outcome::of(&question, &answer).named(Some(id)))
        };
        answer().unwrap_or_else(|why| Outcome::unreadable(&why).named(Self::name_in(line)))
    }

    /// The id of a case that may not be readable otherwise.
    pub fn name_in(line: &[u8]) -> Option<&RawValue> {
        serde_json::from_slice(line).ok().and_then(|named: Named<'_>| named.id)
    }

    /// The id.
    pub fn id(&self) -> Option<&'a RawValue> {
        self.id
    }

    /// What it says that only who runs the service may.
    pub fn not_permitted(&self) -> Option<NotPermitted> {
        match (self.anchors.as_deref(), self.algorithms.as_deref()) {
            (Some([_, ..]), _) => Some(ANCHORS),
            (_, Some("legacy")) => Some(LEGACY),
            _ if self.sm2_ids.as_ref().is_some_and(|ids| !ids.is_empty()) => Some(SM2_IDS),
            _ => None,
        }
    }

    /// Whether it says which policies are acceptable.
    pub fn has_policies(&self) -> bool {
        self.policies.as_ref().is_some_and(|policies| !policies.is_empty())
    }

    /// Whether it says how fresh evidence must be.
    pub fn has_revocation_policy(&self) -> bool {
        self.known_at.is_some() || self.max_age.is_some() || self.grace.is_some() || self.open_ended.is_some()
    }

    /// Whether it says how revocation is looked into.
    pub fn has_revocation(&self) -> bool {
        self.revocation.is_some()
    }

    /// Reads what the texts hold; `now` is the time of validation where none is given.
    ///
    /// # Errors
    /// The first field that cannot be read.
    pub fn question(&self, now: Time, memory: &Memory) -> Result<Question, Unreadable> {
        let leaf = pem::read_text(&self.leaf, pem::CERTIFICATE).and_then(first_and_rest);
        let (leaf, rest) = leaf.map_err(|why| unreadable_text("leaf", &self.leaf, why))?;
        let at = self.at.as_deref().map(question::time).transpose();
        let mut asked = Question::new(leaf, field("at", "RFC 3339 §5.6", at)?.unwrap_or(now));
        self.check_lists()?;
        self.take_evidence(&rest, &mut asked, memory)?;
        asked.policies = field("policies", "RFC 5280 §6.1.1 (c)", self.policies())?;
        asked.subtrees = InitialSubtrees::new(
            field("permitted_subtrees", "RFC 5280 §6.1.1 (h)", subtrees(&self.permitted_subtrees))?,
            field("excluded_subtrees", "RFC 5280 §6.1.1 (i)", subtrees(&self.excluded_subtrees))?,
        );
        let purpose = self.purpose.as_deref().map_or(Ok(asked.purpose), question::purpose);
        asked.purpose = field("purpose", "RFC 5280 §4.2.1.12", purpose)?;
        asked.key_usage = field("key_usage", "RFC 5280 §4.2.1.3", self.key_usage())?;
        let names = self.names.iter().flatten().map(|name| ExpectedName::parse(name)).collect();
        asked.names = field("names", "RFC 5280 §4.2.1.6", names)?;
        let revocation = self.revocation.as_deref().map_or(Ok(RevocationMode::Off), question::revocation_mode);
        asked.revocation = field("revocation", "RFC 5280 §6.3", revocation)?;
        asked.revocation_scope = field("revocation_scope", "RFC 5280 §6.3", self.revocation_scope())?;
        let known_at = field("known_at", "RFC 3339 §5.6", self.known_at.as_deref().map(question::time).transpose())?;
        let grace = self.grace.unwrap_or_default();
        asked.revocation_policy = question::revocation_policy(known_at, self.max_age, grace, self.open_ended);
        let algorithms = field("algorithms", "RFC 5280 §4.1.1.2", self.algorithms())?;
        asked.algorithms = algorithms.with_sm2_ids(field("sm2_ids", "GM/T 0009-2012 §10", self.sm2_ids())?);
        asked.max_depth = self.max_depth;
        (asked.is_now, asked.report) = (self.at.is_none(), self.report.unwrap_or_default());
        Ok(asked)
    }

    fn check_lists(&self) -> Result<(), Unreadable> {
        for (name, list) in [
            ("policies", &self.policies),
            ("permitted_subtrees", &self.permitted_subtrees),
            ("excluded_subtrees", &self.excluded_subtrees),
            ("key_usage", &self.key_usage),
            ("names", &self.names),
        ] {
            let length = list.as_ref().map_or(0, Vec::len);
            if length > LISTED {
                let why = format!("{length} are listed, {LISTED} may be");
                return Err(Unreadable::field(name, "RFC 8259 §9", why));
            }
        }
        Ok(())
    }

    /// Certificates, CRLs, OCSP responses; what of them is no such thing is passed over.
    fn take_evidence(&self, rest: &[Vec<u8>], asked: &mut Question, memory: &Memory) -> Result<(), Unreadable> {
        let mut extra = Contents::default();
        rest.iter().for_each(|der| extra.add(der, Certificate::from_der));
        let mut notes: Vec<_> = extra.notes("an intermediate").collect();
        asked.extra = extra.found;
        let intermediates = self.intermediates.as_deref().unwrap_or_default();
        let at = |(at, why): (usize, String)| unreadable_text(&place("intermediates", at), &intermediates[at], why);
        let pooled = memory.pool(intermediates).map_err(at)?;
        asked.pool = pooled.pool.clone();
        notes.extend_from_slice(&pooled.notes);
        each("anchors", &self.anchors, |text| {
            let anchors = memory.certificates(text)?;
            asked.anchors.extend(anchors.found.iter().cloned().map(TrustAnchor::new));
            notes.extend(anchors.notes("an anchor"));
            Ok(())
        })?;
        each("crls", &self.crls, |text| {
            let crls = memory.crls(text)?;
            asked.crls.extend_from_slice(&crls.found);
            notes.extend(crls.notes("a CRL"));
            Ok(())
        })?;
        // An OCSP response is about one leaf: it does not come again.
        let mut ocsp = Contents::default();
        each("ocsp", &self.ocsp, |text| {
            pem::read_text(text, pem::OCSP)?.iter().for_each(|der| ocsp.add(der, OcspResponse::from_der));
            Ok(())
        })?;
        notes.extend(ocsp.notes("an OCSP response"));
        (asked.ocsp, asked.passed_over) = (ocsp.found, notes);
        Ok(())
    }

    fn policies(&self) -> Result<PolicyInputs, String> {
        let any = || Ok(vec![oid::ANY_POLICY]);
        let listed = self.policies.as_ref().filter(|list| !list.is_empty());
        let policy = |text: &String| Oid::new(text).map_err(|why| format!("{text:?}: {why}"));
        Ok(PolicyInputs {
            initial_policy_set: listed.map_or_else(any, |list| list.iter().map(policy).collect())?,
            explicit: self.explicit_policy.unwrap_or_default(),
            inhibit_mapping: self.inhibit_mapping.unwrap_or_default(),
            inhibit_any: self.inhibit_any_policy.unwrap_or_default(),
        })
    }

    fn key_usage(&self) -> Result<Option<KeyUsage>, String> {
        let bit = |name: &String| KeyUsage::from_name(name).ok_or_else(|| format!("no key usage {name:?}"));
        let bits = self.key_usage.iter().flatten().map(bit).collect::<Result<Vec<_>, _>>()?;
        Ok(bits.into_iter().reduce(|one, other| one | other))
    }

    fn revocation_scope(&self) -> Result<RevocationScope, String> {
        match self.revocation_scope.as_deref() {
            None | Some("chain") => Ok(RevocationScope::Chain),
            Some("leaf") => Ok(RevocationScope::Leaf),
            Some(other) => Err(format!("{other:?} is none of chain, leaf")),
        }
    }

    fn sm2_ids(&self) -> Result<Sm2Ids, String> {
        match self.sm2_ids.as_deref() {
            None | Some([]) => Ok(Sm2Ids::standard()),
            Some(listed) => Sm2Ids::new(listed.iter().cloned()),
        }
    }

    fn algorithms(&self) -> Result<AlgorithmPolicy, String> {
        match self.algorithms.as_deref() {
            None | Some("default") => Ok(AlgorithmPolicy::dated()),
            Some("legacy") => Ok(AlgorithmPolicy::legacy()),
            Some(other) => Err(format!("{other:?} is none of default, legacy")),
        }
    }
}

fn subtrees(listed: &Option<Vec<String>>) -> Result<Vec<GeneralSubtree>, String> {
    listed.iter().flatten().map(|text| GeneralSubtree::parse(text)).collect()
}

fn missing(name: &str) -> Unreadable {
    Unreadable { message: format!("missing field `{name}`"), rfc: "RFC 8259 §4" }
}

fn field<T>(name: &str, rfc: &'static str, value: Result<T, String>) -> Result<T, Unreadable> {
    value.map_err(|why| Unreadable::field(name, rfc, why))
}

fn place(name: &str, at: usize) -> String {
    format!("{name}[{at}]")
}

/// PEM by RFC 7468, or base64 by RFC 4648.
fn unreadable_text(name: &str, text: &str, why: String) -> Unreadable {
    let rfc = if text.contains("-----BEGIN") { "RFC 7468 §3" } else { "RFC 4648 §4" };
    Unreadable::field(name, rfc, why)
}

fn each(
    name: &str,
    texts: &Option<Vec<Text<'_>>>,
    mut take: impl FnMut(&str) -> Result<(), String>,
) -> Result<(), Unreadable> {
    for (at, text) in texts.iter().flatten().enumerate() {
        take(text).map_err(|why| unreadable_text(&place(name, at), text, why))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn answer(line: &str) -> Value {
        serde_json::from_str(&Case::answer(line.as_bytes(), Time(0), &Memory::default()).to_json()).unwrap()
    }

    fn case(name: &str, value: Value) -> String {
        let mut case = json!({"id": 1, "leaf": "MAA=", "anchors": []});
        case[name] = value;
        case.to_string()
    }

    #[test]
    fn a_field_that_cannot_be_read_is_named_with_its_section() {
        for (name, value, rfc) in [
            ("leaf", json!("*"), "RFC 4648 §4"),
            ("leaf", json!("-----BEGIN X-----"), "RFC 7468 §3"),
            ("leaf", json!(""), "RFC 4648 §4"),
            ("anchors", json!(["*"]), "RFC 4648 §4"),
            ("intermediates", json!(["MAA=", "*"]), "RFC 4648 §4"),
            ("crls", json!(["*"]), "RFC 4648 §4"),
            ("ocsp", json!(["*"]), "RFC 4648 §4"),
            ("at", json!("yesterday"), "RFC 3339 §5.6"),
            ("policies", json!(["1"]), "RFC 5280 §6.1.1 (c)"),
            ("permitted_subtrees", json!(["dns:*.example.org"]), "RFC 5280 §6.1.1 (h)"),
            ("excluded_subtrees", json!(["ip:10.0.0.1/8"]), "RFC 5280 §6.1.1 (i)"),
            ("purpose", json!("fun"), "RFC 5280 §4.2.1.12"),
            ("key_usage", json!(["sing"]), "RFC 5280 §4.2.1.3"),
            ("names", json!(["example.org"]), "RFC 5280 §4.2.1.6"),
            ("revocation", json!("maybe"), "RFC 5280 §6.3"),
            ("revocation_scope", json!("root"), "RFC 5280 §6.3"),
            ("known_at", json!("tomorrow"), "RFC 3339 §5.6"),
            ("algorithms", json!("all"), "RFC 5280 §4.1.1.2"),
            ("sm2_ids", json!(["1", "2", "3", "4", "5"]), "GM/T 0009-2012 §10"),
        ] {
            let found = answer(&case(name, value));
            let error = &found["error"];
            assert_eq!((&found["id"], error["code"].as_str()), (&json!(1), Some("malformed_input")), "{found}");
            assert_eq!(error["rfc"], rfc, "{found}");
            assert!(error["message"].as_str().unwrap().starts_with(name), "{found}");
        }
        for (name, value) in [("max_depth", json!(-1)), ("explicit_policy", json!("yes")), ("names", json!("dns:a"))] {
            let found = answer(&case(name, value));
            assert_eq!((&found["error"]["code"], &found["id"]), (&json!("malformed_input"), &json!(1)), "{found}");
        }
    }

    #[test]
    fn a_list_is_bounded() {
        let dns = "dns:example.org";
        let lists = [("policies", "1.2.3"), ("key_usage", "crl_sign"), ("names", dns)];
        for (name, one) in lists.into_iter().chain([("permitted_subtrees", dns), ("excluded_subtrees", dns)]) {
            let code = |count: usize| answer(&case(name, json!(vec![one; count])))["error"].clone();
            assert_eq!(code(100)["code"], "malformed_certificate", "{name}");
            let refused = code(101);
            assert_eq!((&refused["code"], &refused["rfc"]), (&json!("malformed_input"), &json!("RFC 8259 §9")));
            assert!(refused["message"].as_str().unwrap().starts_with(name), "{refused}");
        }
    }

    #[test]
    fn what_must_be_there_is_missed_by_name() {
        for name in ["id", "leaf", "anchors"] {
            let mut case = json!({"id": 1, "leaf": "MAA=", "anchors": []});
            case.as_object_mut().unwrap().remove(name);
            let found = answer(&case.to_string());
            let message = found["error"]["message"].as_str().unwrap();
            assert!(found["error"]["code"] == "malformed_input" && message.contains(name), "{found}");
        }
    }

    #[test]
    fn null_is_absent_and_other_members_are_passed_over() {
        for name in
            ["intermediates", "crls", "ocsp", "at", "policies", "purpose", "key_usage", "names", "grace", "max_depth"]
        {
            assert_eq!(answer(&case(name, Value::Null))["error"]["code"], "malformed_certificate", "{name}");
        }
        assert_eq!(answer(&case("comment", json!({"a": [1]})))["error"]["code"], "malformed_certificate");
    }

    #[test]
    fn an_id_comes_back_as_it_was_written() {
        for id in ["null", "\"\\u4e2d\"", "1.50", "123456789012345678901234567890", "{\"a\":[1, 2]}"] {
            let line = format!("{{\"id\":{id},\"leaf\":\"MAA=\",\"anchors\":[]}}");
            let found = Case::answer(line.as_bytes(), Time(0), &Memory::default()).to_json();
            assert!(found.starts_with(&format!("{{\"id\":{id},\"valid\":false")), "{found}");
        }
    }
}
