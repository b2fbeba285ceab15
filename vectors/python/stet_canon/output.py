"""Canonical JSON, output form (canonical.md §2)."""

from __future__ import annotations

from .number import Number
from .parse import parse_json

SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
ESCAPED = {chr(code): f"\\u{code:04x}" for code in range(0x20)} | SHORT_ESCAPES
ESCAPE_TABLE = str.maketrans(ESCAPED)


def canonical_output(data):
    """The canonical text of a model's JSON output, given as bytes."""
    return write_json(parse_json(data))


def write_json(value):
    """The canonical text of a parsed value (Python ints are allowed beside Numbers)."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Number):
        return value.text
    if isinstance(value, str):
        return '"' + value.translate(ESCAPE_TABLE) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(write_json, value)) + "]"
    members = (f"{write_json(key)}:{write_json(value[key])}" for key in sorted(value, key=utf16))
    return "{" + ",".join(members) + "}"


def utf16(text):
    """A sort key: the UTF-16 code units of `text` (big-endian bytes compare as the units do)."""
    return text.encode("utf-16-be")


def set_order(value):
    """A sort key for members of sets: null < false < true < numbers < strings < arrays < objects."""
    if value is None:
        return (0, b"")
    if isinstance(value, bool):
        return (2 if value else 1, b"")
    if isinstance(value, Number):
        return (3, utf16(value.text))
    if isinstance(value, str):
        return (4, utf16(value))
    return (5 if isinstance(value, list) else 6, utf16(write_json(value)))


def canonical_set(values, *, deduplicate=True):
    """The values in set order; equal ones once, unless told otherwise."""
    ordered = sorted(values, key=set_order)
    if not deduplicate:
        return ordered
    return [value for index, value in enumerate(ordered) if index == 0 or set_order(ordered[index - 1]) != set_order(value)]
