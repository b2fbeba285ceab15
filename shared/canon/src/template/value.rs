//! Readers of single values: each returns nothing once it has named an offence.

use super::fields::wrong_type;
use crate::json::Json;
use crate::json::order::by_utf16;
use crate::number::Number;
use crate::pointer;
use crate::refusal::{Code, Offences, abridged, shown};
use crate::trim::trimmed;

/// The least and the most of a length or a count.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) min: usize,
    pub(super) max: usize,
}

/// Any length up to `max`.
pub(super) const fn up_to(max: usize) -> Bounds {
    Bounds { min: 0, max }
}

/// A length from one to `max`.
pub(super) const fn one_to(max: usize) -> Bounds {
    Bounds { min: 1, max }
}

/// A string of bounded length in code points, verbatim.
pub(super) fn verbatim(value: &Json, bounds: Bounds, at: &str, offences: &mut Offences) -> Option<String> {
    let Json::String(text) = value else { return wrong_type("a string", value, at, offences) };
    bounded(text.clone(), bounds, at, offences)
}

/// A string that is trimmed at both ends, with LF line ends, then of bounded length in code points.
pub(super) fn identifier(value: &Json, bounds: Bounds, at: &str, offences: &mut Offences) -> Option<String> {
    let Json::String(text) = value else { return wrong_type("a string", value, at, offences) };
    bounded(trimmed(text), bounds, at, offences)
}

fn bounded(text: String, Bounds { min, max }: Bounds, at: &str, offences: &mut Offences) -> Option<String> {
    let length = text.chars().count();
    if length < min {
        return offences.add(Code::Empty, "the string is empty", at);
    }
    if length > max {
        let message = format!("the string has {length} code points, at most {max} are allowed");
        return offences.add(Code::TooLong, message, at);
    }
    Some(text)
}

/// One word of a closed set, as `spelling` has each.
pub(super) fn word<T: Copy>(
    value: &Json,
    all: &[T],
    spelling: fn(T) -> &'static str,
    at: &str,
    offences: &mut Offences,
) -> Option<T> {
    let Json::String(text) = value else { return wrong_type("a string", value, at, offences) };
    all.iter().copied().find(|value| spelling(*value) == text).or_else(|| {
        let words: Vec<&str> = all.iter().copied().map(spelling).collect();
        let message = format!("{} is not one of: {}", shown(text), words.join(", "));
        offences.add(Code::ValueNotAllowed, message, at)
    })
}

/// `true` or `false`.
pub(super) fn boolean(value: &Json, at: &str, offences: &mut Offences) -> Option<bool> {
    value.as_bool().or_else(|| wrong_type("a boolean", value, at, offences))
}

/// A number from 0 to `max`, after rounding.
pub(super) fn fraction(value: &Json, max: i64, at: &str, offences: &mut Offences) -> Option<Number> {
    let Json::Number(number) = value else { return wrong_type("a number", value, at, offences) };
    if *number < Number::from(0_i64) || *number > Number::from(max) {
        let message = format!("{} is not between 0 and {max}", abridged(&number.to_string()));
        return offences.add(Code::ValueNotAllowed, message, at);
    }
    Some(number.clone())
}

/// A whole number from `min` to `max`, after rounding.
pub(super) fn integer(value: &Json, min: i64, max: i64, at: &str, offences: &mut Offences) -> Option<i64> {
    let number = match value {
        Json::Number(number) if number.is_integer() => number,
        Json::Number(number) => {
            let message = format!("{} is no integer", abridged(&number.to_string()));
            return offences.add(Code::WrongType, message, at);
        }
        other => return wrong_type("an integer", other, at, offences),
    };
    number.to_i64().filter(|integer| (min..=max).contains(integer)).or_else(|| {
        let message = format!("{} is not between {min} and {max}", abridged(&number.to_string()));
        offences.add(Code::ValueNotAllowed, message, at)
    })
}

/// An array of a bounded count, its elements read in order.
pub(super) fn list<'a, T>(
    value: &'a Json,
    Bounds { min, max }: Bounds,
    at: &str,
    offences: &mut Offences,
    mut read: impl FnMut(&'a Json, &str, &mut Offences) -> Option<T>,
) -> Option<Vec<T>> {
    let Json::Array(elements) = value else { return wrong_type("an array", value, at, offences) };
    let count = elements.len();
    if count < min {
        return offences.add(Code::Empty, "the array is empty", at);
    }
    if count > max {
        return offences.add(Code::TooMany, format!("there are {count}, at most {max} are allowed"), at);
    }
    // Every element is read, so that every offence is found, before the list is given up.
    let read: Vec<Option<T>> = elements
        .iter()
        .enumerate()
        .map(|(index, element)| read(element, &pointer::index(at, index), offences))
        .collect();
    read.into_iter().collect()
}

/// A list of bounded verbatim strings.
pub(super) fn strings(
    value: &Json,
    count: Bounds,
    length: usize,
    at: &str,
    offences: &mut Offences,
) -> Option<Vec<String>> {
    list(value, count, at, offences, |element, at, offences| verbatim(element, one_to(length), at, offences))
}

/// The members of a set, sorted by UTF-16 code units, each once.
pub(super) fn sorted(mut members: Vec<String>) -> Vec<String> {
    members.sort_by(|left, right| by_utf16(left, right));
    members.dedup();
    members
}

/// A set of strings as a canonical array.
pub(super) fn set(members: &[String]) -> Json {
    sorted(members.to_vec()).into()
}
