"""Canonical text (canonical.md §3)."""

from __future__ import annotations

import re
import unicodedata

from .refusal import decode_utf8
from .tables import table

# The property White_Space, spelled out: str.strip() also takes U+001C–001F.
WHITE_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
BOM = "\ufeff"

# Code points that Unicode 14.0 had not assigned and that later versions normalise: each stands for itself.
LATER_CODE_POINTS = "".join(chr(int(entry.removeprefix("U+"), 16)) for entry in table("unassigned-nfc-14", "code_points"))
LATER = re.compile(f"([{re.escape(LATER_CODE_POINTS)}])")


def canonical_text(data):
    """The canonical text of a text output, given as bytes; INVALID_UTF8 is the only refusal."""
    text = unix_lines(decode_utf8(data))
    lines = (line.rstrip(WHITE_SPACE) for line in text.split("\n"))
    return nfc("\n".join(lines).rstrip(WHITE_SPACE))


def unix_lines(text):
    """CR LF and lone CR as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def nfc(text):
    """NFC of Unicode 14.0, whatever later version this Python carries."""
    return "".join(piece if LATER.fullmatch(piece) else unicodedata.normalize("NFC", piece) for piece in LATER.split(text))


def trim(text):
    """An identifier or a message's content: White_Space and U+FEFF off both ends, LF line ends."""
    return unix_lines(text.strip(WHITE_SPACE + BOM))
