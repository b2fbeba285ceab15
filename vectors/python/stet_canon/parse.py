"""A strict JSON parser (RFC 8259) that keeps what json.loads loses: exact numbers, duplicate keys, positions.

Values are None, bool, Number, str, list and dict. A syntax error is placed at the first character that cannot
continue the document, or just after the end of it.
"""

from __future__ import annotations

import re

from .number import read_number
from .refusal import Refusal, decode_utf8, place_of

MAX_DEPTH = 128
BOM = b"\xef\xbb\xbf"
SPACE = " \t\n\r"
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
LITERALS = {"null": None, "true": True, "false": False}
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
HEX = "0123456789abcdefABCDEF"
DIGITS = "0123456789"


def parse_json(data):
    """The value of the JSON document `data` (bytes)."""
    if data.startswith(BOM):
        raise Refusal("JSON_BOM", "a byte order mark is not JSON", line=1, column=1)
    parser = Parser(decode_utf8(data))
    parser.skip_space()
    value = parser.value(0)
    parser.skip_space()
    if parser.at < len(parser.text):
        raise parser.refusal("JSON_TRAILING_BYTES", "something follows the document", parser.at)
    return value


class Parser:
    """A cursor over one document."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def refusal(self, code, message, offset):
        return Refusal(code, message, **place_of(self.text, offset))

    def syntax(self, wanted):
        return self.refusal("JSON_SYNTAX", f"{wanted} expected", self.at)

    def peek(self):
        """The character at the cursor, empty at the end."""
        return self.text[self.at : self.at + 1]

    def skip_space(self):
        while self.at < len(self.text) and self.text[self.at] in SPACE:
            self.at += 1

    def expect(self, characters, wanted):
        """Steps over one of `characters` and returns it."""
        found = self.peek()
        if not found or found not in characters:
            raise self.syntax(wanted)
        self.at += 1
        return found

    def value(self, depth):
        found = self.peek()
        if found and found in "[{":
            if depth == MAX_DEPTH:
                raise self.refusal("JSON_TOO_DEEP", f"nested deeper than {MAX_DEPTH}", self.at)
            return self.array(depth + 1) if found == "[" else self.object(depth + 1)
        if found == '"':
            return self.string()
        if found and found in "-" + DIGITS:
            return self.number()
        for word, value in LITERALS.items():
            if found == word[0]:
                for character in word:
                    self.expect(character, word)
                return value
        raise self.syntax("a value")

    def array(self, depth):
        self.at += 1
        items = []
        self.skip_space()
        if self.peek() == "]":
            self.at += 1
            return items
        while True:
            self.skip_space()
            items.append(self.value(depth))
            self.skip_space()
            if self.expect(",]", "',' or ']'") == "]":
                return items

    def object(self, depth):
        self.at += 1
        members = {}
        self.skip_space()
        if self.peek() == "}":
            self.at += 1
            return members
        while True:
            self.skip_space()
            quote = self.at
            if self.peek() != '"':
                raise self.syntax("a key")
            key = self.string()
            if key in members:
                raise self.refusal("JSON_DUPLICATE_KEY", "the object has this key already", quote)
            self.skip_space()
            self.expect(":", "':'")
            self.skip_space()
            members[key] = self.value(depth)
            self.skip_space()
            if self.expect(",}", "',' or '}'") == "}":
                return members

    def string(self):
        self.at += 1
        parts = []
        while True:
            plain = PLAIN.match(self.text, self.at)
            parts.append(plain.group())
            self.at = plain.end()
            if self.peek() == '"':
                self.at += 1
                return "".join(parts)
            if self.peek() != "\\":
                raise self.syntax("an escaped control character or a closing quote")
            parts.append(self.escape())

    def escape(self):
        backslash = self.at
        self.at += 1
        letter = self.expect('"\\/bfnrtu', "an escape")
        if letter != "u":
            return ESCAPES[letter]
        unit = self.code_unit()
        if 0xD800 <= unit < 0xDC00 and self.text.startswith("\\u", self.at):
            self.at += 2
            low = self.code_unit()
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
            raise self.refusal("JSON_LONE_SURROGATE", "a surrogate without its other half", backslash)
        if 0xD800 <= unit < 0xE000:
            raise self.refusal("JSON_LONE_SURROGATE", "a surrogate without its other half", backslash)
        return chr(unit)

    def code_unit(self):
        return int("".join(self.expect(HEX, "a hexadecimal digit") for _ in range(4)), 16)

    def number(self):
        start = self.at
        if self.peek() == "-":
            self.at += 1
        if self.expect(DIGITS, "a digit") != "0":
            self.digits()
        if self.peek() == ".":
            self.at += 1
            self.expect(DIGITS, "a digit")
            self.digits()
        if self.peek() in ("e", "E"):
            self.at += 1
            if self.peek() in ("+", "-"):
                self.at += 1
            self.expect(DIGITS, "a digit")
            self.digits()
        try:
            return read_number(self.text[start : self.at])
        except Refusal as refusal:
            raise self.refusal(refusal.code, refusal.message, start) from refusal

    def digits(self):
        while self.at < len(self.text) and self.text[self.at] in DIGITS:
            self.at += 1
