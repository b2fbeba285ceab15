//! Offences of a submission: each with a pointer, a code and words that name the value and the limit.

use stet_canon::{Code, Refusal};

use crate::code::ErrorCode;

/// One offence, as it stands in a problem's `errors` (api.md, "Conventions").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} at {pointer:?}: {detail}")]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the submitted document; empty for the whole.
    pub pointer: String,
    /// The code.
    pub code: ErrorCode,
    /// What is wrong, naming the value and the limit.
    pub detail: String,
}

/// Characters of a submitted value that a detail repeats at most.
const SHOWN_CHARS: usize = 64;

impl FieldError {
    /// An offence at `pointer`.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into() }
    }

    /// The same offence in a document where what it was found in stands at `base`.
    #[must_use]
    pub fn under(mut self, base: &str) -> Self {
        self.pointer.insert_str(0, base);
        self
    }

    /// A refusal of the canonical forms as an offence of what stands at `base` in the submitted document.
    #[must_use]
    pub fn from_refusal(base: &str, refusal: &Refusal) -> Self {
        let pointer = format!("{base}{}", refusal.pointer.as_deref().unwrap_or_default());
        let detail = match refusal.position {
            Some(position) => format!("{} ({position})", refusal.message),
            None => refusal.message.clone(),
        };
        Self::new(pointer, code_of(refusal.code), detail)
    }

    /// All refusals of one document, in their order.
    #[must_use]
    pub fn from_refusals(base: &str, refusals: &[Refusal]) -> Vec<Self> {
        refusals.iter().map(|refusal| Self::from_refusal(base, refusal)).collect()
    }
}

/// The one code of every refusal of the canonical forms.
#[must_use]
pub const fn code_of(code: Code) -> ErrorCode {
    match code {
        Code::JsonSyntax => ErrorCode::JsonSyntax,
        Code::JsonBom => ErrorCode::JsonBom,
        Code::InvalidUtf8 => ErrorCode::InvalidUtf8,
        Code::JsonDuplicateKey => ErrorCode::JsonDuplicateKey,
        Code::JsonLoneSurrogate => ErrorCode::JsonLoneSurrogate,
        Code::JsonTrailingBytes => ErrorCode::JsonTrailingBytes,
        Code::JsonTooDeep => ErrorCode::JsonTooDeep,
        Code::NumberTooLarge => ErrorCode::NumberTooLarge,
        Code::NumberTooPrecise => ErrorCode::NumberTooPrecise,
        Code::UnknownField => ErrorCode::UnknownField,
        Code::MissingField => ErrorCode::MissingField,
        Code::WrongType => ErrorCode::WrongType,
        Code::ValueNotAllowed => ErrorCode::ValueNotAllowed,
        Code::TooLong => ErrorCode::TooLong,
        Code::TooMany => ErrorCode::TooMany,
        Code::Empty => ErrorCode::Empty,
        Code::PlaceholderInvalid => ErrorCode::PlaceholderInvalid,
        Code::InputUndeclared => ErrorCode::InputUndeclared,
        Code::RegionUnknown => ErrorCode::RegionUnknown,
        Code::LocaleInvalid => ErrorCode::LocaleInvalid,
        Code::TemplateTooLarge => ErrorCode::TemplateTooLarge,
        Code::SchemaInvalid => ErrorCode::SchemaInvalid,
        Code::SchemaUnsupported => ErrorCode::SchemaUnsupported,
        Code::SchemaRemoteRef => ErrorCode::SchemaRemoteRef,
        Code::SchemaRecursiveRef => ErrorCode::SchemaRecursiveRef,
        Code::SchemaRefConflict => ErrorCode::SchemaRefConflict,
        Code::SchemaRefNotFound => ErrorCode::SchemaRefNotFound,
        Code::SchemaTooLarge => ErrorCode::SchemaTooLarge,
    }
}

/// One more token of a JSON pointer, escaped (RFC 6901).
pub(crate) fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The beginning of a submitted value, for a detail.
pub(crate) fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARS) {
        None => format!("{value:?}"),
        Some((end, _)) => format!("{:?}…", &value[..end]),
    }
}

#[cfg(test)]
mod tests {
    use stet_canon::Position;

    use super::*;
    use crate::code::CodeKind;

    #[test]
    fn every_canonical_code_has_the_error_code_of_its_name() {
        for code in Code::ALL {
            let mapped = code_of(code);
            assert_eq!(mapped.as_str(), code.as_str());
            assert_eq!(mapped.kind(), CodeKind::Field);
        }
    }

    #[test]
    fn pointers_are_taken_from_where_the_document_stands() {
        let refusal = Refusal::at_pointer(Code::Empty, "must not be empty", "/messages");
        let error = FieldError::from_refusal("/config", &refusal);
        assert_eq!((error.pointer.as_str(), error.code), ("/config/messages", ErrorCode::Empty));
        let place = Position { line: 2, column: 7 };
        let refusal = Refusal::at_position(Code::JsonSyntax, "expected a value", place);
        assert_eq!(FieldError::from_refusal("", &refusal).detail, "expected a value (line 2 column 7)");
    }

    #[test]
    fn long_values_are_shown_in_part() {
        assert_eq!(shown("a\n"), r#""a\n""#);
        assert_eq!(shown(&"ä".repeat(65)), format!("\"{}\"…", "ä".repeat(64)));
        assert_eq!(token("a/b~c"), "a~1b~0c");
    }
}
