//! Identity profiles: where a certification authority puts who its subscriber is. One TOML file a record, so that a new
//! authority needs no release, and every authority's certificates come out as the same claims. All are read at start; a
//! file that is added or changed later is read at its next use.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use pki::{Certificate, Oid};
use serde::Deserialize;

/// What a profile read from a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `person` or `company`.
    pub kind: String,
    /// Region code.
    pub region: String,
    /// The key of the account within (scheme, authority): never shown, stored as a keyed hash.
    pub key: String,
    /// Names by script.
    pub names: BTreeMap<String, String>,
    /// Kind and number.
    pub document: Option<(String, String)>,
}

/// All profiles, by the id of their record.
#[derive(Debug, Default)]
pub struct Profiles {
    directory: PathBuf,
    known: Mutex<HashMap<String, Known>>,
}

/// A profile, and the file as it was when it was read.
#[derive(Clone, Debug)]
struct Known {
    version: Version,
    variants: Arc<[Variant]>,
}

/// When a file was written last, and its length: another version has another.
type Version = (Option<SystemTime>, u64);

#[derive(Debug)]
struct Variant {
    subject: String,
    region: String,
    subject_key: Field,
    names: BTreeMap<String, Field>,
    document: Option<(String, Field)>,
}

#[derive(Debug)]
struct Field {
    from: From,
    oid: Oid,
    pattern: Option<regex_lite::Regex>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum From {
    Subject,
    Extension,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    variant: Vec<VariantFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantFile {
    subject: String,
    region: String,
    subject_key: FieldFile,
    names: BTreeMap<String, FieldFile>,
    document: Option<DocumentFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentFile {
    kind: String,
    number: FieldFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    from: From,
    oid: String,
    pattern: Option<String>,
}

impl Profiles {
    /// Reads every `*.toml` in `directory`.
    ///
    /// # Errors
    /// The first file that cannot be used, and why.
    pub fn load(directory: &Path) -> Result<Self, String> {
        let files =
            crate::config::toml_files(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        let mut known = HashMap::new();
        for path in files {
            let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            known.insert(id, load(&path)?);
        }
        Ok(Self { directory: directory.to_owned(), known: Mutex::new(known) })
    }

    /// Reads the subject of `leaf` by the profile `id`: the first variant whose subject key is there.
    pub fn read(&self, id: &str, leaf: &Certificate) -> Option<Subject> {
        self.variants(id)?.iter().find_map(|variant| variant.read(leaf))
    }

    /// Whether there is a profile `id`.
    pub fn has(&self, id: &str) -> bool {
        self.variants(id).is_some()
    }

    /// The profile, read again if its file is another. One that cannot be read leaves what was known in force, and is said
    /// loudly; at a start it stops it.
    fn variants(&self, id: &str) -> Option<Arc<[Variant]>> {
        let path = self.directory.join(format!("{id}.toml"));
        let present = std::fs::metadata(&path).ok().map(|metadata| version(&metadata));
        let mut all = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(present) = present else {
            all.remove(id);
            return None;
        };
        let before = all.get(id).cloned();
        if let Some(known) = before.as_ref().filter(|known| known.version == present) {
            return Some(known.variants.clone());
        }
        match load(&path) {
            Ok(fresh) => {
                all.insert(id.to_owned(), fresh.clone());
                Some(fresh.variants)
            }
            Err(why) => {
                tracing::error!(why, "identity profile not read");
                before.map(|known| known.variants)
            }
        }
    }
}

fn version(metadata: &std::fs::Metadata) -> Version {
    (metadata.modified().ok(), metadata.len())
}

fn load(path: &Path) -> Result<Known, String> {
    let wrong = |why: String| format!("{}: {why}", path.display());
    // Its version is taken first: a change in between is then seen at the next use.
    let metadata = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?;
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    Ok(Known { version: version(&metadata), variants: parse(&text).map_err(wrong)?.into() })
}

fn parse(text: &str) -> Result<Vec<Variant>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.variant.into_iter().map(Variant::try_from).collect()
}

impl TryFrom<VariantFile> for Variant {
    type Error = String;

    fn try_from(file: VariantFile) -> Result<Self, String> {
        let names = file.names.into_iter().map(|(script, field)| Ok((script, Field::try_from(field)?)));
        Ok(Self {
            subject: file.subject,
            region: file.region,
            subject_key: file.subject_key.try_into()?,
            names: names.collect::<Result<_, String>>()?,
            document: file
                .document
                .map(|document| Ok::<_, String>((document.kind, document.number.try_into()?)))
                .transpose()?,
        })
    }
}

impl TryFrom<FieldFile> for Field {
    type Error = String;

    fn try_from(file: FieldFile) -> Result<Self, String> {
        let oid = Oid::new(&file.oid).map_err(|error| format!("{:?}: {error}", file.oid))?;
        let pattern =
            file.pattern.as_deref().map(regex_lite::Regex::new).transpose().map_err(|error| error.to_string())?;
        Ok(Self { from: file.from, oid, pattern })
    }
}

impl Variant {
    fn read(&self, leaf: &Certificate) -> Option<Subject> {
        let key = self.subject_key.read(leaf)?;
        let names = self.names.iter().filter_map(|(script, field)| Some((script.clone(), field.read(leaf)?)));
        let document = self.document.as_ref().and_then(|(kind, field)| Some((kind.clone(), field.read(leaf)?)));
        Some(Subject {
            kind: self.subject.clone(),
            region: self.region.clone(),
            key,
            names: names.collect(),
            document: document.filter(|(kind, number)| super::document::is_well_formed(kind, number)),
        })
    }
}

impl Field {
    fn read(&self, leaf: &Certificate) -> Option<String> {
        match self.from {
            From::Subject => leaf.subject().all(&self.oid).iter().find_map(|value| self.matching(value)),
            From::Extension => self.matching(&text_within(leaf.extension_value(&self.oid)?)?),
        }
    }

    fn matching(&self, value: &str) -> Option<String> {
        let Some(pattern) = &self.pattern else {
            return (!value.is_empty()).then(|| value.to_owned());
        };
        let found = pattern.captures(value)?;
        found.get(1).or_else(|| found.get(0)).map(|part| part.as_str().to_owned())
    }
}

/// The text in an extension's value: authorities write it as a string type, raw, or inside (context) tags, so tags are
/// taken off for as long as they enclose exactly what follows.
fn text_within(mut value: &[u8]) -> Option<String> {
    while let [_, length, rest @ ..] = value {
        if *length >= 0x80 || usize::from(*length) != rest.len() {
            break;
        }
        value = rest;
    }
    let text = std::str::from_utf8(value).ok()?;
    text.chars().all(|letter| !letter.is_control()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_read_from_every_encoding_in_use() {
        let number = "440100199001010015";
        let printable = [&[0x13, 18], number.as_bytes()].concat();
        let tagged = [&[0xa0, 20], printable.as_slice()].concat();
        let implicit = [&[0x80, 18], number.as_bytes()].concat();
        let prefixed = [&[0x0c, 20], b"SF".as_slice(), number.as_bytes()].concat();
        let field = Field::try_from(FieldFile {
            from: From::Extension,
            oid: "1.2.156.10260.4.1.1".into(),
            pattern: Some("([0-9]{17}[0-9X])$".into()),
        });
        let field = field.unwrap();
        for value in [number.as_bytes(), &printable, &tagged, &implicit, &prefixed] {
            assert_eq!(field.matching(&text_within(value).unwrap()).as_deref(), Some(number));
        }
    }

    #[test]
    fn every_profile_of_the_demonstration_is_readable() {
        let profiles = Profiles::load(Path::new("config/identity")).unwrap();
        for id in ["hk-ecert-personal", "mo-qualified", "cn-licensed", "provincial"] {
            assert!(profiles.has(id), "{id}");
        }
        assert!(!profiles.has("nobody"));
    }

    #[test]
    fn a_profile_that_is_added_or_changed_is_read_at_its_next_use() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("new.toml");
        let profiles = Profiles::load(directory.path()).unwrap();
        assert!(!profiles.has("new"));
        let variant = |region: &str| {
            let key = "subject_key = { from = \"subject\", oid = \"2.5.4.5\" }";
            format!("[[variant]]\nsubject = \"person\"\nregion = \"{region}\"\n{key}\n[variant.names]\n")
        };
        std::fs::write(&file, variant("HK")).unwrap();
        assert_eq!(profiles.variants("new").unwrap()[0].region, "HK");
        std::fs::write(&file, variant("GD-SZ")).unwrap();
        assert_eq!(profiles.variants("new").unwrap()[0].region, "GD-SZ");
        // What cannot be read takes nobody's profile away; a start would not go over it.
        std::fs::write(&file, "nonsense").unwrap();
        assert_eq!(profiles.variants("new").unwrap()[0].region, "GD-SZ");
        std::fs::remove_file(&file).unwrap();
        assert!(!profiles.has("new"));
    }

    #[test]
    fn an_unknown_field_is_refused() {
        assert!(parse("[[variant]]\nsubject = \"person\"\nwhat = 1\n").is_err());
    }
}
