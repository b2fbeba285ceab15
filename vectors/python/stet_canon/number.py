"""Canonical numbers (canonical.md §1): exact decimal arithmetic on the digits of the literal.

No float, no Decimal context and no int of the whole literal takes part: floats round, a Decimal context has a
precision, and Python refuses int/str conversions beyond a configurable number of digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .refusal import Refusal

FRACTION_DIGITS = 6
MAX_INTEGER_DIGITS = 1000
# No document is long enough for its digits to bring back an exponent of more digits than this.
MAX_EXPONENT_DIGITS = 20

LITERAL = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?)([0-9]+))?")


@dataclass(frozen=True)
class Number:
    """A JSON number: its canonical text, and whether rounding to 6 decimals left the value as it was."""

    text: str
    exact: bool

    def is_integer(self):
        return "." not in self.text


def read_number(literal):
    """The Number that a JSON number literal spells; NUMBER_TOO_LARGE beyond 1,000 integer digits."""
    match = LITERAL.fullmatch(literal)
    if match is None:
        raise Refusal("JSON_SYNTAX", "not a JSON number")
    sign, whole, fraction, exponent_sign, exponent = match.groups()
    digits = whole + (fraction or "")
    significant = digits.lstrip("0")
    if not significant:
        return Number("0", True)
    # The value is 0.<significant> times ten to the power of `point`.
    point = len(whole) - (len(digits) - len(significant)) + clamped(exponent_sign, exponent)
    significant = significant.rstrip("0")
    if point > MAX_INTEGER_DIGITS:
        raise Refusal("NUMBER_TOO_LARGE", f"more than {MAX_INTEGER_DIGITS} digits before the point")
    kept = point + FRACTION_DIGITS
    if kept < 0:
        return Number("0", False)
    exact = len(significant) <= kept
    micros = significant[:kept].ljust(kept, "0")
    if not exact and significant[kept] >= "5":
        micros = plus_one(micros)
    micros = micros.rjust(FRACTION_DIGITS + 1, "0")
    integer = micros[:-FRACTION_DIGITS].lstrip("0") or "0"
    decimals = micros[-FRACTION_DIGITS:].rstrip("0")
    if len(integer) > MAX_INTEGER_DIGITS:
        raise Refusal("NUMBER_TOO_LARGE", f"more than {MAX_INTEGER_DIGITS} digits before the point")
    text = integer + ("." + decimals if decimals else "")
    return Number("0" if text == "0" else sign + text, exact)


def clamped(sign, digits):
    """The exponent as an int, cut to ±10^20: an exponent may have any number of digits."""
    digits = (digits or "0").lstrip("0") or "0"
    size = int(digits) if len(digits) <= MAX_EXPONENT_DIGITS else 10**MAX_EXPONENT_DIGITS
    return -size if sign == "-" else size


def plus_one(digits):
    """The decimal string `digits` plus one."""
    head = digits.rstrip("9")
    nines = len(digits) - len(head)
    head = head[:-1] + chr(ord(head[-1]) + 1) if head else "1"
    return head + "0" * nines
