//! A typed reader over a submitted object: every offence is collected with its pointer, unknown fields included.

use std::str::FromStr;

use stet_canon::{Json, Members};
use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;

use crate::problem::Problem;

/// Offences that one answer lists at most.
pub(crate) const MAX_ERRORS: usize = 100;

/// Characters of a submitted value that a detail repeats at most.
const SHOWN_CHARS: usize = 64;

/// The members of a submitted object not yet taken. A getter answers a default where it noted an offence: [`Fields::finish`] refuses then.
#[derive(Debug)]
pub(crate) struct Fields {
    members: Members,
    errors: Vec<FieldError>,
}

impl Fields {
    /// A reader of the whole body.
    pub(crate) fn of(body: Json) -> Result<Self, Problem> {
        match body {
            Json::Object(members) => Ok(Self { members, errors: Vec::new() }),
            other => {
                let detail = format!("expected an object, found {}", other.type_name());
                Err(Problem::field("", ErrorCode::WrongType, detail))
            }
        }
    }

    /// The value of an optional field; `null` is as absent.
    pub(crate) fn optional(&mut self, name: &str) -> Option<Json> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// The value of a required field.
    pub(crate) fn required(&mut self, name: &str) -> Json {
        let value = self.optional(name);
        if value.is_none() {
            self.refuse(name, ErrorCode::MissingField, format!("the field {name:?} is required"));
        }
        value.unwrap_or(Json::Null)
    }

    /// A required string.
    pub(crate) fn string(&mut self, name: &str) -> String {
        let value = self.required(name);
        self.as_string(name, value).unwrap_or_default()
    }

    /// An optional string.
    pub(crate) fn optional_string(&mut self, name: &str) -> Option<String> {
        let value = self.optional(name)?;
        self.as_string(name, value)
    }

    /// An optional string that `T` reads; `expected` says what it takes.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.optional(name)?;
        let text = self.as_string(name, value)?;
        let read = read(&text);
        if read.is_none() {
            self.refuse(
                name,
                ErrorCode::ValueNotAllowed,
                format!("{} is not allowed; {expected}", shown(&text)),
            );
        }
        read
    }

    /// A required string that `read` takes; `None` only where an offence was noted.
    pub(crate) fn required_name<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        match self.required(name) {
            Json::Null => None,
            value => {
                self.members.insert(name, value);
                self.parsed(name, expected, read)
            }
        }
    }

    /// An optional whole number that `T` holds.
    pub(crate) fn number<T: FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let value = self.optional(name)?;
        let Json::Number(number) = &value else {
            self.refuse_type(name, "a whole number", &value);
            return None;
        };
        let read = number.as_str().parse().ok().filter(|_| !number.was_rounded());
        if read.is_none() {
            let detail = format!("{} is not allowed; {expected}", shown(number.as_str()));
            self.refuse(name, ErrorCode::ValueNotAllowed, detail);
        }
        read
    }

    /// A required whole number; its range is the operation's to judge.
    pub(crate) fn whole(&mut self, name: &str) -> i64 {
        match self.required(name) {
            Json::Null => 0,
            value => {
                self.members.insert(name, value);
                self.number(name, "a whole number of at most 64 bits").unwrap_or_default()
            }
        }
    }

    /// A required list of strings.
    pub(crate) fn strings(&mut self, name: &str) -> Vec<String> {
        let elements = match self.required(name) {
            Json::Array(elements) => elements,
            Json::Null => return Vec::new(),
            other => {
                self.refuse_type(name, "a list of strings", &other);
                return Vec::new();
            }
        };
        let mut strings = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            strings.extend(self.as_string(&format!("{name}/{index}"), element));
        }
        strings
    }

    /// Notes an offence of the field; `name` may be a path below one.
    pub(crate) fn refuse(&mut self, name: &str, code: ErrorCode, detail: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(FieldError::new(format!("/{name}"), code, detail));
        }
    }

    /// Notes what was found in an object below the field.
    pub(crate) fn refuse_under(&mut self, name: &str, found: Vec<FieldError>) {
        let room = MAX_ERRORS.saturating_sub(self.errors.len());
        self.errors.extend(found.into_iter().take(room).map(|error| error.under(&format!("/{name}"))));
    }

    /// Nothing is left over and nothing was refused.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        let unknown: Vec<String> = self.members.keys().take(MAX_ERRORS).map(str::to_owned).collect();
        for name in unknown {
            let token = name.replace('~', "~0").replace('/', "~1");
            self.refuse(
                &token,
                ErrorCode::UnknownField,
                format!("the field {} is not known here", shown(&name)),
            );
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::validation(self.errors)) }
    }

    fn as_string(&mut self, name: &str, value: Json) -> Option<String> {
        match value {
            Json::String(text) => Some(text),
            // A missing field was noted as such.
            Json::Null if !name.contains('/') => None,
            other => {
                self.refuse_type(name, "a string", &other);
                None
            }
        }
    }

    fn refuse_type(&mut self, name: &str, expected: &str, found: &Json) {
        self.refuse(name, ErrorCode::WrongType, format!("expected {expected}, found {}", found.type_name()));
    }
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
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::of(Json::parse(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn every_offence_is_collected_with_its_pointer() {
        let mut fields = fields(r#"{"name":1,"list":["a",2,null],"count":1.5,"mode":"x","z/~":0}"#);
        assert_eq!(fields.string("name"), "");
        assert_eq!(fields.strings("list"), ["a"]);
        assert_eq!(fields.number::<u32>("count", "0 or more"), None);
        assert_eq!(fields.parsed("mode", "a or b", |text| (text == "a").then_some(())), None);
        assert_eq!(fields.string("gone"), "");
        let problem = fields.finish().unwrap_err();
        let found: Vec<(&str, &str)> =
            problem.errors.iter().map(|error| (error.pointer.as_str(), error.code.as_str())).collect();
        assert_eq!(
            found,
            [
                ("/name", "WRONG_TYPE"),
                ("/list/1", "WRONG_TYPE"),
                ("/list/2", "WRONG_TYPE"),
                ("/count", "VALUE_NOT_ALLOWED"),
                ("/mode", "VALUE_NOT_ALLOWED"),
                ("/gone", "MISSING_FIELD"),
                ("/z~1~0", "UNKNOWN_FIELD"),
            ]
        );
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        let mut fields = fields(r#"{"a":3.0,"b":4294967296,"c":-1,"d":1.00000001}"#);
        assert_eq!(fields.number::<u32>("a", "x"), Some(3));
        for name in ["b", "c", "d"] {
            assert_eq!(fields.number::<u32>(name, "x"), None, "{name}");
        }
        assert_eq!(fields.finish().unwrap_err().errors.len(), 3);
    }

    #[test]
    fn a_list_of_offences_is_bounded() {
        let many: Vec<String> = (0..1000).map(|index| format!("\"k{index}\":0")).collect();
        let problem = fields(&format!("{{{}}}", many.join(","))).finish().unwrap_err();
        assert_eq!(problem.errors.len(), MAX_ERRORS);
        assert!(Fields::of(Json::Null).is_err());
    }
}
