//! The peers: programs that answer a question a line, as long as the test runs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::case::Answer;

pub(crate) struct Peer {
    pub(crate) name: &'static str,
    program: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// `judge.c`, translated for the occasion.
    pub(crate) fn openssl() -> Self {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("judge");
        let mut compiler = Command::new("cc");
        compiler.args(["-O1", "-Wall", "-Werror", "-o"]).arg(&program).arg(source("judge.c")).arg("-lcrypto");
        assert!(compiler.status().unwrap().success(), "libssl-dev is missing");
        Self::start("OpenSSL", &mut Command::new(program))
    }

    /// `Judge.java`. It never asks the network. One identity hash for all objects lets its sets keep one order: where it
    /// tries several CRLs, its answer hangs on that.
    pub(crate) fn java() -> Self {
        let mut java = Command::new("java");
        java.args(["-XX:+UnlockExperimentalVMOptions", "-XX:hashCode=2", "-XX:+UseSerialGC"]);
        java.args(["-Dcom.sun.security.enableCRLDP=false", "-Docsp.enable=false"]);
        Self::start("Java", java.arg(source("Judge.java")))
    }

    fn start(name: &'static str, command: &mut Command) -> Self {
        let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (questions, answers) = (program.stdin.take(), BufReader::new(program.stdout.take().unwrap()));
        Self { name, program, questions, answers }
    }

    /// Asks, and does not wait for the answer.
    pub(crate) fn ask(&mut self, question: &str) {
        let questions = self.questions.as_mut().unwrap();
        questions.write_all(question.as_bytes()).and_then(|()| questions.write_all(b"\n")).unwrap();
    }

    /// The answer to the earliest question that has none yet.
    pub(crate) fn answer(&mut self) -> Answer {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let fields: Vec<_> = line.trim_end_matches('\n').split('\t').collect();
        match fields[..] {
            ["valid", policies, path] => Answer::Valid {
                policies: list(policies).map(str::to_owned).collect(),
                path: list(path).map(|serial| serial.parse().unwrap()).collect(),
            },
            ["invalid", why] => Answer::Invalid(why.to_owned()),
            _ => panic!("{}: {line:?}", self.name),
        }
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|one| !one.is_empty())
}

impl Drop for Peer {
    /// It ends when there are no more questions.
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.program.wait();
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential").join(name)
}
