//! Subdivisions of countries.

use std::fmt;

use super::{Country, table, unknown};
use crate::refusal::Refusal;

/// An assigned subdivision of ISO 3166-2: `CC-SS`, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subdivision {
    country: Country,
    code: &'static str,
}

impl Subdivision {
    /// The subdivision `code` of `country`, both in any case.
    ///
    /// # Errors
    /// `REGION_UNKNOWN` for a country or a subdivision that ISO 3166 has not assigned.
    pub fn parse(country: &str, code: &str) -> Result<Self, Refusal> {
        let country = Country::parse(country)?;
        let code = table::subdivision(country.as_str(), &code.to_ascii_uppercase()).ok_or_else(unknown)?;
        Ok(Self { country, code })
    }

    /// The country it belongs to.
    #[must_use]
    pub const fn country(self) -> Country {
        self.country
    }

    /// The part after the hyphen.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }
}

impl fmt::Display for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.country, self.code)
    }
}
