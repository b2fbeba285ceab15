"""Derived identities (canonical.md §5): the canonical JSON whose SHA-256 is the identity, and the record HMAC (§4)."""

from __future__ import annotations

import hashlib
import hmac
import re

from .inputs import resolve_inputs
from .output import canonical_set, write_json

GROUNDING_MODES = ("UNGROUNDED", "PREFERRED", "REQUIRED")
BATCH = "template_sha256 locales grounding_modes replicates inputs_sha256 drift_policy".split()
PLAN = "batch_sha256 cells als_catalog_sha256".split()
RUN = (
    "template_sha256 inputs_sha256 provider provider_api provider_api_version region model_version_effective model_fingerprint "
    "lock_version drift_kind locale_selected locale_index grounding_mode search_performed grounded_effective why_not_grounded "
    "citations_sha256 replicate_index seed_key_id als_block_text als_block_sha256 als_variant_id provoker_value "
    "response_output_sha256 output_json_valid json_from_last_message step2_tools_invoked step2_source_ref status error_code"
).split()
CITATION = ("domain", "title", "url")
CREATED_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def sha256_hex(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def facts_of(keys, facts):
    """Exactly the given keys; an absent fact is null."""
    unknown = sorted(set(facts) - set(keys))
    if unknown:
        raise ValueError(f"not part of this identity: {', '.join(unknown)}")
    return {key: facts.get(key) for key in keys}


def inputs_identity(declared, values):
    """The inputs of a submission, with the declared defaults filled in."""
    return write_json(resolve_inputs(declared, values))


def batch_identity(facts):
    facts = facts_of(BATCH, facts)
    modes = [mode for mode in GROUNDING_MODES if mode in facts["grounding_modes"]]
    return write_json(facts | {"locales": canonical_set(facts["locales"]), "grounding_modes": modes})


def plan_identity(facts):
    return write_json(facts_of(PLAN, facts))


def run_identity(facts):
    return write_json(facts_of(RUN, facts))


def citations_identity(citations):
    """Citations in the order of the answer."""
    return write_json([facts_of(CITATION, citation) for citation in citations])


def record_hmac(key, org_id, record_id, sha256, created_at):
    """HMAC-SHA256 in hex over the four fields, each behind its length in bytes as u32 big-endian."""
    if CREATED_AT.fullmatch(created_at) is None:
        raise ValueError("created_at is RFC 3339 UTC with six decimals")
    message = b""
    for field in (org_id, record_id, sha256, created_at):
        data = field.encode("utf-8")
        message += len(data).to_bytes(4, "big") + data
    return hmac.new(key, message, hashlib.sha256).hexdigest()
