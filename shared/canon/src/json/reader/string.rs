//! String literals.

use std::borrow::Cow;

use super::{Offence, Reader};
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

/// The length of the run of bytes that stand for themselves in a string: neither quote, backslash nor control.
fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        // Subtracting sets the high bit of every byte that was too small; a borrow can only reach the bytes after it.
        let word = u64::from_le_bytes(*chunk);
        let quote = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        let special = (quote | backslash | control) & !word & HIGH;
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let tail = rest.iter().position(|byte| *byte < 0x20 || *byte == b'"' || *byte == b'\\');
    chunks.len() * 8 + tail.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::plain_run;

    #[test]
    fn finds_every_special_byte_at_every_offset() {
        for byte in 0..=u8::MAX {
            let special = byte < 0x20 || byte == b'"' || byte == b'\\';
            for offset in 0..20 {
                for filler in [b'!', b'#', b']', b'[', 0x7f, 0x80, 0xff] {
                    let mut bytes = [filler; 24];
                    bytes[offset] = byte;
                    assert_eq!(
                        plain_run(&bytes),
                        if special { offset } else { 24 },
                        "{byte} {offset} {filler}"
                    );
                }
            }
        }
        assert_eq!(plain_run(b"\"!!!!!!!"), 0);
        assert_eq!(plain_run(b""), 0);
    }
}
