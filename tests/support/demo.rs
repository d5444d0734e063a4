//! A demonstration that runs: `pearlbridge demo` on ports and data of its own.

use std::collections::HashMap;
use std::net::TcpListener;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use pearlbridge::app::App;
use pearlbridge::clock::{Clock, SECOND};
use pearlbridge::config;
use serde::Deserialize;

use super::{pearlbridge, run, temporary_directory, wait_for};

/// The ports that a demonstration (and, at the last, a partner) listens on, by their distance from the first.
const OFFSETS: [u16; 6] = [0, 1, 8, 9, 10, 11];

/// `demo.json`, as far as tests read it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Description {
    pub(crate) issuer: String,
    pub(crate) ca_file: PathBuf,
    pub(crate) mtls: String,
    pub(crate) people: Vec<Person>,
    pub(crate) halls: Vec<Hall>,
    pub(crate) clients: Vec<Client>,
    pub(crate) ca: Vec<Authority>,
    pub(crate) partners: Vec<Partner>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) totp_secret: String,
    pub(crate) name: String,
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) p12: Option<PathBuf>,
    pub(crate) p12_password: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Hall {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) client_id: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) redirect_uris: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Authority {
    pub(crate) id: String,
    pub(crate) cert: PathBuf,
    pub(crate) crl: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Partner {
    pub(crate) region: String,
    pub(crate) issuing: PathBuf,
    pub(crate) leaf: PathBuf,
    pub(crate) leaf_key: PathBuf,
}

/// A running demonstration. It dies with this process at the latest.
pub(crate) struct Demo {
    pub(crate) directory: PathBuf,
    pub(crate) base_port: u16,
    pub(crate) description: Description,
    database: Option<String>,
    variables: Vec<(String, String)>,
    server: Option<Child>,
    /// The step of each person's last code: a code counts once.
    steps: Mutex<HashMap<String, &'static Mutex<i64>>>,
}

/// A code, and its person's turn: nobody else has one of theirs meanwhile.
pub(crate) struct OneTimeCode {
    text: String,
    _turn: MutexGuard<'static, i64>,
}

impl Deref for OneTimeCode {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// One for all tests of this process that leave it as they found it.
pub(crate) fn shared() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(Demo::start)
}

impl Demo {
    /// On SQLite, or on a database of its own in PostgreSQL where `PEARLBRIDGE_TEST_DATABASE=postgresql` asks for it.
    pub(crate) fn start() -> Self {
        Self::start_with(super::asked_for_postgresql(), &[])
    }

    /// On the database of this URL, or on SQLite; with more variables in its environment.
    pub(crate) fn start_with(database: Option<String>, variables: &[(&str, &str)]) -> Self {
        let directory = temporary_directory("demo");
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let variables: Vec<(String, String)> = owned.collect();
        let mut last = String::new();
        // Another process may take a port between our look and the server's.
        for _ in 0..5 {
            let base_port = free_ports();
            match launch(&directory, base_port, database.as_deref(), &variables) {
                Ok(server) => {
                    let description = describe(&directory);
                    let (server, steps) = (Some(server), Mutex::default());
                    return Self { directory, base_port, description, database, variables, server, steps };
                }
                Err(why) => last = why,
            }
        }
        panic!("the demonstration does not start: {last}");
    }

    /// Kills it on the spot (SIGKILL).
    pub(crate) fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            kill(server);
        }
    }

    /// Starts it again on the same data and ports.
    pub(crate) fn start_again(&mut self) {
        assert!(self.server.is_none(), "it is still running");
        let launched = launch(&self.directory, self.base_port, self.database.as_deref(), &self.variables);
        self.server = Some(launched.unwrap_or_else(|why| panic!("the demonstration does not start again: {why}")));
        self.description = describe(&self.directory);
    }

    /// Kills it on the spot and starts it again.
    pub(crate) fn kill_and_start_again(&mut self) {
        self.kill();
        self.start_again();
    }

    /// A person who has an account.
    pub(crate) fn person(&self, username: &str) -> &Person {
        let found = self.description.people.iter().find(|person| person.username == username);
        found.unwrap_or_else(|| panic!("nobody is called {username}"))
    }

    /// The partner of a region.
    pub(crate) fn partner(&self, region: &str) -> &Partner {
        let found = self.description.partners.iter().find(|partner| partner.region == region);
        found.unwrap_or_else(|| panic!("no partner in {region}"))
    }

    /// An authority.
    pub(crate) fn authority(&self, id: &str) -> &Authority {
        let found = self.description.ca.iter().find(|authority| authority.id == id);
        found.unwrap_or_else(|| panic!("no authority {id}"))
    }

    /// The hall at which a client id stands.
    pub(crate) fn hall(&self, client_id: &str) -> &Hall {
        let found = self.description.halls.iter().find(|hall| hall.client_id == client_id);
        found.unwrap_or_else(|| panic!("no hall {client_id}"))
    }

    /// The client for scripts.
    pub(crate) fn client(&self) -> &Client {
        &self.description.clients[0]
    }

    /// A one-time code of a person that was not used yet. The third within half a minute has to be waited for; and so has
    /// whoever holds another of theirs, since a code that is sent after a later one counts no more.
    pub(crate) fn code(&self, username: &str) -> OneTimeCode {
        let secret = base32(&self.person(username).totp_secret);
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let last: &'static Mutex<i64> = steps.entry(username.to_owned()).or_insert_with(|| Box::leak(Box::default()));
        drop(steps);
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let step = (Clock::System.now_seconds().0 / 30).max(*last + 1);
        *last = step;
        wait_for(60, "the next code", || (Clock::System.now_seconds().0 / 30 + 1 >= step).then_some(()));
        let text = pearlbridge::identity::credential::totp::code(&secret, step * 30 * SECOND);
        OneTimeCode { text, _turn: last }
    }

    /// A command of the program on this demonstration's data, as its operator would run it.
    pub(crate) fn operate(&self, arguments: &[&str]) -> String {
        let mut command = pearlbridge();
        command.args(arguments).env("PEARLBRIDGE_DATA", &self.directory);
        String::from_utf8(run(&mut command)).expect("the program writes UTF-8")
    }

    /// The rooms of the service, opened a second time over the same data.
    pub(crate) async fn open(&self) -> App {
        let settings = config::load(Some(&self.directory.join("pearlbridge.toml")), std::env::vars());
        App::open(settings.expect("the settings are good"), Clock::System, &[]).await.expect("the rooms open")
    }

    /// The details of all events of a kind, oldest first.
    pub(crate) async fn events(&self, kind: &str) -> Vec<serde_json::Value> {
        let app = self.open().await;
        let events = super::events(&app, kind).await;
        app.store.close().await;
        events
    }

    /// What it has written so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            println!("the log of the demonstration:\n{}", self.log());
        }
    }
}

/// Starts the server and waits until it is ready.
fn launch(
    directory: &Path,
    base_port: u16,
    database: Option<&str>,
    variables: &[(String, String)],
) -> Result<Child, String> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(directory.join("log"));
    let log = log.expect("the log can be opened");
    let written_before = log.metadata().map_or(0, |metadata| metadata.len());
    // The shell stands between: the server dies as soon as our end of the pipe is closed, whatever closes it.
    let script = "exec 3<&0; \"$0\" demo </dev/null 3<&- & cat <&3 >/dev/null; kill -9 $!; wait 2>/dev/null";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_pearlbridge")]);
    command.env("PEARLBRIDGE_DATA", directory).env("PEARLBRIDGE_BASE_PORT", base_port.to_string());
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    if let Some(url) = database {
        command.env("PEARLBRIDGE_DEMO_DATABASE", url);
    }
    command.stdin(Stdio::piped()).stdout(log.try_clone().expect("a file has copies")).stderr(log);
    let server = command.spawn().expect("sh runs");
    let log = || read_from(&directory.join("log"), written_before);
    match wait_until_ready(directory, base_port, log) {
        Ok(()) => Ok(server),
        Err(why) => {
            kill(server);
            Err(format!("{why}\n{}", log()))
        }
    }
}

pub(super) fn read_from(path: &Path, offset: u64) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    String::from_utf8_lossy(bytes.get(offset..).unwrap_or_default()).into_owned()
}

pub(super) fn kill(mut server: Child) {
    drop(server.stdin.take());
    let _ = server.wait();
}

pub(super) fn wait_until_ready(directory: &Path, base_port: u16, log: impl Fn() -> String) -> Result<(), String> {
    let roots = directory.join("tls-root.pem");
    let address = format!("https://localhost:{base_port}/readyz");
    for _ in 0..1200 {
        let mut curl = Command::new("curl");
        curl.args(["-s", "--fail", "--noproxy", "*", "--max-time", "5", "--cacert"]).arg(&roots).arg(&address);
        let listening = std::net::TcpStream::connect(("127.0.0.1", base_port)).is_ok();
        if listening && curl.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success()) {
            return Ok(());
        }
        if log().lines().next_back().is_some_and(|line| line.starts_with("pearlbridge: ")) {
            return Err("it gave up".to_owned());
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Err("it is not ready after a minute".to_owned())
}

fn describe(directory: &Path) -> Description {
    let text = std::fs::read(directory.join("demo.json")).expect("demo.json is there");
    serde_json::from_slice(&text).expect("demo.json is as documented")
}

/// A first port at random, with which all that are needed are free; below those that systems give to clients.
pub(crate) fn free_ports() -> u16 {
    let free = |port| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let mut bases = std::iter::repeat_with(|| {
        let random = u16::from_le_bytes(pearlbridge::rng::bytes::<2>());
        20_000 + random % 750 * 16
    });
    bases.find(|base| OFFSETS.iter().all(|offset| free(base + offset))).expect("the iterator has no end")
}

/// RFC 4648 §6.
fn base32(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => continue,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}
