//! Why a document has no canonical form.

mod offences;

use std::fmt;

pub use offences::MAX_OFFENCES;
pub(crate) use offences::Offences;

/// The closed set of reasons for which a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The text is not JSON (RFC 8259).
    JsonSyntax,
    /// The document starts with a byte order mark.
    JsonBom,
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// An object names a member twice, compared after unescaping.
    JsonDuplicateKey,
    /// A `\u` escape spells half a surrogate pair.
    JsonLoneSurrogate,
    /// Something other than white space follows the document's value.
    JsonTrailingBytes,
    /// Arrays and objects are nested deeper than 128.
    JsonTooDeep,
    /// A number's integer part has more than 1,000 digits.
    NumberTooLarge,
    /// A number inside a JSON Schema needs more than 6 decimals.
    NumberTooPrecise,
    /// A field that the closed surface does not know.
    UnknownField,
    /// A field that must be there is absent.
    MissingField,
    /// A value of another JSON type than the field's.
    WrongType,
    /// A value of the right type outside the field's closed set or range.
    ValueNotAllowed,
    /// A string longer than its bound.
    TooLong,
    /// A list or object with more members than its bound.
    TooMany,
    /// A string or list that must not be empty is.
    Empty,
    /// `{{` that is neither a placeholder nor the literal `{{{{`.
    PlaceholderInvalid,
    /// A placeholder whose input is not declared.
    InputUndeclared,
    /// A region that ISO 3166 has not assigned.
    RegionUnknown,
    /// A locale of another shape than `ll-CC`, or of an unassigned language.
    LocaleInvalid,
    /// A template of more than 262,144 bytes, as submitted or canonical.
    TemplateTooLarge,
    /// A JSON Schema whose keyword has a value of an impossible type.
    SchemaInvalid,
    /// A JSON Schema that uses a keyword or dialect that is not supported.
    SchemaUnsupported,
    /// A reference that leaves the schema.
    SchemaRemoteRef,
    /// A reference that leads back to itself.
    SchemaRecursiveRef,
    /// A keyword beside `$ref` that cannot stand there.
    SchemaRefConflict,
    /// A reference to nothing.
    SchemaRefNotFound,
    /// A schema whose expanded canonical form is larger than 262,144 bytes.
    SchemaTooLarge,
}

impl Code {
    /// Every code, in the order of the enum.
    pub const ALL: [Self; 28] = [
        Self::JsonSyntax,
        Self::JsonBom,
        Self::InvalidUtf8,
        Self::JsonDuplicateKey,
        Self::JsonLoneSurrogate,
        Self::JsonTrailingBytes,
        Self::JsonTooDeep,
        Self::NumberTooLarge,
        Self::NumberTooPrecise,
        Self::UnknownField,
        Self::MissingField,
        Self::WrongType,
        Self::ValueNotAllowed,
        Self::TooLong,
        Self::TooMany,
        Self::Empty,
        Self::PlaceholderInvalid,
        Self::InputUndeclared,
        Self::RegionUnknown,
        Self::LocaleInvalid,
        Self::TemplateTooLarge,
        Self::SchemaInvalid,
        Self::SchemaUnsupported,
        Self::SchemaRemoteRef,
        Self::SchemaRecursiveRef,
        Self::SchemaRefConflict,
        Self::SchemaRefNotFound,
        Self::SchemaTooLarge,
    ];

    /// The code's name in vectors, API answers and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonSyntax => "JSON_SYNTAX",
            Self::JsonBom => "JSON_BOM",
            Self::InvalidUtf8 => "INVALID_UTF8",
            Self::JsonDuplicateKey => "JSON_DUPLICATE_KEY",
            Self::JsonLoneSurrogate => "JSON_LONE_SURROGATE",
            Self::JsonTrailingBytes => "JSON_TRAILING_BYTES",
            Self::JsonTooDeep => "JSON_TOO_DEEP",
            Self::NumberTooLarge => "NUMBER_TOO_LARGE",
            Self::NumberTooPrecise => "NUMBER_TOO_PRECISE",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::MissingField => "MISSING_FIELD",
            Self::WrongType => "WRONG_TYPE",
            Self::ValueNotAllowed => "VALUE_NOT_ALLOWED",
            Self::TooLong => "TOO_LONG",
            Self::TooMany => "TOO_MANY",
            Self::Empty => "EMPTY",
            Self::PlaceholderInvalid => "PLACEHOLDER_INVALID",
            Self::InputUndeclared => "INPUT_UNDECLARED",
            Self::RegionUnknown => "REGION_UNKNOWN",
            Self::LocaleInvalid => "LOCALE_INVALID",
            Self::TemplateTooLarge => "TEMPLATE_TOO_LARGE",
            Self::SchemaInvalid => "SCHEMA_INVALID",
            Self::SchemaUnsupported => "SCHEMA_UNSUPPORTED",
            Self::SchemaRemoteRef => "SCHEMA_REMOTE_REF",
            Self::SchemaRecursiveRef => "SCHEMA_RECURSIVE_REF",
            Self::SchemaRefConflict => "SCHEMA_REF_CONFLICT",
            Self::SchemaRefNotFound => "SCHEMA_REF_NOT_FOUND",
            Self::SchemaTooLarge => "SCHEMA_TOO_LARGE",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1; LF ends a line.
    pub line: usize,
    /// Column, from 1, in Unicode code points.
    pub column: usize,
}

impl Position {
    /// The position just after `prefix`.
    #[must_use]
    pub fn after(prefix: &str) -> Self {
        let line_start = prefix.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: prefix.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: prefix[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

/// One offence of a document: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// The kind of offence.
    pub code: Code,
    /// What is wrong, in words, with the value's measure and the limit where there is one.
    pub message: String,
    /// Where in the text, for offences against the JSON and text forms.
    pub position: Option<Position>,
    /// A JSON pointer (RFC 6901) into the document, for offences against a template or a schema.
    pub pointer: Option<String>,
}

impl Refusal {
    /// A refusal that names no place.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), position: None, pointer: None }
    }

    /// A refusal of what stands at `position`.
    #[must_use]
    pub fn at_position(code: Code, message: impl Into<String>, position: Position) -> Self {
        Self { position: Some(position), ..Self::new(code, message) }
    }

    /// A refusal of what stands at `pointer`.
    #[must_use]
    pub fn at_pointer(code: Code, message: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), ..Self::new(code, message) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        match (&self.position, &self.pointer) {
            (Some(position), _) => write!(f, " ({position})"),
            (None, Some(pointer)) if !pointer.is_empty() => write!(f, " (at {pointer})"),
            (None, _) => Ok(()),
        }
    }
}

/// Characters of a submitted value that a message repeats.
const SHOWN_CHARS: usize = 80;

/// A submitted value as a message names it: quoted, controls escaped, its beginning only where it is long.
pub(crate) fn shown(value: &str) -> String {
    let (beginning, more) = beginning(value);
    format!("{beginning:?}{more}")
}

/// The same of a number's canonical text, which needs no quotes.
pub(crate) fn abridged(number: &str) -> String {
    let (beginning, more) = beginning(number);
    format!("{beginning}{more}")
}

fn beginning(value: &str) -> (&str, &'static str) {
    match value.char_indices().nth(SHOWN_CHARS) {
        None => (value, ""),
        Some((end, _)) => (&value[..end], "…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_code_points() {
        assert_eq!(Position::after(""), Position { line: 1, column: 1 });
        assert_eq!(Position::after("ab\r\né😀"), Position { line: 2, column: 3 });
    }

    #[test]
    fn displays_code_message_and_place() {
        let here =
            Refusal::at_position(Code::JsonSyntax, "expected a value", Position { line: 2, column: 7 });
        assert_eq!(here.to_string(), "JSON_SYNTAX: expected a value (line 2 column 7)");
        let there = Refusal::at_pointer(Code::Empty, "must not be empty", "/messages");
        assert_eq!(there.to_string(), "EMPTY: must not be empty (at /messages)");
        assert_eq!(Refusal::new(Code::TemplateTooLarge, "big").to_string(), "TEMPLATE_TOO_LARGE: big");
    }

    #[test]
    fn every_code_has_its_own_name() {
        let names: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
