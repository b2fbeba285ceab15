//! The inputs of a submission, resolved against the template's declarations.

use std::collections::BTreeMap;

use stet_canon::{Code, Digest, Json, Members, Refusal};

use crate::code::ErrorCode;
use crate::field::FieldError;
use crate::template::{InputValue, Template, fill_inputs};

/// Resolved inputs: every declared one has a value, and no other stands beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    values: BTreeMap<String, InputValue>,
    canonical: Vec<u8>,
    sha256: Digest,
}

/// Stored inputs that do not fit the template that they were resolved for: the row was tampered with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored inputs do not fit the template: {0}")]
pub struct UnfitInputs(pub String);

impl Inputs {
    /// Resolves a submitted `inputs` object, `None` being an empty one: defaults are filled in, strings stay verbatim.
    ///
    /// # Errors
    /// Every offence, with a pointer that begins with `/inputs`.
    pub fn resolve(template: &Template, submitted: Option<&Json>) -> Result<Self, Vec<FieldError>> {
        let empty = Members::new();
        let members = match submitted {
            None | Some(Json::Null) => &empty,
            Some(Json::Object(members)) => members,
            Some(other) => {
                let detail = format!("an object is needed, this is {}", other.type_name());
                return Err(vec![FieldError::new("/inputs", ErrorCode::WrongType, detail)]);
            }
        };
        fill_inputs(&template.inputs, members)
            .map(Self::of)
            .map_err(|refusals| refusals.iter().map(offence).collect())
    }

    /// Reads back what was stored of resolved inputs.
    ///
    /// # Errors
    /// [`UnfitInputs`] where the bytes are not the canonical form of inputs that the template takes.
    pub fn from_canonical(template: &Template, canonical: &[u8]) -> Result<Self, UnfitInputs> {
        let json = Json::parse(canonical).map_err(|refusal| UnfitInputs(refusal.to_string()))?;
        let inputs = Self::resolve(template, Some(&json))
            .map_err(|errors| UnfitInputs(errors.first().map_or_else(String::new, ToString::to_string)))?;
        if inputs.canonical == canonical {
            Ok(inputs)
        } else {
            Err(UnfitInputs("they are not in canonical form".to_owned()))
        }
    }

    /// The values by name, for placeholders.
    #[must_use]
    pub const fn values(&self) -> &BTreeMap<String, InputValue> {
        &self.values
    }

    /// The canonical JSON that is stored.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// `inputs_sha256` (canonical.md §5).
    #[must_use]
    pub const fn sha256(&self) -> Digest {
        self.sha256
    }

    fn of(values: BTreeMap<String, InputValue>) -> Self {
        let members: Members = values.iter().map(|(name, value)| (name, value.to_json())).collect();
        let canonical = Json::from(members).to_canonical_bytes();
        Self { values, sha256: Digest::of(&canonical), canonical }
    }
}

fn offence(refusal: &Refusal) -> FieldError {
    let mut error = FieldError::from_refusal("/inputs", refusal);
    if refusal.code == Code::MissingField {
        error.code = ErrorCode::InputMissing;
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> Template {
        Template::parse(
            br#"{"provider":"openai","model_version_constraint":"gpt-4o-2024-08-06",
            "messages":[{"role":"user","content":"{{country}} {{year}}"}],
            "inputs":{"country":{"type":"string","max_length":5,"enum":["DE","FR"]},
                      "year":{"type":"integer","default":2026},"strict":{"type":"boolean"}}}"#,
        )
        .unwrap()
    }

    fn refused(json: &str) -> Vec<(String, &'static str)> {
        let submitted = Json::parse(json.as_bytes()).unwrap();
        let errors = Inputs::resolve(&template(), Some(&submitted)).unwrap_err();
        errors.into_iter().map(|error| (error.pointer, error.code.as_str())).collect()
    }

    #[test]
    fn defaults_are_filled_in_and_hashed() {
        let spelled = Json::parse(br#"{"year":2026.0,"strict":true,"country":"DE"}"#).unwrap();
        let short = Json::parse(br#"{"country":"DE","strict":true}"#).unwrap();
        let inputs = Inputs::resolve(&template(), Some(&short)).unwrap();
        assert_eq!(inputs, Inputs::resolve(&template(), Some(&spelled)).unwrap());
        assert_eq!(inputs.canonical(), br#"{"country":"DE","strict":true,"year":2026}"#);
        assert_eq!(inputs.sha256(), Digest::of(inputs.canonical()));
        assert_eq!(inputs.values()["year"].as_text(), "2026");
        assert_eq!(Inputs::from_canonical(&template(), inputs.canonical()), Ok(inputs));
    }

    #[test]
    fn every_offence_has_its_pointer() {
        assert_eq!(
            refused(r#"{"year":1.5,"strict":"yes","other":1}"#),
            [
                ("/inputs/other".into(), "INPUT_UNDECLARED"),
                ("/inputs/country".into(), "INPUT_MISSING"),
                ("/inputs/strict".into(), "WRONG_TYPE"),
                ("/inputs/year".into(), "WRONG_TYPE"),
            ]
        );
        let country = |value: &str| refused(&format!(r#"{{"strict":true,"country":"{value}"}}"#));
        assert_eq!(country("ES"), [("/inputs/country".into(), "VALUE_NOT_ALLOWED")]);
        assert!(country("Nowhere").contains(&("/inputs/country".into(), "TOO_LONG")));
        assert_eq!(refused("[]"), [("/inputs".into(), "WRONG_TYPE")]);
        assert!(Inputs::resolve(&template(), None).is_err());
    }

    #[test]
    fn stored_inputs_in_another_spelling_are_no_inputs() {
        assert!(Inputs::from_canonical(&template(), br#"{"country":"DE","strict":true}"#).is_err());
        assert!(Inputs::from_canonical(&template(), b"{").is_err());
    }
}
