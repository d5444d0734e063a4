//! The two servers, each a process on the first core, with a client, and a session for each connection of the load.

#![expect(clippy::disallowed_methods, reason = "a benchmark draws its own secrets")]

use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::place;

/// Connections of the load, each of one browser.
pub(super) const CONNECTIONS: usize = 64;

const CLIENT: &str = "bench";
const PEER_SECRET: &str = "a-secret-of-the-benchmark-that-is-long-enough";
pub(super) const REDIRECT_URI: &str = "https://localhost:9/callback";

/// A running server.
pub(super) struct Server {
    process: Child,
    _lifeline: Option<ChildStdin>,
    directory: PathBuf,
    pub(super) port: u16,
    pub(super) authorize: &'static str,
    pub(super) token: &'static str,
    pub(super) introspect: &'static str,
    /// The client's `Authorization`.
    pub(super) authorization: String,
    /// What the browsers send.
    pub(super) cookies: Vec<String>,
}

impl Server {
    /// A demonstration in a new directory, on SQLite or the database of `database`.
    pub(super) async fn ours(database: Option<&str>) -> Self {
        let directory = place::directory();
        let port = place::free_ports();
        let mut command = on_first_core(&program());
        command.arg("demo").env("PEARLBRIDGE_DATA", &directory).env("PEARLBRIDGE_BASE_PORT", port.to_string());
        command.envs(database.map(|url| ("PEARLBRIDGE_DEMO_DATABASE", url))).env("RUST_LOG", "warn");
        let log = std::fs::File::create(directory.join("log")).expect("the log can be made");
        let process = command.stdout(Stdio::null()).stderr(log).spawn().expect("the program starts");
        let mut server = Self {
            process,
            _lifeline: None,
            directory,
            port,
            authorize: "/oauth2/authorize",
            token: "/oauth2/token",
            introspect: "/oauth2/introspect",
            authorization: String::new(),
            cookies: Vec::new(),
        };
        server.wait().await;
        server.authorization = basic(&register(&server.directory));
        let url = database.map_or_else(|| sqlite(&server.directory), str::to_owned);
        server.cookies = place::sessions(&url, CONNECTIONS).await;
        server
    }

    /// The peer, with the same certificate.
    pub(super) fn peer(ours: &Self) -> Self {
        let port = place::free_ports();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oidc-provider/server.mjs");
        let mut command = on_first_core(Path::new("node"));
        command.arg(script).arg(port.to_string()).arg(ours.directory.join("tls.pem"));
        command.arg(ours.directory.join("tls.key")).arg(CONNECTIONS.to_string());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("node starts");
        let output = process.stdout.take().expect("it was asked for");
        let told: Value = first_line(output);
        let cookies = told["cookies"].as_array().expect("the peer names its cookies");
        let cookies = cookies.iter().map(|cookie| cookie.as_str().expect("a cookie is text").to_owned()).collect();
        Self {
            process,
            _lifeline: None,
            directory: ours.directory.clone(),
            port,
            authorize: "/auth",
            token: "/token",
            introspect: "/token/introspection",
            authorization: basic(PEER_SECRET),
            cookies,
        }
    }

    /// The root under which its certificate is.
    pub(super) fn root(&self) -> PathBuf {
        self.directory.join("tls-root.pem")
    }

    /// Resident, octets.
    pub(super) fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has a resident set");
        line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<usize>().ok()).expect("a number") * 1024
    }

    /// How long the processor has worked for it.
    pub(super) fn processor(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).expect("it runs");
        let fields: Vec<&str> = stat.rsplit_once(')').expect("the name ends").1.split_whitespace().collect();
        let ticks = |field: usize| fields[field].parse::<u64>().expect("a number of ticks");
        // utime and stime, proc(5), in hundredths of a second.
        Duration::from_millis(10 * (ticks(11) + ticks(12)))
    }

    async fn wait(&self) {
        let description = self.directory.join("demo.json");
        let started = || description.exists() && std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok();
        for _ in 0..1200 {
            if started() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = std::fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        assert!(started(), "the service does not start: {log}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.directory));
    }
}

/// The program, which is built into the same directory as this one (`benches/run.sh`), or that of `PEARLBRIDGE`.
fn program() -> PathBuf {
    let beside = || std::env::current_exe().expect("this program is a file").with_file_name("pearlbridge");
    std::env::var_os("PEARLBRIDGE").map_or_else(beside, PathBuf::from)
}

fn on_first_core(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "0"]).arg(program).stdin(Stdio::null());
    command
}

/// The load must not take from the servers what they are measured by.
pub(super) fn pin_to_second_core() {
    let own = std::process::id().to_string();
    let pinned = Command::new("taskset").args(["--cpu-list", "--pid", "1", &own]).stdout(Stdio::null()).status();
    if !pinned.is_ok_and(|status| status.success()) {
        println!("there is no second core: the load takes from the servers");
    }
}

/// Registers the client of the benchmark. Gives its secret.
fn register(directory: &Path) -> String {
    let mut command = Command::new(program());
    command.args([
        "client",
        "add",
        CLIENT,
        "--name",
        "Benchmark",
        "--redirect-uri",
        REDIRECT_URI,
        "--id-token-alg",
        "ES256",
    ]);
    command.args(["--scope", "openid profile records:read", "--auth-method", "client_secret_basic", "--json"]);
    command.args(["--grant-type", "authorization_code", "--grant-type", "client_credentials"]);
    let output = command.env("PEARLBRIDGE_DATA", directory).output().expect("the program runs");
    let told: Value = serde_json::from_slice(&output.stdout).expect("it answers in JSON");
    told["client_secret"].as_str().expect("a new client has a secret").to_owned()
}

fn basic(secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{secret}")))
}

fn sqlite(directory: &Path) -> String {
    format!("sqlite:{}?mode=rw", directory.join("pearlbridge.db").display())
}

fn first_line(output: impl std::io::Read) -> Value {
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).expect("the peer can be heard");
    serde_json::from_str(&line).expect("the peer starts (npm ci in benches/oidc-provider)")
}

/// 256 random bits as the service writes them.
pub(super) fn secret() -> String {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system has randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}
