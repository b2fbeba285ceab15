//! The subset of JSON Schema that strict mode takes (providers-wire.md §1.2).

use stet_domain::Json;

use crate::fields::{list, text};

/// Nesting that strict mode takes.
const DEPTH_MAX: usize = 10;

const REFUSED: [&str; 8] =
    ["allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties"];

/// Checks a whole schema; the reason is in the vendor's words.
pub(super) fn check(schema: &Json) -> Result<(), String> {
    if text(schema, "type") != Some("object") {
        let found = schema.get("type").map_or_else(|| "None".to_owned(), Json::to_canonical_string);
        return Err(format!("schema must be a JSON Schema of 'type: \"object\"', got 'type: {found}'."));
    }
    if schema.get("anyOf").is_some() {
        return Err("schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.".to_owned());
    }
    at(schema, &mut Vec::new())
}

fn at(schema: &Json, path: &mut Vec<String>) -> Result<(), String> {
    let context = || path.iter().map(|step| format!("'{step}'")).collect::<Vec<_>>().join(", ");
    if path.len() / 2 > DEPTH_MAX {
        return Err(format!(
            "In context=({}), the schema is nested deeper than {DEPTH_MAX} levels.",
            context()
        ));
    }
    if let Some(keyword) = REFUSED.iter().find(|keyword| schema.get(keyword).is_some()) {
        return Err(format!("In context=({}), '{keyword}' is not permitted.", context()));
    }
    if let Some(properties) = schema.get("properties").and_then(Json::as_object) {
        if schema.get("additionalProperties").and_then(Json::as_bool) != Some(false) {
            let words = "'additionalProperties' is required to be supplied and to be false.";
            return Err(format!("In context=({}), {words}", context()));
        }
        let required = list(schema, "required");
        if let Some(key) =
            properties.keys().find(|key| !required.iter().any(|name| name.as_str() == Some(key)))
        {
            let words =
                "'required' is required to be supplied and to be an array including every key in properties.";
            return Err(format!("In context=({}), {words} Missing '{key}'.", context()));
        }
    }
    for group in ["properties", "$defs"] {
        if let Some(members) = schema.get(group).and_then(Json::as_object) {
            for (key, member) in members.iter() {
                step([group, key], member, path)?;
            }
        }
    }
    for (index, branch) in list(schema, "anyOf").iter().enumerate() {
        step(["anyOf", &index.to_string()], branch, path)?;
    }
    schema.get("items").map_or(Ok(()), |items| step(["items", ""], items, path))
}

fn step(steps: [&str; 2], schema: &Json, path: &mut Vec<String>) -> Result<(), String> {
    let length = path.len();
    path.extend(steps.iter().filter(|step| !step.is_empty()).map(|step| (*step).to_owned()));
    let checked = at(schema, path);
    path.truncate(length);
    checked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(schema: &str) -> String {
        check(&Json::parse(schema.as_bytes()).unwrap()).unwrap_err()
    }

    #[test]
    fn the_subset_is_held_to_at_every_depth() {
        let good = r#"{"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"],"additionalProperties":false}"#;
        assert_eq!(check(&Json::parse(good.as_bytes()).unwrap()), Ok(()));
        assert!(refused(r#"{"type":"array"}"#).contains(r#"type: "array""#));
        assert!(refused(r#"{"type":"object","properties":{}}"#).contains("additionalProperties"));
        assert!(
            refused(r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#)
                .contains("Missing 'a'")
        );
        let nested = r#"{"type":"object","properties":{"a":{"type":"array","items":{"not":{}}}},"required":["a"],"additionalProperties":false}"#;
        assert_eq!(refused(nested), "In context=('properties', 'a', 'items'), 'not' is not permitted.");
    }
}
