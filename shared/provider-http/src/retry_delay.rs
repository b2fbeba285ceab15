//! How long a provider asks to wait: the greatest of its headers and the hint in its words (providers.md, Decoding 5).

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use stet_domain::retry::MAX_RETRY_AFTER_MS;

/// Before the hint in an error's message.
const HINTS: [&str; 2] = ["try again in ", "retry in "];

/// The wait asked for by `headers` or by `message`, in milliseconds, at most [`MAX_RETRY_AFTER_MS`].
pub(crate) fn retry_after_ms(headers: &HeaderMap, message: &str) -> Option<u64> {
    [from_milliseconds(headers), from_retry_after(headers), from_words(message)]
        .into_iter()
        .flatten()
        .max()
        .map(|wait_ms| wait_ms.min(MAX_RETRY_AFTER_MS))
}

fn from_milliseconds(headers: &HeaderMap) -> Option<u64> {
    whole_ms(headers.get("retry-after-ms")?.to_str().ok()?.trim().parse().ok()?)
}

/// Seconds, or a date, which is read against the reply's own `Date`: two machines' clocks are never compared.
fn from_retry_after(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return whole_ms(seconds * 1000.0);
    }
    let until = moment(value)?;
    let now = moment(headers.get(DATE)?.to_str().ok()?)?;
    u64::try_from(until - now).ok()
}

/// An HTTP date in milliseconds since 1970.
fn moment(text: &str) -> Option<i64> {
    Some(DateTimeParser::new().parse_timestamp(text.trim()).ok()?.as_millisecond())
}

fn from_words(message: &str) -> Option<u64> {
    HINTS.iter().find_map(|hint| {
        let (_, rest) = message.split_once(hint)?;
        duration_ms(rest.split_whitespace().next()?.trim_end_matches(['.', ',']))
    })
}

/// A Go-style duration such as `1m13.588s` or `186ms`, in milliseconds (providers-wire.md §5).
pub(crate) fn duration_ms(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit_on) = rest.split_at(digits);
        let letters = unit_on.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit_on.len());
        let (unit, behind) = unit_on.split_at(letters);
        let factor = match unit {
            "h" => 3_600_000.0,
            "m" => 60_000.0,
            "s" => 1000.0,
            "ms" => 1.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        rest = behind;
    }
    whole_ms(total)
}

/// Rounded up, so that nobody comes back too early; `None` for what is no wait.
fn whole_ms(ms: f64) -> Option<u64> {
    if !ms.is_finite() || ms <= 0.0 {
        return None;
    }
    let capped = ms.ceil().min(f64::from(u32::MAX));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive and at most u32::MAX"
    )]
    let whole = capped as u64;
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn waits(headers: &[(&'static str, &str)], message: &str) -> Option<u64> {
        let map = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        retry_after_ms(&map, message)
    }

    #[test]
    fn the_greatest_wait_counts_and_is_capped() {
        assert_eq!(waits(&[], "no hint"), None);
        assert_eq!(waits(&[("retry-after", "20")], ""), Some(20_000));
        assert_eq!(waits(&[("retry-after", "1.5"), ("retry-after-ms", "1600.2")], ""), Some(1601));
        assert_eq!(waits(&[("retry-after", "2")], "Please try again in 9.756s. Visit"), Some(9756));
        assert_eq!(waits(&[("retry-after", "86400")], ""), Some(MAX_RETRY_AFTER_MS));
        assert_eq!(waits(&[("retry-after", "-5")], ""), None);
        assert_eq!(waits(&[("retry-after", "NaN")], ""), None);
    }

    #[test]
    fn a_date_is_read_against_the_replys_own_date() {
        let until = ("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT");
        assert_eq!(waits(&[until, ("date", "Wed, 21 Oct 2026 07:28:00 GMT")], ""), Some(30_000));
        assert_eq!(waits(&[until, ("date", "Wed, 21 Oct 2026 08:28:00 GMT")], ""), None);
        assert_eq!(waits(&[until], ""), None);
    }

    #[test]
    fn hints_in_words_are_go_durations() {
        for (words, ms) in [("186ms", 186), ("1m2.3s", 62_300), ("6m0s", 300_000), ("48.939935699s", 48_940)]
        {
            assert_eq!(waits(&[], &format!("Please try again in {words}. Visit")), Some(ms), "{words}");
            assert_eq!(waits(&[], &format!("Please retry in {words}.")), Some(ms), "{words}");
        }
        for garbage in ["soon", "5", "5 minutes", "1x", "..s"] {
            assert_eq!(waits(&[], &format!("Please try again in {garbage}.")), None, "{garbage}");
        }
    }
}
