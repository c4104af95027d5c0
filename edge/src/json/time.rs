//! Timestamps and durations as ProtoJSON writes them.

use chrono::DateTime;
#[cfg(test)]
use chrono::SecondsFormat;

/// 0001-01-01T00:00:00Z, the first instant of `google.protobuf.Timestamp`.
const FIRST: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z, the last one.
const LAST: i64 = 253_402_300_799;
/// About 10,000 years in seconds, the limit of `google.protobuf.Duration`.
const LONGEST: i64 = 315_576_000_000;
const SECOND: i32 = 1_000_000_000;

/// RFC 3339 with any offset, to seconds and nanoseconds since 1970.
pub(super) fn parse_timestamp(text: &str) -> Option<(i64, i32)> {
    // chrono is more generous than the grammar: it takes blanks and small letters, and drops digits.
    let has_t = text.as_bytes().get(10) == Some(&b'T');
    let fraction = text.split_once('.').map_or(0, |(_, after)| digits(after));
    if !has_t || fraction > 9 || text.contains(['t', 'z', ' ']) {
        return None;
    }
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    let nanos = i32::try_from(instant.timestamp_subsec_nanos()).ok()?;
    let seconds = instant.timestamp();
    ((FIRST..=LAST).contains(&seconds) && nanos < SECOND).then_some((seconds, nanos))
}

/// Year, month, day and second of the day; `None` outside the years 1 to 9999.
pub(super) fn civil(seconds: i64, nanos: i32) -> Option<(u32, u32, u32, u32)> {
    if !(FIRST..=LAST).contains(&seconds) || !(0..SECOND).contains(&nanos) {
        return None;
    }
    // Days since the first of March of the year 0, in eras of 400 years (Howard Hinnant,
    // "chrono-Compatible Low-Level Date Algorithms"); not negative for the instants above.
    let days = u32::try_from(seconds.div_euclid(86_400) + 719_468).ok()?;
    let second = u32::try_from(seconds.rem_euclid(86_400)).ok()?;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    Some((year + era * 400 + next, month, day, second))
}

/// Whether the two numbers are of one sign and within the limits.
pub(super) fn is_duration(seconds: i64, nanos: i32) -> bool {
    let is_one_sign = seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0);
    let is_short = (-LONGEST..=LONGEST).contains(&seconds);
    is_short && (-SECOND + 1..SECOND).contains(&nanos) && is_one_sign
}

/// RFC 3339 in UTC with 0, 3, 6 or 9 digits; `None` outside the years 1 to 9999.
#[cfg(test)]
pub(super) fn timestamp(seconds: i64, nanos: i32) -> Option<String> {
    if !(FIRST..=LAST).contains(&seconds) || !(0..SECOND).contains(&nanos) {
        return None;
    }
    let instant = DateTime::from_timestamp(seconds, u32::try_from(nanos).ok()?)?;
    Some(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// `-1.5s` to seconds and nanoseconds of one sign.
pub(super) fn parse_duration(text: &str) -> Option<(i64, i32)> {
    let number = text.strip_suffix('s')?;
    let (sign, number) = match number.strip_prefix('-') {
        Some(number) => (-1, number),
        None => (1, number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |part: &str| !part.is_empty() && digits(part) == part.len();
    if !is_number(whole) || !is_number(fraction) || fraction.len() > 9 {
        return None;
    }
    let seconds: i64 = whole.parse().ok().filter(|seconds| *seconds <= LONGEST)?;
    let nanos: i32 = format!("{fraction:0<9}").parse().ok()?;
    if seconds == LONGEST && nanos > 0 {
        return None;
    }
    Some((seconds * i64::from(sign), nanos * sign))
}

/// `-1.500s` with 0, 3, 6 or 9 digits; `None` for what is no duration.
#[cfg(test)]
pub(super) fn duration(seconds: i64, nanos: i32) -> Option<String> {
    if !is_duration(seconds, nanos) {
        return None;
    }
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    let (seconds, nanos) = (seconds.unsigned_abs(), nanos.unsigned_abs());
    Some(match nanos {
        0 => format!("{sign}{seconds}s"),
        n if n % 1_000_000 == 0 => format!("{sign}{seconds}.{:03}s", n / 1_000_000),
        n if n % 1_000 == 0 => format!("{sign}{seconds}.{:06}s", n / 1_000),
        n => format!("{sign}{seconds}.{n:09}s"),
    })
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_go_both_ways() {
        let rows = [
            ("1970-01-01T00:00:00Z", Some((0, 0)), "1970-01-01T00:00:00Z"),
            (
                "2026-11-22T10:00:00.5Z",
                Some((1_795_341_600, 500_000_000)),
                "2026-11-22T10:00:00.500Z",
            ),
            (
                "2026-11-22T12:00:00.000001+02:00",
                Some((1_795_341_600, 1_000)),
                "2026-11-22T10:00:00.000001Z",
            ),
            (
                "0001-01-01T00:00:00Z",
                Some((FIRST, 0)),
                "0001-01-01T00:00:00Z",
            ),
            (
                "9999-12-31T23:59:59.999999999Z",
                Some((LAST, 999_999_999)),
                "9999-12-31T23:59:59.999999999Z",
            ),
        ];
        for (text, expected, printed) in rows {
            let parsed = parse_timestamp(text);
            assert_eq!(parsed, expected, "{text}");
            let (seconds, nanos) = parsed.unwrap();
            assert_eq!(timestamp(seconds, nanos).as_deref(), Some(printed));
        }
        for text in [
            "2026-11-22",
            "2026-11-22T10:00:00",
            "2026-11-22t10:00:00Z",
            "2026-11-22T10:00:00z",
            "2026-11-22 10:00:00Z",
            "2026-13-22T10:00:00Z",
            "2026-11-22T10:00:60Z",
            "2026-11-22T10:00:00.1234567890Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
        assert_eq!(timestamp(LAST + 1, 0), None);
        assert_eq!(timestamp(0, -1), None);
    }

    #[test]
    fn durations_go_both_ways() {
        let rows = [
            ("0s", Some((0, 0)), "0s"),
            ("1.5s", Some((1, 500_000_000)), "1.500s"),
            ("-1.5s", Some((-1, -500_000_000)), "-1.500s"),
            ("-0.000001s", Some((0, -1_000)), "-0.000001s"),
            ("3.000000001s", Some((3, 1)), "3.000000001s"),
            ("315576000000s", Some((LONGEST, 0)), "315576000000s"),
        ];
        for (text, expected, printed) in rows {
            let parsed = parse_duration(text);
            assert_eq!(parsed, expected, "{text}");
            let (seconds, nanos) = parsed.unwrap();
            assert_eq!(duration(seconds, nanos).as_deref(), Some(printed));
        }
        for text in [
            "",
            "s",
            "1",
            "1.s",
            ".5s",
            "+1s",
            "1e3s",
            "1.1234567890s",
            "315576000001s",
            "--1s",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
        assert_eq!(duration(1, -1), None);
        assert_eq!(duration(LONGEST + 1, 0), None);
    }
}
