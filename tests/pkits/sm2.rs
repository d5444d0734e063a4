//! The whole of PKITS once more in SM2: every key becomes an SM2 key, every certificate and list is signed anew by the
//! twin of the key that had signed it. Names, extensions and numbers stay; key identifiers become those of the twins;
//! a signature that NIST broke is broken again. DSA keys, with their own parameters or inherited ones, become plain SM2.
//!
//! It works on DER and not through the engine's readers, which may refuse what NIST wants refused.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use pki::Fingerprint;
use pki::algorithm::{Digest, PublicKey, SignatureAlgorithm};
use pki::key::{KeySpec, Signer, SoftwareKey};

const SEQUENCE: u8 = 0x30;
const EXTENSIONS: [u8; 2] = [0xa0, 0xa3];
/// AlgorithmIdentifiers: SM2 with SM3 as older certificates have it and as GM/T 0015-2023 wants it.
const SM2_ABSENT: [u8; 12] = [SEQUENCE, 10, 6, 8, 42, 129, 28, 207, 85, 1, 131, 117];
const SM2_NULL: [u8; 14] = [SEQUENCE, 12, 6, 8, 42, 129, 28, 207, 85, 1, 131, 117, 5, 0];
const DSA: [u8; 9] = [6, 7, 42, 134, 72, 206, 56, 4, 1];
const DSA_WITH_SHA1: [u8; 9] = [6, 7, 42, 134, 72, 206, 56, 4, 3];
const SUBJECT_KEY_ID: [u8; 5] = [6, 3, 85, 29, 14];
const AUTHORITY_KEY_ID: [u8; 5] = [6, 3, 85, 29, 35];

/// Makes `target/{certs,crls}` of `suite/{certs,crls}`.
pub(crate) fn resign(suite: &Path, target: &Path) {
    let certificates: Vec<_> = read(suite, "certs").into_iter().map(|(name, der)| (name, Signed::read(&der))).collect();
    let twins = Twins::of(certificates.iter().map(|(_, certificate)| certificate));
    write(target, "certs", certificates.iter().map(|(name, signed)| (name, twins.resign(signed, &SM2_ABSENT))));
    let lists: Vec<_> = read(suite, "crls").into_iter().map(|(name, der)| (name, Signed::read(&der))).collect();
    write(target, "crls", lists.iter().map(|(name, signed)| (name, twins.resign(signed, &SM2_NULL))));
}

fn read(suite: &Path, folder: &str) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(suite.join(folder)).unwrap().map(|file| file.unwrap());
    let mut files: Vec<_> =
        files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect();
    files.sort();
    files
}

fn write<'a>(target: &Path, folder: &str, files: impl Iterator<Item = (&'a String, Vec<u8>)>) {
    fs::create_dir_all(target.join(folder)).unwrap();
    files.for_each(|(name, der)| fs::write(target.join(folder).join(name), der).unwrap());
}

/// A certificate or a CRL: the elements of what is signed, and the rest.
struct Signed {
    der: Vec<u8>,
    parts: Vec<Vec<u8>>,
    /// Where in `parts` the signature algorithm stands; of a certificate the subject's key comes four later.
    algorithm: usize,
    is_certificate: bool,
    signature: Vec<u8>,
}

impl Signed {
    fn read(der: &[u8]) -> Self {
        let outer = children(der);
        let parts: Vec<_> = children(outer[0]).into_iter().map(<[u8]>::to_vec).collect();
        let algorithm = parts.iter().position(|part| part[0] == SEQUENCE).unwrap();
        // A serial number, or of a CRL the version, comes first; a CRL has a time right after its issuer.
        let is_certificate = parts[algorithm + 2][0] == SEQUENCE;
        Self { der: outer[0].to_vec(), parts, algorithm, is_certificate, signature: content(outer[2])[1..].to_vec() }
    }

    fn key(&self) -> &[u8] {
        &self.parts[self.algorithm + 4]
    }

    /// The key identifier in this extension, if it is there.
    fn key_id(&self, extension: &[u8]) -> Option<&[u8]> {
        let list = self.parts.last().filter(|last| EXTENSIONS.contains(&last[0]))?;
        let at = list.windows(extension.len()).position(|octets| octets == extension)?;
        // subjectKeyIdentifier ends with its 20 octets; authorityKeyIdentifier begins with [0] and as many.
        let mark: &[u8] = if extension == SUBJECT_KEY_ID { &[4, 20] } else { &[0x80, 20] };
        let id = at + list[at..].windows(2).position(|octets| octets == mark)? + 2;
        list.get(id..id + 20)
    }

    fn is_signed_by(&self, key: &[u8]) -> bool {
        let is_dsa = self.parts[self.algorithm][2..].starts_with(&DSA_WITH_SHA1);
        let algorithm =
            if is_dsa { SignatureAlgorithm::Dsa(Digest::Sha1) } else { SignatureAlgorithm::RsaPkcs1(Digest::Sha256) };
        let key = PublicKey::from_spki_der(key);
        key.is_ok_and(|key| key.verify(algorithm, &self.der, &self.signature).is_ok())
    }
}

/// The SM2 keys of the keys of PKITS, in the order of its files.
struct Twins {
    keys: Vec<Twin>,
    /// Key identifiers, old and new.
    ids: HashMap<Vec<u8>, Vec<u8>>,
}

struct Twin {
    /// The old key as a SubjectPublicKeyInfo, and where it inherits its parameters, completed by each that may be meant.
    old: Vec<Vec<u8>>,
    id: Option<Vec<u8>>,
    new: SoftwareKey,
}

impl Twins {
    fn of<'a>(certificates: impl Iterator<Item = &'a Signed> + Clone) -> Self {
        let parameters: Vec<_> =
            certificates.clone().filter_map(|certificate| dsa_parameters(certificate.key())).collect();
        let (mut keys, mut ids) = (Vec::new(), HashMap::new());
        for certificate in certificates {
            let old = certificate.key();
            let mut seed = |octets: &mut [u8]| octets.copy_from_slice(Fingerprint::of(old).as_bytes());
            let new = SoftwareKey::generate(KeySpec::Sm2, &mut seed).unwrap();
            let id = certificate.key_id(&SUBJECT_KEY_ID).map(<[u8]>::to_vec);
            if let Some(id) = &id {
                ids.insert(id.clone(), new.public_key().key_identifier());
            }
            let completed = parameters.iter().filter_map(|parameters| completed(old, parameters));
            keys.push(Twin { old: [old.to_vec()].into_iter().chain(completed).collect(), id, new });
        }
        Self { keys, ids }
    }

    /// The same in SM2, by the twin of whoever had signed it; if nobody had, by the twin of whom it names, and broken.
    fn resign(&self, signed: &Signed, algorithm: &[u8]) -> Vec<u8> {
        let named = signed.key_id(&AUTHORITY_KEY_ID);
        let is_named = |twin: &&Twin| named.is_some() && twin.id.as_deref() == named;
        let named: Vec<&Twin> = self.keys.iter().filter(is_named).collect();
        let has_signed = |twin: &&&Twin| twin.old.iter().any(|key| signed.is_signed_by(key));
        let all: Vec<&Twin> = named.iter().copied().chain(&self.keys).collect();
        let signer = all.iter().find(has_signed).copied();
        let key = &signer.or(named.first().copied()).unwrap_or_else(|| panic!("nobody has signed")).new;
        let content = self.content(signed, algorithm);
        let mut signature = key.sign(&content).unwrap();
        if signer.is_none() {
            *signature.last_mut().unwrap() ^= 1;
        }
        tlv(SEQUENCE, &[&content, algorithm, &tlv(3, &[&[0], &signature[..]].concat())].concat())
    }

    fn content(&self, signed: &Signed, algorithm: &[u8]) -> Vec<u8> {
        let mut parts = signed.parts.clone();
        parts[signed.algorithm] = algorithm.to_vec();
        if signed.is_certificate {
            let twin = self.keys.iter().find(|twin| twin.old[0] == signed.key()).unwrap();
            parts[signed.algorithm + 4] = twin.new.public_key().spki_der().to_vec();
        }
        if let Some(list) = parts.last_mut().filter(|last| EXTENSIONS.contains(&last[0])) {
            self.rename(list);
        }
        tlv(SEQUENCE, &parts.concat())
    }

    /// Puts the new key identifiers, which are as long, in the place of the old.
    fn rename(&self, extensions: &mut [u8]) {
        for at in 0..extensions.len().saturating_sub(19) {
            if let Some(new) = self.ids.get(&extensions[at..at + 20]) {
                extensions[at..at + 20].copy_from_slice(new);
            }
        }
    }
}

/// The parameters of a DSA key that has some.
fn dsa_parameters(key: &[u8]) -> Option<Vec<u8>> {
    let algorithm = children(children(key)[0]);
    (algorithm[0] == DSA && algorithm.len() > 1).then(|| algorithm[1].to_vec())
}

/// A DSA key without parameters (RFC 3279 §2.3.2) with these.
fn completed(key: &[u8], parameters: &[u8]) -> Option<Vec<u8>> {
    let parts = children(key);
    let inherits = children(parts[0])[..] == [&DSA[..]];
    inherits.then(|| tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&DSA, parameters].concat()), parts[1]].concat()))
}

/// One element: tag, length, content.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..=0x7f => vec![short as u8],
        long @ 0x80..=0xff => vec![0x81, long as u8],
        long => [&[0x82][..], &u16::try_from(long).unwrap().to_be_bytes()].concat(),
    };
    [&[tag][..], &length, content].concat()
}

/// How many octets of an element are tag and length, and how many are its content.
fn lengths(element: &[u8]) -> (usize, usize) {
    match element[1] {
        short @ 0..=0x7f => (2, short.into()),
        long => {
            let octets = usize::from(long & 0x7f);
            let length = element[2..2 + octets].iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            (2 + octets, length)
        }
    }
}

fn content(element: &[u8]) -> &[u8] {
    let (head, length) = lengths(element);
    &element[head..head + length]
}

fn children(element: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut children) = (content(element), Vec::new());
    while !rest.is_empty() {
        let (head, length) = lengths(rest);
        let (child, after) = rest.split_at(head + length);
        children.push(child);
        rest = after;
    }
    children
}
