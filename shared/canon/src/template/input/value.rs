//! The value of an input.

use crate::json::Json;
use crate::number::Number;

/// The value of an input.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InputValue {
    /// A string, verbatim.
    String(String),
    /// A number, also of an `integer` input.
    Number(Number),
    /// A boolean.
    Boolean(bool),
}

impl InputValue {
    /// The value of a JSON scalar; nothing for `null`, arrays and objects.
    #[must_use]
    pub fn from_json(value: &Json) -> Option<Self> {
        match value {
            Json::String(text) => Some(Self::String(text.clone())),
            Json::Number(number) => Some(Self::Number(number.clone())),
            Json::Bool(value) => Some(Self::Boolean(*value)),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::String(text) => Json::from(text),
            Self::Number(number) => number.clone().into(),
            Self::Boolean(value) => (*value).into(),
        }
    }

    /// The text that is put in for a placeholder: strings verbatim, numbers as canonical.md §1, `true` or `false`.
    #[must_use]
    pub fn as_text(&self) -> &str {
        match self {
            Self::String(text) => text,
            Self::Number(number) => number.as_str(),
            Self::Boolean(true) => "true",
            Self::Boolean(false) => "false",
        }
    }
}

impl From<&str> for InputValue {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<i64> for InputValue {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl From<bool> for InputValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<InputValue> for Json {
    fn from(value: InputValue) -> Self {
        value.to_json()
    }
}
