"""The one error of this package: a document that has no canonical form."""

from __future__ import annotations


class Refusal(Exception):
    """A refused document: a code of canonical.md and where the offence stands.

    Parsing refusals carry `line` and `column` (both from 1, columns in code points), template and schema
    refusals a JSON `pointer`; what a form does not report is None.
    """

    def __init__(self, code, message, *, line=None, column=None, pointer=None):
        place = f" (line {line} column {column})" if line is not None else ""
        place += f" at {pointer!r}" if pointer is not None else ""
        super().__init__(f"{code}: {message}{place}")
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.pointer = pointer
        self.others = []


def place_of(text, offset):
    """Line and column of `text[offset]`; only LF ends a line."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return {"line": line, "column": column}


def decode_utf8(data):
    """The text of `data`, refused as a whole where it is not UTF-8; the place is that after the valid prefix."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        prefix = data[: error.start].decode("utf-8")
        raise Refusal("INVALID_UTF8", "not UTF-8", **place_of(prefix, len(prefix))) from error
