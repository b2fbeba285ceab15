//! Locales of cells.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::{Country, Language};
use crate::refusal::{Code, Refusal};
use crate::trim::trimmed;

/// The locale of a cell: `ll-CC`, or `none`, the control without country. Ordered by its canonical spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Locale {
    /// No country and no ALS block.
    None,
    /// A language as spoken in a country.
    Of {
        /// The language.
        language: Language,
        /// The country.
        region: Country,
    },
}

impl Locale {
    /// Reads a locale in any case, trimmed, its parts joined by `-` or `_`.
    ///
    /// # Errors
    /// `LOCALE_INVALID` for another shape or an unassigned language, `REGION_UNKNOWN` for an unassigned region.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let trimmed = trimmed(text);
        if trimmed.eq_ignore_ascii_case("none") {
            return Ok(Self::None);
        }
        let two_letters = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        match trimmed.split_once(['-', '_']) {
            Some((language, region)) if two_letters(language) && two_letters(region) => {
                Ok(Self::Of { language: Language::parse(language)?, region: Country::parse(region)? })
            }
            _ => Err(Refusal::new(
                Code::LocaleInvalid,
                "a locale is `none` or a language and a region, as in `de-DE`",
            )),
        }
    }

    /// The country; nothing for `none`.
    #[must_use]
    pub const fn region(self) -> Option<Country> {
        match self {
            Self::None => None,
            Self::Of { region, .. } => Some(region),
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Of { language, region } => write!(f, "{language}-{region}"),
        }
    }
}

impl FromStr for Locale {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl Ord for Locale {
    fn cmp(&self, other: &Self) -> Ordering {
        // The spelling is ASCII: its bytes are its UTF-16 code units.
        self.to_string().cmp(&other.to_string())
    }
}

impl PartialOrd for Locale {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_have_one_spelling() {
        for (text, canonical) in [
            ("de-de", "de-DE"),
            ("en-UK", "en-GB"),
            ("EN_gb", "en-GB"),
            (" None\u{85}", "none"),
            ("pt_BR", "pt-BR"),
        ] {
            let locale = Locale::parse(text).unwrap();
            assert_eq!(locale.to_string(), canonical);
            assert_eq!(canonical.parse(), Ok(locale));
        }
        assert_eq!(Locale::None.region(), None);
        assert_eq!(Locale::parse("de-AT").unwrap().region().unwrap().as_str(), "AT");
    }

    #[test]
    fn other_shapes_languages_and_regions_are_refused() {
        for text in [
            "", "de", "de-", "-DE", "deu-DE", "de-DEU", "de--DE", "de-DE-x", "zz-DE", "sh-RS", "1a-DE",
            "de DE", "nоne",
        ] {
            assert_eq!(Locale::parse(text).unwrap_err().code, Code::LocaleInvalid, "{text}");
        }
        assert_eq!(Locale::parse("de-ZZ").unwrap_err().code, Code::RegionUnknown);
    }

    #[test]
    fn locales_sort_by_their_spelling() {
        let mut locales: Vec<Locale> =
            ["nn-NO", "none", "de-DE", "nl-NL"].iter().map(|text| text.parse().unwrap()).collect();
        locales.sort();
        let spelled: Vec<String> = locales.iter().map(ToString::to_string).collect();
        assert_eq!(spelled, ["de-DE", "nl-NL", "nn-NO", "none"]);
    }
}
