//! What a form makes of a vector's input.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use stet_canon::region::{Locale, Region};
use stet_canon::template::InputValue;
use stet_canon::{Digest, Json, Refusal, output, placeholder, schema, template, text};

use super::identity;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Number,
    Output,
    Text,
    Template,
    Schema,
    Region,
    Placeholder,
    Identity,
    Inputs,
}

pub(super) enum Input {
    Document(Vec<u8>),
    Parameters(Map<String, Value>),
}

pub(super) struct Outcome {
    pub(super) text: String,
    /// The digest that the product gives of it, where it gives one.
    pub(super) digest: Option<Digest>,
}

impl From<String> for Outcome {
    fn from(text: String) -> Self {
        Self { text, digest: None }
    }
}

impl From<Json> for Outcome {
    fn from(json: Json) -> Self {
        Self { text: json.to_canonical_string(), digest: Some(json.digest()) }
    }
}

impl Form {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "number" => Self::Number,
            "output" => Self::Output,
            "text" => Self::Text,
            "template" => Self::Template,
            "schema" => Self::Schema,
            "region" => Self::Region,
            "placeholder" => Self::Placeholder,
            "identity" => Self::Identity,
            "inputs" => Self::Inputs,
            unknown => panic!("unknown form {unknown}"),
        }
    }

    /// Whether the form takes its own result, and must leave it as it is.
    pub(super) fn is_idempotent(self) -> bool {
        matches!(self, Self::Number | Self::Output | Self::Text | Self::Template | Self::Schema)
    }

    pub(super) fn run(self, input: &Input) -> Result<Outcome, Vec<Refusal>> {
        match (self, input) {
            (Self::Number | Self::Output, Input::Document(document)) => json(document),
            (Self::Text, Input::Document(document)) => {
                text::canonicalize(document).map(Outcome::from).map_err(|refusal| vec![refusal])
            }
            (Self::Template, Input::Document(document)) => config(document),
            (Self::Schema, Input::Document(document)) => {
                let parsed = Json::parse(document).map_err(|refusal| vec![refusal])?;
                schema::canonicalize(&parsed, "").map(Outcome::from)
            }
            (Self::Region, Input::Parameters(given)) => region(given).map_err(|refusal| vec![refusal]),
            (Self::Placeholder, Input::Parameters(given)) => filled(given).map_err(|refusal| vec![refusal]),
            (Self::Identity, Input::Parameters(given)) => Ok(identity::of(given)),
            (Self::Inputs, Input::Parameters(given)) => identity::submitted(given).map(Outcome::from),
            (form, Input::Document(_)) => panic!("{form:?} takes parameters"),
            (form, Input::Parameters(_)) => panic!("{form:?} takes a document"),
        }
    }
}

/// The two ways to the canonical bytes must agree, also in what they refuse.
fn json(document: &[u8]) -> Result<Outcome, Vec<Refusal>> {
    let written = output::canonicalize(document);
    let tree = Json::parse(document);
    assert_eq!(written, tree.as_ref().map(Json::to_canonical_bytes).map_err(Clone::clone));
    tree.map(Outcome::from).map_err(|refusal| vec![refusal])
}

fn config(document: &[u8]) -> Result<Outcome, Vec<Refusal>> {
    let bytes = template::canonicalize(document)?;
    let template = template::Template::parse(document)?;
    assert_eq!(template.canonical_bytes(), bytes);
    Ok(Outcome { text: String::from_utf8(bytes).unwrap(), digest: Some(template.sha256()) })
}

fn region(given: &Map<String, Value>) -> Result<Outcome, Refusal> {
    let value = given["value"].as_str().unwrap();
    let canonical = |value: &str| match given["kind"].as_str().unwrap() {
        "region" => Region::parse(value).map(|region| region.to_string()),
        "locale" => Locale::parse(value).map(|locale| locale.to_string()),
        unknown => panic!("unknown kind {unknown}"),
    };
    let once = canonical(value)?;
    assert_eq!(canonical(&once).as_deref(), Ok(once.as_str()));
    Ok(once.into())
}

fn filled(given: &Map<String, Value>) -> Result<Outcome, Refusal> {
    placeholder::render(given["content"].as_str().unwrap(), &values(&given["values"])).map(Outcome::from)
}

/// Input values, given as the text of a JSON object.
pub(super) fn values(text: &Value) -> BTreeMap<String, InputValue> {
    let object = Json::parse(text.as_str().unwrap().as_bytes()).unwrap();
    let members = object.as_object().unwrap().iter();
    members.map(|(name, value)| (name.to_owned(), InputValue::from_json(value).unwrap())).collect()
}
