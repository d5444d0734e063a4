//! OpenSSL as a peer, always told to mind policies: without `-policy_check -explicit_policy` it says OK to any.

use std::path::Path;
use std::process::Command;

use crate::case::{Answer, Case};

/// The SM2 id of GB/T 35276, which OpenSSL before 4.0 has to be told.
pub(crate) const SM2_ID: &str = "distid:1234567812345678";

/// Runs openssl in a folder: what it printed, if it succeeded or not.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(text) } else { Err(text) }
}

/// A request (DER) with a new key.
pub(crate) fn request(folder: &Path, name: &str, algorithm: &[&str], options: &[&str]) -> Vec<u8> {
    let (key, request) = (format!("{name}.key"), format!("{name}.req"));
    run(folder, &[&["genpkey", "-out", &key], algorithm].concat()).unwrap();
    let base = ["req", "-new", "-key", &key, "-subj", "/C=CN/CN=Chan Tai Man", "-outform", "DER", "-out", &request];
    run(folder, &[&base[..], options].concat()).unwrap();
    std::fs::read(folder.join(request)).unwrap()
}

/// Its answer to a case: the chain given alone, the root the only anchor, for a TLS client.
pub(crate) fn verify(folder: &Path, case: &Case) -> Answer {
    let pem = |name: &&str| format!("{name}.pem");
    let mut arguments: Vec<String> = ["verify", "-x509_strict", "-policy_check", "-explicit_policy", "-policy_print"]
        .iter()
        .chain(&["-purpose", "sslclient", "-policy", case.policy])
        .map(|argument| (*argument).to_owned())
        .collect();
    arguments.extend(["-trusted".to_owned(), pem(&case.anchor)]);
    arguments.extend(case.chain.iter().flat_map(|name| ["-untrusted".to_owned(), pem(name)]));
    if !case.crls.is_empty() {
        arguments.push("-crl_check_all".to_owned());
        arguments.extend(case.crl_files().into_iter().flat_map(|file| ["-CRLfile".to_owned(), file]));
    }
    arguments.push(pem(&case.leaf));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(folder, &arguments) {
        Ok(text) => Answer::Accepted(user_policies(&text)),
        Err(text) => Answer::Refused(error_number(&text)),
    }
}

/// What `-policy_print` lists below "User Policies:".
fn user_policies(text: &str) -> Vec<String> {
    let below = text.lines().skip_while(|line| !line.starts_with("User Policies:")).skip(1);
    let indented = below.take_while(|line| line.starts_with(' '));
    indented.filter_map(|line| line.trim().strip_prefix("Policy: ")).map(str::to_owned).collect()
}

/// "error 23 at 2 depth lookup: certificate revoked", without the depth.
fn error_number(text: &str) -> String {
    let error = text.lines().find(|line| line.starts_with("error ")).unwrap_or(text);
    match (error.split_once(" at "), error.split_once("lookup: ")) {
        (Some((number, _)), Some((_, words))) => format!("{number}: {words}"),
        _ => text.to_owned(),
    }
}
