//! From text to a tree.

use super::reader::{Offence, Reader, Token, document, duplicate_key, too_large};
use super::{Json, Keys, Members};
use crate::number::Number;
use crate::refusal::Refusal;

impl Json {
    /// Reads a JSON document.
    ///
    /// # Errors
    /// A refusal with the position of the first offence, for all that canonical.md §2 refuses.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        document(bytes, value)
    }
}

fn value(reader: &mut Reader<'_>) -> Result<Json, Offence> {
    match reader.token()? {
        Token::Null => Ok(Json::Null),
        Token::Bool(value) => Ok(Json::Bool(value)),
        Token::Number(literal, at) => {
            Number::from_checked(literal).map(Json::Number).map_err(|error| too_large(error, at))
        }
        Token::String(text) => Ok(Json::String(text.into_owned())),
        Token::Array => array(reader),
        Token::Object => object(reader),
    }
}

fn array(reader: &mut Reader<'_>) -> Result<Json, Offence> {
    let mut elements = Vec::new();
    while reader.element(elements.is_empty())? {
        elements.push(value(reader)?);
    }
    Ok(Json::Array(elements))
}

fn object(reader: &mut Reader<'_>) -> Result<Json, Offence> {
    let mut keys = Keys::default();
    let mut members = Vec::new();
    while let Some((key, at)) = reader.member(members.is_empty())? {
        let name = key.clone().into_owned();
        if !keys.push(key) {
            return Err(duplicate_key(at));
        }
        reader.colon()?;
        members.push(Some((name, value(reader)?)));
    }
    let sorted = match keys.permutation() {
        None => members.into_iter().flatten().collect(),
        Some(order) => order.into_iter().filter_map(|index| members[index].take()).collect(),
    };
    Ok(Json::Object(Members::from_sorted(sorted)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::{Code, Position};

    fn refused(document: &str) -> (Code, usize, usize) {
        let Refusal { code, position: Some(Position { line, column }), .. } =
            Json::parse(document.as_bytes()).unwrap_err()
        else {
            panic!("a refused document has a position")
        };
        (code, line, column)
    }

    #[test]
    fn reads_and_writes_canonical_bytes() {
        let json =
            Json::parse(br#" { "b" : [ 1.0 , true , null ] , "a" : "\u0041\ud83d\ude00\/" , "B" : { } } "#)
                .unwrap();
        assert_eq!(json.to_canonical_string(), r#"{"B":{},"a":"A😀/","b":[1,true,null]}"#);
        assert_eq!(json.get("b").and_then(Json::as_array).map(<[Json]>::len), Some(3));
        assert_eq!(json.digest(), crate::Digest::of(&json.to_canonical_bytes()));
    }

    #[test]
    fn names_the_first_offence_and_its_position() {
        assert_eq!(refused(""), (Code::JsonSyntax, 1, 1));
        assert_eq!(refused("{\"é\":1,\n \"a\":2, \"é\":3}"), (Code::JsonDuplicateKey, 2, 9));
        assert_eq!(refused(r#"{"a":1,"\u0061":2}"#), (Code::JsonDuplicateKey, 1, 8));
        assert_eq!(refused(r#"["\ud800"]"#), (Code::JsonLoneSurrogate, 1, 3));
        assert_eq!(refused(r#"["\udc00"]"#), (Code::JsonLoneSurrogate, 1, 3));
        assert_eq!(refused(r#"["\ud800A"]"#), (Code::JsonLoneSurrogate, 1, 3));
        assert_eq!(refused("1 2"), (Code::JsonTrailingBytes, 1, 3));
        assert_eq!(refused("01"), (Code::JsonTrailingBytes, 1, 2));
        assert_eq!(refused("nulL"), (Code::JsonSyntax, 1, 4));
        assert_eq!(refused("\u{feff}1"), (Code::JsonBom, 1, 1));
        assert_eq!(refused("[1e1000]"), (Code::NumberTooLarge, 1, 2));
        for broken in [
            "[1,]",
            "[,1]",
            "{,}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{1:2}",
            "tru",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"a",
            "[01]",
            "-",
        ] {
            assert_eq!(refused(broken).0, Code::JsonSyntax, "{broken}");
        }
        let Refusal { code, position, .. } = Json::parse(b"\"a\n\xff\"").unwrap_err();
        assert_eq!((code, position), (Code::InvalidUtf8, Some(Position { line: 2, column: 1 })));
    }

    #[test]
    fn the_129th_bracket_is_refused() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Json::parse(nested(128).as_bytes()).is_ok());
        assert_eq!(refused(&nested(129)), (Code::JsonTooDeep, 1, 129));
        assert_eq!(refused(&"[".repeat(1_000_000)), (Code::JsonTooDeep, 1, 129));
    }
}
