//! Placeholders in the content of messages (canonical.md §4).

use std::collections::{BTreeMap, BTreeSet};

use crate::refusal::{Code, Refusal, shown};
use crate::template::InputValue;

/// A part of a message's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that stands for itself; `{{` for a literal `{{{{`.
    Text(&'a str),
    /// The name of the input whose value is put here.
    Input(&'a str),
}

/// Reads the pieces of a content from left to right.
pub(crate) struct Pieces<'a> {
    rest: &'a str,
}

/// The pieces of `content`: `{{name}}` is an input, `{{{{` a literal `{{`.
///
/// # Errors
/// `PLACEHOLDER_INVALID` for any other `{{`.
pub fn parse(content: &str) -> Result<Vec<Piece<'_>>, Refusal> {
    pieces(content).collect()
}

/// The names of the inputs that `content` uses.
///
/// # Errors
/// `PLACEHOLDER_INVALID`, as [`parse`].
pub fn names(content: &str) -> Result<BTreeSet<&str>, Refusal> {
    let names = pieces(content).filter_map(|piece| match piece {
        Ok(Piece::Input(name)) => Some(Ok(name)),
        Ok(Piece::Text(_)) => None,
        Err(refusal) => Some(Err(refusal)),
    });
    names.collect()
}

/// `content` with its values put in once and literally: a value that looks like a placeholder stays as it is.
///
/// # Errors
/// `PLACEHOLDER_INVALID`, as [`parse`]; `INPUT_UNDECLARED` for an input without a value.
pub fn render(content: &str, values: &BTreeMap<String, InputValue>) -> Result<String, Refusal> {
    let mut text = String::with_capacity(content.len());
    for piece in pieces(content) {
        match piece? {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Input(name) => text.push_str(values.get(name).ok_or_else(|| undeclared(name))?.as_text()),
        }
    }
    Ok(text)
}

pub(crate) fn pieces(content: &str) -> Pieces<'_> {
    Pieces { rest: content }
}

pub(crate) fn undeclared(name: &str) -> Refusal {
    Refusal::new(Code::InputUndeclared, format!("the input `{name}` is not declared"))
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest;
        let (length, piece) = match rest.find("{{") {
            _ if rest.is_empty() => return None,
            None => (rest.len(), Some(Piece::Text(rest))),
            Some(0) if rest.starts_with("{{{{") => (4, Some(Piece::Text("{{"))),
            Some(0) => match name_length(&rest[2..]) {
                Some(length) => (length + 4, Some(Piece::Input(&rest[2..2 + length]))),
                None => (rest.len(), None),
            },
            Some(at) => (at, Some(Piece::Text(&rest[..at]))),
        };
        self.rest = &rest[length..];
        Some(piece.ok_or_else(|| {
            let message = format!("{} opens neither `{{{{name}}}}` nor the literal `{{{{{{{{`", shown(rest));
            Refusal::new(Code::PlaceholderInvalid, message)
        }))
    }
}

/// The length of the name at the start of `text`, if there is one and `}}` follows it.
fn name_length(text: &str) -> Option<usize> {
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    let length = text.bytes().take_while(|byte| is_part(byte)).count();
    let starts_well = text.as_bytes().first()?.is_ascii_lowercase();
    (starts_well && text[length..].starts_with("}}")).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> BTreeMap<String, InputValue> {
        [("a", InputValue::from("{{b}}")), ("b", InputValue::from(true)), ("n_1", InputValue::from(-3_i64))]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    #[test]
    fn values_are_put_in_once_and_literally() {
        for (content, expected) in [
            ("", ""),
            ("no placeholder } }} {", "no placeholder } }} {"),
            ("<{{a}}|{{b}}|{{n_1}}>", "<{{b}}|true|-3>"),
            ("{{{{a}}", "{{a}}"),
            ("{{{{{{a}}", "{{{{b}}"),
            ("{{{{{{{{", "{{{{"),
            ("{{a}}}", "{{b}}}"),
        ] {
            assert_eq!(render(content, &values()).unwrap(), expected, "{content}");
        }
    }

    #[test]
    fn any_other_opening_is_refused() {
        for content in [
            "{{",
            "{{}}",
            "{{A}}",
            "{{ a}}",
            "{{a }}",
            "{{a}",
            "{{1a}}",
            "{{_a}}",
            "{{{a}}}",
            "{{{",
            "x {{a\u{e9}}}",
        ] {
            assert_eq!(parse(content).unwrap_err().code, Code::PlaceholderInvalid, "{content}");
        }
        assert_eq!(render("{{zz}}", &values()).unwrap_err().code, Code::InputUndeclared);
    }

    #[test]
    fn names_are_those_of_the_inputs() {
        assert_eq!(names("{{b}} {{a}} {{{{c}} {{a}}").unwrap(), BTreeSet::from(["a", "b"]));
        assert_eq!(parse("x{{a}}").unwrap(), [Piece::Text("x"), Piece::Input("a")]);
    }
}
