//! Line ends, and the white space before them.

use crate::trim::{is_white_space, line_feeds};

/// `text` with LF line ends, without white space at the end of each line, nor any at its own end.
pub(super) fn trim_ends(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for (number, line) in line_feeds(text).split('\n').enumerate() {
        if number > 0 {
            lines.push('\n');
        }
        lines.push_str(line.trim_end_matches(is_white_space));
    }
    lines.truncate(lines.trim_end_matches(is_white_space).len());
    lines
}

#[cfg(test)]
mod tests {
    use super::trim_ends;

    #[test]
    fn only_lf_ends_a_line() {
        assert_eq!(trim_ends("a \u{2028} b \u{b} \nc"), "a \u{2028} b\nc");
        assert_eq!(trim_ends("\r\n\r a\r\r\nb\r"), "\n\n a\n\nb");
    }

    #[test]
    fn white_space_is_the_unicode_property() {
        assert_eq!(trim_ends("a\u{1c}\u{a0}\nb\u{180e}\n\u{200a}\u{202f}"), "a\u{1c}\nb\u{180e}");
    }
}
