//! JSON pointers (RFC 6901) into a submitted document.

/// `base` with one more token, escaped.
pub(crate) fn join(base: &str, token: &str) -> String {
    let mut pointer = String::with_capacity(base.len() + token.len() + 1);
    pointer.push_str(base);
    pointer.push('/');
    for character in token.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
    pointer
}

/// `base` with an array index as one more token.
pub(crate) fn index(base: &str, index: usize) -> String {
    format!("{base}/{index}")
}

/// A pointer's token with its escapes read, or nothing where `~` starts no escape.
pub(crate) fn unescape(token: &str) -> Option<String> {
    let mut text = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        match (character, character == '~') {
            (_, true) => text.push(match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            }),
            (other, false) => text.push(other),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_unescapes() {
        assert_eq!(join("/a", "b/c~d"), "/a/b~1c~0d");
        assert_eq!(index("/a", 3), "/a/3");
        assert_eq!(unescape("b~1c~0d~01").as_deref(), Some("b/c~d~1"));
        assert_eq!(unescape("~2"), None);
        assert_eq!(unescape("~"), None);
    }
}
