//! Properties that hold for every input (canonical.md §6).

use proptest::collection::vec;
use proptest::prelude::*;
use stet_canon::{Json, Members, Number, output, schema, text};

/// A JSON value, its numbers in canonical spelling.
fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        literal().prop_map(|literal| Json::Number(Number::from_literal(&literal).unwrap())),
        string().prop_map(Json::String),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Json::Array),
            vec((string(), inner), 0..6).prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// A literal of the JSON grammar whose value is within bounds.
fn literal() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?"
}

/// Strings that favour what is escaped and what sorts differently in UTF-8 and UTF-16.
fn string() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\u{0}-\u{22}\\\\/\u{e000}\u{ffff}\u{10000}😀ab]{0,8}"]
}

/// Text that favours white space, line ends and what composes.
fn lines() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ \t\r\n\u{b}\u{1c}\u{85}\u{a0}\u{2028}\u{3000}\u{feff}ae\u{300}\u{301}\u{327}\u{1100}\u{1161}\u{11a8}\u{105d2}\u{307}\u{10efd}\u{113c5}\u{113c2}]{0,24}",
    ]
}

/// `value` as a document of another spelling: members in reverse, white space, escapes, padded numbers.
fn respelled(value: &Json) -> String {
    match value {
        Json::Null | Json::Bool(_) => value.to_canonical_string(),
        Json::Number(number) if number.is_integer() => format!("{number}.000e0"),
        Json::Number(number) => format!("{number}00E+00"),
        Json::String(text) => quoted(text),
        Json::Array(elements) => {
            format!("[ {} ]", elements.iter().map(respelled).collect::<Vec<_>>().join(" ,\n"))
        }
        Json::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{} :\t{}", quoted(key), respelled(value)))
                .collect();
            members.reverse();
            format!("{{\r\n{} }}", members.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    format!("\"{}\"", escaped.concat())
}

fn canonical(document: &str) -> String {
    String::from_utf8(output::canonicalize(document.as_bytes()).unwrap()).unwrap()
}

proptest! {
    #[test]
    fn canonical_of_canonical_is_itself(value in json()) {
        let once = value.to_canonical_string();
        prop_assert_eq!(canonical(&once), once);
    }

    #[test]
    fn a_document_comes_back_from_its_canonical_bytes(value in json()) {
        let bytes = value.to_canonical_bytes();
        prop_assert_eq!(Json::parse(&bytes).unwrap(), value);
        let serde: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(Json::parse(serde.to_string().as_bytes()).unwrap().to_canonical_bytes(), bytes);
    }

    #[test]
    fn key_order_spelling_and_white_space_play_no_part(value in json()) {
        let document = respelled(&value);
        prop_assert_eq!(canonical(&document), value.to_canonical_string());
        prop_assert_eq!(Json::parse(document.as_bytes()).unwrap().digest(), value.digest());
    }

    #[test]
    fn members_do_not_depend_on_the_order_of_insertion(members in vec((string(), any::<i64>()), 0..40)) {
        let unique: std::collections::BTreeMap<_, _> = members.into_iter().collect();
        let forward: Members = unique.iter().map(|(key, value)| (key, *value)).collect();
        let mut backward = Members::new();
        for (key, value) in unique.iter().rev() {
            backward.insert(key, *value);
        }
        let document: Vec<String> = unique.iter().rev().map(|(key, value)| format!("{}:{value}", quoted(key))).collect();
        prop_assert_eq!(canonical(&format!("{{{}}}", document.join(","))), Json::from(forward.clone()).to_canonical_string());
        prop_assert_eq!(forward, backward);
    }

    #[test]
    fn numbers_have_one_spelling_without_exponent(literal in literal(), zeros in 0_usize..9) {
        let number = Number::from_literal(&literal).unwrap();
        let text = number.as_str();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'.'), "{}", text);
        prop_assert!(text == "0" || !text.trim_start_matches('-').starts_with("00"));
        prop_assert!(!text.contains('.') || !text.ends_with(['0', '.']));
        prop_assert!(text.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= 6));
        prop_assert_eq!(&Number::from_literal(text).unwrap(), &number);
        prop_assert!(!Number::from_literal(text).unwrap().was_rounded());

        let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((&literal, "0"));
        let point = if mantissa.contains('.') { "" } else { ".0" };
        let padded = format!("{mantissa}{point}{}E{exponent}", "0".repeat(zeros));
        prop_assert_eq!(Number::from_literal(&padded).unwrap(), number.clone());
        let shifted = format!("{}e{}", mantissa.replace('.', ""), exponent_of_digits(mantissa, exponent));
        if Number::from_literal(&shifted).is_ok() {
            prop_assert_eq!(Number::from_literal(&shifted).unwrap(), number);
        }
    }

    #[test]
    fn numbers_are_ordered_by_value(left in literal(), right in literal()) {
        let (left, right) = (Number::from_literal(&left).unwrap(), Number::from_literal(&right).unwrap());
        prop_assert_eq!(left.cmp(&right), micros(&left).cmp(&micros(&right)));
    }

    #[test]
    fn both_ways_to_the_bytes_agree_on_any_input(document in vec(any::<u8>(), 0..40)) {
        let written = output::canonicalize(&document);
        prop_assert_eq!(written, Json::parse(&document).map(|json| json.to_canonical_bytes()));
    }

    #[test]
    fn both_ways_to_the_bytes_agree_on_nearly_json(document in "[\\[\\]{},:\"\\\\a0-9eE.+\\-tfnrulsé \\n]{0,24}") {
        let written = output::canonicalize(document.as_bytes());
        prop_assert_eq!(&written, &Json::parse(document.as_bytes()).map(|json| json.to_canonical_bytes()));
        let accepted = serde_json::from_str::<serde_json::Value>(&document).is_ok();
        prop_assert!(written.is_err() || accepted, "{}", document);
    }

    #[test]
    fn canonical_text_is_its_own_and_keeps_its_rules(text in lines()) {
        let once = text::canonical(&text);
        prop_assert_eq!(text::canonical(&once), once.clone());
        prop_assert!(!once.contains('\r') && !once.ends_with('\n'));
        let unix = text.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(text::canonical(&unix), once.clone());
        prop_assert_eq!(text::canonical(&unix.replace('\n', "\r\n")), once);
    }

    #[test]
    fn canonical_schemas_are_their_own(value in json()) {
        if let Ok(once) = schema::canonicalize(&value, "") {
            prop_assert_eq!(schema::canonicalize(&once, "").unwrap(), once);
        }
    }
}

/// The exponent that stands for the same value once the point is gone.
fn exponent_of_digits(mantissa: &str, exponent: &str) -> i64 {
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    exponent.parse::<i64>().unwrap() - i64::try_from(fraction).unwrap()
}

/// The value in millionths: at most 136 digits, so that padded magnitudes compare as text.
fn micros(number: &Number) -> (bool, Option<std::cmp::Reverse<String>>, Option<String>) {
    let magnitude = number.as_str().trim_start_matches('-');
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let padded = format!("{whole:0>200}{fraction:0<6}");
    if magnitude.len() < number.as_str().len() {
        (false, Some(std::cmp::Reverse(padded)), None)
    } else {
        (true, None, Some(padded))
    }
}
