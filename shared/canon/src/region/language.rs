//! Languages.

use std::fmt;

use super::table;
use crate::refusal::{Code, Refusal};

/// An assigned language of ISO 639-1, as its two letters in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 2]);

impl Language {
    /// The language of two letters in any case.
    ///
    /// # Errors
    /// `LOCALE_INVALID` for what ISO 639-1 has not assigned.
    pub fn parse(code: &str) -> Result<Self, Refusal> {
        let lower = code.to_ascii_lowercase();
        match <[u8; 2]>::try_from(lower.as_bytes()) {
            Ok(bytes) if table::has_language(&lower) => Ok(Self(bytes)),
            _ => Err(Refusal::new(Code::LocaleInvalid, "not a language that ISO 639-1 has assigned")),
        }
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("the table holds ASCII")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
