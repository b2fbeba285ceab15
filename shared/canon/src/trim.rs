//! White space as Unicode's `White_Space` property has it: no language's own trim function (canonical.md §3).

use std::borrow::Cow;

/// Whether `character` has the Unicode property `White_Space`.
pub(crate) const fn is_white_space(character: char) -> bool {
    matches!(
        character,
        '\u{9}'..='\u{d}'
            | ' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

/// An identifier's or a message's canonical spelling: `White_Space` and U+FEFF removed at both ends, `CR LF` and `CR` to `LF`.
pub(crate) fn trimmed(text: &str) -> String {
    let inner = text.trim_matches(|character| is_white_space(character) || character == '\u{feff}');
    line_feeds(inner).into_owned()
}

/// `text` with `CR LF` and lone `CR` as `LF`.
pub(crate) fn line_feeds(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut lines = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\r') {
        lines.push_str(&rest[..at]);
        lines.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    lines.push_str(rest);
    Cow::Owned(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_the_property_and_nothing_else() {
        let property: Vec<char> = ('\0'..=char::MAX).filter(|character| is_white_space(*character)).collect();
        // Rust's own predicate is the same property today; the list above must not follow it if it ever changes.
        assert_eq!(property.len(), 25);
        for trap in ['\u{1c}', '\u{1f}', '\u{feff}', '\u{180e}', '\u{200b}'] {
            assert!(!is_white_space(trap), "{trap:?}");
        }
    }

    #[test]
    fn trims_both_ends_and_keeps_the_middle() {
        assert_eq!(trimmed("\u{feff}\u{3000} a\r\nb \rc\u{85}\u{feff}"), "a\nb \nc");
        assert_eq!(trimmed("\u{1f}a\u{180e}"), "\u{1f}a\u{180e}");
        assert_eq!(line_feeds("\r\r\n\n\r"), "\n\n\n\n");
    }
}
