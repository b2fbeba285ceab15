//! The canonical form of a model's JSON output (canonical.md §2).

use std::borrow::Cow;

use crate::json::reader::{Offence, Reader, Token, document, duplicate_key, too_large};
use crate::json::{Keys, write_string};
use crate::number;
use crate::refusal::Refusal;

/// The canonical bytes of a JSON document, written while it is read.
///
/// # Errors
/// A refusal with the position of the first offence, for all that canonical.md §2 refuses.
pub fn canonicalize(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    document(bytes, |reader| {
        let mut writer = Writer { bytes: Vec::with_capacity(bytes.len()), scratch: Vec::new() };
        writer.value(reader)?;
        Ok(writer.bytes)
    })
}

struct Writer {
    bytes: Vec<u8>,
    /// Holds an object's members while they change places.
    scratch: Vec<u8>,
}

impl Writer {
    fn value(&mut self, reader: &mut Reader<'_>) -> Result<(), Offence> {
        match reader.token()? {
            Token::Null => self.bytes.extend_from_slice(b"null"),
            Token::Bool(true) => self.bytes.extend_from_slice(b"true"),
            Token::Bool(false) => self.bytes.extend_from_slice(b"false"),
            Token::Number(literal, at) => {
                let spelling = number::canonical(literal).map_err(|error| too_large(error, at))?;
                self.bytes.extend_from_slice(spelling.text.as_bytes());
            }
            Token::String(text) => self.string(&text, is_plain(&text)),
            Token::Array => self.array(reader)?,
            Token::Object => self.object(reader)?,
        }
        Ok(())
    }

    fn string(&mut self, text: &str, plain: bool) {
        if plain {
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(text.as_bytes());
            self.bytes.push(b'"');
        } else {
            write_string(text, &mut self.bytes);
        }
    }

    fn array(&mut self, reader: &mut Reader<'_>) -> Result<(), Offence> {
        self.bytes.push(b'[');
        let mut first = true;
        while reader.element(first)? {
            if !first {
                self.bytes.push(b',');
            }
            first = false;
            self.value(reader)?;
        }
        self.bytes.push(b']');
        Ok(())
    }

    fn object(&mut self, reader: &mut Reader<'_>) -> Result<(), Offence> {
        self.bytes.push(b'{');
        let mut keys = Keys::default();
        let mut starts = Vec::new();
        while let Some((key, at)) = reader.member(starts.is_empty())? {
            if !starts.is_empty() {
                self.bytes.push(b',');
            }
            starts.push(self.bytes.len());
            self.string(&key, is_plain(&key));
            if !keys.push(key) {
                return Err(duplicate_key(at));
            }
            self.bytes.push(b':');
            reader.colon()?;
            self.value(reader)?;
        }
        if let Some(order) = keys.permutation() {
            self.reorder(&starts, &order);
        }
        self.bytes.push(b'}');
        Ok(())
    }

    /// Puts the members of the object just read, which start at `starts`, into their order.
    fn reorder(&mut self, starts: &[usize], order: &[usize]) {
        let object = starts[0];
        self.scratch.clear();
        self.scratch.extend_from_slice(&self.bytes[object..]);
        self.bytes.truncate(object);
        for (place, member) in order.iter().enumerate() {
            let start = starts[*member] - object;
            let end = starts.get(member + 1).map_or(self.scratch.len(), |next| next - object - 1);
            if place > 0 {
                self.bytes.push(b',');
            }
            self.bytes.extend_from_slice(&self.scratch[start..end]);
        }
    }
}

/// Whether a string was spelled without escapes; then it needs none, for the reader refuses bare controls.
#[expect(clippy::ptr_arg, reason = "what is asked is whether the reader had to unescape it")]
fn is_plain(text: &Cow<'_, str>) -> bool {
    matches!(text, Cow::Borrowed(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;

    fn canonical(document: &str) -> String {
        String::from_utf8(canonicalize(document.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn sorts_keys_at_every_level_and_keeps_arrays() {
        let document = r#"{"b":{"z":[3,1,2],"y":"é\n\u001F"},"a":1.50,"\ud83d\ude00":0,"\ue000":-0}"#;
        let expected = r#"{"a":1.5,"b":{"y":"é\n\u001f","z":[3,1,2]},"😀":0,"":0}"#;
        assert_eq!(canonical(document), expected.replace("\"\":0", "\"\u{e000}\":0"));
    }

    #[test]
    fn huge_exponents_cost_nothing() {
        assert_eq!(canonicalize(b"[1e999999999]").unwrap_err().code, Code::NumberTooLarge);
        assert_eq!(canonical("[1e-999999999,0e999999999]"), "[0,0]");
    }

    #[test]
    fn duplicate_keys_are_refused_in_large_objects_too() {
        let mut members: Vec<String> =
            (0..5_000).rev().map(|number| format!("\"k{number}\":{number}")).collect();
        let sorted = canonical(&format!("{{{}}}", members.join(",")));
        assert!(sorted.starts_with(r#"{"k0":0,"k1":1,"k10":10,"#));
        members.push("\"k77\":0".to_owned());
        let refusal = canonicalize(format!("{{{}}}", members.join(",")).as_bytes()).unwrap_err();
        assert_eq!(refusal.code, Code::JsonDuplicateKey);
    }
}
