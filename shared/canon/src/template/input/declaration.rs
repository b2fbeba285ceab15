//! The declaration of an input.

use std::collections::BTreeMap;

use super::InputValue;
use crate::json::{Json, Members};
use crate::pointer;
use crate::refusal::{Code, Offences, Refusal, abridged, shown};
use crate::template::fields::{Fields, wrong_type};
use crate::template::value::{integer, list, one_to, word};
use crate::template::words::words;
use crate::trim::trimmed;

/// Inputs that a template may declare.
const MAX_INPUTS: usize = 64;

/// Characters that an input's name may have.
const MAX_NAME_LENGTH: usize = 64;

/// Code points that `max_length` may allow.
const MAX_MAX_LENGTH: u32 = 65_536;

/// Values that an `enum` may have.
const MAX_ENUM: usize = 256;

words! {
    /// The type of an input.
    InputType {
        /// A string, verbatim.
        String = "string",
        /// A number.
        Number = "number",
        /// A number without a fraction after rounding.
        Integer = "integer",
        /// A boolean.
        Boolean = "boolean",
    }
}

/// The declaration of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The type of its values.
    pub kind: InputType,
    /// Bound on a string's length in code points.
    pub max_length: Option<u32>,
    /// The values that are allowed, in the order of the template; any where absent.
    pub allowed: Option<Vec<InputValue>>,
    /// The value where a submission gives none; without it a submission must.
    pub default: Option<InputValue>,
}

impl Input {
    /// Reads a submitted value of this input; `pointer` is where it stands.
    ///
    /// # Errors
    /// `WRONG_TYPE`, `TOO_LONG` beyond `max_length`, `VALUE_NOT_ALLOWED` outside of `enum`.
    pub fn accept(&self, value: &Json, pointer: &str) -> Result<InputValue, Vec<Refusal>> {
        let mut offences = Offences::default();
        let accepted = typed(value, self.kind, pointer, &mut offences);
        if let Some(accepted) = &accepted {
            self.check(accepted, pointer, &mut offences);
        }
        accepted.filter(|_| offences.is_empty()).ok_or_else(|| offences.into_vec())
    }

    fn check(&self, value: &InputValue, at: &str, offences: &mut Offences) {
        if let (InputValue::String(text), Some(max)) = (value, self.max_length) {
            let length = text.chars().count();
            if length > max as usize {
                let message = format!("the value has {length} code points, at most {max} are allowed");
                offences.add::<()>(Code::TooLong, message, at);
            }
        }
        if self.allowed.as_ref().is_some_and(|allowed| !allowed.contains(value)) {
            let value = abridged(&Json::from(value.clone()).to_canonical_string());
            let message = format!("{value} is not one of the input's `enum`");
            offences.add::<()>(Code::ValueNotAllowed, message, at);
        }
    }

    fn read(value: &Json, at: &str, offences: &mut Offences) -> Option<Self> {
        let fields = Fields::open(Some(value), &["type", "max_length", "enum", "default"], at, offences)?;
        let kind = fields.required("type", offences, |value, at, offences| {
            word(value, InputType::ALL, InputType::as_str, at, offences)
        });
        let max_length = fields.optional("max_length", offences, |value, at, offences| {
            let length = integer(value, 1, MAX_MAX_LENGTH.into(), at, offences)?;
            if let Some(kind) = kind.filter(|kind| *kind != InputType::String) {
                let message = format!("{length}: only strings have a `max_length`, no {kind} has");
                return offences.add(Code::ValueNotAllowed, message, at);
            }
            u32::try_from(length).ok()
        });
        let kind = kind?;
        let allowed = fields.optional("enum", offences, |value, at, offences| {
            list(value, one_to(MAX_ENUM), at, offences, |value, at, offences| {
                typed(value, kind, at, offences)
            })
        });
        let default =
            fields.optional("default", offences, |value, at, offences| typed(value, kind, at, offences));
        let mut input = Self { kind, max_length, allowed, default: None };
        if let Some(default) = default {
            input.check(&default, &fields.at("default"), offences);
            input.default = Some(default);
        }
        Some(input)
    }

    pub(in crate::template) fn to_json(&self) -> Json {
        let members: Members = [
            ("type", Json::from(self.kind)),
            ("max_length", self.max_length.into()),
            ("enum", self.allowed.clone().into()),
            ("default", self.default.clone().into()),
        ]
        .into_iter()
        .collect();
        members.into()
    }
}

/// Reads the declared inputs.
pub(in crate::template) fn inputs(
    value: &Json,
    at: &str,
    offences: &mut Offences,
) -> Option<BTreeMap<String, Input>> {
    let Json::Object(members) = value else { return wrong_type("an object", value, at, offences) };
    let count = members.len();
    if count > MAX_INPUTS {
        return offences.add(
            Code::TooMany,
            format!("there are {count}, at most {MAX_INPUTS} are allowed"),
            at,
        );
    }
    let mut inputs = BTreeMap::new();
    let mut names = std::collections::BTreeSet::new();
    for (key, value) in members.iter() {
        let at = pointer::join(at, key);
        let name = trimmed(key);
        if !is_name(&name) {
            let message = format!("{} is no name of an input: `[a-z][a-z0-9_]{{0,63}}`", shown(&name));
            offences.add::<()>(Code::ValueNotAllowed, message, &at);
        } else if !names.insert(name.clone()) {
            let message = format!("the name {}, once trimmed, stands twice", shown(&name));
            offences.add::<()>(Code::JsonDuplicateKey, message, &at);
        }
        if let Some(input) = Input::read(value, &at, offences) {
            inputs.insert(name, input);
        }
    }
    Some(inputs)
}

/// The values of a submission, defaults filled in.
///
/// # Errors
/// `INPUT_UNDECLARED` for a value without a declaration, `MISSING_FIELD` for an input without value or default, and
/// what [`Input::accept`] refuses; pointers start at the submitted object, an explicit `null` is an absent value.
pub fn fill_inputs(
    declared: &BTreeMap<String, Input>,
    submitted: &Members,
) -> Result<BTreeMap<String, InputValue>, Vec<Refusal>> {
    let mut offences = Offences::default();
    let mut values = BTreeMap::new();
    for key in submitted.keys().filter(|key| !declared.contains_key(*key)) {
        offences.add::<()>(
            Code::InputUndeclared,
            format!("the template declares no input {}", shown(key)),
            &pointer::join("", key),
        );
    }
    for (name, input) in declared {
        let at = pointer::join("", name);
        let value = match (submitted.get(name).filter(|value| !value.is_null()), &input.default) {
            (Some(value), _) => input.accept(value, &at),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => {
                offences.add::<()>(Code::MissingField, "the input has no default and needs a value", &at);
                continue;
            }
        };
        match value {
            Ok(value) => drop(values.insert(name.clone(), value)),
            Err(refusals) => offences.extend(refusals),
        }
    }
    if offences.is_empty() { Ok(values) } else { Err(offences.into_vec()) }
}

fn typed(value: &Json, kind: InputType, at: &str, offences: &mut Offences) -> Option<InputValue> {
    let fits = match (kind, value) {
        (InputType::Number, Json::Number(_))
        | (InputType::String, Json::String(_))
        | (InputType::Boolean, Json::Bool(_)) => true,
        (InputType::Integer, Json::Number(number)) => number.is_integer(),
        _ => false,
    };
    match InputValue::from_json(value) {
        Some(value) if fits => Some(value),
        Some(_) | None => wrong_type(&format!("a value of the input type {kind}"), value, at, offences),
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= MAX_NAME_LENGTH
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
