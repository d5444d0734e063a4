//! What every page shares: its language, its way back, who is signed in.

use super::asset;
use super::problem::Problem;
use crate::locale::{Argument, Locale};

/// The part of a page that does not depend on what the page is about.
#[derive(Clone, Debug, Default)]
pub struct PageContext {
    /// The language the page is written in.
    pub locale: Locale,
    /// The path and query of the page as a `GET` would fetch it; the language switch leads there.
    pub path_and_query: String,
    /// The token that each form sends back as `csrf`.
    pub csrf: String,
    /// The name of the person signed in, if someone is.
    pub signed_in: Option<String>,
    /// After how many seconds without use a session on a screen that many use ends.
    pub kiosk: Option<i64>,
    /// Shows the band that says that this province is a demonstration.
    pub demonstration: bool,
}

impl PageContext {
    /// The text of `key` in the page's language.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.locale.text(key)
    }

    /// The text of `key` with one argument.
    #[must_use]
    pub fn text1<'a>(&self, key: &str, name: &'static str, value: impl Into<Argument<'a>>) -> String {
        self.locale.text_with(key, &[(name, value.into())])
    }

    /// The text of `key` with two arguments.
    #[must_use]
    pub fn text2<'a, 'b>(
        &self,
        key: &str,
        first: &'static str,
        value: impl Into<Argument<'a>>,
        second: &'static str,
        other: impl Into<Argument<'b>>,
    ) -> String {
        self.locale.text_with(key, &[(first, value.into()), (second, other.into())])
    }

    /// A day, in words.
    #[must_use]
    pub fn date(&self, unix_seconds: &i64) -> String {
        self.locale.date(*unix_seconds)
    }

    /// A day and minute, in words.
    #[must_use]
    pub fn date_time(&self, unix_seconds: &i64) -> String {
        self.locale.date_time(*unix_seconds)
    }

    /// The name of a level of assurance, 2 to 5; anything else is shown as the nearest of these.
    #[must_use]
    pub fn level(&self, level: &u8) -> String {
        self.text(LEVELS[level_index(*level)].0)
    }

    /// What a level of assurance takes, in one sentence.
    #[must_use]
    pub fn level_meaning(&self, level: &u8) -> String {
        self.text(LEVELS[level_index(*level)].1)
    }

    /// What is wrong with the field `id`, if something is.
    #[must_use]
    pub fn beside(&self, problems: &[Problem], id: &str) -> Option<String> {
        problems.iter().find(|problem| problem.field() == id).map(|problem| problem.text(&self.locale))
    }

    /// Whether the page belongs to the part of the site that begins at `root`.
    #[must_use]
    pub fn is_in(&self, root: &str) -> bool {
        let rest = self.path_and_query.strip_prefix(root);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    }

    /// The address of an asset, with its version.
    #[must_use]
    pub fn asset(&self, file: &str) -> String {
        format!("/assets/{file}?v={}", asset::version())
    }

    /// The languages of the switch, each with the address of this page in it.
    #[must_use]
    pub fn languages(&self) -> Vec<LanguageLink> {
        Locale::ALL.into_iter().map(|locale| self.language_link(locale)).collect()
    }

    fn language_link(&self, locale: Locale) -> LanguageLink {
        let (path, query) = self.path_and_query.split_once('?').unwrap_or((&self.path_and_query, ""));
        let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let query: Vec<_> = others.map(str::to_owned).chain([format!("lang={}", locale.tag())]).collect();
        // A request for `//elsewhere/` must not become a link to that host, nor `/\elsewhere/`, which browsers read alike.
        let path = path.trim_start_matches(['/', '\\']);
        LanguageLink { locale, href: format!("/{path}?{}", query.join("&")), current: locale == self.locale }
    }
}

/// One language of the switch.
#[derive(Clone, Debug)]
pub struct LanguageLink {
    /// The language it leads to.
    pub locale: Locale,
    /// The same page in that language.
    pub href: String,
    /// Whether the page is in that language already.
    pub current: bool,
}

const LEVELS: [(&str, &str); 4] = [
    ("level-2", "level-2-meaning"),
    ("level-3", "level-3-meaning"),
    ("level-4", "level-4-meaning"),
    ("level-5", "level-5-meaning"),
];

fn level_index(level: u8) -> usize {
    usize::from(level.clamp(2, 5) - 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_switch_keeps_the_path_and_replaces_the_language() {
        let page = PageContext { path_and_query: "/trust?region=HK&lang=en".to_owned(), ..PageContext::default() };
        let hrefs: Vec<_> = page.languages().into_iter().map(|link| link.href).collect();
        assert_eq!(hrefs[0], "/trust?region=HK&lang=zh-Hans");
        assert_eq!(hrefs[3], "/trust?region=HK&lang=pt");
    }

    #[test]
    fn language_switch_never_leads_to_another_host() {
        for path in ["//elsewhere.example/x", "/\\elsewhere.example/x", "elsewhere.example/x"] {
            let page = PageContext { path_and_query: path.to_owned(), ..PageContext::default() };
            assert_eq!(page.languages()[2].href, "/elsewhere.example/x?lang=en");
        }
    }

    #[test]
    fn page_knows_the_part_of_the_site_that_it_is_in() {
        let at = |path: &str| PageContext { path_and_query: path.to_owned(), ..PageContext::default() };
        assert!(
            at("/trust").is_in("/trust") && at("/trust/hk?lang=en").is_in("/trust") && at("/trust?x").is_in("/trust")
        );
        assert!(!at("/trusted").is_in("/trust") && !at("/").is_in("/trust"));
    }

    #[test]
    fn level_outside_the_scale_is_shown_as_the_nearest() {
        let page = PageContext { locale: Locale::En, ..PageContext::default() };
        assert_eq!(page.level(&0), page.level(&2));
        assert_eq!(page.level(&200), page.level(&5));
    }
}
