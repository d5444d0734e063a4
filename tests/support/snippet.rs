//! A hall that is nothing but the program which `pearlbridge client add` prints: npm's openid-client, run by Node.

use std::io::{BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use url::Url;

use super::{repository, temporary_directory};

/// The hall, waiting for the browser to come back.
pub(crate) struct Hall {
    node: Child,
    output: BufReader<std::process::ChildStdout>,
    /// Where it sends the browser.
    pub(crate) url: Url,
}

impl Hall {
    /// Cuts the program out of what was printed, and begins a login with it; `secret` is its secret, or its private key.
    pub(crate) fn begin(printed: &str, secret: &str, roots: &Path) -> Self {
        let at = printed.find("// npm install").expect("a program is printed");
        let directory = temporary_directory("hall");
        std::fs::write(directory.join("hall.mjs"), &printed[at..]).expect("it can be written");
        symlink(repository("tests/browser/node_modules"), directory.join("node_modules")).expect("a link can be made");
        let mut node = Command::new("node");
        node.arg(repository("tests/browser/hall.mjs")).arg(directory.join("hall.mjs"));
        node.env("CLIENT_SECRET", secret).env("CLIENT_KEY", secret).env("NODE_EXTRA_CA_CERTS", roots);
        let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node runs");
        let mut output = BufReader::new(node.stdout.take().expect("it is piped"));
        let url = read(&mut output)["url"].as_str().and_then(|url| Url::parse(url).ok()).expect("an address");
        Self { node, output, url }
    }

    /// The browser is back: what the hall knows then, `claims` and `person`.
    pub(crate) fn finish(mut self, here: &Url) -> Value {
        let mut input = self.node.stdin.take().expect("it is piped");
        writeln!(input, "{}", json!({"here": here})).expect("node listens");
        read(&mut self.output)
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

fn read(output: &mut impl std::io::BufRead) -> Value {
    let mut line = String::new();
    output.read_line(&mut line).expect("node writes");
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("node says {line:?}: {error}"))
}
