"""Stet's canonical forms and hashes in Python's standard library: an independent implementation that a client can copy.

The tables are read from `vectors/tables/`; whoever copies this package copies them too and changes `tables.FOLDER`.
"""

from .als import named_catalog, read_secrets, render, seed, variant_id, variant_index
from .identity import (
    batch_identity,
    citations_identity,
    inputs_identity,
    plan_identity,
    record_hmac,
    run_identity,
    sha256_hex,
)
from .inputs import resolve_inputs
from .number import read_number
from .output import canonical_output, write_json
from .parse import parse_json
from .placeholder import fill
from .refusal import Refusal
from .region import canonical_locale, canonical_region
from .schema import canonical_schema
from .template import canonical_template
from .text import canonical_text

__all__ = [
    "Refusal",
    "batch_identity",
    "canonical_locale",
    "canonical_output",
    "canonical_region",
    "canonical_schema",
    "canonical_template",
    "canonical_text",
    "citations_identity",
    "fill",
    "inputs_identity",
    "named_catalog",
    "parse_json",
    "plan_identity",
    "read_number",
    "read_secrets",
    "record_hmac",
    "render",
    "resolve_inputs",
    "run_identity",
    "seed",
    "sha256_hex",
    "variant_id",
    "variant_index",
    "write_json",
]
