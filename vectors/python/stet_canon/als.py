"""Ambient location signals (system.md, ALS): which variant a cell gets, and its block."""

from __future__ import annotations

import base64
import hashlib
import hmac

from .refusal import Refusal
from .region import NO_LOCALE
from .text import nfc

MAX_BLOCK_CODE_POINTS = 350


def seed(secrets, seed_key_id, template_id):
    """The seed of a template's blocks, 32 bytes; `secrets` maps key ids to base64."""
    return mac(base64.b64decode(secrets[seed_key_id], validate=True), template_id)


def variant_index(seed_bytes, locale, variants):
    """The index of the canonical locale's variant."""
    return int.from_bytes(mac(seed_bytes, locale), "big") % variants


def variant_id(locale, index):
    """How a run records its variant."""
    return f"{locale}/{index}"


def block(entry, index):
    """The block's text for one variant of a locale's catalogue entry, as it is sent: not normalised."""
    text = "{date} · {number} · {currency}\n{tax} · {postal} · {phone}\n".format_map(entry) + entry["phrases"][index]
    length = len(nfc(text))
    if length > MAX_BLOCK_CODE_POINTS:
        raise Refusal("ALS_BLOCK_TOO_LONG", f"{length} code points, at most {MAX_BLOCK_CODE_POINTS}")
    return text


def render(secrets, seed_key_id, template_id, locale, entry):
    """The variant's id, its block and the block's digest; None for each where the locale is `none`."""
    if locale == NO_LOCALE:
        return None, None, None
    if entry is None:
        raise Refusal("ALS_LOCALE_UNKNOWN", f"the catalogue has no entry for {locale}")
    index = variant_index(seed(secrets, seed_key_id, template_id), locale, len(entry["phrases"]))
    text = block(entry, index)
    return variant_id(locale, index), text, hashlib.sha256(text.encode("utf-8")).hexdigest()


def mac(key, message):
    return hmac.new(key, message.encode("utf-8"), hashlib.sha256).digest()
