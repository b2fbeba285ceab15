//! Regions and locales (canonical.md §4).

mod language;
mod locale;
mod subdivision;
mod table;

use std::fmt;
use std::str::FromStr;

use crate::refusal::{Code, Refusal};
use crate::trim::trimmed;

pub use language::Language;
pub use locale::Locale;
pub use subdivision::Subdivision;

/// An assigned country of ISO 3166-1, as its alpha-2 code in upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

impl Country {
    /// The country of an alpha-2 code in any case; `UK` is `GB`. White space is not trimmed here.
    ///
    /// # Errors
    /// `REGION_UNKNOWN` for what ISO 3166-1 has not assigned.
    pub fn parse(code: &str) -> Result<Self, Refusal> {
        let upper = code.to_ascii_uppercase();
        let assigned = if upper == "UK" { "GB" } else { upper.as_str() };
        table::country(assigned).map(Self).ok_or_else(unknown)
    }

    /// The alpha-2 code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A country, or one of its subdivisions: `CC` or `CC-SS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// A country of ISO 3166-1.
    Country(Country),
    /// A subdivision of ISO 3166-2.
    Subdivision(Subdivision),
}

impl Region {
    /// Reads a region in any case, trimmed; `UK` is `GB`, also before a subdivision.
    ///
    /// # Errors
    /// `REGION_UNKNOWN` for what ISO 3166 has not assigned.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let trimmed = trimmed(text);
        match trimmed.split_once('-') {
            None => Country::parse(&trimmed).map(Self::Country),
            Some((country, code)) => Subdivision::parse(country, code).map(Self::Subdivision),
        }
    }

    /// The country of the region.
    #[must_use]
    pub const fn country(self) -> Country {
        match self {
            Self::Country(country) => country,
            Self::Subdivision(subdivision) => subdivision.country(),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Country(country) => country.fmt(f),
            Self::Subdivision(subdivision) => subdivision.fmt(f),
        }
    }
}

impl FromStr for Region {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

fn unknown() -> Refusal {
    Refusal::new(Code::RegionUnknown, "not a region that ISO 3166 has assigned")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_one_spelling() {
        for (text, canonical) in [
            ("de", "DE"),
            (" \u{feff}uk\u{3000}", "GB"),
            ("uk-eng", "GB-ENG"),
            ("GB-eng", "GB-ENG"),
            ("us-ca", "US-CA"),
        ] {
            let region = Region::parse(text).unwrap();
            assert_eq!(region.to_string(), canonical);
            assert_eq!(canonical.parse(), Ok(region));
            assert_eq!(region.country().as_str(), &canonical[..2]);
        }
    }

    #[test]
    fn unassigned_regions_are_refused() {
        for text in [
            "",
            "ZZ",
            "EU",
            "D",
            "DEU",
            "#",
            "GB-",
            "GB-XXX",
            "ZZ-ENG",
            "GB_ENG",
            "GB-ENG-X",
            "-",
            "GB-ABC DEF",
            "ıt",
            "DE ",
        ] {
            let refused = Region::parse(text);
            if text.trim() == "DE" {
                assert!(refused.is_ok());
            } else {
                assert_eq!(refused.unwrap_err().code, Code::RegionUnknown, "{text}");
            }
        }
    }
}
