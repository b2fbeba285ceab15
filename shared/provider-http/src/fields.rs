//! Reading a vendor's body leniently: what is absent or of another type is simply not there (providers.md, Decoding 1).

use std::collections::BTreeSet;

use stet_domain::Json;

/// The string at `key`.
pub(crate) fn text<'a>(value: &'a Json, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// The elements at `key`; none where there is no array.
pub(crate) fn list<'a>(value: &'a Json, key: &str) -> &'a [Json] {
    value.get(key).and_then(Json::as_array).unwrap_or_default()
}

/// The whole number at `key`.
pub(crate) fn integer(value: &Json, key: &str) -> Option<i64> {
    value.get(key)?.as_number()?.to_i64()
}

/// The texts that are not empty, each once, in their order.
pub(crate) fn distinct<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.into_iter().filter(|text| !text.is_empty() && seen.insert(*text)).map(str::to_owned).collect()
}

/// The first `max` characters of a provider's words, on one line.
pub(crate) fn bounded(words: &str, max: usize) -> String {
    words.chars().take(max).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_type_reads_as_absent() {
        let value = Json::parse(br#"{"a":"x","b":[1],"c":7,"d":null}"#).unwrap();
        assert_eq!(text(&value, "a"), Some("x"));
        assert_eq!(text(&value, "c"), None);
        assert_eq!(list(&value, "b").len(), 1);
        assert!(list(&value, "a").is_empty());
        assert_eq!(integer(&value, "c"), Some(7));
        assert_eq!(integer(&value, "d"), None);
    }

    #[test]
    fn texts_are_told_once() {
        assert_eq!(distinct(["b", "", "a", "b"]), ["b", "a"]);
    }

    #[test]
    fn words_are_cut_by_characters_and_kept_on_one_line() {
        assert_eq!(bounded("ä\nöü", 3), "ä ö");
    }
}
