//! Languages.

use std::fmt;

use super::table;
use crate::refusal::{Code, Refusal};

/// An assigned language of ISO 639-1, as its two letters in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(&'static str);

impl Language {
    /// The language of two letters in any case.
    ///
    /// # Errors
    /// `LOCALE_INVALID` for what ISO 639-1 has not assigned.
    pub fn parse(code: &str) -> Result<Self, Refusal> {
        let unassigned = || Refusal::new(Code::LocaleInvalid, "not a language that ISO 639-1 has assigned");
        table::language(&code.to_ascii_lowercase()).map(Self).ok_or_else(unassigned)
    }

    /// The two letters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
