//! Reading a request's members.

use stet_domain::Json;

/// The string at `key`.
pub(crate) fn text<'a>(value: &'a Json, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// The elements at `key`; none where there is no array.
pub(crate) fn list<'a>(value: &'a Json, key: &str) -> &'a [Json] {
    value.get(key).and_then(Json::as_array).unwrap_or_default()
}

/// The value at `key`, where it is there and not `null`.
pub(crate) fn given<'a>(value: &'a Json, key: &str) -> Option<&'a Json> {
    value.get(key).filter(|value| !value.is_null())
}

/// The value, where it is a whole number.
pub(crate) fn integer(value: &Json) -> Option<i64> {
    value.as_number()?.to_i64()
}

/// Appends `text` as a JSON string.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                use std::fmt::Write as _;
                write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a string never fails");
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
