//! A second node: `pearlbridge serve` on the database, the keys and the name of a demonstration, on ports of its own.

use std::process::{Child, Command, Stdio};

use super::demo::{Demo, free_ports, kill, wait_until_ready};

/// A running node. It dies with this process at the latest.
pub(crate) struct Node {
    /// Where it is reached.
    pub(crate) url: String,
    port: u16,
    server: Option<Child>,
}

impl Node {
    /// Starts it, and waits until it is ready.
    pub(crate) fn start(demo: &Demo) -> Self {
        let port = free_ports();
        let mut node = Self { url: format!("https://localhost:{port}"), port, server: None };
        node.start_again(demo);
        node
    }

    /// Kills it on the spot (SIGKILL).
    pub(crate) fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            kill(server);
        }
    }

    /// Starts it again, after it was killed.
    pub(crate) fn start_again(&mut self, demo: &Demo) {
        // As in `demo`, the shell stands between: the server dies as soon as our end of the pipe is closed.
        let script = "exec 3<&0; \"$0\" serve </dev/null 3<&- & cat <&3 >/dev/null; kill -9 $!; wait 2>/dev/null";
        let log = std::fs::OpenOptions::new().create(true).append(true).open(demo.directory.join("log"));
        let log = log.expect("the log can be opened");
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_pearlbridge")]).env("PEARLBRIDGE_DATA", &demo.directory);
        for (name, offset) in [("LISTEN", 0), ("LISTEN_MTLS", 1), ("LISTEN_PKI", 10)] {
            command.env(format!("PEARLBRIDGE__SERVER__{name}"), format!("127.0.0.1:{}", self.port + offset));
        }
        command.stdin(Stdio::piped()).stdout(log.try_clone().expect("a file has copies")).stderr(log);
        self.server = Some(command.spawn().expect("sh runs"));
        let ready = wait_until_ready(&demo.directory, self.port, String::new);
        ready.unwrap_or_else(|why| panic!("the second node does not start: {why}"));
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}
