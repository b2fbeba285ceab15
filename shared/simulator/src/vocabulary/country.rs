//! Countries: standard rates of value added tax, and cues by which a location block gives its country away.

/// What is known of a country.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Country {
    /// ISO 3166-1 alpha-2.
    pub(crate) code: &'static str,
    /// As it stands in an English sentence.
    pub(crate) name: &'static str,
    /// The standard rate in per cent; empty where there is none.
    pub(crate) rate: &'static str,
    /// The rate that a model without a search may still remember.
    pub(crate) remembered: &'static str,
    /// What the tax is called there.
    pub(crate) tax: &'static str,
    /// ISO 4217.
    pub(crate) currency: &'static str,
    /// The international dialling prefix.
    pub(crate) dial: &'static str,
}

const fn country([code, name, rate, remembered, tax, currency, dial]: [&'static str; 7]) -> Country {
    Country { code, name, rate, remembered, tax, currency, dial }
}

/// Every country that the simulated models know, sorted by code.
const ALL: [Country; 36] = [
    country(["AE", "the United Arab Emirates", "5", "5", "VAT", "AED", "+971"]),
    country(["AT", "Austria", "20", "20", "USt", "EUR", "+43"]),
    country(["AU", "Australia", "10", "10", "GST", "AUD", "+61"]),
    country(["BE", "Belgium", "21", "21", "btw", "EUR", "+32"]),
    country(["BR", "Brazil", "17", "17", "ICMS", "BRL", "+55"]),
    country(["CA", "Canada", "5", "5", "GST", "CAD", "+1"]),
    country(["CH", "Switzerland", "8.1", "7.7", "MWST", "CHF", "+41"]),
    country(["CZ", "Czechia", "21", "21", "DPH", "CZK", "+420"]),
    country(["DE", "Germany", "19", "19", "MwSt.", "EUR", "+49"]),
    country(["DK", "Denmark", "25", "25", "moms", "DKK", "+45"]),
    country(["EE", "Estonia", "24", "22", "käibemaks", "EUR", "+372"]),
    country(["ES", "Spain", "21", "21", "IVA", "EUR", "+34"]),
    country(["FI", "Finland", "25.5", "24", "ALV", "EUR", "+358"]),
    country(["FR", "France", "20", "20", "TVA", "EUR", "+33"]),
    country(["GB", "the United Kingdom", "20", "20", "VAT", "GBP", "+44"]),
    country(["GR", "Greece", "24", "24", "ΦΠΑ", "EUR", "+30"]),
    country(["HU", "Hungary", "27", "27", "ÁFA", "HUF", "+36"]),
    country(["IE", "Ireland", "23", "23", "VAT", "EUR", "+353"]),
    country(["IN", "India", "18", "18", "GST", "INR", "+91"]),
    country(["IT", "Italy", "22", "22", "IVA", "EUR", "+39"]),
    country(["JP", "Japan", "10", "8", "消費税", "JPY", "+81"]),
    country(["KR", "South Korea", "10", "10", "부가가치세", "KRW", "+82"]),
    country(["LU", "Luxembourg", "17", "16", "TVA", "EUR", "+352"]),
    country(["MX", "Mexico", "16", "16", "IVA", "MXN", "+52"]),
    country(["NL", "the Netherlands", "21", "21", "btw", "EUR", "+31"]),
    country(["NO", "Norway", "25", "25", "MVA", "NOK", "+47"]),
    country(["NZ", "New Zealand", "15", "15", "GST", "NZD", "+64"]),
    country(["PL", "Poland", "23", "23", "VAT", "PLN", "+48"]),
    country(["PT", "Portugal", "23", "23", "IVA", "EUR", "+351"]),
    country(["RO", "Romania", "21", "19", "TVA", "RON", "+40"]),
    country(["SE", "Sweden", "25", "25", "moms", "SEK", "+46"]),
    country(["SG", "Singapore", "9", "8", "GST", "SGD", "+65"]),
    country(["TR", "Türkiye", "20", "18", "KDV", "TRY", "+90"]),
    country(["TW", "Taiwan", "5", "5", "營業稅", "TWD", "+886"]),
    country(["US", "the United States", "", "", "sales tax", "USD", "+1"]),
    country(["ZA", "South Africa", "15", "15", "VAT", "ZAR", "+27"]),
];

/// Points that a location block must make before a country is believed.
const BELIEVED: u32 = 2;

/// The country of an alpha-2 code.
pub(crate) fn by_code(code: &str) -> Option<&'static Country> {
    ALL.binary_search_by(|country| country.code.cmp(code)).ok().map(|at| &ALL[at])
}

/// The country that a location block hints at: by dialling prefix, currency and tax word together.
pub(crate) fn by_cues(block: &str) -> Option<&'static Country> {
    let points = |country: &Country| {
        2 * u32::from(dials(block, country.dial))
            + u32::from(block.contains(country.currency))
            + u32::from(block.contains(country.tax))
    };
    let best = ALL.iter().map(|country| (points(country), country)).rev().max_by_key(|(points, _)| *points);
    best.filter(|(points, _)| *points >= BELIEVED).map(|(_, country)| country)
}

fn dials(block: &str, dial: &str) -> bool {
    block
        .match_indices(dial)
        .any(|(at, _)| !block[at + dial.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use stet_domain::als::Catalog;

    #[test]
    fn codes_are_sorted_so_that_each_is_found() {
        assert!(ALL.is_sorted_by(|left, right| left.code < right.code));
        for country in &ALL {
            assert_eq!(by_code(country.code), Some(country));
        }
        assert_eq!(by_code("ZZ"), None);
    }

    #[test]
    fn cues_give_a_country_away() {
        let code = |block: &str| by_cues(block).map(|country| country.code);
        assert_eq!(code("Tel. +49 30 123456, 12,50 EUR inkl. MwSt."), Some("DE"));
        assert_eq!(code("Phone: +971 4 123 4567 · AED"), Some("AE"));
        assert_eq!(code("+1 416 555 0100, CAD 5.00"), Some("CA"));
        assert_eq!(code("+1 212 555 0100, USD 5.00, sales tax"), Some("US"));
        assert_eq!(code("What is the standard rate?"), None);
    }

    #[test]
    fn every_block_of_the_catalogue_is_read_for_its_country() {
        let catalog = Catalog::named("v1").unwrap();
        for (locale, cues) in catalog.entries() {
            let code = locale.rsplit('-').next().unwrap();
            for index in 0..cues.phrases.len() {
                let block = cues.block_text(index);
                assert_eq!(by_cues(&block).map(|country| country.code), Some(code), "{locale}: {block}");
            }
        }
    }
}
