//! What a local reference names.

use super::document::Document;
use crate::json::Json;
use crate::pointer;
use crate::refusal::{Code, shown};

impl<'a> Document<'a> {
    /// The target of a `$ref`, checked as a schema wherever it stands.
    pub(super) fn resolve(&mut self, reference: &'a Json) -> Option<&'a Json> {
        let text = reference.as_str()?;
        let Some(fragment) = text.strip_prefix('#') else {
            return self.refuse(
                Code::SchemaRemoteRef,
                format!("{} leads outside the schema: only references within it are resolved", shown(text)),
                reference,
            );
        };
        let target = if fragment.is_empty() || fragment.starts_with('/') {
            walk(self.root, fragment)
        } else {
            self.anchors.get(fragment).copied()
        };
        let Some(target) = target else {
            return self.refuse(
                Code::SchemaRefNotFound,
                format!("{} names nothing in the schema", shown(text)),
                reference,
            );
        };
        let before = self.offences.len();
        self.check(target);
        (self.offences.len() == before).then_some(target)
    }
}

/// The value that a percent-encoded JSON pointer names.
fn walk<'a>(root: &'a Json, fragment: &str) -> Option<&'a Json> {
    let decoded = percent_decoded(fragment)?;
    let mut node = root;
    for token in decoded.split('/').skip(1) {
        let name = pointer::unescape(token)?;
        node = match node {
            Json::Object(members) => members.get(&name)?,
            Json::Array(elements) => elements.get(array_index(&name)?)?,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return None,
        };
    }
    Some(node)
}

/// An array index of RFC 6901: digits without leading zeros.
fn array_index(token: &str) -> Option<usize> {
    let is_canonical = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| is_canonical)
}

fn percent_decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = tail else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit(*high)? << 4 | digit(*low)?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_percent_decoded_pointers() {
        let root = Json::parse(r#"{"a b":{"c/d":[10,{"~":11}]},"é":12,"":13}"#.as_bytes()).unwrap();
        let found =
            |fragment| walk(&root, fragment).and_then(Json::as_number).and_then(crate::Number::to_i64);
        for (fragment, expected) in [
            ("/a%20b/c~1d/0", Some(10)),
            ("/a b/c%7E1d/1/~0", Some(11)),
            ("/%c3%A9", Some(12)),
            ("/é", Some(12)),
            ("/", Some(13)),
            ("/a%20b/c~1d/00", None),
            ("/a%20b/c~1d/+0", None),
            ("/a%20b/c~1d/2", None),
            ("/%", None),
            ("/%zz", None),
            ("/%ff", None),
            ("/~2", None),
            ("/é/x", None),
        ] {
            assert_eq!(found(fragment), expected, "{fragment}");
        }
    }
}
