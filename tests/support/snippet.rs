//! A hall that is nothing but the program which `pearlbridge client program` prints, run by Node or by Python.

use std::io::{BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use url::Url;

use super::{repository, temporary_directory};

/// The hall, waiting for the browser to come back.
pub(crate) struct Hall {
    program: Child,
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
        node.env("CLIENT_KEY", secret).env("NODE_EXTRA_CA_CERTS", roots);
        Self::start(node, secret)
    }

    /// Begins a login with the program for Authlib.
    pub(crate) fn begin_in_python(printed: &str, secret: &str, roots: &Path) -> Self {
        let program = temporary_directory("hall").join("program.py");
        std::fs::write(&program, printed).expect("it can be written");
        let mut python = Command::new(repository("target/test-tools/venv/bin/python"));
        python.arg(repository("tests/clients/hall.py")).arg(program);
        // Where the tests run, a proxy may be named in the environment.
        python.env("REQUESTS_CA_BUNDLE", roots).env("NO_PROXY", "*");
        Self::start(python, secret)
    }

    fn start(mut program: Command, secret: &str) -> Self {
        program.env("CLIENT_SECRET", secret).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = program.spawn().expect("it runs");
        let mut output = BufReader::new(program.stdout.take().expect("it is piped"));
        let url = read(&mut output)["url"].as_str().and_then(|url| Url::parse(url).ok()).expect("an address");
        Self { program, output, url }
    }

    /// The browser is back: what the hall knows then, `claims` and `person`.
    pub(crate) fn finish(mut self, here: &Url) -> Value {
        let mut input = self.program.stdin.take().expect("it is piped");
        writeln!(input, "{}", json!({"here": here})).expect("it listens");
        read(&mut self.output)
    }
}

impl Drop for Hall {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn read(output: &mut impl std::io::BufRead) -> Value {
    let mut line = String::new();
    output.read_line(&mut line).expect("it writes");
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("the program says {line:?}: {error}"))
}
