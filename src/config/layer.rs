//! Laying a file and the environment over the defaults, remembering where each field came from.

use std::collections::HashMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::Error;

/// Where each dotted field was last set.
#[derive(Default)]
pub(super) struct Origins(HashMap<String, String>);

impl Origins {
    pub(super) fn of(&self, field: &str) -> String {
        self.0.get(field).cloned().unwrap_or_else(|| "default".to_owned())
    }
}

/// Lays the TOML `text` of the file `path` over `merged`.
pub(super) fn merge_file(
    merged: &mut toml::Table,
    origins: &mut Origins,
    path: &Path,
    text: &str,
) -> Result<(), Error> {
    let syntax =
        |why: &str, at: usize| Error::Syntax { path: path.to_owned(), line: line_of(text, at), why: why.to_owned() };
    let document = DeTable::parse(text).map_err(|e| syntax(e.message(), e.span().map_or(0, |span| span.start)))?;
    let values: toml::Table = text.parse().map_err(|e: toml::de::Error| syntax(e.message(), 0))?;
    let place = |at: usize| format!("{}:{}", path.display(), line_of(text, at));
    merge_table(merged, origins, document.get_ref(), &values, "", &place)
}

fn merge_table(
    merged: &mut toml::Table,
    origins: &mut Origins,
    spans: &DeTable<'_>,
    values: &toml::Table,
    prefix: &str,
    place: &dyn Fn(usize) -> String,
) -> Result<(), Error> {
    for (key, spanned) in spans.iter() {
        let name = key.get_ref().as_ref();
        let field = dotted(prefix, name);
        let origin = place(key.span().start);
        let value = &values[name];
        match (merged.get_mut(name), spanned.get_ref(), value) {
            (Some(toml::Value::Table(inner)), DeValue::Table(spans), toml::Value::Table(values)) => {
                merge_table(inner, origins, spans, values, &field, place)?;
            }
            (Some(known), ..) => set(known, value.clone(), origins, field, origin)?,
            (None, ..) => return Err(Error::Unknown { field, origin }),
        }
    }
    Ok(())
}

/// Lays one environment variable, `PEARLBRIDGE__SECTION__FIELD`, over `merged`.
pub(super) fn merge_variable(
    merged: &mut toml::Table,
    origins: &mut Origins,
    variable: &str,
    field: &str,
    text: &str,
) -> Result<(), Error> {
    let path = field.to_lowercase().replace("__", ".");
    let unknown = || Error::Unknown { field: path.clone(), origin: variable.to_owned() };
    let (section, name) = path.split_once('.').ok_or_else(unknown)?;
    let known = merged.get_mut(section).and_then(|value| value.get_mut(name)).ok_or_else(unknown)?;
    let value = match known {
        toml::Value::String(_) => toml::Value::String(text.to_owned()),
        _ => format!("v = {text}").parse::<toml::Table>().map_or_else(
            |_| toml::Value::String(text.to_owned()),
            |mut t| t.remove("v").unwrap_or(toml::Value::Boolean(false)),
        ),
    };
    set(known, value, origins, path.clone(), variable.to_owned())
}

fn set(
    known: &mut toml::Value,
    value: toml::Value,
    origins: &mut Origins,
    field: String,
    origin: String,
) -> Result<(), Error> {
    if !known.same_type(&value) {
        let why = format!("expected {}, found {}", known.type_str(), value.type_str());
        return Err(Error::Invalid { field, origin, why });
    }
    *known = value;
    origins.0.insert(field, origin);
    Ok(())
}

fn dotted(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}
