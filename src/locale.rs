//! The four languages of the pages: which one a person reads, and how texts, dates and waiting times are written in it.
//!
//! Texts are Fluent files in `src/web/locales/<tag>/`, one file a page family, compiled into the program.
//! Tags follow BCP 47; the choice among them follows RFC 9110 §12.5.4 and OpenID Connect Core §3.1.2.1 (`ui_locales`).
//! Times are shown to people in the province's own time, Asia/Shanghai, which has been +08:00 all year since 1991.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, langid, static_loader};
use time::{OffsetDateTime, UtcOffset, macros::offset};

static_loader! {
    static TEXTS = {
        locales: "./src/web/locales",
        fallback_language: "en",
        // Isolation marks around arguments would be copied along with a name or a serial number; all four languages run left to right.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ZH_HANS: LanguageIdentifier = langid!("zh-Hans");
static ZH_HANT: LanguageIdentifier = langid!("zh-Hant");
static EN: LanguageIdentifier = langid!("en");
static PT: LanguageIdentifier = langid!("pt");
const PROVINCE: UtcOffset = offset!(+8);

/// A language that every page is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Chinese in simplified characters, the province's own and therefore the default.
    #[default]
    ZhHans,
    /// Chinese in traditional characters, in the wording of Hong Kong.
    ZhHant,
    /// English.
    En,
    /// Portuguese as written in Portugal and Macao.
    Pt,
}

impl Locale {
    /// Every language, in the order in which the switch shows them.
    pub const ALL: [Self; 4] = [Self::ZhHans, Self::ZhHant, Self::En, Self::Pt];

    /// The BCP 47 tag, for `lang` attributes, the `?lang=` parameter and the cookie.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
            Self::Pt => "pt",
        }
    }

    /// The language's name for itself, so that whoever reads it finds it.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::ZhHans => "简体中文",
            Self::ZhHant => "繁體中文",
            Self::En => "English",
            Self::Pt => "Português",
        }
    }

    /// The language that best serves a reader of `tag`, any BCP 47 tag in any letter case.
    ///
    /// Chinese is told apart by its script subtag first; without one by region: Hong Kong, Macao and Taiwan write
    /// traditional characters. Cantonese (`yue`) is written in traditional characters unless its tag says otherwise.
    /// Returns `None` for a language that we do not write.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
        let mut subtags = tag.split('-');
        match subtags.next()? {
            "en" => Some(Self::En),
            "pt" => Some(Self::Pt),
            "zh" | "cmn" => Some(chinese(subtags, Self::ZhHans)),
            "yue" => Some(chinese(subtags, Self::ZhHant)),
            _ => None,
        }
    }

    /// The text of `key`.
    #[must_use]
    pub fn text(self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// The text of `key` with its arguments filled in.
    ///
    /// A key that does not exist, or lacks an argument, comes out as `⟦key⟧`: visible, harmless, and looked for by the tests.
    #[must_use]
    pub fn text_with(self, key: &str, arguments: &[(&'static str, Argument<'_>)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.iter().map(|(name, value)| (Cow::Borrowed(*name), value.into())).collect();
        TEXTS.lookup_single_language(self.identifier(), key, Some(&arguments)).unwrap_or_else(|_| format!("⟦{key}⟧"))
    }

    /// The day of `unix_seconds` in the province's time: `2026年3月5日`, `5 March 2026`, `5 de março de 2026`.
    #[must_use]
    pub fn date(self, unix_seconds: i64) -> String {
        let Some(at) = in_province(unix_seconds) else {
            return unix_seconds.to_string();
        };
        let month = self.text(MONTHS[usize::from(u8::from(at.month())) - 1]);
        self.text_with(
            "date",
            &[("year", at.year().to_string().into()), ("month", month.into()), ("day", at.day().to_string().into())],
        )
    }

    /// The day and minute of `unix_seconds` in the province's time, on a 24 hour clock.
    #[must_use]
    pub fn date_time(self, unix_seconds: i64) -> String {
        let Some(at) = in_province(unix_seconds) else {
            return unix_seconds.to_string();
        };
        let clock = format!("{:02}:{:02}", at.hour(), at.minute());
        self.text_with("date-time", &[("date", self.date(unix_seconds).into()), ("clock", clock.into())])
    }

    /// A waiting time in words, rounded up so that waiting this long is always long enough.
    #[must_use]
    pub fn duration(self, seconds: u64) -> String {
        let (key, n) = match seconds {
            0..=90 => ("duration-seconds", seconds.max(1)),
            91..=5400 => ("duration-minutes", seconds.div_ceil(60)),
            _ => ("duration-hours", seconds.div_ceil(3600)),
        };
        self.text_with(key, &[("n", n.into())])
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Self::ZhHans => &ZH_HANS,
            Self::ZhHant => &ZH_HANT,
            Self::En => &EN,
            Self::Pt => &PT,
        }
    }
}

/// What a text is filled in with.
#[derive(Clone, Debug)]
pub enum Argument<'a> {
    /// Words, shown as they are.
    Text(Cow<'a, str>),
    /// A number that the text may choose a plural by.
    Number(i64),
}

impl<'a> From<&'a str> for Argument<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Argument<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Argument<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<u64> for Argument<'_> {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Argument<'_> {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&usize> for Argument<'_> {
    fn from(number: &usize) -> Self {
        Self::from(*number)
    }
}

impl<'a> From<&'a Argument<'_>> for FluentValue<'a> {
    fn from(argument: &'a Argument<'_>) -> Self {
        match argument {
            Argument::Text(text) => Self::from(text.as_ref()),
            Argument::Number(number) => Self::from(*number),
        }
    }
}

/// Chooses the language of a page: what the person picked, then what the hall asked for, then what the browser prefers.
///
/// * `chosen`: the `?lang=` parameter or the cookie that remembers it, one tag.
/// * `ui_locales`: the OpenID Connect parameter, tags in order of preference, separated by spaces.
/// * `accept_language`: the request header; `q` weights are respected, `q=0` rules a language out.
///
/// The default is simplified Chinese.
#[must_use]
pub fn negotiate(chosen: Option<&str>, ui_locales: Option<&str>, accept_language: Option<&str>) -> Locale {
    chosen
        .and_then(Locale::from_tag)
        .or_else(|| ui_locales?.split_ascii_whitespace().find_map(Locale::from_tag))
        .or_else(|| preferred(accept_language?))
        .unwrap_or_default()
}

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10",
    "month-11", "month-12",
];

fn chinese<'a>(mut subtags: impl Iterator<Item = &'a str>, otherwise: Locale) -> Locale {
    subtags
        .find_map(|subtag| match subtag {
            "hans" | "cn" | "sg" | "my" => Some(Locale::ZhHans),
            "hant" | "hk" | "mo" | "tw" => Some(Locale::ZhHant),
            _ => None,
        })
        .unwrap_or(otherwise)
}

/// The first of the languages of greatest weight in an `Accept-Language` header.
fn preferred(header: &str) -> Option<Locale> {
    let mut best: Option<(u16, Locale)> = None;
    // A header may be 8 kB of commas; nobody reads more than 32 languages.
    for range in header.split(',').take(32) {
        let Some((weight, locale)) = language_range(range) else {
            continue;
        };
        if weight > 0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

/// One `language-range [";" "q=" qvalue]`, its weight in thousandths; `*` stands for the default language.
fn language_range(range: &str) -> Option<(u16, Locale)> {
    let mut parts = range.split(';');
    let tag = parts.next()?.trim();
    let locale = if tag == "*" { Locale::default() } else { Locale::from_tag(tag)? };
    let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), thousandths)?;
    Some((weight, locale))
}

/// `qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`, RFC 9110 §12.4.2.
fn thousandths(qvalue: &str) -> Option<u16> {
    let (whole, fraction) = qvalue.split_once('.').unwrap_or((qvalue, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let weight = whole.parse::<u16>().ok()?.checked_mul(1000)? + format!("{fraction:0<3}").parse::<u16>().ok()?;
    (weight <= 1000).then_some(weight)
}

fn in_province(unix_seconds: i64) -> Option<OffsetDateTime> {
    Some(OffsetDateTime::from_unix_timestamp(unix_seconds).ok()?.to_offset(PROVINCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_every_chinese_find_their_script() {
        let cases = [
            ("zh", Locale::ZhHans),
            ("zh-CN", Locale::ZhHans),
            ("zh-SG", Locale::ZhHans),
            ("zh-HK", Locale::ZhHant),
            ("zh-MO", Locale::ZhHant),
            ("zh-TW", Locale::ZhHant),
            ("zh_hk", Locale::ZhHant),
            ("zh-Hant", Locale::ZhHant),
            ("zh-Hans-HK", Locale::ZhHans),
            ("zh-Hant-CN", Locale::ZhHant),
            ("yue", Locale::ZhHant),
            ("pt-PT", Locale::Pt),
            ("pt-BR", Locale::Pt),
            ("EN-gb", Locale::En),
        ];
        for (tag, locale) in cases {
            assert_eq!(Locale::from_tag(tag), Some(locale), "{tag}");
        }
        assert_eq!(Locale::from_tag("fr-CH"), None);
        assert_eq!(Locale::from_tag(""), None);
    }

    #[test]
    fn what_the_person_chose_goes_before_what_the_hall_or_the_browser_asks() {
        assert_eq!(negotiate(Some("pt"), Some("en"), Some("zh-HK")), Locale::Pt);
        assert_eq!(negotiate(Some("xx"), Some("fr zh-HK en"), Some("pt")), Locale::ZhHant);
        assert_eq!(negotiate(None, None, Some("pt")), Locale::Pt);
        assert_eq!(negotiate(None, None, None), Locale::ZhHans);
    }

    #[test]
    fn weights_of_accept_language_are_respected() {
        let browser = |header| negotiate(None, None, Some(header));
        assert_eq!(browser("en;q=0.5, zh-HK;q=0.9"), Locale::ZhHant);
        assert_eq!(browser("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5"), Locale::En);
        assert_eq!(browser("pt, en"), Locale::Pt);
        assert_eq!(browser("en;q=0, pt;q=0.001"), Locale::Pt);
        assert_eq!(browser("fr, *;q=0.1"), Locale::ZhHans);
        assert_eq!(browser("en;q=7, en;q=0.1234, pt;q=0.2"), Locale::Pt);
        assert_eq!(browser(";;,,=,q"), Locale::ZhHans);
    }

    #[test]
    fn times_are_the_provinces_own() {
        // 2026-03-04T16:05:00Z is past midnight in Guangzhou.
        let at = 1_772_640_300;
        assert_eq!(Locale::ZhHans.date_time(at), "2026年3月5日 00:05");
        assert_eq!(Locale::En.date_time(at), "5 March 2026, 00:05");
        assert_eq!(Locale::Pt.date(at), "5 de março de 2026");
        assert_eq!(Locale::En.date(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn waiting_times_are_rounded_up() {
        assert_eq!(Locale::En.duration(0), "1 second");
        assert_eq!(Locale::En.duration(61), "61 seconds");
        assert_eq!(Locale::En.duration(121), "3 minutes");
        assert_eq!(Locale::Pt.duration(7200), "2 horas");
    }
}
