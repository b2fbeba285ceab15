//! Canonical numbers: the exact decimal that a JSON literal spells, rounded to 6 decimals (canonical.md §1).

mod exact;
mod order;
mod plain;

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Fractional digits that a canonical number keeps (canonical.md §1).
pub const MAX_FRACTION_DIGITS: usize = 6;

/// Digits that a number's integer part may have, counted after rounding (canonical.md §1).
pub const MAX_INTEGER_DIGITS: usize = 1_000;

/// A number in its canonical spelling: plain decimal, at most 6 fractional digits, one spelling per value.
///
/// Ordered by value. Equality and hashing are those of the canonical value: whether rounding was needed plays no part.
#[derive(Clone, Debug)]
pub struct Number {
    text: Box<str>,
    rounded: bool,
}

/// Why a literal is no canonical number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is not a JSON number literal (RFC 8259).
    #[error("not a JSON number")]
    Syntax,
    /// The integer part has more digits than [`MAX_INTEGER_DIGITS`].
    #[error("the number's integer part has more than {MAX_INTEGER_DIGITS} digits")]
    TooLarge,
}

impl Number {
    /// The number that a JSON literal spells.
    ///
    /// # Errors
    /// `Syntax` for text that is no JSON number, `TooLarge` for more than 1,000 integer digits after rounding.
    pub fn from_literal(literal: &str) -> Result<Self, NumberError> {
        if !is_literal(literal) {
            return Err(NumberError::Syntax);
        }
        Self::from_checked(literal)
    }

    /// The number of a literal whose grammar the reader has already checked.
    pub(crate) fn from_checked(literal: &str) -> Result<Self, NumberError> {
        let Spelling { text, rounded } = canonical(literal)?;
        Ok(Self { text: text.into(), rounded })
    }

    /// The canonical spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the value is whole (after rounding).
    #[must_use]
    pub fn is_integer(&self) -> bool {
        !self.text.contains('.')
    }

    /// Whether the literal spelled more than 6 decimals, so that rounding changed its value.
    #[must_use]
    pub const fn was_rounded(&self) -> bool {
        self.rounded
    }

    /// The value, if it is whole and fits 64 bits with a sign.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        self.text.parse().ok()
    }

    /// The value, if it is whole, not negative and fits 64 bits.
    #[must_use]
    pub fn to_u64(&self) -> Option<u64> {
        self.text.parse().ok()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self { text: value.to_string().into(), rounded: false }
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self { text: value.to_string().into(), rounded: false }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        order::by_value(&self.text, &other.text)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Number {
    type Err = NumberError;

    fn from_str(literal: &str) -> Result<Self, NumberError> {
        Self::from_literal(literal)
    }
}

/// A canonical spelling, and whether rounding changed the value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spelling<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) rounded: bool,
}

/// The canonical spelling of a JSON literal; most literals are, or start with, their own canonical spelling.
pub(crate) fn canonical(literal: &str) -> Result<Spelling<'_>, NumberError> {
    match plain::canonical(literal) {
        Some(text) => Ok(Spelling { text: Cow::Borrowed(text), rounded: false }),
        None => exact::canonical(literal).map(|(text, rounded)| Spelling { text: Cow::Owned(text), rounded }),
    }
}

/// Whether `text` is, as a whole, a number literal of RFC 8259.
fn is_literal(text: &str) -> bool {
    scan(text.as_bytes()) == Ok(text.len())
}

/// The length of the number literal at the start of `bytes`, or the offset of the byte that breaks its grammar.
pub(crate) fn scan(bytes: &[u8]) -> Result<usize, usize> {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let some_digits = |from: usize| match digits(from) {
        0 => Err(from),
        count => Ok(from + count),
    };
    let start = usize::from(bytes.first() == Some(&b'-'));
    // A zero is an integer part of its own: what follows it is no longer this number.
    let mut end = if bytes.get(start) == Some(&b'0') { start + 1 } else { some_digits(start)? };
    if bytes.get(end) == Some(&b'.') {
        end = some_digits(end + 1)?;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = some_digits(end + 1 + sign)?;
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(literal: &str) -> String {
        Number::from_literal(literal).unwrap().as_str().to_owned()
    }

    #[test]
    fn the_specification_table_holds() {
        for literal in ["1", "1.0", "1.000000", "10e-1"] {
            assert_eq!(spelled(literal), "1");
        }
        assert_eq!(spelled("0.0000005"), "0.000001");
        assert_eq!(spelled("-0.0000005"), "-0.000001");
        assert_eq!(spelled("0.00000049999999999999999999"), "0");
        assert_eq!(spelled("0.12345649999999999999"), "0.123456");
        assert_eq!(spelled("1e21"), "1000000000000000000000");
        assert_eq!(spelled("1E+21"), "1000000000000000000000");
        assert_eq!(spelled("123456789012345678901234567890.5"), "123456789012345678901234567890.5");
        assert_eq!(spelled("1e-400"), "0");
        assert_eq!(spelled("1e400"), format!("1{}", "0".repeat(400)));
        for zero in ["0", "-0", "-0.0", "0e5", "-0.0000004", "0.0e99999999999999999999999"] {
            assert_eq!(spelled(zero), "0");
        }
    }

    #[test]
    fn an_integer_part_beyond_the_bound_is_refused_before_a_digit_is_written() {
        assert_eq!(spelled("1e999"), format!("1{}", "0".repeat(999)));
        let nines = "9".repeat(1000);
        assert_eq!(spelled(&nines), nines);
        for literal in [
            "1e1000",
            "1e999999999",
            "-1e99999999999999999999999999",
            &format!("{nines}9"),
            &format!("{nines}.9999995"),
        ] {
            assert_eq!(Number::from_literal(literal), Err(NumberError::TooLarge), "{literal}");
        }
        assert_eq!(spelled("1e-99999999999999999999999999"), "0");
        assert_eq!(spelled(&format!("0.{}1e2001", "0".repeat(2000))), "1");
    }

    #[test]
    fn only_json_literals_are_numbers() {
        for text in
            ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "NaN", "Infinity", "1 ", "0x1", "1_0", "٣"]
        {
            assert_eq!(Number::from_literal(text), Err(NumberError::Syntax), "{text}");
        }
        assert_eq!(scan(b"-"), Err(1));
        assert_eq!(scan(b"01"), Ok(1));
        assert_eq!(scan(b"1.x"), Err(2));
        assert_eq!(scan(b"1e+,"), Err(3));
        assert_eq!(scan(b"12.5e3]"), Ok(6));
    }

    #[test]
    fn integers_are_told_and_read() {
        let number = |literal| Number::from_literal(literal).unwrap();
        assert_eq!(number("1.0000001").to_i64(), Some(1));
        assert!(number("1.0000001").was_rounded());
        assert!(!number("1.00000000").was_rounded());
        assert_eq!(number("1.5").to_i64(), None);
        assert!(!number("1.5").is_integer());
        assert_eq!(number("-9223372036854775808").to_i64(), Some(i64::MIN));
        assert_eq!(number("9223372036854775808").to_i64(), None);
        assert_eq!(number("9223372036854775808").to_u64(), Some(1 << 63));
        assert_eq!(Number::from(-3_i64), number("-3.0000000001"));
    }
}
