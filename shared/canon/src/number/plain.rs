//! The fast path: literals whose canonical spelling is a prefix of their own.

use super::{MAX_FRACTION_DIGITS, MAX_INTEGER_DIGITS};

/// The canonical spelling of a literal without exponent, of at most 6 decimals and of a bounded length; else nothing.
pub(super) fn canonical(literal: &str) -> Option<&str> {
    if literal.len() > MAX_INTEGER_DIGITS {
        return None;
    }
    let bytes = literal.as_bytes();
    let Some(point) = bytes.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'-') else {
        return Some(if literal == "-0" { "0" } else { literal });
    };
    let fraction = &bytes[point + 1..];
    if bytes[point] != b'.'
        || fraction.len() > MAX_FRACTION_DIGITS
        || !fraction.iter().all(u8::is_ascii_digit)
    {
        return None;
    }
    let kept = fraction.iter().rposition(|digit| *digit != b'0').map_or(point, |last| point + 2 + last);
    match &literal[..kept] {
        "-0" => Some("0"),
        text => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn borrows_what_is_nearly_canonical() {
        for (literal, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.000", "0"),
            ("12", "12"),
            ("1.50", "1.5"),
            ("10.0", "10"),
            ("-0.000001", "-0.000001"),
        ] {
            assert_eq!(canonical(literal), Some(expected));
        }
    }

    #[test]
    fn leaves_the_rest_to_the_exact_path() {
        for literal in ["1e3", "1.5E2", "0.1234567", &"1".repeat(1001)] {
            assert_eq!(canonical(literal), None);
        }
    }
}
