"""Placeholders in message contents (canonical.md §4)."""

from __future__ import annotations

import re

from .number import Number
from .refusal import Refusal

# Left to right: four braces are two literal ones, a declared name in two is an input, any other two are an error.
OPENING = re.compile(r"\{\{(?:(\{\{)|([a-z][a-z0-9_]*)\}\})?")


def check_placeholders(content, names, pointer=None):
    """Refuses a content with a malformed placeholder, or one whose name is not among `names`."""
    for match in OPENING.finditer(content):
        if match.group(1):
            continue
        if match.group(2) is None:
            raise Refusal("PLACEHOLDER_INVALID", f"no placeholder at character {match.start()}", pointer=pointer)
        if match.group(2) not in names:
            raise Refusal("INPUT_UNDECLARED", f"{match.group(2)!r} is not declared", pointer=pointer)


def fill(content, values):
    """The content with its values put in, once and literally: what a value contains is not looked at again."""
    check_placeholders(content, values)
    return OPENING.sub(lambda match: "{{" if match.group(1) else spelled(values[match.group(2)]), content)


def spelled(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text if isinstance(value, Number) else value
