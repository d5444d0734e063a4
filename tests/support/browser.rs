//! A browser without a screen: `curl` with a cookie jar, which follows links, redirects and forms as a person would.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use url::Url;

use super::demo::{Demo, Person};
use super::temporary_directory;

#[path = "../pages/html.rs"]
mod html;

/// So many redirects in a row are a circle.
const REDIRECTS: usize = 12;

/// A browser with its cookies, its language, and maybe a certificate.
pub(crate) struct Browser {
    directory: PathBuf,
    roots: PathBuf,
    language: String,
    certificate: Option<(PathBuf, PathBuf)>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A form of a page with its hidden fields.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: Url,
    pub(crate) hidden: Vec<(String, String)>,
}

impl Browser {
    /// A new one, which trusts the demonstration's TLS root and speaks English.
    pub(crate) fn new(demo: &Demo) -> Self {
        Self::trusting(&demo.description.ca_file)
    }

    /// A new one, which trusts these TLS roots and speaks English.
    pub(crate) fn trusting(roots: &Path) -> Self {
        let roots = roots.to_owned();
        Self { directory: temporary_directory("browser"), roots, language: "en".to_owned(), certificate: None }
    }

    /// In a language.
    pub(crate) fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// With a certificate (chain, PEM) and its key, shown to whoever asks for one.
    pub(crate) fn with_certificate(mut self, certificate: &Path, key: &Path) -> Self {
        self.certificate = Some((certificate.to_owned(), key.to_owned()));
        self
    }

    /// With the certificate of a person.
    pub(crate) fn of(demo: &Demo, person: &Person) -> Self {
        Self::new(demo).with_certificate(&person.cert, &person.key)
    }

    /// Gets a page, without following redirects.
    pub(crate) fn get(&self, url: impl AsRef<str>) -> Page {
        self.request(url.as_ref(), |_| ())
    }

    /// Gets a page with one more header.
    pub(crate) fn get_with(&self, url: impl AsRef<str>, header: &str) -> Page {
        self.request(url.as_ref(), |curl| {
            curl.args(["-H", header]);
        })
    }

    /// Opens a page: follows redirects to where they end.
    pub(crate) fn open(&self, url: impl AsRef<str>) -> Page {
        self.follow(self.get(url), |_| false)
    }

    /// Sends fields as a form does, without following the answer.
    pub(crate) fn post(&self, url: impl AsRef<str>, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post_bytes(url, "application/x-www-form-urlencoded", body.as_bytes())
    }

    /// Sends a body of a kind.
    pub(crate) fn post_bytes(&self, url: impl AsRef<str>, kind: &str, body: &[u8]) -> Page {
        let file = self.directory.join("body");
        let mut written = std::fs::File::create(&file).expect("the body can be written");
        written.write_all(body).expect("the body can be written");
        self.request(url.as_ref(), |curl| {
            curl.arg("--data-binary").arg(format!("@{}", file.display()));
            curl.args(["-H", &format!("Content-Type: {kind}")]);
        })
    }

    /// Sends fields and one file, as a form with an upload does.
    pub(crate) fn upload(&self, url: impl AsRef<str>, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Page {
        const BOUNDARY: &str = "----------------------------pearlbridge";
        let mut body = String::new();
        for (name, value) in fields {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"");
            write!(body, "--{BOUNDARY}\r\n{head}\r\n\r\n{value}\r\n").expect("a string takes all");
        }
        let mut body = body.into_bytes();
        if let Some((name, content)) = file {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"");
            let kind = "Content-Type: application/octet-stream";
            body.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n{kind}\r\n\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.post_bytes(url, &format!("multipart/form-data; boundary={BOUNDARY}"), &body)
    }

    /// Sends a form of a page with its hidden fields and these, without following the answer.
    pub(crate) fn send(&self, form: &Form, fields: &[(&str, &str)]) -> Page {
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        self.post(&form.action, &all)
    }

    /// Sends a form and follows the answer to where it ends.
    pub(crate) fn submit(&self, form: &Form, fields: &[(&str, &str)]) -> Page {
        self.follow(self.send(form, fields), |_| false)
    }

    /// Follows redirects until there is none, or one leads to where `end` says.
    pub(crate) fn follow(&self, mut page: Page, end: impl Fn(&Url) -> bool) -> Page {
        for _ in 0..REDIRECTS {
            match page.location() {
                Some(next) if !end(&next) => page = self.get(&next),
                _ => return page,
            }
        }
        panic!("a circle of redirects at {}", page.url);
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let jar = std::fs::read_to_string(self.directory.join("cookies")).ok()?;
        let mut lines = jar.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        lines
            .find(|fields| fields.get(5) == Some(&name))
            .and_then(|fields| fields.get(6).map(|&value| value.to_owned()))
    }

    fn request(&self, url: &str, arrange: impl FnOnce(&mut Command)) -> Page {
        let jar = self.directory.join("cookies");
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-i", "--http1.1", "--noproxy", "*", "--max-time", "60", "-H", "Expect:", "--cacert"])
            .arg(&self.roots);
        curl.arg("-b").arg(&jar).arg("-c").arg(&jar);
        curl.args(["-H", "Accept: text/html,*/*;q=0.8", "-A", "Mozilla/5.0 (X11; Linux) Chrome/1.0"]);
        curl.args(["-H", &format!("Accept-Language: {}", self.language)]);
        if let Some((certificate, key)) = &self.certificate {
            curl.arg("--cert").arg(certificate).arg("--key").arg(key);
        }
        arrange(&mut curl);
        let output = curl.arg(url).stdin(Stdio::null()).output().expect("curl runs");
        assert!(output.status.success(), "{url}: {}", String::from_utf8_lossy(&output.stderr));
        Page::read(Url::parse(url).expect("an address"), &output.stdout)
    }
}

impl Page {
    fn read(url: Url, answer: &[u8]) -> Self {
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has headers");
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(':'));
        Self {
            status: status.expect("an answer has a status"),
            url,
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect(),
            body: String::from_utf8_lossy(&answer[end + 4..]).into_owned(),
        }
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// Where it redirects to.
    pub(crate) fn location(&self) -> Option<Url> {
        let redirects = (300..400).contains(&self.status);
        self.header("location").filter(|_| redirects).map(|to| self.url.join(to).expect("an address"))
    }

    /// Holds it to a status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.url, self.text());
        self
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{}: {error}\n{}", self.url, self.body))
    }

    /// The form whose address ends like this.
    pub(crate) fn form(&self, ending: &str) -> Form {
        let mut found = None;
        for tag in html::tags(&self.body) {
            match (tag.name.as_str(), &mut found) {
                ("form", Some(_)) => break,
                ("form", None) if tag.get("action").is_some_and(|action| action.ends_with(ending)) => {
                    let action = self.url.join(tag.get("action").unwrap_or_default()).expect("an address");
                    found = Some(Form { action, hidden: Vec::new() });
                }
                ("input", Some(form)) if tag.get("type") == Some("hidden") => {
                    let value = |name| unescape(tag.get(name).unwrap_or_default());
                    form.hidden.push((value("name"), value("value")));
                }
                _ => {}
            }
        }
        found.unwrap_or_else(|| panic!("{} ({}) has no form {ending}:\n{}", self.url, self.status, self.text()))
    }

    /// The address of the first link whose address holds this.
    pub(crate) fn link(&self, part: &str) -> Url {
        let tags = html::tags(&self.body);
        let mut links = tags.iter().filter(|tag| tag.name == "a").filter_map(|tag| tag.get("href"));
        let link = links.find(|href| href.contains(part));
        let link = link.unwrap_or_else(|| panic!("{} has no link {part}:\n{}", self.url, self.text()));
        self.url.join(&unescape(link)).expect("an address")
    }

    /// What a person reads: the text of the main part, without tags.
    pub(crate) fn text(&self) -> String {
        let main = self.body.split_once("<main").map_or(self.body.as_str(), |(_, rest)| rest);
        let main = main.split_once("</main>").map_or(main, |(main, _)| main);
        let pieces = main.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text));
        let text = unescape(&pieces.collect::<Vec<_>>().join(" "));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first heading.
    pub(crate) fn heading(&self) -> String {
        let heading = self.body.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>"));
        heading.map_or_else(String::new, |(heading, _)| unescape(heading.trim()))
    }
}

/// The character references that our templates write.
fn unescape(text: &str) -> String {
    let named = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    named.iter().fold(text.to_owned(), |text, (reference, letter)| text.replace(reference, letter))
}
