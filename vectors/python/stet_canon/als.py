"""Ambient location signals (system.md, ALS): which variant a cell gets, and its block."""

from __future__ import annotations

import base64
import hashlib
import hmac

from .refusal import Refusal
from .region import NO_LOCALE
from .text import nfc

MAX_BLOCK_CODE_POINTS = 350
MIN_SECRET_BYTES = 32


def read_secrets(configured):
    """The secrets by key id, given in base64; one that is too short is a mistake of the configuration, not a refusal."""
    secrets = {key_id: base64.b64decode(text, validate=True) for key_id, text in configured.items()}
    for key_id, secret in secrets.items():
        if len(secret) < MIN_SECRET_BYTES:
            raise ValueError(f"the secret {key_id!r} has {len(secret)} bytes, at least {MIN_SECRET_BYTES} are needed")
    return secrets


def seed(secrets, seed_key_id, template_id):
    """The seed of a template's blocks, 32 bytes."""
    if seed_key_id not in secrets:
        raise Refusal("ALS_KEY_UNKNOWN", f"there is no secret {seed_key_id!r}")
    return mac(secrets[seed_key_id], template_id)


def named_catalog(catalogs, name):
    """The catalogue that a template pins."""
    if name not in catalogs:
        raise Refusal("ALS_CATALOG_UNKNOWN", f"there is no catalogue {name!r}")
    return catalogs[name]


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


def render(secrets, seed_key_id, template_id, locale, catalog):
    """The variant's id, its block and the block's digest; None for each where the locale is `none`, which needs no key."""
    if locale == NO_LOCALE:
        return None, None, None
    entry = catalog.get(locale)
    if entry is None:
        raise Refusal("ALS_LOCALE_UNKNOWN", f"the catalogue has no entry for {locale}")
    index = variant_index(seed(secrets, seed_key_id, template_id), locale, len(entry["phrases"]))
    text = block(entry, index)
    return variant_id(locale, index), text, hashlib.sha256(text.encode("utf-8")).hexdigest()


def mac(key, message):
    return hmac.new(key, message.encode("utf-8"), hashlib.sha256).digest()
