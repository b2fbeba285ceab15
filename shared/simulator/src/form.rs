//! What form an answer's text takes.

use stet_domain::Json;

use crate::draw::Draw;
use crate::fields::write_text;
use crate::instance;
use crate::vocabulary::{Knowledge, compose};

/// JSON that misses every schema.
pub(crate) const MISMATCH: &str = r#"{"unexpected":true}"#;

/// What a model says before JSON that it should have sent alone.
pub(crate) const CHATTER: &str = "Here is what you asked for: ";

/// The forms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Form<'a> {
    /// Prose.
    Text,
    /// JSON without a schema.
    AnyJson,
    /// JSON that a schema describes.
    Schema(&'a Json),
}

impl Form<'_> {
    /// What the model answers in JSON; nothing where prose is wanted, for each vendor puts its citations into that in
    /// a way of its own.
    pub(crate) fn json(self, knowledge: &Knowledge<'_>, draw: &mut Draw) -> Option<String> {
        let mut text = String::new();
        match self {
            Self::Text => return None,
            Self::AnyJson => {
                text.push_str("{\"answer\":");
                let said: Vec<String> =
                    compose(knowledge, draw).into_iter().map(|sentence| sentence.text).collect();
                write_text(&said.join(" "), &mut text);
                text.push('}');
            }
            Self::Schema(schema) => instance::write(schema, knowledge, draw, &mut text),
        }
        Some(text)
    }
}
