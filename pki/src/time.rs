//! A moment in UTC, to the second: what certificates and CRLs are dated with. There is no clock here.

use std::fmt;

use crate::encoding::{Asn1Error, Asn1Result};

/// Seconds since 1970-01-01T00:00:00Z; before it, negative. Printed and read as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

const DAY: i64 = 86_400;

impl Time {
    /// A moment of the (proleptic Gregorian) calendar; `None` if the calendar has no such moment.
    pub fn from_calendar(year: i64, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Option<Self> {
        let exists = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        let seconds = i64::from(hour * 3600 + minute * 60 + second);
        exists.then(|| Self(days_from_civil(year, month, day) * DAY + seconds))
    }

    /// Reads RFC 3339, e.g. `2026-01-01T08:00:00.25+08:00`; a fraction is cut off.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        let dated = bytes.len() >= 20 && separators.iter().all(|(at, mark)| bytes[*at] == *mark);
        if !dated || !matches!(bytes[10], b'T' | b't' | b' ') {
            return None;
        }
        let number = |from: usize, to: usize| digits(&bytes[from..to]);
        // A leap second is the last second of its day to everything that compares times here.
        let second = number(17, 19)?.min(59 + u32::from(number(17, 19)? > 60));
        let local = Self::from_calendar(
            i64::from(number(0, 4)?),
            number(5, 7)?,
            number(8, 10)?,
            number(11, 13)?,
            number(14, 16)?,
            second,
        )?;
        offset_seconds(without_fraction(&bytes[19..])?).map(|offset| Self(local.0 - offset))
    }

    /// UTCTime of RFC 5280 §4.1.2.5.1, `YYMMDDHHMMSSZ`; 50 to 99 are 1950 to 1999.
    pub(crate) fn from_utc_time(text: &[u8]) -> Asn1Result<Self> {
        let short = text.get(..2).and_then(digits).ok_or_else(|| Asn1Error("not a UTCTime".into()))?;
        let mut whole = if short >= 50 { *b"190000000000000" } else { *b"200000000000000" };
        match whole.get_mut(2..).filter(|rest| rest.len() == text.len()) {
            Some(rest) => rest.copy_from_slice(text),
            None => return Err(Asn1Error(format!("not a UTCTime: {}", text.escape_ascii()))),
        }
        Self::from_generalized_time(&whole)
    }

    /// GeneralizedTime of RFC 5280 §4.1.2.5.2, `YYYYMMDDHHMMSSZ`, no fraction, always Zulu.
    pub(crate) fn from_generalized_time(text: &[u8]) -> Asn1Result<Self> {
        Self::from_generalized_digits(text)
            .ok_or_else(|| Asn1Error(format!("not a time of RFC 5280 §4.1.2.5: {}", text.escape_ascii())))
    }

    fn from_generalized_digits(text: &[u8]) -> Option<Self> {
        if text.len() != 15 || text[14] != b'Z' {
            return None;
        }
        let number = |from: usize| digits(&text[from..from + 2]);
        let year = i64::from(digits(&text[..4])?);
        Self::from_calendar(year, number(4)?, number(6)?, number(8)?, number(10)?, number(12)?)
    }

    pub(crate) fn to_generalized_text(self) -> String {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.clock();
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
    }

    /// The year, in UTC.
    pub fn year(self) -> i64 {
        self.date().0
    }

    /// Year, month (1 to 12) and day (1 to 31), in UTC.
    pub fn date(self) -> (i64, u32, u32) {
        civil_from_days(self.0.div_euclid(DAY))
    }

    /// Hour, minute and second, in UTC.
    pub fn clock(self) -> (u32, u32, u32) {
        let second = self.0.rem_euclid(DAY) as u32;
        (second / 3600, second / 60 % 60, second % 60)
    }

    /// This moment and `seconds` more.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = (self.date(), self.clock());
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0u32, |sum, octet| octet.is_ascii_digit().then(|| sum * 10 + u32::from(octet - b'0')))
}

fn without_fraction(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [b'.', fraction @ ..] => {
            let length = fraction.iter().take_while(|octet| octet.is_ascii_digit()).count();
            (length > 0).then(|| &fraction[length..])
        }
        whole => Some(whole),
    }
}

fn offset_seconds(zone: &[u8]) -> Option<i64> {
    match zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            let seconds = i64::from(hours * 3600 + minutes * 60);
            (hours < 24 && minutes < 60).then_some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, counting years from March so that the leap day is the last of its year.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339_is_read_with_fraction_and_offset_and_printed_in_utc() {
        let time = Time::parse_rfc3339("2026-01-01T08:00:00.25+08:00").unwrap();
        assert_eq!(time.to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(Time::parse_rfc3339("1970-01-01T00:00:00Z"), Some(Time(0)));
        assert_eq!(Time::parse_rfc3339("2000-02-29T23:59:59Z"), Some(Time(951_868_799)));
        for bad in ["2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "２026"] {
            assert_eq!(Time::parse_rfc3339(bad), None, "{bad}");
        }
    }

    #[test]
    fn utc_time_turns_at_1950_and_every_day_comes_back() {
        assert_eq!(Time::from_utc_time(b"500101120000Z").unwrap().to_string(), "1950-01-01T12:00:00Z");
        assert_eq!(Time::from_utc_time(b"491231235959Z").unwrap().year(), 2049);
        assert!(Time::from_utc_time(b"5001011200Z").is_err());
        assert!(Time::from_utc_time(b"500101120000+0800").is_err());
        for day in (-300_000..300_000).step_by(37) {
            let (year, month, date) = civil_from_days(day);
            assert_eq!(days_from_civil(year, month, date), day);
        }
    }
}
