//! Nothing secret stays in what came back.

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};

/// Keys shorter than this are not searched for: no vendor issues them, and a word such as `simulator` is found by chance.
const KEY_MIN_BYTES: usize = 16;

/// Stands where the key stood.
const MARK: &[u8] = b"[redacted]";

/// Takes the key out of replies that repeat it.
pub(crate) struct Redaction {
    key: SecretString,
}

impl Redaction {
    pub(crate) const fn new(key: SecretString) -> Self {
        Self { key }
    }

    /// The bytes with every appearance of the key replaced; almost always the bytes as they were, unmoved.
    pub(crate) fn apply(&self, bytes: Bytes) -> Bytes {
        let key = self.key.expose_secret().as_bytes();
        if key.len() < KEY_MIN_BYTES {
            return bytes;
        }
        let Some(first) = find(&bytes, key) else { return bytes };
        tracing::warn!("a provider's reply repeats the key; it is kept without it");
        let mut clean = Vec::with_capacity(bytes.len());
        let mut rest = &bytes[..];
        let mut next = Some(first);
        while let Some(at) = next {
            clean.extend_from_slice(&rest[..at]);
            clean.extend_from_slice(MARK);
            rest = &rest[at + key.len()..];
            next = find(rest, key);
        }
        clean.extend_from_slice(rest);
        clean.into()
    }

    /// The words with every appearance of the key replaced.
    pub(crate) fn apply_to_words(&self, words: String) -> String {
        let key = self.key.expose_secret();
        if key.len() < KEY_MIN_BYTES { words } else { words.replace(key, "[redacted]") }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_taken_out_wherever_it_stands() {
        let redaction = Redaction::new(SecretString::from("sk-secret-012345"));
        let clean = redaction.apply(Bytes::from_static(b"sk-secret-012345 a sk-secret-012345b sk-secret-"));
        assert_eq!(clean, b"[redacted] a [redacted]b sk-secret-"[..]);
        assert_eq!(redaction.apply_to_words("x sk-secret-012345".to_owned()), "x [redacted]");
    }

    #[test]
    fn a_key_too_short_to_be_one_changes_nothing() {
        let redaction = Redaction::new(SecretString::from("an"));
        assert_eq!(redaction.apply(Bytes::from_static(b"banana")), b"banana"[..]);
    }
}
