//! The catalogues of cues: versioned data, compiled in, frozen by hash.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use stet_canon::{Digest, Json};

use crate::template::Template;

/// The canonical digest that catalogue `v1` has for ever; a test compares the embedded file with it.
pub const V1_SHA256: &str = "08f46c3b7de29898f35355d8709a0b9d671cd58e36c81c990f8ef4ac44a46d16";

static V1: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::read("v1", include_bytes!("../../data/als/v1.json")));

/// One locale's cues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cues {
    /// A date as it is written there.
    pub date: String,
    /// A number as it is grouped there.
    pub number: String,
    /// The currency.
    pub currency: String,
    /// The word for value added or sales tax.
    pub tax: String,
    /// The shape of a postal code.
    pub postal: String,
    /// The shape of a phone number.
    pub phone: String,
    /// Civic phrases in the local language: each makes one variant.
    pub phrases: Vec<String>,
}

/// A named set of cues by canonical locale.
#[derive(Debug)]
pub struct Catalog {
    name: &'static str,
    sha256: Digest,
    locales: BTreeMap<String, Cues>,
}

impl Catalog {
    /// Every catalogue of this build, oldest first.
    pub const NAMES: &'static [&'static str] = &["v1"];

    /// The catalogue of that name, as `als.catalog` pins it.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        match name {
            "v1" => Some(&V1),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The digest of its canonical form (canonical.md §2).
    #[must_use]
    pub const fn sha256(&self) -> Digest {
        self.sha256
    }

    /// The cues of a canonical locale.
    #[must_use]
    pub fn cues(&self, locale: &str) -> Option<&Cues> {
        self.locales.get(locale)
    }

    /// All entries by canonical locale.
    #[must_use]
    pub const fn entries(&self) -> &BTreeMap<String, Cues> {
        &self.locales
    }

    /// The locales with an entry, sorted.
    pub fn locales(&self) -> impl ExactSizeIterator<Item = &str> {
        self.locales.keys().map(String::as_str)
    }

    fn read(name: &'static str, bytes: &[u8]) -> Self {
        let json = Json::parse(bytes).expect("the embedded catalogue is JSON: its digest is tested");
        let entries =
            json.get("locales").and_then(Json::as_object).into_iter().flat_map(stet_canon::Members::iter);
        let locales = entries.map(|(locale, cues)| (locale.to_owned(), Cues::read(cues))).collect();
        Self { name, sha256: Digest::of(&json.to_canonical_bytes()), locales }
    }
}

impl Cues {
    fn read(json: &Json) -> Self {
        let text = |value: Option<&Json>| {
            value
                .and_then(Json::as_str)
                .expect("the embedded catalogue is complete: its digest is tested")
                .to_owned()
        };
        let phrases = json.get("phrases").and_then(Json::as_array).unwrap_or_default();
        Self {
            date: text(json.get("date")),
            number: text(json.get("number")),
            currency: text(json.get("currency")),
            tax: text(json.get("tax")),
            postal: text(json.get("postal")),
            phone: text(json.get("phone")),
            phrases: phrases.iter().map(|phrase| text(Some(phrase))).collect(),
        }
    }
}

/// The digest of the catalogue that the template pins, for `plan_sha256`; `None` without ALS.
#[must_use]
pub fn catalog_sha256(template: &Template) -> Option<Digest> {
    Catalog::named(&template.als.as_ref()?.catalog).map(Catalog::sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_is_frozen_by_its_digest() {
        assert_eq!(Catalog::named("v1").unwrap().sha256().to_string(), V1_SHA256);
        assert!(
            Catalog::NAMES.iter().all(|name| Catalog::named(name).is_some_and(|found| found.name() == *name))
        );
        assert!(Catalog::named("v2").is_none());
    }

    #[test]
    fn every_entry_has_six_phrases_at_least_and_all_differ() {
        let catalog = Catalog::named("v1").unwrap();
        for required in ["de-DE", "de-CH", "en-US", "en-GB", "ar-AE", "en-SG", "it-IT", "fr-FR"] {
            assert!(catalog.cues(required).is_some(), "{required}");
        }
        assert!(catalog.locales().len() >= 20);
        for locale in catalog.locales() {
            let phrases = &catalog.cues(locale).unwrap().phrases;
            let distinct: std::collections::BTreeSet<_> = phrases.iter().collect();
            assert!(phrases.len() >= 6 && distinct.len() == phrases.len(), "{locale}");
        }
    }
}
