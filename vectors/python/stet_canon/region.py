"""Regions and locales (canonical.md §4)."""

from __future__ import annotations

import re

from .refusal import Refusal
from .tables import table
from .text import trim

NO_LOCALE = "none"
LOCALE = re.compile(r"([A-Za-z]{2})[-_]([A-Za-z]{2})")


def ascii_upper(text):
    """ASCII letters only: str.upper() turns a dotless i into an I."""
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text)


def ascii_lower(text):
    """ASCII letters only: str.lower() turns the Kelvin sign into a k."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def canonical_region(text):
    """An assigned ISO 3166-1 alpha-2 code, or an ISO 3166-2 code, in upper case; UK is GB."""
    country, dash, subdivision = ascii_upper(trim(text)).partition("-")
    country = "GB" if country == "UK" else country
    code = country + dash + subdivision
    if country not in table("iso3166-1", "codes") or (dash and code not in table("iso3166-2", "codes")):
        raise Refusal("REGION_UNKNOWN", f"{text!r} is no assigned region")
    return code


def canonical_locale(text):
    """`ll-CC`, or `none`, the control without a country."""
    trimmed = trim(text)
    if ascii_lower(trimmed) == NO_LOCALE:
        return NO_LOCALE
    match = LOCALE.fullmatch(trimmed)
    language = ascii_lower(match.group(1)) if match else None
    if language not in table("iso639-1", "codes"):
        raise Refusal("LOCALE_INVALID", f"{text!r} is no language and region")
    return f"{language}-{canonical_region(match.group(2))}"
