//! The assigned codes of ISO 3166-1, ISO 3166-2 and ISO 639-1; each table's first line names its source.

const COUNTRIES: &str = include_str!("iso3166-1.txt");
const SUBDIVISIONS: &str = include_str!("iso3166-2.txt");
const LANGUAGES: &str = include_str!("iso639-1.txt");

fn entries(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

/// The table's own spelling of a country's code, if it is assigned.
pub(super) fn country(code: &str) -> Option<&'static str> {
    entries(COUNTRIES).find(|entry| *entry == code)
}

/// The table's own spelling of a language's code, if it is assigned.
pub(super) fn language(code: &str) -> Option<&'static str> {
    entries(LANGUAGES).find(|entry| *entry == code)
}

/// The table's own spelling of a country's subdivision, if it is assigned.
pub(super) fn subdivision(country: &str, code: &str) -> Option<&'static str> {
    let codes = entries(SUBDIVISIONS).find_map(|line| line.strip_prefix(country)?.strip_prefix(' '))?;
    codes.split(' ').find(|entry| *entry == code)
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
