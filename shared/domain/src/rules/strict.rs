//! OpenAI's strict subset of JSON Schema (providers-wire.md 1.2).

use stet_canon::{Json, Members};

use super::schema::unsupported;
use crate::field::{FieldError, token};

/// Objects inside one another at most.
const MAX_OBJECT_DEPTH: usize = 10;

/// Offences that are reported of one schema at most.
const MAX_ERRORS: usize = 100;

/// Keywords that the subset does not have.
const REFUSED: &[&str] = &[
    "allOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "oneOf",
    "patternProperties",
];

/// Keywords whose value is a schema.
const ONE: &[&str] = &["items", "contains", "additionalProperties", "unevaluatedItems", "propertyNames"];

/// Adds every offence of a canonical schema: references are resolved, so that its nesting is what the provider sees.
pub(super) fn check(schema: &Json, pointer: &str, errors: &mut Vec<FieldError>) {
    match schema.as_object() {
        Some(root) if root.get("type").and_then(Json::as_str) != Some("object") => {
            errors.push(unsupported(pointer.to_owned(), "openai needs `\"type\": \"object\"` at the root"));
        }
        Some(root) if root.contains_key("anyOf") => {
            errors.push(unsupported(format!("{pointer}/anyOf"), "openai takes no anyOf at the root"));
        }
        Some(_) => {}
        None => errors.push(unsupported(pointer.to_owned(), "openai takes no boolean schema")),
    }
    walk(schema, pointer, 0, errors);
    errors.truncate(MAX_ERRORS);
}

fn walk(schema: &Json, pointer: &str, depth: usize, errors: &mut Vec<FieldError>) {
    let Some(members) = schema.as_object() else { return };
    for keyword in REFUSED.iter().filter(|keyword| members.contains_key(keyword)) {
        let detail = format!("openai's strict outputs do not take {keyword}");
        errors.push(unsupported(format!("{pointer}/{keyword}"), detail));
    }
    let depth = depth + usize::from(is_object(members));
    if depth > MAX_OBJECT_DEPTH {
        let detail = format!("{depth} objects inside one another, openai takes at most {MAX_OBJECT_DEPTH}");
        errors.push(unsupported(pointer.to_owned(), detail));
        return;
    }
    if is_object(members) {
        closed(members, pointer, errors);
    }
    for (name, property) in
        members.get("properties").and_then(Json::as_object).into_iter().flat_map(Members::iter)
    {
        walk(property, &format!("{pointer}/properties/{}", token(name)), depth, errors);
    }
    for keyword in ONE {
        if let Some(inner) = members.get(keyword) {
            walk(inner, &format!("{pointer}/{keyword}"), depth, errors);
        }
    }
    for keyword in ["anyOf", "prefixItems"] {
        for (index, inner) in
            members.get(keyword).and_then(Json::as_array).unwrap_or_default().iter().enumerate()
        {
            walk(inner, &format!("{pointer}/{keyword}/{index}"), depth, errors);
        }
    }
}

/// Every object is closed, and every property required: optional ones are spelled as a union with null.
fn closed(members: &Members, pointer: &str, errors: &mut Vec<FieldError>) {
    if members.get("additionalProperties").and_then(Json::as_bool) != Some(false) {
        let detail = "openai needs `\"additionalProperties\": false` in every object";
        errors.push(unsupported(pointer.to_owned(), detail));
    }
    let required = members.get("required").and_then(Json::as_array).unwrap_or_default();
    let properties = members.get("properties").and_then(Json::as_object);
    for name in properties.into_iter().flat_map(Members::keys) {
        if !required.iter().any(|listed| listed.as_str() == Some(name)) {
            let detail =
                format!("openai needs {name:?} in `required`: spell an optional one as a union with null");
            errors.push(unsupported(format!("{pointer}/properties/{}", token(name)), detail));
        }
    }
}

fn is_object(members: &Members) -> bool {
    match members.get("type") {
        Some(Json::String(name)) => name == "object",
        Some(Json::Array(names)) => names.iter().any(|name| name.as_str() == Some("object")),
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_)) => false,
        None => members.contains_key("properties"),
    }
}
