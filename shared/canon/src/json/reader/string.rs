//! String literals.

use std::borrow::Cow;

use super::{Offence, Reader};
use crate::json::plain::plain_run;
use crate::refusal::Code;

impl<'a> Reader<'a> {
    /// Reads a string literal from its opening quote on; borrowed if it has no escapes.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Offence> {
        self.at += 1;
        let start = self.at;
        self.at += plain_run(self.rest());
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(&self.text[start..self.at - 1]));
        }
        let mut text = self.text[start..self.at].to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.syntax("a control character in a string must be escaped")),
                None => return Err(self.syntax("the string has no end")),
            }
            let run = self.at;
            self.at += plain_run(self.rest());
            text.push_str(&self.text[run..self.at]);
        }
    }

    fn escape(&mut self) -> Result<char, Offence> {
        let start = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(quoted @ (b'"' | b'\\' | b'/')) => char::from(quoted),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape(start);
            }
            _ => return Err(self.syntax("not an escape")),
        };
        self.at += 1;
        Ok(character)
    }

    /// The character of `\uXXXX`, or of a surrogate pair of them; `start` is the offset of the first backslash.
    fn unicode_escape(&mut self, start: usize) -> Result<char, Offence> {
        let lone = || Offence::new(Code::JsonLoneSurrogate, "a lone surrogate has no UTF-8 form", start);
        let unit = self.code_unit()?;
        if let Some(character) = char::from_u32(unit) {
            return Ok(character);
        }
        if unit >= 0xdc00 || !self.rest().starts_with(b"\\u") {
            return Err(lone());
        }
        self.at += 2;
        let low = self.code_unit()?;
        if !(0xdc00..0xe000).contains(&low) {
            return Err(lone());
        }
        let scalar = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        char::from_u32(scalar).ok_or_else(lone)
    }

    fn code_unit(&mut self) -> Result<u32, Offence> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit << 4 | digit.ok_or_else(|| self.syntax("expected a hexadecimal digit"))?;
            self.at += 1;
        }
        Ok(unit)
    }
}
