//! Which block a cell gets, and its text.

use std::collections::BTreeMap;

use stet_canon::Digest;
use stet_canon::text::canonical;

use super::{Catalog, Cues};
use crate::keyring::{Keyring, hmac_sha256};
use crate::template::Als;

/// Code points of a block at most, counted after NFC (system.md, "ALS"); settings may lower it.
pub const MAX_BLOCK_CHARS: usize = 350;

/// The control locale: no block, no country.
pub const CONTROL_LOCALE: &str = "none";

/// A cell's block and what is recorded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlsBlock {
    /// The text, sent as a user turn of its own.
    pub text: String,
    /// The digest of the text's UTF-8.
    pub sha256: Digest,
    /// `<locale>/<index>`.
    pub variant_id: String,
    /// The key that the seed came from.
    pub seed_key_id: String,
}

/// Why a cell has no block although its template asks for one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AlsError {
    /// There is no such catalogue in this build.
    #[error("there is no ALS catalogue {0:?}")]
    CatalogUnknown(String),
    /// There is no such key in the ring.
    #[error("there is no ALS key {0:?}")]
    KeyUnknown(String),
    /// The catalogue has no entry for the locale.
    #[error("the ALS catalogue {catalog} has no entry for {locale}")]
    LocaleUnknown {
        /// The catalogue.
        catalog: String,
        /// The canonical locale.
        locale: String,
    },
    /// The block is too long: the cell fails closed.
    #[error("the ALS block {variant_id} has {chars} code points after NFC, at most {limit}")]
    BlockTooLong {
        /// Which block.
        variant_id: String,
        /// Its length.
        chars: usize,
        /// The limit.
        limit: usize,
    },
}

impl AlsError {
    /// The code for rows and problems.
    #[must_use]
    pub const fn code(&self) -> crate::code::ErrorCode {
        use crate::code::ErrorCode;
        match self {
            Self::CatalogUnknown(_) => ErrorCode::AlsCatalogUnknown,
            Self::KeyUnknown(_) => ErrorCode::AlsKeyUnknown,
            Self::LocaleUnknown { .. } => ErrorCode::AlsLocaleUnknown,
            Self::BlockTooLong { .. } => ErrorCode::AlsBlockTooLong,
        }
    }
}

/// The seed of a template: HMAC-SHA256 of `als.template_id` under the named secret; `None` for an unknown key id.
#[must_use]
pub fn seed(keys: &Keyring, seed_key_id: &str, template_id: &str) -> Option<[u8; 32]> {
    keys.mac(seed_key_id, template_id.as_bytes())
}

/// Which of `count` variants a canonical locale gets: the HMAC under the seed as a 256-bit big-endian number, modulo `count`.
///
/// # Panics
/// Never for `count` > 0; a locale without variants has no index.
#[must_use]
pub fn variant_index(seed: &[u8; 32], locale: &str, count: usize) -> usize {
    let count = u64::try_from(count).expect("a catalogue has fewer variants than 2^64");
    let drawn = hmac_sha256(seed, locale.as_bytes());
    let rest = drawn.iter().fold(0_u128, |rest, byte| (rest * 256 + u128::from(*byte)) % u128::from(count));
    usize::try_from(rest).expect("a remainder is below the count, which came from a usize")
}

/// The block of a cell: a pure function of template, key and locale, so that a template's blocks never change.
///
/// `None` for the control locale. `max_chars` is [`MAX_BLOCK_CHARS`] or less.
///
/// # Errors
/// [`AlsError`], each with its code.
pub fn block(
    keys: &Keyring,
    als: &Als,
    locale: &str,
    max_chars: usize,
) -> Result<Option<AlsBlock>, AlsError> {
    block_of(keys, als, locale, Catalog::named(&als.catalog).map(Catalog::entries), max_chars)
}

/// The block that a cell gets from a given catalogue's entries, `None` where there is no such catalogue; [`block`] takes the one that the template pins.
///
/// # Errors
/// [`AlsError`]: the first of catalogue, locale, key and length that does not hold; an entry without a phrase is none.
pub fn block_of(
    keys: &Keyring,
    als: &Als,
    locale: &str,
    catalog: Option<&BTreeMap<String, Cues>>,
    max_chars: usize,
) -> Result<Option<AlsBlock>, AlsError> {
    let entries = catalog.ok_or_else(|| AlsError::CatalogUnknown(als.catalog.clone()))?;
    if locale == CONTROL_LOCALE {
        return Ok(None);
    }
    let unknown = || AlsError::LocaleUnknown { catalog: als.catalog.clone(), locale: locale.to_owned() };
    let cues = entries.get(locale).filter(|cues| !cues.phrases.is_empty()).ok_or_else(unknown)?;
    // A template that is stored has its key id filled in; an absent one is no key of the ring.
    let seed_key_id = als.seed_key_id.clone().unwrap_or_default();
    let seed = seed(keys, &seed_key_id, &als.template_id)
        .ok_or_else(|| AlsError::KeyUnknown(seed_key_id.clone()))?;
    let index = variant_index(&seed, locale, cues.phrases.len());
    let text = cues.block_text(index);
    let variant_id = format!("{locale}/{index}");
    let (chars, limit) = (nfc_chars(&text), max_chars.min(MAX_BLOCK_CHARS));
    if chars > limit {
        return Err(AlsError::BlockTooLong { variant_id, chars, limit });
    }
    Ok(Some(AlsBlock { sha256: Digest::of(text.as_bytes()), text, variant_id, seed_key_id }))
}

impl Cues {
    /// The text of one variant's block.
    ///
    /// # Panics
    /// Where there is no variant of that index.
    #[must_use]
    pub fn block_text(&self, index: usize) -> String {
        let Self { date, number, currency, tax, postal, phone, phrases } = self;
        let phrase = &phrases[index];
        format!("{date} · {number} · {currency}\n{tax} · {postal} · {phone}\n{phrase}")
    }
}

/// Code points after NFC. The canonical text form normalises and also trims line ends, so each line is measured with a
/// character at its end that is no white space and composes with nothing.
fn nfc_chars(text: &str) -> usize {
    let line_chars = |line: &str| canonical(&format!("{line}|")).chars().count();
    text.split('\n').map(line_chars).sum::<usize>() - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::tests::ring;

    fn als(seed_key_id: &str) -> Als {
        Als {
            template_id: "vat-question".into(),
            catalog: "v1".into(),
            seed_key_id: Some(seed_key_id.into()),
        }
    }

    #[test]
    fn length_is_counted_after_nfc_without_trimming() {
        assert_eq!(nfc_chars(""), 0);
        assert_eq!(nfc_chars("e\u{301} \n \n"), 5);
        assert_eq!(nfc_chars("a\u{105d2}\u{307}"), 3);
    }

    #[test]
    fn rotation_changes_no_block_of_an_earlier_key_and_new_templates_take_the_new_one() {
        let (before, after) = (ring(&["k1"]), ring(&["k1", "k2"]));
        let locales = Catalog::named("v1").unwrap().locales();
        let mut moved = 0;
        for locale in locales {
            let old = block(&before, &als("k1"), locale, MAX_BLOCK_CHARS).unwrap().unwrap();
            assert_eq!(block(&after, &als("k1"), locale, MAX_BLOCK_CHARS), Ok(Some(old.clone())));
            let new = block(&after, &als(after.default_id()), locale, MAX_BLOCK_CHARS).unwrap().unwrap();
            assert_eq!((new.seed_key_id.as_str(), old.seed_key_id.as_str()), ("k2", "k1"));
            moved += usize::from(new.text != old.text);
        }
        assert!(moved > 0, "another key draws other variants");
    }

    #[test]
    fn every_block_of_the_catalogue_is_within_the_limit() {
        let catalog = Catalog::named("v1").unwrap();
        for locale in catalog.locales() {
            let cues = catalog.cues(locale).unwrap();
            for index in 0..cues.phrases.len() {
                assert!(nfc_chars(&cues.block_text(index)) <= MAX_BLOCK_CHARS, "{locale}/{index}");
            }
        }
    }

    #[test]
    fn the_control_locale_has_no_block_and_an_unknown_one_is_refused() {
        let keys = ring(&["k1"]);
        assert_eq!(block(&keys, &als("k1"), CONTROL_LOCALE, MAX_BLOCK_CHARS), Ok(None));
        let code =
            |als: &Als, locale| block(&keys, als, locale, MAX_BLOCK_CHARS).unwrap_err().code().as_str();
        assert_eq!(code(&als("k1"), "xx-DE"), "ALS_LOCALE_UNKNOWN");
        assert_eq!(code(&als("k9"), "de-DE"), "ALS_KEY_UNKNOWN");
        assert_eq!(code(&Als { catalog: "v9".into(), ..als("k1") }, "de-DE"), "ALS_CATALOG_UNKNOWN");
    }

    #[test]
    fn a_block_beyond_the_limit_fails_closed() {
        let keys = ring(&["k1"]);
        let made = block(&keys, &als("k1"), "de-DE", MAX_BLOCK_CHARS).unwrap().unwrap();
        let chars = nfc_chars(&made.text);
        assert!(block(&keys, &als("k1"), "de-DE", chars).is_ok());
        assert_eq!(
            block(&keys, &als("k1"), "de-DE", chars - 1),
            Err(AlsError::BlockTooLong { variant_id: made.variant_id, chars, limit: chars - 1 })
        );
    }
}
