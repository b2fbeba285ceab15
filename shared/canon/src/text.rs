//! The canonical form of text (canonical.md §3).

mod lines;
mod nfc;
mod unassigned_nfc_14;

use crate::json::reader::utf8;
use crate::refusal::Refusal;

pub use unassigned_nfc_14::UNASSIGNED_NFC_14;

/// The canonical text: LF line ends, no white space at line ends and at the end, NFC as of Unicode 14.0.
///
/// # Errors
/// `INVALID_UTF8`, with the position of the first byte that is not UTF-8; nothing else is refused.
pub fn canonicalize(bytes: &[u8]) -> Result<String, Refusal> {
    utf8(bytes).map(canonical)
}

/// The canonical text of what is known to be UTF-8.
#[must_use]
pub fn canonical(text: &str) -> String {
    nfc::normalize(&lines::trim_ends(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::{Code, Position};

    #[test]
    fn lines_and_normalisation_together() {
        assert_eq!(canonical("\n a\u{3000}\r\nE\u{301} \r\r\n\t\u{85}"), "\n a\n\u{c9}");
        assert_eq!(canonical(""), "");
        assert_eq!(canonical(" \n \r\n"), "");
    }

    #[test]
    fn only_utf8_is_refused() {
        let refusal = canonicalize(b"ab\r\nc\xc3(").unwrap_err();
        assert_eq!(refusal.code, Code::InvalidUtf8);
        assert_eq!(refusal.position, Some(Position { line: 2, column: 2 }));
        assert_eq!(canonicalize("\u{feff}a\u{feff} ".as_bytes()).unwrap(), "\u{feff}a\u{feff}");
    }
}
