//! The assigned codes of ISO 3166-1, ISO 3166-2 and ISO 639-1; each table's first line names its source.

use std::sync::LazyLock;

const COUNTRIES: &str = include_str!("iso3166-1.txt");
const SUBDIVISIONS: &str = include_str!("iso3166-2.txt");
const LANGUAGES: &str = include_str!("iso639-1.txt");

/// Sorted: every cell's prompt names a place.
static COUNTRY_CODES: LazyLock<Vec<&str>> = LazyLock::new(|| entries(COUNTRIES).collect());
static LANGUAGE_CODES: LazyLock<Vec<&str>> = LazyLock::new(|| entries(LANGUAGES).collect());
static SUBDIVISION_LINES: LazyLock<Vec<&str>> = LazyLock::new(|| entries(SUBDIVISIONS).collect());

fn entries(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

/// The table's own spelling of a country's code, if it is assigned.
pub(super) fn country(code: &str) -> Option<&'static str> {
    found(&COUNTRY_CODES, code)
}

/// The table's own spelling of a language's code, if it is assigned.
pub(super) fn language(code: &str) -> Option<&'static str> {
    found(&LANGUAGE_CODES, code)
}

/// The table's own spelling of a country's subdivision, if it is assigned.
pub(super) fn subdivision(country: &str, code: &str) -> Option<&'static str> {
    let key = |line: &&'static str| line.split_once(' ').map_or(*line, |(country, _)| country);
    let at = SUBDIVISION_LINES.binary_search_by_key(&country, key).ok()?;
    SUBDIVISION_LINES[at].split(' ').skip(1).find(|entry| *entry == code)
}

fn found(codes: &[&'static str], code: &str) -> Option<&'static str> {
    codes.binary_search(&code).ok().map(|at| codes[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_upper_or_lower_case_and_complete() {
        let countries: Vec<_> = entries(COUNTRIES).collect();
        let languages: Vec<_> = entries(LANGUAGES).collect();
        assert!(countries.is_sorted() && languages.is_sorted() && entries(SUBDIVISIONS).is_sorted());
        assert_eq!((countries.len(), languages.len()), (249, 183));
        assert_eq!(entries(SUBDIVISIONS).map(|line| line.split(' ').count() - 1).sum::<usize>(), 5046);
        for line in entries(SUBDIVISIONS) {
            assert!(country(&line[..2]).is_some(), "{line}");
        }
        assert_eq!((country(""), language(""), subdivision("GB", "")), (None, None, None));
    }
}
