//! NFC as of Unicode 14.0 on top of later data (canonical.md §3).

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::UNASSIGNED_NFC_14;

/// The NFC of `text` by Unicode 14.0: code points that it had not assigned stand for themselves and split the text.
pub(super) fn normalize(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, later)) = rest.char_indices().find(|(_, character)| is_later(*character)) {
        push_piece(&rest[..at], &mut normal);
        normal.push(later);
        rest = &rest[at + later.len_utf8()..];
    }
    push_piece(rest, &mut normal);
    normal
}

fn push_piece(piece: &str, normal: &mut String) {
    match is_nfc_quick(piece.chars()) {
        IsNormalized::Yes => normal.push_str(piece),
        IsNormalized::No | IsNormalized::Maybe => normal.extend(piece.nfc()),
    }
}

/// Whether `character` takes part in normalisation but was not assigned in Unicode 14.0.
fn is_later(character: char) -> bool {
    let code_point = u32::from(character);
    if code_point < UNASSIGNED_NFC_14[0].0 {
        return false;
    }
    let after = UNASSIGNED_NFC_14.partition_point(|(first, _)| *first <= code_point);
    code_point <= UNASSIGNED_NFC_14[after - 1].1
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

    use super::*;

    #[test]
    fn composes_as_unicode_14_does() {
        assert_eq!(normalize("e\u{301}\u{1100}\u{1161}"), "\u{e9}\u{ac00}");
        assert_eq!(normalize("\u{212b}\u{2126}"), "\u{c5}\u{3a9}");
        assert_eq!(normalize("a\u{315}\u{300}"), "\u{e0}\u{315}");
        // Composes since Unicode 16 only.
        assert_eq!(normalize("\u{105d2}\u{307}"), "\u{105d2}\u{307}");
        assert_eq!(normalize("e\u{301}\u{105d2}\u{307}e\u{301}"), "\u{e9}\u{105d2}\u{307}\u{e9}");
    }

    #[test]
    fn a_later_mark_is_not_reordered_past_older_ones() {
        // U+10EFD (Unicode 15) has the combining class 220, U+0301 has 230.
        assert_eq!(normalize("a\u{301}\u{10efd}"), "\u{e1}\u{10efd}");
        assert_eq!(normalize("\u{10efd}\u{301}"), "\u{10efd}\u{301}");
        assert_eq!(normalize("x\u{301}\u{10efd}"), "x\u{301}\u{10efd}");
    }

    #[test]
    fn the_table_is_sorted_and_holds_only_what_takes_part() {
        assert!(UNASSIGNED_NFC_14.is_sorted_by(|left, right| left.0 <= left.1 && left.1 < right.0));
        let parts = parts_of_decompositions();
        for (first, last) in UNASSIGNED_NFC_14 {
            for character in (*first..=*last).filter_map(char::from_u32) {
                assert!(takes_part(character) || parts.contains(&character), "{character:?}");
            }
        }
    }

    /// Whatever takes part and was assigned in 14.0 was stable ever since; the rest is the table. So no code point
    /// outside of it may decompose to one inside, and each one inside is reached.
    #[test]
    fn nothing_outside_the_table_decomposes_into_it() {
        for character in '\0'..=char::MAX {
            if !is_later(character) {
                decompose_canonical(character, |part| assert!(!is_later(part), "{character:?} {part:?}"));
            }
        }
    }

    fn takes_part(character: char) -> bool {
        let mut own = true;
        decompose_canonical(character, |part| own &= part == character);
        !own || canonical_combining_class(character) != 0
    }

    fn parts_of_decompositions() -> std::collections::BTreeSet<char> {
        let mut parts = std::collections::BTreeSet::new();
        for character in ('\0'..=char::MAX).filter(|character| takes_part(*character)) {
            decompose_canonical(character, |part| {
                parts.insert(part);
            });
        }
        parts
    }
}
