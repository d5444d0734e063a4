//! A province that is no demonstration, by the operators' guide: every command of its walk is run as it stands there, with
//! a partner that is plain OpenSSL; then somebody signs in with the partner's certificate at a hall that is plain npm
//! openid-client.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use support::browser::Browser;
use support::client::{go, with_certificate};
use support::demo::free_ports;
use support::snippet::Hall;
use support::{asked_for_postgresql, repository, temporary_directory, wait_for};

const SECTION: &str = "## A province from nothing";

/// The ports of the guide, and how far each is from the first.
const PORTS: [(&str, u16); 4] = [("8443", 0), ("8444", 1), ("8453", 10), ("8454", 11)];

/// What the guide's commands made, and run.
struct Province {
    directory: PathBuf,
    /// Where it is not that of the guide.
    database: Option<String>,
    shell: Child,
}

impl Province {
    fn build() -> Self {
        let directory = temporary_directory("province");
        std::os::unix::fs::symlink(repository("config"), directory.join("config")).expect("a link can be made");
        let base = free_ports();
        let commands =
            PORTS.iter().fold(commands(), |text, (port, offset)| text.replace(port, &(base + offset).to_string()));
        // What it leaves running dies as soon as our end of the pipe is closed, whatever closes it.
        let script = format!("set -e\ntrap 'kill $(jobs -p)' EXIT\n{commands}\ntouch walked\ncat <&3 >&2\n");
        let log = std::fs::File::create(directory.join("log")).expect("the log can be made");
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("exec 3<&0 </dev/null\n{script}")]).current_dir(&directory);
        shell.env("PATH", path()).env_remove("PEARLBRIDGE_DATA");
        let database = asked_for_postgresql();
        if let Some(url) = &database {
            shell.env("PEARLBRIDGE__DATABASE__URL", url);
        }
        shell.stdin(Stdio::piped()).stdout(log.try_clone().expect("a file has copies")).stderr(log);
        let shell = shell.spawn().expect("bash runs");
        Self { directory, database, shell }
    }

    fn walked(&mut self) {
        wait_for(120, "the walk", || {
            let ended = self.shell.try_wait().expect("the shell can be asked").is_some();
            assert!(!ended, "the walk stopped");
            self.directory.join("walked").exists().then_some(())
        });
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A command on this province, with its exit code and all that it says.
    fn operate(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
        let mut command = support::pearlbridge();
        command.args(arguments).current_dir(&self.directory).stdin(Stdio::null());
        command
            .env_remove("PEARLBRIDGE_DATA")
            .envs(self.database.iter().map(|url| ("PEARLBRIDGE__DATABASE__URL", url)));
        let output = command.envs(variables.iter().copied()).output().expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }
}

impl Drop for Province {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
        if std::thread::panicking() {
            println!("the log of the province:\n{}", self.read("log"));
        }
    }
}

/// The program under test first.
fn path() -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_pearlbridge"));
    let place = program.parent().expect("a program is in a directory").display();
    format!("{place}:{}", std::env::var("PATH").unwrap_or_default())
}

/// The commands of the guide's section, in order.
fn commands() -> String {
    let guide = std::fs::read_to_string(repository("docs/operate.md")).expect("the guide is there");
    let (_, section) = guide.split_once(SECTION).expect("the guide has the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    blocks.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_commands_of_the_guide_lead_to_a_login_with_a_partners_certificate() {
    let mut province = Province::build();
    province.walked();
    let printed = province.read("tax-window.txt");
    let secret = printed.lines().find_map(|line| line.strip_prefix("client_secret")).expect("the secret is printed");
    let secret = secret.split_whitespace().next().expect("a secret");

    let roots = province.file("data/tls.pem");
    let hall = Hall::begin(&printed, secret, &roots);
    let browser = Browser::trusting(&roots)
        .with_certificate(&province.file("partner/wong.pem"), &province.file("partner/wong.key"));
    let welcome = with_certificate(&browser, &go(&browser, browser.get(&hall.url)).expect(200)).expect(200);
    assert!(welcome.text().contains("WONG Mei Ling"), "{}", welcome.text());
    let entered = go(&browser, browser.send(&welcome.form("/welcome"), &[("action", "new")]));
    let known = hall.finish(&entered.location().expect("it leads back to the hall"));
    assert_eq!(known["claims"]["aud"], "tax-window", "{known}");
    assert_eq!(known["claims"]["acr"], "urn:gd:loa:5", "{known}");
    assert_eq!(known["person"]["name"], "WONG Mei Ling", "{known}");
    assert_eq!(known["person"]["verified_by"], "hk-example", "{known}");

    let (code, told) = province.operate(&["trust", "add", "partner/hk-example.toml"], &[]);
    assert!(code == Some(1) && told.contains("already"), "{told}");
    let (_, shown) = province.operate(&["trust", "show", "hk-example", "--json"], &[]);
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["history"][0]["status"], "granted", "{shown}");
    assert!(shown["cross_certificate"]["serial"].is_string() && shown["recognised_until"].is_null(), "{shown}");
    private_files(&province);
    doctor_sees(&province);
}

/// What opens everything is its owner's alone.
fn private_files(province: &Province) {
    let database = province.database.is_none().then_some(["data/pearlbridge.db", "data/pearlbridge.db-wal"]);
    for file in ["data/master.key"].into_iter().chain(database.into_iter().flatten()) {
        let mode = std::fs::metadata(province.file(file)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

/// What would fail people later is said before.
fn doctor_sees(province: &Province) {
    let (profile, elsewhere) = (province.file("identity/hk-example.toml"), province.file("taken-away"));
    std::fs::rename(&profile, &elsewhere).expect("it can be taken away");
    let (code, told) = province.operate(&["doctor"], &[]);
    assert!(code == Some(1) && told.contains("record hk-example: no identity profile"), "{told}");
    std::fs::rename(&elsewhere, &profile).expect("it can be put back");

    std::fs::create_dir(province.file("profiles")).expect("a directory");
    let text = std::fs::read_to_string(repository("config/profiles/person-signing.toml")).expect("a profile");
    std::fs::write(province.file("profiles/odd.toml"), text.replace("gd-ca-p256", "nobody")).expect("a file");
    let (code, told) = province.operate(&["doctor"], &[("PEARLBRIDGE__AUTHORITY__PROFILES", "profiles")]);
    assert!(code == Some(1) && told.contains("profile odd: no issuing authority nobody"), "{told}");
    assert_eq!(province.operate(&["doctor"], &[]).0, Some(0));
    std::fs::set_permissions(province.file("data/master.key"), PermissionsExt::from_mode(0o644)).expect("a mode");
    let (code, told) = province.operate(&["doctor"], &[]);
    assert!(code == Some(1) && told.contains("data/master.key has mode 644"), "{told}");
}

#[test]
fn a_look_at_a_set_up_that_is_not_there_makes_nothing() {
    let directory = temporary_directory("nothing");
    std::os::unix::fs::symlink(repository("config"), directory.join("config")).expect("a link can be made");
    std::fs::create_dir(directory.join("data")).expect("a directory");
    let key = "ab".repeat(32);
    let doctor = || {
        let mut command = support::pearlbridge();
        command
            .arg("doctor")
            .current_dir(&directory)
            .env("PEARLBRIDGE_MASTER_KEY", &key)
            .env_remove("PEARLBRIDGE_DATA");
        let output = command.stdin(Stdio::null()).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, told) = doctor();
    assert!(code == Some(1) && told.contains("there is no database data/pearlbridge.db"), "{told}");
    assert_eq!(std::fs::read_dir(directory.join("data")).expect("it is there").count(), 0);

    // A database of no program is not made into one.
    std::fs::write(directory.join("data/pearlbridge.db"), "").expect("a file");
    let (code, told) = doctor();
    assert!(code == Some(1) && told.contains("not up to date"), "{told}");
}
