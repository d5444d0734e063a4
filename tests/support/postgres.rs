//! A PostgreSQL server of the test's own, on a private socket: one a process, one database a demonstration.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::{run, temporary_directory, wait_for};

/// Debian 12 puts the programs there.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// A new, empty database: its URL.
pub(crate) fn new_database() -> String {
    static SOCKET: OnceLock<PathBuf> = OnceLock::new();
    let socket = SOCKET.get_or_init(start);
    let name = format!("test_{}", hex::encode(pearlbridge::rng::bytes::<6>()));
    run(program("createdb").arg("-h").arg(socket).args(["-U", "postgres", &name]));
    format!("postgres://postgres@localhost/{name}?host={}", socket.display())
}

/// A server of one's own, which may be stopped and started again.
pub(crate) struct Cluster(PathBuf);

impl Cluster {
    /// Starts it.
    pub(crate) fn start() -> Self {
        Self(start())
    }

    /// An empty database in it: its URL.
    pub(crate) fn database(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.0.display())
    }

    /// Stops it, as its operator would in a hurry: what is under way is broken off.
    pub(crate) fn stop(&self) {
        let mut stop = unprivileged("pg_ctl");
        run(stop.args(["stop", "--silent", "-m", "fast", "-D"]).arg(self.0.join("data")));
    }

    /// Starts it again.
    pub(crate) fn start_again(&self) {
        serve(&self.0, &self.0.join("data"));
        wait_until_ready(&self.0);
    }
}

/// Makes a cluster and starts it. Gives the directory of its socket.
fn start() -> PathBuf {
    let directory = temporary_directory("postgres");
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(&directory));
    }
    let data = directory.join("data");
    let options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
    run(unprivileged("initdb").arg("-D").arg(&data).args(options));
    serve(&directory, &data);
    wait_until_ready(&directory);
    directory
}

fn wait_until_ready(directory: &Path) {
    wait_for(60, "PostgreSQL", || {
        let ready = program("pg_isready").arg("-q").arg("-h").arg(directory).stdin(Stdio::null()).status();
        ready.is_ok_and(|status| status.success()).then_some(())
    });
}

/// The server dies as soon as our end of the pipe is closed, which is when this process ends.
fn serve(directory: &Path, data: &Path) {
    let script = "exec 3<&0; \"$@\" </dev/null 3<&- & cat <&3 >/dev/null; kill -QUIT $!; wait";
    let settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"];
    let mut server = Command::new("sh");
    server.args(["-c", script, "sh"]);
    server.args(words(&unprivileged("postgres"))).arg("-D").arg(data).arg("-k").arg(directory).args(settings);
    server.current_dir("/");
    let log = std::fs::File::create(directory.join("log")).expect("the log can be made");
    server.stdin(Stdio::piped()).stdout(log.try_clone().expect("a file has copies")).stderr(log);
    std::mem::forget(server.spawn().expect("sh runs"));
}

fn program(name: &str) -> Command {
    let mut command = Command::new(Path::new(PROGRAMS).join(name));
    command.env("LC_ALL", "C").current_dir("/");
    command
}

/// The server's programs refuse to run as root: then they run as its own user.
fn unprivileged(name: &str) -> Command {
    if !is_root() {
        return program(name);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(Path::new(PROGRAMS).join(name));
    command.env("LC_ALL", "C").current_dir("/");
    command
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim_ascii() == b"0"
}

fn words(command: &Command) -> Vec<std::ffi::OsString> {
    std::iter::once(command.get_program()).chain(command.get_args()).map(std::ffi::OsStr::to_owned).collect()
}
