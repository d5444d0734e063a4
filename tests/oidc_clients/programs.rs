//! The programs that `pearlbridge client program` prints, run as they are printed: Authlib's, and Apache with
//! `mod_auth_openidc`. (That for npm's openid-client: `tests/registration.rs`.)

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::client::{go, is_client, is_signed_out, with_certificate};
use crate::support::demo::{Demo, free_ports};
use crate::support::snippet::Hall;
use crate::support::{temporary_directory, wait_for};

#[test]
fn authlib_signs_people_in_with_the_printed_program() {
    let demo = crate::demo();
    let added = register(demo, "python-window", "http://localhost:8499/callback", &[]);
    let program = demo.operate(&["client", "program", "python-window", "--for", "authlib"]);
    let hall = Hall::begin_in_python(&program, secret(&added), &demo.description.ca_file);
    let browser = Browser::of(demo, demo.person("chan"));
    let login = go(&browser, browser.get(&hall.url)).expect(200);
    let back = with_certificate(&browser, &login).location().filter(is_client).expect("it leads back");
    let told = hall.finish(&back);
    assert_eq!(told["claims"]["sub"], told["person"]["sub"]);
    assert_eq!(told["person"]["region"], "HK");
}

#[test]
fn apache_signs_people_in_and_out_with_the_printed_settings() {
    let port = free_ports();
    let home = format!("http://localhost:{port}");
    let demo = Demo::start_with(None, &[("PEARLBRIDGE__FETCH__ALLOW_PRIVATE", &format!("[\"{home}\"]"))]);
    let (callback, out) = (format!("{home}/signed-in"), format!("{home}/signed-in?logout=backchannel"));
    let more = ["--post-logout-redirect-uri", &format!("{home}/out/"), "--backchannel-logout-uri", &out];
    let added = register(&demo, "apache-window", &callback, &more);
    let settings = demo.operate(&["client", "program", "apache-window", "--for", "apache"]);
    let _apache = Apache::start(port, &settings, secret(&added), &demo.description.ca_file);

    let browser = Browser::of(&demo, demo.person("lei"));
    let all = |page| browser.follow(page, |_| false);
    let enter = || {
        let page = all(browser.get(format!("{home}/")));
        if page.url.path().starts_with("/login/") { all(browser.get(page.link("/certificate/"))) } else { page }
    };
    let inside = enter().expect(200);
    assert_eq!(inside.body.trim(), "inside");
    assert_eq!((inside.header("x-acr"), inside.header("x-region")), (Some("urn:gd:loa:5"), Some("MO")));
    assert!(inside.header("x-user").is_some_and(|user| !user.is_empty()));

    // Somebody signs out elsewhere: the window has heard of it, and asks again.
    let account = browser.get(format!("{}/account", demo.description.issuer)).expect(200);
    browser.send(&account.form("/account/logout"), &[]);
    wait_for(20, "the window to hear of the sign-out", || browser.get(format!("{home}/")).location());
    enter().expect(200);

    // And out of the window, which ends the session here.
    let gone = all(browser.get(format!("{callback}?logout={home}/out/")));
    assert_eq!(gone.url.path(), "/out/");
    assert!(is_signed_out(&demo, &browser));
}

fn register(demo: &Demo, id: &str, redirect_uri: &str, more: &[&str]) -> Value {
    let usual = [
        "client",
        "add",
        id,
        "--name",
        "A window",
        "--scope",
        "openid profile",
        "--redirect-uri",
        redirect_uri,
        "--json",
    ];
    serde_json::from_str(&demo.operate(&[usual.as_slice(), more].concat())).expect("the record is JSON")
}

fn secret(added: &Value) -> &str {
    added["client_secret"].as_str().expect("a secret is printed")
}

/// Apache with `mod_auth_openidc`, a page for those who are signed in, and one for all.
struct Apache(Child);

impl Apache {
    fn start(port: u16, printed: &str, secret: &str, roots: &Path) -> Self {
        let directory = temporary_directory("apache");
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).expect("it is ours");
        fs::create_dir_all(directory.join("www/out")).expect("a directory");
        fs::write(directory.join("www/index.html"), "inside\n").expect("a page");
        fs::write(directory.join("www/out/index.html"), "outside\n").expect("a page");
        fs::copy(roots, directory.join("roots.pem")).expect("the roots");
        fs::write(directory.join("printed.conf"), printed).expect("the settings");
        fs::write(directory.join("apache.conf"), settings(&directory, port)).expect("the settings");
        let mut apache = Command::new("/usr/sbin/apache2");
        apache.args(["-D", "FOREGROUND", "-f"]).arg(directory.join("apache.conf"));
        apache.env("CLIENT_SECRET", secret).env("OIDC_PASSPHRASE", "of a test").env("NO_PROXY", "*");
        let apache = Self(apache.stdin(Stdio::null()).spawn().expect("apache runs"));
        wait_for(20, "apache", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        apache
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// What stands around the printed settings.
fn settings(directory: &Path, port: u16) -> String {
    let modules = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "headers", "mime", "auth_openidc"];
    let load = |name: &str| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so");
    let load = modules.map(load).join("\n");
    let home = directory.display();
    format!(
        "{load}
ServerRoot {home}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {home}/pid
ErrorLog {home}/log
User www-data
Group www-data
TypesConfig /dev/null
DocumentRoot {home}/www
DirectoryIndex index.html
OIDCCABundlePath {home}/roots.pem
Include {home}/printed.conf
<Location /out/>
  AuthType None
  Require all granted
</Location>
Header set X-User expr=%{{REMOTE_USER}}
Header set X-Acr %{{OIDC_CLAIM_acr}}e
Header set X-Region %{{OIDC_CLAIM_region}}e
"
    )
}
