//! The texts and the colours: the same in every language and theme, none missing, none left over, all readable.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pearlbridge::locale::Locale;
use pearlbridge::web::view::{account, asset, error, hall, login, mandate, phone, report, terms, verify};

/// Characters that simplified Chinese writes in another way than traditional Chinese, pair by pair.
const SIMPLIFIED: &str = "证书签发认页码录验请选择输入错误办务户网厅账设备时间将进这张个为对应级层读据资讯还没问题";
const TRADITIONAL: &str = "證書簽發認頁碼錄驗請選擇輸入錯誤辦務戶網廳賬設備時間將進這張個為對應級層讀據資訊還沒問題";

#[test]
fn every_language_has_every_text_with_the_same_arguments() {
    let [reference, others @ ..] = Locale::ALL.map(texts);
    for (locale, texts) in Locale::ALL[1..].iter().zip(others) {
        for (key, text) in &reference {
            let translated = texts.get(key).unwrap_or_else(|| panic!("{key} is missing in {}", locale.tag()));
            assert_eq!(arguments(text), arguments(translated), "{key} in {}", locale.tag());
        }
        let extra: Vec<_> = texts.keys().filter(|key| !reference.contains_key(*key)).collect();
        assert!(extra.is_empty(), "only in {}: {extra:?}", locale.tag());
    }
}

#[test]
fn every_text_is_used_and_every_used_text_exists() {
    let known: BTreeSet<_> = texts(Locale::En).into_keys().collect();
    let used = used_keys();
    let missing: Vec<_> = used.difference(&known).collect();
    let unused: Vec<_> = known.difference(&used).collect();
    assert!(missing.is_empty(), "used, but not written: {missing:?}");
    assert!(unused.is_empty(), "written, but not used: {unused:?}");
}

#[test]
fn the_two_chinese_scripts_are_not_mixed() {
    let only = |these: &str, those: &str| -> BTreeSet<char> {
        these.chars().zip(those.chars()).filter(|(this, that)| this != that).map(|(this, _)| this).collect()
    };
    let cases = [(Locale::ZhHans, only(TRADITIONAL, SIMPLIFIED)), (Locale::ZhHant, only(SIMPLIFIED, TRADITIONAL))];
    for (locale, foreign) in cases {
        for (key, text) in texts(locale) {
            let mixed: Vec<_> = text.chars().filter(|character| foreign.contains(character)).collect();
            assert!(mixed.is_empty(), "{key} in {}: {mixed:?}", locale.tag());
        }
    }
}

/// WCAG 2.2, 1.4.3: text against its ground at least 4.5 to 1; 1.4.11: edges and focus rings at least 3 to 1.
#[test]
fn colours_are_told_apart_in_every_theme() {
    let themes = themes();
    assert_eq!(themes.len(), 6, "issuer and two halls, light and dark");
    for (name, theme) in themes {
        let pairs = [
            ("ink", "paper", 4.5),
            ("ink", "surface", 4.5),
            ("ink", "sunk", 4.5),
            ("soft", "paper", 4.5),
            ("soft", "surface", 4.5),
            ("soft", "sunk", 4.5),
            ("accent", "paper", 4.5),
            ("accent", "surface", 4.5),
            ("accent", "sunk", 4.5),
            ("accent-strong", "tint", 4.5),
            ("on-accent", "accent", 4.5),
            ("on-accent", "accent-strong", 4.5),
            ("on-strip", "strip", 4.5),
            ("good", "good-tint", 4.5),
            ("bad", "bad-tint", 4.5),
            ("bad", "surface", 4.5),
            ("wait", "wait-tint", 4.5),
            ("edge", "surface", 3.0),
            ("focus", "paper", 3.0),
            ("focus", "surface", 3.0),
        ];
        for (text, ground, least) in pairs {
            let contrast = contrast(&theme[text], &theme[ground]);
            assert!(contrast >= least, "{name}: {text} on {ground} is {contrast:.2} to 1, not {least}");
        }
    }
}

/// Key to text, continuation lines and all, of one language.
fn texts(locale: Locale) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for file in files(&format!("src/web/locales/{}", locale.tag()), "ftl") {
        let content = fs::read_to_string(&file).expect("a text file is UTF-8");
        let mut current = None;
        for line in content.lines() {
            if let Some((key, text)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '#'])) {
                assert!(texts.insert(key.to_owned(), text.to_owned()).is_none(), "{key} twice in {}", locale.tag());
                current = Some(key.to_owned());
            } else if let Some(key) = current.as_ref().filter(|_| line.starts_with(' ')) {
                texts.entry(key.clone()).and_modify(|text| text.push_str(line));
            }
        }
    }
    texts
}

fn arguments(text: &str) -> BTreeSet<&str> {
    let end = |rest: &str| rest.find(|next: char| !next.is_ascii_alphanumeric()).unwrap_or(rest.len());
    text.split('$').skip(1).map(|rest| &rest[..end(rest)]).collect()
}

/// The keys in templates and view code, and those of all terms.
fn used_keys() -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for file in files("src/web/templates", "html").into_iter().chain(files("src/web/view", "rs")) {
        let source = fs::read_to_string(&file).expect("a source file is UTF-8");
        for call in ["text(\"", "text1(\"", "text2(\""] {
            used.extend(source.split(call).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
    used.extend(["date", "date-time", "duration-seconds", "duration-minutes", "duration-hours"].map(String::from));
    used.extend((1..=12).map(|month| format!("month-{month}")));
    used.extend((2..=5).flat_map(|level| [format!("level-{level}"), format!("level-{level}-meaning")]));
    used.extend(super::samples::problems(Locale::En).iter().map(|problem| problem.key().to_owned()));
    used.extend(term_keys().into_iter().map(String::from));
    used.extend(next_keys());
    used.extend(
        hall::Hall::ALL.iter().flat_map(|hall| ["kind", "summary"].map(|part| format!("{}-{part}", hall.key()))),
    );
    used.extend(hall::Item::ALL.iter().map(|item| format!("{}-summary", item.key())));
    used
}

fn next_keys() -> Vec<String> {
    let refusals = error::RefusalReason::ALL.iter().map(|reason| reason.key());
    let errors = error::ErrorKind::ALL.iter().map(|kind| kind.key());
    let hall_errors = hall::HallError::ALL.iter().map(|kind| kind.key());
    let kept = account::KeptBecause::ALL.iter().map(|because| because.key());
    let next = refusals.clone().chain(errors).chain(hall_errors).chain(kept).map(|key| format!("{key}-next"));
    let standings = verify::Standing::ALL.iter().map(|standing| standing.key());
    let screens = phone::ScreenOutcome::ALL.iter().map(|outcome| format!("{}-next", outcome.key()));
    let offers = mandate::MandateOutcome::ALL.iter().map(|outcome| format!("{}-next", outcome.key()));
    next.chain(offers).chain(screens).chain(refusals.chain(standings).map(|key| format!("{key}-meaning"))).collect()
}

fn term_keys() -> Vec<&'static str> {
    macro_rules! keys {
        ($($term:ty),+ $(,)?) => { [$(<$term>::ALL.iter().map(|value| value.key()).collect::<Vec<_>>()),+].concat() };
    }
    keys![
        account::ActivityKind,
        account::IssuedState,
        account::KeptBecause,
        account::Notice,
        error::ErrorKind,
        error::RefusalReason,
        hall::Hall,
        hall::HallError,
        hall::Item,
        hall::Purpose,
        report::Assumed,
        report::ReportCheck,
        report::ReportOutcome,
        account::MandateState,
        login::PhoneStanding,
        mandate::MandateOutcome,
        phone::ScreenOutcome,
        terms::ClaimName,
        terms::DocumentKind,
        terms::Method,
        terms::NameScript,
        terms::RecordStatus,
        terms::Region,
        terms::Scheme,
        terms::SubjectKind,
        verify::CheckKind,
        verify::NodeRole,
        verify::Outcome,
        verify::Standing,
        verify::Verdict,
    ]
}

fn files(directory: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("the directory is there") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|given| given == extension) {
                found.push(path);
            }
        }
    }
    found
}

type Theme = BTreeMap<String, String>;

/// The colours of each theme: blocks of the style sheet that begin with `:root` or a hall, the first light, the second dark.
fn themes() -> Vec<(String, Theme)> {
    let (light, dark) = asset::STYLE.split_once("@media (prefers-color-scheme: dark)").expect("there is a dark theme");
    let mut themes = Vec::new();
    let mut ground = Theme::new();
    for (name, sheet) in [("light", light), ("dark", dark)] {
        ground.extend(colours(sheet, ":root {"));
        themes.push((format!("issuer, {name}"), ground.clone()));
    }
    for hall in [".hall-window {", ".hall-city {"] {
        let mut own = colours(light, hall);
        themes.push((format!("{hall} light"), merged(&themes[0].1, &own)));
        own.extend(colours(dark, hall));
        themes.push((format!("{hall} dark"), merged(&themes[1].1, &own)));
    }
    themes
}

fn merged(ground: &Theme, own: &Theme) -> Theme {
    ground.clone().into_iter().chain(own.clone()).collect()
}

fn colours(sheet: &str, selector: &str) -> Theme {
    let block = sheet.split_once(selector).expect("the block is there").1.split_once('}').expect("it ends").0;
    let declarations = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
    declarations.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The contrast ratio of WCAG 2.2 between two colours `rrggbb`.
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: &str) -> f64 {
    let part = |from: usize| {
        let value =
            f64::from(u8::from_str_radix(&colour[from..from + 2], 16).expect("a colour is hexadecimal")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}
