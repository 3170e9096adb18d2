//! `Timestamp` and `Duration` as text: RFC 3339 in UTC, and decimal seconds.

use alloc::string::String;
use core::fmt::Write as _;

/// Appends a moment in quotes; false when RFC 3339 has no form for it.
pub(super) fn write_timestamp(out: &mut String, seconds: i64, nanos: i32) -> bool {
    if !(FIRST..=LAST).contains(&seconds) || !(0..SECOND).contains(&nanos) {
        return false;
    }
    let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let [year, month, day] = civil(days);
    let (hour, minute, second) =
        (of_day.div_euclid(3600), of_day.div_euclid(60).rem_euclid(60), of_day.rem_euclid(60));
    // A string takes everything.
    let _ = write!(out, "\"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    fraction(out, nanos);
    out.push_str("Z\"");
    true
}

/// Appends a span in quotes; false when it is out of range or its parts differ in sign.
pub(super) fn write_duration(out: &mut String, seconds: i64, nanos: i32) -> bool {
    let is_one_sign = seconds == 0 || nanos == 0 || seconds.is_negative() == nanos.is_negative();
    if seconds.unsigned_abs() > LONGEST || nanos.unsigned_abs() >= SECOND_ABS || !is_one_sign {
        return false;
    }
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    let _ = write!(out, "\"{sign}{}", seconds.unsigned_abs());
    fraction(out, nanos.saturating_abs());
    out.push_str("s\"");
    true
}

/// Three, six or nine digits, or none.
fn fraction(out: &mut String, nanos: i32) {
    let _ = match (nanos, nanos.rem_euclid(1_000_000), nanos.rem_euclid(1000)) {
        (0, ..) => Ok(()),
        (_, 0, _) => write!(out, ".{:03}", nanos.div_euclid(1_000_000)),
        (_, _, 0) => write!(out, ".{:06}", nanos.div_euclid(1000)),
        _ => write!(out, ".{nanos:09}"),
    };
}

/// The moment that an RFC 3339 text says, at any offset from UTC.
pub(super) fn read_timestamp(text: &str) -> Option<(i64, i32)> {
    let mut rest = Digits(text.as_bytes());
    let year = rest.number(4)?;
    let month = rest.behind(b'-')?.number(2)?;
    let day = rest.behind(b'-')?.number(2)?;
    let hour = rest.behind(b'T')?.number(2)?;
    let minute = rest.behind(b':')?.number(2)?;
    let second = rest.behind(b':')?.number(2)?;
    let nanos = rest.fraction()?;
    let offset = rest.offset()?;
    let is_date = (1..=12).contains(&month) && (1..=month_len(year, month)).contains(&day);
    // A leap second is no moment of a clock that counts none.
    if !is_date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let of_day =
        hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    let seconds = days(year, month, day)?.checked_mul(DAY)?.checked_add(of_day)?;
    let seconds = seconds.checked_sub(offset)?;
    (FIRST..=LAST).contains(&seconds).then_some((seconds, nanos))
}

/// The span that decimal seconds with an `s` say.
pub(super) fn read_duration(text: &str) -> Option<(i64, i32)> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let text = text.strip_suffix('s')?;
    let (whole, part) = text.split_once('.').map_or((text, None), |(a, b)| (a, Some(b)));
    let is_digits = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = whole.parse::<u64>().ok().filter(|it| is_digits && *it <= LONGEST)?;
    let nanos = part.map_or(Some(0), nanos)?;
    let seconds = i64::try_from(seconds).ok()?;
    if is_negative {
        Some((seconds.checked_neg()?, nanos.checked_neg()?))
    } else {
        Some((seconds, nanos))
    }
}

/// Billionths out of one to nine digits.
fn nanos(digits: &str) -> Option<i32> {
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let missing = 9_u32.checked_sub(u32::try_from(digits.len()).ok()?)?;
    let number = digits.parse::<i32>().ok().filter(|_| is_digits)?;
    number.checked_mul(10_i32.checked_pow(missing)?)
}

/// What is left of a text of fixed places.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn number(&mut self, len: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        digits.iter().all(u8::is_ascii_digit).then_some(())?;
        core::str::from_utf8(digits).ok()?.parse().ok()
    }

    fn behind(&mut self, wanted: u8) -> Option<&mut Self> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        (*first == wanted).then_some(self)
    }

    fn fraction(&mut self) -> Option<i32> {
        let Some((b'.', rest)) = self.0.split_first() else { return Some(0) };
        let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        nanos(core::str::from_utf8(digits).ok()?)
    }

    /// Seconds that the clock there is ahead of UTC; nothing may follow.
    fn offset(&mut self) -> Option<i64> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        let sign = match first {
            b'Z' => return self.0.is_empty().then_some(0),
            b'+' => 1_i64,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.number(2).filter(|hours| *hours <= 23)?;
        let minutes = self.behind(b':')?.number(2).filter(|minutes| *minutes <= 59)?;
        self.0.is_empty().then_some(())?;
        hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_mul(sign)
    }
}

/// The date of a day counted from 1970-01-01, by the 400 years after which the calendar repeats; a year begins in March, so that a leap day is its last.
fn civil(days: i64) -> [i64; 3] {
    let days = days.saturating_add(MARCH_0);
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let leaps = of_era
        .saturating_sub(of_era.div_euclid(1460))
        .saturating_add(of_era.div_euclid(36_524))
        .saturating_sub(of_era.div_euclid(146_096));
    let of_years = leaps.div_euclid(365);
    let of_year = of_era.saturating_sub(before_year(of_years));
    let from_march = of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
    let day = of_year.saturating_sub(before_month(from_march)).saturating_add(1);
    let month =
        if from_march < 10 { from_march.saturating_add(3) } else { from_march.saturating_sub(9) };
    let year = of_years.saturating_add(era.saturating_mul(400));
    [if month <= 2 { year.saturating_add(1) } else { year }, month, day]
}

/// The day of a date, counted from 1970-01-01.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let (year, from_march) = if month > 2 {
        (year, month.checked_sub(3)?)
    } else {
        (year.checked_sub(1)?, month.checked_add(9)?)
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era.checked_mul(ERA)?
        .checked_add(before_year(of_era))?
        .checked_add(before_month(from_march))?
        .checked_add(day)?
        .checked_sub(1)?
        .checked_sub(MARCH_0)
}

/// The days of an era before its year `year`.
const fn before_year(year: i64) -> i64 {
    year.saturating_mul(365).saturating_add(year.div_euclid(4)).saturating_sub(year.div_euclid(100))
}

/// The days of a year before its month `month`, counted from March.
const fn before_month(month: i64) -> i64 {
    month.saturating_mul(153).saturating_add(2).div_euclid(5)
}

fn month_len(year: i64, month: i64) -> i64 {
    let is_leap =
        year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

const DAY: i64 = 86_400;
/// Days of 400 years.
const ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const MARCH_0: i64 = 719_468;
/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;
/// Nanoseconds of a second.
const SECOND: i32 = 1_000_000_000;
const SECOND_ABS: u32 = 1_000_000_000;
/// The longest duration, in seconds: ten thousand years.
const LONGEST: u64 = 315_576_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn written(seconds: i64, nanos: i32) -> String {
        let mut text = String::new();
        assert!(write_timestamp(&mut text, seconds, nanos));
        text.trim_matches('"').into()
    }

    #[test]
    fn every_day_of_the_calendar_comes_back_and_follows_the_one_before() {
        let mut before = [0, 12, 31];
        for day in FIRST.div_euclid(DAY)..=LAST.div_euclid(DAY) {
            let [year, month, of_month] = civil(day);
            assert_eq!(days(year, month, of_month), Some(day));
            let [last_year, last_month, last_day] = before;
            let expected = if last_day < month_len(last_year, last_month) {
                [last_year, last_month, last_day + 1]
            } else if last_month < 12 {
                [last_year, last_month + 1, 1]
            } else {
                [last_year + 1, 1, 1]
            };
            before = [year, month, of_month];
            assert_eq!(before, expected);
        }
        assert_eq!(before, [9999, 12, 31]);
    }

    #[test]
    fn moments_are_written_in_utc_with_as_many_digits_as_they_need() {
        assert_eq!(written(0, 0), "1970-01-01T00:00:00Z");
        assert_eq!(written(1_700_000_000, 20_000_000), "2023-11-14T22:13:20.020Z");
        assert_eq!(written(-1, 999_999_000), "1969-12-31T23:59:59.999999Z");
        assert_eq!(written(951_782_400, 1), "2000-02-29T00:00:00.000000001Z");
        assert_eq!(written(FIRST, 0), "0001-01-01T00:00:00Z");
        assert_eq!(written(LAST, 999_999_999), "9999-12-31T23:59:59.999999999Z");
        for (seconds, nanos) in [(FIRST - 1, 0), (LAST + 1, 0), (0, -1), (0, SECOND)] {
            assert!(!write_timestamp(&mut String::new(), seconds, nanos));
        }
    }

    #[test]
    fn moments_are_read_at_any_offset_and_refused_when_there_is_none_such() {
        assert_eq!(read_timestamp("1970-01-01T01:00:00.5+01:00"), Some((0, 500_000_000)));
        assert_eq!(read_timestamp("1969-12-31T23:30:00-00:30"), Some((0, 0)));
        for text in [
            "",
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-01-01t00:00:00Z",
            "1970-01-01 00:00:00Z",
            "1970-02-29T00:00:00Z",
            "1970-13-01T00:00:00Z",
            "1970-00-01T00:00:00Z",
            "1970-01-01T24:00:00Z",
            "1970-01-01T00:60:00Z",
            "1970-01-01T00:00:60Z",
            "1970-01-01T00:00:00.Z",
            "1970-01-01T00:00:00.0123456789Z",
            "1970-01-01T00:00:00Zx",
            "1970-01-01T00:00:00+24:00",
            "1970-01-01T00:00:00+0100",
            "0000-12-31T23:59:59Z",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "+970-01-01T00:00:00Z",
        ] {
            assert_eq!(read_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn spans_have_one_sign() {
        for (seconds, nanos, text) in [
            (0, 0, "0s"),
            (1, 500_000_000, "1.500s"),
            (-1, -1, "-1.000000001s"),
            (0, -1000, "-0.000001s"),
            (315_576_000_000, 999_999_999, "315576000000.999999999s"),
        ] {
            let mut written = String::new();
            assert!(write_duration(&mut written, seconds, nanos));
            assert_eq!(written.trim_matches('"'), text);
            assert_eq!(read_duration(text), Some((seconds, nanos)));
        }
        for (seconds, nanos) in [(1, -1), (-1, 1), (315_576_000_001, 0), (0, SECOND), (0, i32::MIN)]
        {
            assert!(!write_duration(&mut String::new(), seconds, nanos));
        }
        for text in [
            "",
            "s",
            "1",
            "+1s",
            "1.s",
            ".5s",
            "1.0123456789s",
            "1e3s",
            "--1s",
            "315576000001s",
            "1.+5s",
        ] {
            assert_eq!(read_duration(text), None, "{text}");
        }
    }
}
