//! A stream's chunks joined to the one answer that they make: Stet asks for whole answers, and recordings have both.

use serde_json::{Map, Value};

/// The body itself, or what its chunks make where it is a list of them.
pub(super) fn joined(body: &[u8]) -> serde_json::Result<Vec<u8>> {
    let Ok(Value::Array(chunks)) = serde_json::from_slice(body) else { return Ok(body.to_vec()) };
    let mut whole = Map::new();
    for chunk in chunks {
        let Value::Object(mut chunk) = chunk else { continue };
        let candidate = chunk.get_mut("candidates").and_then(|candidates| candidates.get_mut(0));
        if let Some(Value::Object(candidate)) = candidate.map(Value::take) {
            add(candidates(&mut whole), candidate);
        }
        chunk.remove("candidates");
        for (key, value) in chunk {
            merge(&mut whole, key, value);
        }
    }
    serde_json::to_vec(&whole)
}

/// The one candidate of the whole.
fn candidates(whole: &mut Map<String, Value>) -> &mut Value {
    &mut whole.entry("candidates").or_insert_with(|| Value::Array(vec![Value::Object(Map::new())]))[0]
}

/// Adds a chunk of a candidate: its parts follow the earlier ones, everything else is merged.
fn add(whole: &mut Value, chunk: Map<String, Value>) {
    for (key, mut value) in chunk {
        if key == "content" {
            if let Some(Value::Array(more)) = value.get_mut("parts").map(Value::take) {
                match &mut whole["content"]["parts"] {
                    Value::Array(parts) => parts.extend(more),
                    other => *other = Value::Array(more),
                }
            }
        } else if let Value::Object(whole) = whole {
            merge(whole, key, value);
        }
    }
}

/// The later value counts, but an empty one does not wipe out what was told before.
fn merge(whole: &mut Map<String, Value>, key: String, value: Value) {
    match (whole.get_mut(&key), value) {
        (Some(Value::Object(known)), Value::Object(told)) => {
            for (key, value) in told {
                merge(known, key, value);
            }
        }
        (Some(_), Value::Null) => {}
        (Some(_), Value::Array(told)) if told.is_empty() => {}
        (_, value) => {
            whole.insert(key, value);
        }
    }
}
