//! Text from outside, as every engine can store it.

/// U+0000 becomes U+FFFD: PostgreSQL's text cannot hold it, and the same answer has to make the same record on every engine. Outputs and bodies are stored as
/// bytes and keep every one of theirs.
#[must_use]
pub fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_null_character_is_replaced() {
        assert_eq!(storable("a\0b\u{1}".to_owned()), "a\u{fffd}b\u{1}");
        assert_eq!(storable("ä".to_owned()), "ä");
    }
}
