//! The orders of canonical JSON: of keys, and of the members of a set.

use std::cmp::Ordering;

use super::Json;

/// Compares two strings by their UTF-16 code units (RFC 8785 §3.2.3).
///
/// It differs from the order of UTF-8 bytes only where a supplementary character, whose first surrogate is
/// U+D800–DBFF, meets one of U+E000–FFFF, whose UTF-8 starts with 0xEE or 0xEF.
pub(crate) fn by_utf16(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    match left.iter().zip(right).find(|(left, right)| left != right) {
        Some((left, right)) => weight(*left).cmp(&weight(*right)),
        None => left.len().cmp(&right.len()),
    }
}

const fn weight(byte: u8) -> u8 {
    match byte {
        0xee | 0xef => byte + 0x10,
        _ => byte,
    }
}

/// A member of a set by its place there: null < false < true < numbers < strings < arrays < objects (canonical.md §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetKey {
    rank: u8,
    text: String,
}

impl SetKey {
    /// The key of a value that is already canonical.
    pub(crate) fn of(value: &Json) -> Self {
        let text = match value {
            // Strings are compared themselves: their canonical text would compare escapes.
            Json::String(text) => text.clone(),
            other => other.to_canonical_string(),
        };
        Self { rank: rank(value), text }
    }
}

const fn rank(value: &Json) -> u8 {
    match value {
        Json::Null => 0,
        Json::Bool(false) => 1,
        Json::Bool(true) => 2,
        Json::Number(_) => 3,
        Json::String(_) => 4,
        Json::Array(_) => 5,
        Json::Object(_) => 6,
    }
}

impl Ord for SetKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank).then_with(|| by_utf16(&self.text, &other.text))
    }
}

impl PartialOrd for SetKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_order_puts_supplementary_characters_before_the_private_use_area() {
        let characters = ["", "a", "é", "\u{d7ff}", "\u{10000}", "\u{10ffff}", "\u{e000}", "\u{ffff}"];
        for left in characters {
            for right in characters {
                let expected = left.encode_utf16().cmp(right.encode_utf16());
                assert_eq!(by_utf16(left, right), expected, "{left:?} {right:?}");
                let (left, right) = (format!("x{left}y"), format!("x{right}y"));
                assert_eq!(by_utf16(&left, &right), left.encode_utf16().cmp(right.encode_utf16()));
            }
        }
    }

    #[test]
    fn sets_are_ordered_by_type_then_by_canonical_text() {
        let ascending = [
            "null", "false", "true", "-1", "1", "10", "2", r#""""#, r#""\n""#, r#""!""#, r#""a""#, "[1]",
            "[]", "{}",
        ];
        let keys: Vec<_> =
            ascending.iter().map(|text| SetKey::of(&Json::parse(text.as_bytes()).unwrap())).collect();
        assert!(keys.is_sorted_by(|left, right| left < right));
    }
}
