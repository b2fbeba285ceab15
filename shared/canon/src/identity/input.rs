//! What `inputs_sha256` covers.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::json::{Json, Members};
use crate::template::{Input, InputValue};

/// The facts of `inputs_sha256` (canonical.md §5): the values with defaults filled in, strings verbatim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputsIdentity<'a> {
    /// The inputs that the template declares; one without value and default is `null`.
    pub declared: &'a BTreeMap<String, Input>,
    /// The values of the submission.
    pub values: &'a BTreeMap<String, InputValue>,
}

impl InputsIdentity<'_> {
    /// The object that is hashed.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let defaults = self.declared.iter().map(|(name, input)| (name, Json::from(input.default.clone())));
        let values = self.values.iter().map(|(name, value)| (name, value.to_json()));
        // A later member of the same name wins: a value replaces its default.
        defaults.chain(values).collect::<Members>().into()
    }

    /// `inputs_sha256`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.to_json().digest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::InputType;

    #[test]
    fn defaults_are_filled_in() {
        let input = |default: Option<InputValue>| Input {
            kind: InputType::String,
            max_length: None,
            allowed: None,
            default,
        };
        let declared = [("a", input(Some("x".into()))), ("b", input(Some("y".into()))), ("c", input(None))]
            .map(|(name, input)| (name.to_owned(), input))
            .into();
        let values = [("b".to_owned(), InputValue::from(" z\r\n"))].into();
        let identity = InputsIdentity { declared: &declared, values: &values };
        assert_eq!(identity.to_json().to_canonical_string(), r#"{"a":"x","b":" z\r\n","c":null}"#);
        assert_eq!(identity.digest(), identity.to_json().digest());
    }
}
