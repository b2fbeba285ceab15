//! The tables that the crate embeds are those of `vectors/tables/`.

use std::collections::BTreeSet;

use stet_canon::region::{Country, Language, Region};
use stet_canon::text::UNASSIGNED_NFC_14;

use crate::vectors::read_json;

fn codes(file: &str, member: &str) -> BTreeSet<String> {
    let table = read_json(&format!("tables/{file}"));
    let codes: BTreeSet<String> =
        table[member].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    assert!(!codes.is_empty(), "{file}");
    codes
}

fn letter_pairs(first: char) -> impl Iterator<Item = String> {
    let letters = move || (0..26).filter_map(move |offset| char::from_u32(u32::from(first) + offset));
    letters().flat_map(move |left| letters().map(move |right| format!("{left}{right}")))
}

#[test]
fn code_points_later_than_unicode_14() {
    let embedded: BTreeSet<String> = UNASSIGNED_NFC_14
        .iter()
        .flat_map(|(first, last)| *first..=*last)
        .map(|code_point| format!("U+{code_point:04X}"))
        .collect();
    assert_eq!(embedded, codes("unassigned-nfc-14.json", "code_points"));
}

#[test]
fn countries() {
    let assigned = letter_pairs('A').filter(|code| code != "UK" && Country::parse(code).is_ok()).collect();
    assert_eq!(codes("iso3166-1.json", "codes"), assigned);
}

#[test]
fn languages() {
    let assigned = letter_pairs('a').filter(|code| Language::parse(code).is_ok()).collect();
    assert_eq!(codes("iso639-1.json", "codes"), assigned);
}

#[test]
fn subdivisions() {
    let embedded: BTreeSet<String> = include_str!("../../src/region/iso3166-2.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| {
            let (country, codes) = line.split_once(' ').unwrap();
            codes.split(' ').map(move |code| format!("{country}-{code}"))
        })
        .collect();
    assert_eq!(embedded, codes("iso3166-2.json", "codes"));
    for code in embedded {
        assert_eq!(Region::parse(&code).unwrap().to_string(), code);
    }
}
