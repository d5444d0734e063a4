//! Every page, in every state and language: sound HTML, nothing inline, nothing unlabelled, nothing untranslated.
//!
//! `PAGES_OUT=<directory>` writes the pages there as `<language>/<page>.html`, with the assets beside them, to be looked at.

#[path = "pages/html.rs"]
mod html;
#[path = "pages/samples.rs"]
mod samples;
#[path = "pages/texts.rs"]
mod texts;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use html::{Tag, tags};
use pearlbridge::locale::Locale;
use pearlbridge::web::view::asset;

#[test]
fn every_page_is_sound_in_every_language() {
    for locale in Locale::ALL {
        for sample in samples::all(locale) {
            let at = format!("{} in {}", sample.name, locale.tag());
            assert!(!sample.html.contains('⟦'), "{at} has an untranslated text: {}", marked(&sample.html));
            let tags = tags(&sample.html);
            nothing_is_inline_or_external(&at, &tags);
            structure_is_clear(&at, locale, &tags);
            controls_are_labelled(&at, &tags);
            references_are_found(&at, &tags);
            forms_carry_their_token(&at, &tags);
        }
    }
}

#[test]
fn what_people_send_is_shown_and_never_obeyed() {
    let refused = samples::all(Locale::En).into_iter().find(|sample| sample.name == "error-bad_redirect_uri");
    let html = refused.expect("the page is among the samples").html;
    assert!(!html.contains("<script>"), "{html}");
    assert!(html.contains("&#60;script&#62;"), "{html}");
}

#[test]
fn every_problem_of_a_form_is_told_in_every_language() {
    for locale in Locale::ALL {
        for problem in samples::problems(locale) {
            let text = problem.text(&locale);
            assert!(!text.contains('⟦'), "{problem:?} in {}: {text}", locale.tag());
        }
    }
}

#[test]
fn pages_are_written_where_asked() {
    let Ok(out) = std::env::var("PAGES_OUT") else { return };
    let out = Path::new(&out);
    write(&out.join("assets/style.css"), asset::STYLE);
    write(&out.join("assets/enhance.js"), asset::ENHANCE);
    write(&out.join("assets/phone.js"), asset::PHONE);
    write(&out.join("assets/passkey.js"), asset::PASSKEY);
    write(&out.join("assets/favicon.svg"), asset::FAVICON);
    for locale in Locale::ALL {
        for sample in samples::all(locale) {
            write(&out.join(locale.tag()).join(format!("{}.html", sample.name)), &sample.html);
        }
    }
}

fn write(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().expect("a file is in a directory")).expect("the directory can be made");
    fs::write(path, content).expect("the file can be written");
}

fn marked(html: &str) -> &str {
    html.split_once('⟦').and_then(|(_, rest)| rest.split_once('⟧')).map_or("", |(key, _)| key)
}

/// The Content-Security-Policy allows nothing but files of our own; and frames of clients, on the page that signs out of them.
fn nothing_is_inline_or_external(at: &str, tags: &[Tag]) {
    for tag in tags {
        assert_ne!(tag.name, "style", "{at}");
        assert!(tag.name != "script" || tag.get("src").is_some(), "{at} has an inline script");
        for (name, value) in &tag.attributes {
            assert!(name != "style" && !name.starts_with("on"), "{at}: <{} {name}={value}>", tag.name);
        }
        if tag.name == "iframe" && at.starts_with("signed-out-frames ") {
            assert!(tag.get("src").is_some_and(|address| address.starts_with("https://")), "{at}");
            continue;
        }
        let loaded = tag.get("src").or_else(|| tag.get("href").filter(|_| tag.name == "link"));
        assert!(loaded.is_none_or(|address| address.starts_with("/assets/")), "{at} loads {loaded:?}");
    }
}

fn structure_is_clear(at: &str, locale: Locale, tags: &[Tag]) {
    let count = |name| tags.iter().filter(|tag| tag.name == name).count();
    for name in ["h1", "main", "header", "footer", "title"] {
        assert_eq!(count(name), 1, "{at}: <{name}>");
    }
    let root = tags.iter().find(|tag| tag.name == "html").expect("a page has a root");
    assert_eq!(root.get("lang"), Some(locale.tag()), "{at}");
    let skip = tags.iter().find(|tag| tag.name == "a").expect("a page has links");
    assert_eq!(skip.get("href"), Some("#main"), "{at}: the first link skips to the content");
    let mut level = 1;
    for heading in tags.iter().filter_map(|tag| tag.name.strip_prefix('h')?.parse::<u32>().ok()) {
        assert!(heading <= level + 1 || heading == 2, "{at}: h{heading} after h{level}");
        level = heading;
    }
}

fn controls_are_labelled(at: &str, tags: &[Tag]) {
    let labels: HashSet<_> = tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
    for tag in tags.iter().filter(|tag| matches!(tag.name.as_str(), "input" | "select" | "textarea")) {
        if tag.get("type") == Some("hidden") {
            continue;
        }
        let id = tag.get("id");
        assert!(id.is_some_and(|id| labels.contains(id)), "{at}: <{}> {id:?} has no label", tag.name);
    }
    for tag in tags.iter().filter(|tag| tag.name == "svg") {
        assert_eq!(tag.get("aria-hidden"), Some("true"), "{at}: a picture that says nothing is hidden");
    }
}

fn references_are_found(at: &str, tags: &[Tag]) {
    let mut ids = HashSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        assert!(ids.insert(id), "{at}: {id} twice");
    }
    for tag in tags {
        let named = ["for", "aria-labelledby", "aria-describedby"].into_iter().filter_map(|name| tag.get(name));
        let linked = tag.get("href").and_then(|href| href.strip_prefix('#'));
        for id in named.chain(linked).flat_map(str::split_ascii_whitespace) {
            assert!(ids.contains(id), "{at}: <{}> refers to {id}, which is not there", tag.name);
        }
        assert_ne!(tag.get("aria-describedby"), Some(""), "{at}: <{}> is described by nothing", tag.name);
    }
}

fn forms_carry_their_token(at: &str, tags: &[Tag]) {
    let forms = tags.iter().filter(|tag| tag.name == "form");
    // A form that goes to a client must not take our token there.
    let (away, ours): (Vec<_>, Vec<_>) = forms.partition(|form| form.get("data-send").is_some());
    let tokens = tags.iter().filter(|tag| tag.name == "input" && tag.get("name") == Some("csrf")).count();
    assert_eq!(ours.len(), tokens, "{at}");
    for (forms, beginning) in [(ours, "/"), (away, "https://")] {
        for form in forms {
            assert_eq!(form.get("method"), Some("post"), "{at}");
            assert!(form.get("action").is_some_and(|action| action.starts_with(beginning)), "{at}");
        }
    }
}
