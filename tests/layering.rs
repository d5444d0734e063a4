//! The walls between the rooms (`docs/architecture.md`), held by reading the source: a room that reaches where it may not
//! fails here, with the file and the line.

#![allow(clippy::panic)] // In a test, to panic is to fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms that decide. None of them knows how it is called.
const SERVICES: [&str; 9] = ["audit", "ca", "custody", "fetch", "halls", "identity", "oidc", "store", "trust"];

/// Which services a service may use beside what is below all of them (`audit`, `custody`, `fetch`, `store`).
const SIDEWAYS: [(&str, &[&str]); 5] = [
    ("ca", &["identity", "trust"]),
    ("halls", &[]),
    ("identity", &["trust"]),
    ("oidc", &["identity", "trust"]),
    ("trust", &[]),
];

/// Services that decide about each other's matters: all that [`SIDEWAYS`] speaks of.
const DECIDING: [&str; 5] = ["ca", "halls", "identity", "oidc", "trust"];

#[test]
fn axum_stays_at_the_door() {
    let inside = sources("src").into_iter().filter(|source| !source.is_in(&["src/web", "src/app.rs", "src/cli"]));
    nothing_names(inside, &["axum", "axum_extra", "tower_http", "askama"]);
}

#[test]
fn sql_stays_in_the_store() {
    nothing_names(sources("src").into_iter().filter(|source| !source.is_in(&["src/store"])), &["sqlx"]);
}

#[test]
fn outbound_requests_go_through_fetch() {
    nothing_names(sources("src").into_iter().filter(|source| !source.is_in(&["src/fetch"])), &["reqwest"]);
}

#[test]
fn the_engine_opens_nothing() {
    let forbidden = [
        "tokio",
        "async",
        "std::fs",
        "std::net",
        "std::io",
        "std::env",
        "std::process",
        "std::thread",
        "SystemTime",
        "Instant",
        "pearlbridge",
    ];
    nothing_names(sources("pki/src").into_iter().chain(sources("pki/sm2-verify/src")), &forbidden);
}

#[test]
fn the_engine_uses_its_own_dependencies_alone() {
    uses_its_own_dependencies_alone("pki");
}

/// And they are `sm3` alone: no way leads from here to a private key.
#[test]
fn what_checks_sm2_uses_sm3_and_nothing_else() {
    let dependencies = uses_its_own_dependencies_alone("pki/sm2-verify");
    assert_eq!(dependencies, ["sm3"]);
}

/// The dependencies of a crate, when its sources name no others.
fn uses_its_own_dependencies_alone(place: &str) -> Vec<String> {
    let manifest = read(&Path::new(place).join("Cargo.toml"));
    let (_, dependencies) = manifest.split_once("[dependencies]").expect("the engine has dependencies");
    let dependencies = dependencies.split("\n[").next().unwrap_or_default();
    let named = dependencies.lines().filter_map(|line| line.split(['=', '.']).next()).map(|name| name.trim());
    let named = named.map(|name| name.replace('-', "_")).filter(|name| !name.is_empty());
    let dependencies: Vec<String> = named.collect();
    let mut allowed: BTreeSet<String> = dependencies.iter().cloned().collect();
    allowed.extend(["std", "core", "alloc", "crate", "self", "super"].map(str::to_owned));
    for source in sources(&format!("{place}/src")) {
        let modules = modules_of(&source);
        for (number, root) in source.uses() {
            let known = allowed.contains(&root) || modules.contains(&root) || root.starts_with(char::is_uppercase);
            assert!(known, "{}:{number} uses {root}", source.path.display());
        }
    }
    dependencies
}

#[test]
fn services_do_not_know_who_calls_them() {
    let services = SERVICES.map(|room| format!("src/{room}"));
    for source in services.iter().flat_map(|room| sources(room)) {
        for (number, room) in source.rooms() {
            let above = ["web", "app", "cli", "job"].contains(&room.as_str());
            assert!(!above, "{}:{number} uses crate::{room}", source.path.display());
        }
    }
}

#[test]
fn services_reach_sideways_only_where_it_is_agreed() {
    let mut found = Vec::new();
    for (room, agreed) in SIDEWAYS {
        for source in sources(&format!("src/{room}")) {
            for (number, other) in source.rooms() {
                let other = other.as_str();
                if other != room && DECIDING.contains(&other) && !agreed.contains(&other) {
                    found.push(format!("{}:{number}: {room} uses {other}", source.path.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_all_services_stand_on_uses_none_of_them() {
    for room in ["audit", "custody", "fetch", "store"] {
        for source in sources(&format!("src/{room}")) {
            for (number, other) in source.rooms() {
                assert!(!DECIDING.contains(&other.as_str()), "{}:{number}: {room} uses {other}", source.path.display());
            }
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations_up_to_types() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, text) in &sqlite {
        let (here, there) = (statements(text), statements(&postgres[name]));
        for (left, right) in here.iter().zip(&there) {
            assert_eq!(left, right, "{name}");
        }
        assert_eq!(here.len(), there.len(), "{name}: one database has more statements");
    }
}

/// A database remembers the digest of each migration that it has had (SHA-384, as sqlx takes it) and is not opened by a
/// program that has another under the same number. `cd migrations && sha384sum NEW… >> SHA384SUMS` adds one.
#[test]
fn a_migration_that_has_landed_is_not_edited() {
    let listed = read(Path::new("migrations/SHA384SUMS"));
    let listed: BTreeMap<&str, &str> =
        listed.lines().filter_map(|line| line.split_once("  ")).map(|(digest, name)| (name, digest)).collect();
    let mut found = BTreeSet::new();
    for database in ["postgres", "sqlite"] {
        for (name, text) in migrations(database) {
            let name = format!("{database}/{name}");
            let digest = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA384, text.as_bytes()));
            match listed.get(name.as_str()) {
                Some(landed) if *landed == digest => {}
                Some(_) => panic!("{name} was edited, and databases have had it: add a new migration instead"),
                None => panic!("migrations/SHA384SUMS lacks {digest}  {name}"),
            }
            found.insert(name);
        }
    }
    let gone: Vec<_> = listed.keys().filter(|name| !found.contains(**name)).collect();
    assert!(gone.is_empty(), "databases have had {gone:?}: put them back, and add a new migration instead");
}

/// A source file, with comments and test modules left out.
struct Source {
    path: PathBuf,
    /// Number and text.
    lines: Vec<(usize, String)>,
}

impl Source {
    fn new(path: PathBuf) -> Self {
        let text = read(&path);
        // Tests stand at the end of a file, and may use what they like.
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned());
        Self { path, lines: lines.enumerate().map(|(index, line)| (index + 1, line)).collect() }
    }

    fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }

    /// The rooms that it names: `crate::room`, alone or in a group.
    fn rooms(&self) -> Vec<(usize, String)> {
        let mut rooms = Vec::new();
        for (number, line) in &self.lines {
            for (_, rest) in line.match_indices("crate::").map(|(at, found)| (at, &line[at + found.len()..])) {
                let group = rest.strip_prefix('{').map(|group| group.split('}').next().unwrap_or_default());
                let names = group.map_or_else(|| vec![rest], |group| group.split(',').collect());
                rooms.extend(names.into_iter().map(|name| (*number, word(name.trim()))));
            }
        }
        rooms
    }

    /// The first word of each `use`.
    fn uses(&self) -> Vec<(usize, String)> {
        let code = self.lines.iter().map(|(number, line)| (*number, line.trim().trim_start_matches("pub ")));
        code.filter_map(|(number, line)| Some((number, word(line.strip_prefix("use ")?)))).collect()
    }
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The modules that a file declares: a `use` may begin with them.
fn modules_of(source: &Source) -> BTreeSet<String> {
    let code =
        source.lines.iter().map(|(_, line)| line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) "));
    code.filter_map(|line| Some(word(line.strip_prefix("mod ")?))).collect()
}

fn nothing_names(sources: impl IntoIterator<Item = Source>, names: &[&str]) {
    let is_letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    for source in sources {
        for (number, line) in &source.lines {
            for name in names {
                let whole = line.match_indices(name).any(|(at, _)| {
                    !is_letter(line[..at].chars().next_back()) && !is_letter(line[at + name.len()..].chars().next())
                });
                assert!(!whole, "{}:{number} names {name}: {line}", source.path.display());
            }
        }
    }
}

fn sources(place: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut places = vec![PathBuf::from(place)];
    while let Some(place) = places.pop() {
        for entry in fs::read_dir(&place).expect("the source tree can be listed") {
            let path = entry.expect("a directory can be read").path();
            if path.is_dir() {
                places.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
                found.push(Source::new(path));
            }
        }
    }
    found
}

fn migrations(database: &str) -> BTreeMap<String, String> {
    let folder = fs::read_dir(Path::new("migrations").join(database)).expect("there are migrations");
    let paths = folder.map(|entry| entry.expect("a directory can be read").path());
    paths.map(|path| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), read(&path))).collect()
}

/// The statements, without comments and white space, each type written as SQLite's.
fn statements(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let code = code.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let types = [
        ("BYTEA", "BLOB"),
        ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"),
        ("BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    ];
    let code = types.iter().fold(code, |code, (theirs, ours)| code.replace(theirs, ours));
    code.split(';').map(|statement| statement.trim().to_owned()).filter(|statement| !statement.is_empty()).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the source can be read")
}
