//! What a request's messages may hold, and the check of a body against them, in the words of protocol buffers.

mod request;

use stet_domain::Json;

use super::error::{ApiError, Violation};
use super::fields::snake;
use super::surface::Surface;

/// Violations that one answer lists.
const VIOLATIONS_MAX: usize = 16;

/// What a member may be.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    /// A whole number of 32 bits.
    Whole,
    /// A whole number of 64 bits, which JSON may have as a string.
    Long,
    Float,
    Flag,
    /// Any JSON.
    Any,
    /// One of these names of an enumeration, by its type.
    Choice(&'static str, &'static [&'static str]),
    Message(&'static Message),
    List(&'static Kind),
    /// An object of any members of one kind.
    Map(&'static Kind),
}

/// The members that an object may have.
#[derive(Debug)]
struct Message {
    fields: &'static [Field],
}

/// A member.
#[derive(Debug, Clone, Copy)]
struct Field {
    name: &'static str,
    kind: Kind,
    /// The only interface that has it.
    only: Option<Surface>,
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, only: None }
}

const fn only(surface: Surface, name: &'static str, kind: Kind) -> Field {
    Field { name, kind, only: Some(surface) }
}

/// Refuses what is no object, and every member that the interface does not have or has in another type.
pub(super) fn check(document: &Json, surface: Surface) -> Result<(), ApiError> {
    if document.as_object().is_none() {
        return Err(ApiError::unparsable());
    }
    let mut checker = Checker { surface, violations: Vec::new() };
    checker.members(&request::REQUEST, document, "");
    if checker.violations.is_empty() { Ok(()) } else { Err(ApiError::violations(checker.violations)) }
}

struct Checker {
    surface: Surface,
    violations: Vec<Violation>,
}

impl Checker {
    fn report(&mut self, violation: Violation) {
        if self.violations.len() < VIOLATIONS_MAX {
            self.violations.push(violation);
        }
    }

    fn members(&mut self, message: &'static Message, value: &Json, path: &str) {
        let Some(members) = value.as_object() else {
            return self.wrong(path, "type.googleapis.com/google.protobuf.Struct", value);
        };
        for (name, member) in members.iter() {
            let spelled = |field: &&Field| field.name == name || snake(field.name) == name;
            let here = |field: &&Field| field.only.is_none_or(|surface| surface == self.surface);
            match message.fields.iter().find(spelled).filter(here) {
                Some(field) => {
                    let dot = if path.is_empty() { "" } else { "." };
                    self.value(field.kind, member, &format!("{path}{dot}{}", snake(field.name)));
                }
                None => self.report(Violation::unknown(path, name)),
            }
        }
    }

    fn value(&mut self, kind: Kind, value: &Json, path: &str) {
        if value.is_null() {
            return;
        }
        match kind {
            Kind::Any => {}
            Kind::Text => self.expect(value.as_str().is_some(), path, "TYPE_STRING", value),
            Kind::Flag => self.expect(value.as_bool().is_some(), path, "TYPE_BOOL", value),
            Kind::Float => self.expect(value.as_number().is_some(), path, "TYPE_FLOAT", value),
            Kind::Whole => {
                let fits = crate::fields::integer(value).is_some_and(|whole| i32::try_from(whole).is_ok());
                self.expect(fits, path, "TYPE_INT32", value);
            }
            Kind::Long => {
                let written = || value.as_str().is_some_and(|text| text.parse::<i64>().is_ok());
                self.expect(crate::fields::integer(value).is_some() || written(), path, "TYPE_INT64", value);
            }
            Kind::Choice(name, names) => {
                let known = value.as_str().is_some_and(|value| names.contains(&value));
                self.expect(known, path, name, value);
            }
            Kind::Message(message) => self.members(message, value, path),
            Kind::List(kind) => match value.as_array() {
                Some(elements) => {
                    for (index, element) in elements.iter().enumerate() {
                        self.value(*kind, element, &format!("{path}[{index}]"));
                    }
                }
                None => self.wrong(path, "repeated", value),
            },
            Kind::Map(kind) => match value.as_object() {
                Some(members) => {
                    for (key, member) in members.iter() {
                        self.value(*kind, member, &format!("{path}[{key}]"));
                    }
                }
                None => self.wrong(path, "map", value),
            },
        }
    }

    fn expect(&mut self, holds: bool, path: &str, kind: &str, value: &Json) {
        if !holds {
            self.wrong(path, kind, value);
        }
    }

    fn wrong(&mut self, path: &str, kind: &str, value: &Json) {
        const TOLD_MAX_CHARS: usize = 100;
        let told: String = value.to_canonical_string().chars().take(TOLD_MAX_CHARS).collect();
        self.report(Violation::value(path, kind, &told));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(surface: Surface, body: &str) -> String {
        let checked = check(&Json::parse(body.as_bytes()).unwrap(), surface);
        checked.map_or_else(|error| format!("{error:?}"), |()| String::new())
    }

    #[test]
    fn both_spellings_are_known_and_nothing_else_is() {
        let body = r#"{"contents":[{"parts":[{"text":"x"}]}],"generation_config":{"max_output_tokens":9,
            "responseSchema":{"type":"OBJECT","properties":{"a":{"type":"STRING","maxLength":"9"}}},
            "responseJsonSchema":{"anything":[1]}},"tools":[{"google_search":{}}],"labels":{"a":"b"}}"#;
        assert_eq!(said(Surface::Developer, body), "");
        assert!(
            said(Surface::Developer, r#"{"seed":1}"#)
                .contains("Unknown name \\\"seed\\\": Cannot find field.")
        );
        let nested = said(Surface::Vertex, r#"{"generationConfig":{"stop":["x"]}}"#);
        assert!(
            nested.contains("Unknown name \\\"stop\\\" at 'generation_config': Cannot find field."),
            "{nested}"
        );
    }

    #[test]
    fn types_are_told_with_their_places() {
        for (body, words) in [
            (r#"{"generationConfig":{"temperature":"hot"}}"#, "'generation_config.temperature' (TYPE_FLOAT)"),
            (
                r#"{"generationConfig":{"seed":2147483648}}"#,
                "'generation_config.seed' (TYPE_INT32), 2147483648",
            ),
            (r#"{"contents":[{"parts":[{"text":7}]}]}"#, "'contents[0].parts[0].text' (TYPE_STRING)"),
            (r#"{"contents":{}}"#, "'contents' (repeated)"),
            (r#"{"tools":[{"googleSearch":true}]}"#, "'tools[0].google_search'"),
            (r#"{"labels":{"a":1}}"#, "'labels[a]' (TYPE_STRING)"),
            (
                r#"{"generationConfig":{"thinkingConfig":{"thinkingLevel":"DEEP"}}}"#,
                "'generation_config.thinking_config.thinking_level'",
            ),
        ] {
            let said = said(Surface::Vertex, body);
            assert!(said.contains(words), "{body}: {said}");
        }
    }

    #[test]
    fn each_interface_has_members_of_its_own() {
        let excludes = r#"{"tools":[{"googleSearch":{"excludeDomains":["a.example"]}}]}"#;
        assert!(said(Surface::Developer, excludes).contains("excludeDomains"));
        assert_eq!(said(Surface::Vertex, excludes), "");
        assert!(said(Surface::Vertex, r#"{"store":true}"#).contains("store"));
        assert_eq!(said(Surface::Developer, r#"{"store":true}"#), "");
    }
}
