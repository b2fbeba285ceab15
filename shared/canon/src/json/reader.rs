//! The one reader of JSON text: tokens with their offsets, strict as RFC 8259, bounded in depth.

use std::borrow::Cow;

use super::MAX_DEPTH;
use crate::number;
use crate::refusal::{Code, Position, Refusal};

mod string;

/// What is wrong, and the byte at which it stands.
#[derive(Debug)]
pub(crate) struct Offence {
    code: Code,
    message: Cow<'static, str>,
    at: usize,
}

impl Offence {
    pub(crate) fn new(code: Code, message: impl Into<Cow<'static, str>>, at: usize) -> Self {
        Self { code, message: message.into(), at }
    }
}

/// The first token of a value; arrays and objects are then read by [`Reader::element`] and [`Reader::member`].
pub(crate) enum Token<'a> {
    Null,
    Bool(bool),
    /// A literal whose grammar is checked, and its offset.
    Number(&'a str, usize),
    /// Borrowed where the document spells it without escapes.
    String(Cow<'a, str>),
    Array,
    Object,
}

/// Reads a document from left to right and stops at its first offence.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

/// Reads a whole document with `read`, which takes its one value.
pub(crate) fn document<'a, T>(
    document: &'a [u8],
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Offence>,
) -> Result<T, Refusal> {
    if document.starts_with(b"\xef\xbb\xbf") {
        let message = "the document starts with a byte order mark";
        return Err(Refusal::at_position(Code::JsonBom, message, Position::after("")));
    }
    let text = utf8(document)?;
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = read(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|Offence { code, message, at }| {
        Refusal::at_position(code, message, Position::after(&text[..text.floor_char_boundary(at)]))
    })
}

/// The document as text; a refusal names the end of the valid prefix.
pub(crate) fn utf8(document: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(document).map_err(|error| {
        let prefix = String::from_utf8_lossy(&document[..error.valid_up_to()]);
        Refusal::at_position(Code::InvalidUtf8, "the bytes are not UTF-8", Position::after(&prefix))
    })
}

impl<'a> Reader<'a> {
    /// The first token of the next value.
    pub(crate) fn token(&mut self) -> Result<Token<'a>, Offence> {
        self.skip_white_space();
        match self.peek() {
            Some(b'"') => self.string().map(Token::String),
            Some(b'{') => self.open().map(|()| Token::Object),
            Some(b'[') => self.open().map(|()| Token::Array),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Token::Bool(true)),
            Some(b'f') => self.literal("false", Token::Bool(false)),
            Some(b'n') => self.literal("null", Token::Null),
            _ => Err(self.syntax("expected a value")),
        }
    }

    /// Moves to the next element of the open array; `false` at its end.
    pub(crate) fn element(&mut self, first: bool) -> Result<bool, Offence> {
        self.skip_white_space();
        match (self.peek(), first) {
            (Some(b']'), _) => {
                self.close();
                Ok(false)
            }
            (Some(b','), false) => {
                self.at += 1;
                Ok(true)
            }
            (_, true) => Ok(true),
            (_, false) => Err(self.syntax("expected `,` or `]`")),
        }
    }

    /// The key of the open object's next member and the offset of its opening quote; nothing at its end.
    pub(crate) fn member(&mut self, first: bool) -> Result<Option<(Cow<'a, str>, usize)>, Offence> {
        self.skip_white_space();
        match (self.peek(), first) {
            (Some(b'}'), _) => {
                self.close();
                return Ok(None);
            }
            (Some(b','), false) => {
                self.at += 1;
                self.skip_white_space();
            }
            (_, true) => {}
            (_, false) => return Err(self.syntax("expected `,` or `}`")),
        }
        let at = self.at;
        match self.peek() {
            Some(b'"') => self.string().map(|key| Some((key, at))),
            _ => Err(self.syntax("expected a string as key")),
        }
    }

    /// The colon between a member's key and its value.
    pub(crate) fn colon(&mut self) -> Result<(), Offence> {
        self.skip_white_space();
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.syntax("expected `:`")),
        }
    }

    fn end(&mut self) -> Result<(), Offence> {
        self.skip_white_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => {
                Err(Offence::new(Code::JsonTrailingBytes, "something follows the document's value", self.at))
            }
        }
    }

    fn open(&mut self) -> Result<(), Offence> {
        if self.depth == MAX_DEPTH {
            let message = format!("arrays and objects are nested deeper than {MAX_DEPTH}");
            return Err(Offence::new(Code::JsonTooDeep, message, self.at));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    fn literal(&mut self, word: &str, token: Token<'a>) -> Result<Token<'a>, Offence> {
        let matched =
            self.rest().iter().zip(word.bytes()).take_while(|(found, wanted)| *found == wanted).count();
        self.at += matched;
        if matched == word.len() { Ok(token) } else { Err(self.syntax("expected a value")) }
    }

    fn number(&mut self) -> Result<Token<'a>, Offence> {
        let start = self.at;
        let length = number::scan(self.rest())
            .map_err(|offset| Offence::new(Code::JsonSyntax, "not a number", start + offset))?;
        self.at += length;
        Ok(Token::Number(&self.text[start..self.at], start))
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn syntax(&self, message: &'static str) -> Offence {
        Offence::new(Code::JsonSyntax, message, self.at)
    }
}

/// The offence of a number whose integer part is beyond the bound.
pub(crate) fn too_large(error: number::NumberError, at: usize) -> Offence {
    Offence::new(Code::NumberTooLarge, error.to_string(), at)
}

/// The offence of a key that the object already has.
pub(crate) fn duplicate_key(at: usize) -> Offence {
    Offence::new(Code::JsonDuplicateKey, "the object already has a member of this name", at)
}
