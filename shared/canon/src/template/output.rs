//! What the model is to answer with.

use super::fields::Fields;
use super::value::{boolean, word};
use crate::json::{Json, MAX_DEPTH, Members};
use crate::refusal::{Code, Offences};
use crate::schema;

/// Brackets of the template that are open around the schema.
const DEPTH_OF_SCHEMA: usize = 2;

/// What the model is to answer with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Free text.
    #[default]
    Text,
    /// One JSON document.
    Json {
        /// The canonical JSON Schema that it follows.
        schema: Option<Json>,
        /// Whether the schema is sent to the provider and an answer that misses it fails the run; needs a schema.
        strict: bool,
    },
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Text,
    Json,
}

impl Format {
    const ALL: [Self; 2] = [Self::Text, Self::Json];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl Output {
    pub(super) fn read(value: Option<&Json>, at: &str, offences: &mut Offences) -> Option<Self> {
        let Some(submitted) = value else { return Some(Self::Text) };
        let is_text = submitted.get("format").and_then(Json::as_str) == Some("text");
        let fields = Fields::open(value, &["format", "schema", "strict"], at, offences)?;
        let format = fields.required("format", offences, |value, at, offences| {
            word(value, &Format::ALL, Format::as_str, at, offences)
        });
        if is_text {
            for name in ["schema", "strict"].into_iter().filter(|name| fields.get(name).is_some()) {
                offences.add::<()>(
                    Code::UnknownField,
                    format!("an output of text has no field {name:?}"),
                    &fields.at(name),
                );
            }
            return Some(Self::Text);
        }
        let schema = fields.optional("schema", offences, read_schema);
        let has_schema = fields.get("schema").is_some();
        let strict = match fields.get("strict") {
            None => Some(has_schema),
            Some(value) => boolean(value, &fields.at("strict"), offences),
        };
        if strict == Some(true) && !has_schema {
            offences.add::<()>(Code::MissingField, "a strict output needs a schema", &fields.at("schema"));
        }
        (format? == Format::Json).then_some(Self::Json { schema, strict: strict? })
    }

    pub(super) fn to_json(&self) -> Json {
        let members: Members = match self {
            Self::Text => [("format", "text")].into_iter().collect(),
            Self::Json { schema, strict } => [
                ("format", Json::from("json")),
                ("schema", schema.clone().into()),
                ("strict", (*strict).into()),
            ]
            .into_iter()
            .collect(),
        };
        members.into()
    }
}

fn read_schema(value: &Json, at: &str, offences: &mut Offences) -> Option<Json> {
    match schema::canonicalize(value, at) {
        // Expansion may reach the bound of §2; inside the template the canonical bytes would no longer parse.
        Ok(schema) if schema.depth() + DEPTH_OF_SCHEMA > MAX_DEPTH => {
            let message = format!("the expanded schema makes the template nest deeper than {MAX_DEPTH}");
            offences.add(Code::JsonTooDeep, message, at)
        }
        Ok(schema) => Some(schema),
        Err(refusals) => {
            offences.extend(refusals);
            None
        }
    }
}
