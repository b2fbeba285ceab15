//! A JSON document in canonical order, with exact numbers (canonical.md §2).

mod convert;
mod escape;
mod keys;
mod members;
pub(crate) mod order;
mod parse;
mod plain;
pub(crate) mod reader;
mod write;

pub(crate) use escape::write_string;
pub(crate) use keys::Keys;
pub use members::Members;

use crate::number::Number;

/// Arrays and objects that may be open at once (canonical.md §2).
pub const MAX_DEPTH: usize = 128;

/// A JSON value whose canonical bytes are one step away: keys sorted and unique, numbers canonical, strings verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number in its canonical spelling.
    Number(Number),
    /// A string, verbatim.
    String(String),
    /// An array in its order.
    Array(Vec<Json>),
    /// An object, its members sorted by the UTF-16 code units of their keys.
    Object(Members),
}

impl Json {
    /// The name of the value's JSON type, for messages.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// Brackets that are open at the value's deepest point; 0 for scalars.
    #[must_use]
    pub fn depth(&self) -> usize {
        let deepest = match self {
            Self::Array(elements) => elements.iter().map(Self::depth).max(),
            Self::Object(members) => members.iter().map(|(_, value)| value.depth()).max(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => return 0,
        };
        deepest.unwrap_or(0) + 1
    }

    /// Whether the value is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The boolean, if it is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub const fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The members, if it is an object.
    #[must_use]
    pub const fn as_object(&self) -> Option<&Members> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The value of an object's member; nothing for other types and other keys.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }
}
