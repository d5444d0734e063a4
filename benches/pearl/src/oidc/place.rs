//! Where the servers live: a directory, ports, a database of PostgreSQL; and the sessions in the service's store.

#![expect(clippy::disallowed_methods, reason = "a benchmark has a clock of its own")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use sqlx::{AnyConnection, Connection as _};

use super::server::secret;

/// Debian 12 puts PostgreSQL there.
const POSTGRESQL: &str = "/usr/lib/postgresql/15/bin";

/// A new directory below `target/`, so that it lies on a disk.
pub(super) fn directory() -> PathBuf {
    let current = std::env::current_dir().expect("there is a directory");
    let directory = current.join(format!("target/bench-oidc-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&directory));
    std::fs::create_dir_all(&directory).expect("target/ can be written");
    directory
}

/// The first of twelve ports in a row of which those that the service uses are free.
pub(super) fn free_ports() -> u16 {
    let is_free =
        |first: &u16| [0, 1, 8, 9, 10].iter().all(|offset| TcpListener::bind(("127.0.0.1", first + offset)).is_ok());
    let first = 20_000 + (std::process::id() % 1000) as u16 * 20;
    (first..60_000).step_by(12).find(is_free).expect("some ports are free")
}

/// Opens so many sessions of the demonstration's people. Gives their browsers' cookies.
pub(super) async fn sessions(url: &str, count: usize) -> Vec<String> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.expect("the service's database opens");
    let people: Vec<String> =
        sqlx::query_scalar("SELECT id FROM person").fetch_all(&mut connection).await.expect("there are people");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later than 1970");
    let now = i64::try_from(now.as_micros()).expect("the year is less than 294000");
    let mut cookies = Vec::new();
    for person in people.iter().cycle().take(count) {
        let (session, browser) = (secret(), secret());
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, session.as_bytes());
        sqlx::query(
            "INSERT INTO session (id, secret_hash, person_id, method, level, credential, auth_time, created_at, used_at,
               expires_at, address, agent) VALUES ($1, $2, $3, 'password', 3, 'bench', $4, $4, $4, $5, '127.0.0.1', 'bench')",
        )
        .bind(&secret()[..22])
        .bind(hash.as_ref())
        .bind(person.as_str())
        .bind(now)
        .bind(now + 8 * 3600 * 1_000_000)
        .execute(&mut connection)
        .await
        .expect("a session can be written");
        cookies.push(format!("__Host-pb-browser={browser}; __Host-pb-session={session}"));
    }
    connection.close().await.expect("the database closes");
    cookies
}

/// A PostgreSQL server of the benchmark's own, durable as it comes.
pub(crate) struct Cluster {
    process: Child,
    directory: PathBuf,
    pub(super) url: String,
}

pub(super) fn postgresql() -> Cluster {
    let directory = std::env::temp_dir().join(format!("bench-postgresql-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&directory));
    std::fs::create_dir_all(&directory).expect("there is room for files");
    run(Command::new("chown").arg("postgres").arg(&directory));
    let data = directory.join("data");
    run(unprivileged("initdb").arg("-D").arg(&data).args([
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
    ]));
    let mut server = unprivileged("postgres");
    server.arg("-D").arg(&data).arg("-k").arg(&directory).args([
        "-c",
        "listen_addresses=",
        "-c",
        "max_connections=200",
    ]);
    let process = server.stderr(Stdio::null()).spawn().expect("PostgreSQL starts");
    while !ready(&directory) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let url = format!("postgres://postgres@localhost/postgres?host={}", directory.display());
    Cluster { process, directory, url }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(Command::new("kill").args(["-INT", &self.process.id().to_string()]).status());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.directory));
    }
}

fn ready(directory: &Path) -> bool {
    let mut command = Command::new(Path::new(POSTGRESQL).join("pg_isready"));
    command.arg("-q").arg("-h").arg(directory).status().is_ok_and(|status| status.success())
}

/// PostgreSQL refuses to run as root.
fn unprivileged(name: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(Path::new(POSTGRESQL).join(name));
    command.env("LC_ALL", "C").current_dir("/").stdout(Stdio::null());
    command
}

fn run(command: &mut Command) {
    assert!(command.status().is_ok_and(|status| status.success()), "{command:?} failed");
}
