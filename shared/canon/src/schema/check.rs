//! The first pass: what is wrong wherever it stands, references not followed.

use super::document::Document;
use super::keyword::{Dropped, Keyword, is_dialect};
use crate::json::{Json, Members};
use crate::number::MAX_FRACTION_DIGITS;
use crate::refusal::Code;

impl<'a> Document<'a> {
    /// Checks every schema position as submitted, in document order.
    pub(super) fn check_all(&mut self) {
        self.check(self.root);
        self.submitted = false;
    }

    /// Checks a schema position and those below it.
    pub(super) fn check(&mut self, schema: &'a Json) {
        let members = match schema {
            Json::Bool(_) => return,
            Json::Object(members) => members,
            _ => return self.invalid("a schema is an object or a boolean", schema),
        };
        if self.checked.insert(std::ptr::from_ref(schema)) {
            for (name, value) in members.iter() {
                self.check_keyword(name, value, schema);
            }
        }
    }

    fn check_keyword(&mut self, name: &str, value: &'a Json, owner: &'a Json) {
        match Keyword::of(name) {
            Keyword::Schema => self.check(value),
            Keyword::SchemaList | Keyword::SchemaSet | Keyword::SchemaBag => {
                self.array(value).iter().for_each(|schema| self.check(schema));
            }
            Keyword::SchemaMap | Keyword::Dropped(Dropped::Definitions) => {
                self.object(value).for_each(|schema| self.check(schema));
            }
            Keyword::Type if value.as_str().is_some() => {}
            Keyword::Type | Keyword::StringSet => self.check_strings(value),
            Keyword::Enum => {
                self.array(value);
                self.check_numbers(value);
            }
            Keyword::StringSetMap => self.object(value).for_each(|names| self.check_strings(names)),
            Keyword::Ref => self.check_string(value),
            Keyword::Anchor => self.check_anchor(value, owner),
            Keyword::Dropped(Dropped::Dialect) => {
                if !value.as_str().is_some_and(is_dialect) {
                    self.unsupported("the only dialect is draft 2020-12", value);
                }
            }
            Keyword::Dropped(Dropped::Id) => {
                if !std::ptr::eq(owner, self.root) {
                    self.unsupported("`$id` stands at the root only", value);
                }
                self.check_numbers(value);
            }
            Keyword::Unsupported => self.unsupported("the keyword is not supported", value),
            Keyword::Dropped(Dropped::Comment) | Keyword::Verbatim(_) => self.check_numbers(value),
        }
    }

    fn check_anchor(&mut self, value: &'a Json, owner: &'a Json) {
        let Json::String(anchor) = value else { return self.check_string(value) };
        if self.submitted && self.anchors.insert(anchor, owner).is_some() {
            self.invalid("another schema has the same `$anchor`", value);
        }
    }

    fn check_strings(&mut self, value: &'a Json) {
        self.array(value).iter().for_each(|member| self.check_string(member));
    }

    fn check_string(&mut self, value: &Json) {
        if value.as_str().is_none() {
            self.invalid("a string must stand here", value);
        }
    }

    fn array(&mut self, value: &'a Json) -> &'a [Json] {
        value.as_array().unwrap_or_else(|| {
            self.invalid("an array must stand here", value);
            &[]
        })
    }

    fn object(&mut self, value: &'a Json) -> impl Iterator<Item = &'a Json> + use<'a> {
        let members = value.as_object();
        if members.is_none() {
            self.invalid("an object must stand here", value);
        }
        members.into_iter().flat_map(Members::iter).map(|(_, value)| value)
    }

    /// Rounding would change the schema.
    fn check_numbers(&mut self, value: &Json) {
        match value {
            Json::Number(number) if number.was_rounded() => {
                let message = format!("a number of a schema has more than {MAX_FRACTION_DIGITS} decimals");
                self.refuse::<()>(Code::NumberTooPrecise, message, value);
            }
            Json::Array(elements) => elements.iter().for_each(|element| self.check_numbers(element)),
            Json::Object(members) => members.iter().for_each(|(_, value)| self.check_numbers(value)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    fn invalid(&mut self, message: &str, at: &Json) {
        self.refuse::<()>(Code::SchemaInvalid, message, at);
    }

    fn unsupported(&mut self, message: &str, at: &Json) {
        self.refuse::<()>(Code::SchemaUnsupported, message, at);
    }
}
