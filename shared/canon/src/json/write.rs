//! From a tree to canonical bytes.

use super::{Json, write_string};
use crate::digest::Digest;

impl Json {
    /// The canonical bytes (canonical.md §2).
    #[must_use]
    pub fn to_canonical_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_canonical(&mut bytes);
        bytes
    }

    /// The canonical bytes as text.
    ///
    /// # Panics
    /// Never: canonical bytes are UTF-8.
    #[must_use]
    pub fn to_canonical_string(&self) -> String {
        String::from_utf8(self.to_canonical_bytes()).expect("only strings and ASCII are written")
    }

    /// Appends the canonical bytes to `bytes`.
    pub fn write_canonical(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Null => bytes.extend_from_slice(b"null"),
            Self::Bool(true) => bytes.extend_from_slice(b"true"),
            Self::Bool(false) => bytes.extend_from_slice(b"false"),
            Self::Number(number) => bytes.extend_from_slice(number.as_str().as_bytes()),
            Self::String(text) => write_string(text, bytes),
            Self::Array(elements) => {
                bytes.push(b'[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        bytes.push(b',');
                    }
                    element.write_canonical(bytes);
                }
                bytes.push(b']');
            }
            Self::Object(members) => {
                bytes.push(b'{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        bytes.push(b',');
                    }
                    write_string(key, bytes);
                    bytes.push(b':');
                    value.write_canonical(bytes);
                }
                bytes.push(b'}');
            }
        }
    }

    /// The SHA-256 of the canonical bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_canonical_bytes())
    }
}
