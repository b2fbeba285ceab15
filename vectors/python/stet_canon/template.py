"""Canonical templates (canonical.md §4 and the field table of decision 0001)."""

from __future__ import annotations

import re

from .field import Fields, Offences, identifier, integer, number, sequence, set_of, truth, verbatim, word
from .number import Number
from .output import write_json
from .parse import parse_json
from .placeholder import check_placeholders
from .refusal import Refusal
from .region import ascii_lower
from .schema import Schema, child
from .text import trim

MAX_BYTES = 262_144
MAX_INPUTS = 64
INT64 = 2**63
# Brackets of the template that are open around the schema.
AROUND_SCHEMA = 2
FIELDS = (
    "provider model_version_constraint model_fingerprint_allowlist messages inputs generation output grounding "
    "grounded_json_two_step canary als spec"
).split()
INPUT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
ONE = Number("1", True)


def canonical_template(data):
    """The canonical text of a template's `config`, given as bytes; the first offence is raised, the rest are its `others`."""
    if len(data) > MAX_BYTES:
        raise too_large(len(data))
    offences = Offences()
    config = read_config(parse_json(data), offences)
    if offences:
        offences[0].others = offences[1:]
        raise offences[0]
    text = write_json(config)
    if len(text.encode("utf-8")) > MAX_BYTES:
        raise too_large(len(text.encode("utf-8")))
    return text


def too_large(size):
    return Refusal("TEMPLATE_TOO_LARGE", f"{size} bytes, at most {MAX_BYTES}", pointer="")


def read_config(value, offences):
    if not isinstance(value, dict):
        return offences.add("WRONG_TYPE", "an object must stand here", "")
    fields = Fields(value, FIELDS, "", offences)
    provider = fields.required("provider", read_provider)
    return {
        "provider": provider,
        "model_version_constraint": fields.required("model_version_constraint", identifier(200)),
        "model_fingerprint_allowlist": fields.optional("model_fingerprint_allowlist", set_of(64, verbatim(1, 200)), []),
        "messages": fields.required("messages", messages_reader(fields.raw("inputs"))),
        "inputs": fields.optional("inputs", read_inputs, {}),
        "generation": read_generation(fields.raw("generation"), "/generation", offences),
        "output": fields.optional("output", read_output, {"format": "text"}),
        "grounding": read_grounding(fields.raw("grounding"), "/grounding", offences),
        "grounded_json_two_step": fields.optional("grounded_json_two_step", two_steps_reader(provider), provider != "openai"),
        "canary": fields.optional("canary", sequence(1, 5, verbatim(1, 1000))),
        "als": fields.optional("als", read_als),
        "spec": fields.optional("spec", read_spec, ONE),
    }


def read_provider(value, pointer, offences):
    name = identifier(None)(value, pointer, offences)
    return name and word("openai", "gemini", "vertex")(ascii_lower(name), pointer, offences)


def messages_reader(inputs):
    declared = {trim(name) for name in inputs} if isinstance(inputs, dict) else set()

    def read(value, pointer, offences):
        read_one = message_reader(declared)
        messages = sequence(1, 64, read_one)(value, pointer, offences)
        if messages and all(message and message["role"] == "system" for message in messages):
            offences.add("EMPTY", "a message that is not system must stand here", pointer)
        return messages

    return read


def message_reader(declared):
    roles = []

    def read(value, pointer, offences):
        if not isinstance(value, dict):
            return offences.add("WRONG_TYPE", "an object must stand here", pointer)
        fields = Fields(value, ("role", "content"), pointer, offences)
        role = fields.required("role", word("system", "user", "assistant"))
        if role == "system" and any(earlier != "system" for earlier in roles):
            offences.add("VALUE_NOT_ALLOWED", "system messages stand first", fields.at("role"))
        roles.append(role)
        content = fields.required("content", identifier(None))
        if content:
            offences.catch(lambda: check_placeholders(content, declared, fields.at("content")))
        return {"role": role, "content": content}

    return read


def read_inputs(value, pointer, offences):
    if not isinstance(value, dict):
        return offences.add("WRONG_TYPE", "an object must stand here", pointer)
    if len(value) > MAX_INPUTS:
        return offences.add("TOO_MANY", f"{len(value)} inputs, at most {MAX_INPUTS}", pointer)
    inputs = {}
    for submitted, declaration in value.items():
        name, place = trim(submitted), child(pointer, submitted)
        if INPUT_NAME.fullmatch(name) is None:
            offences.add("VALUE_NOT_ALLOWED", f"{name!r} is no name of an input", place)
        elif name in inputs:
            offences.add("JSON_DUPLICATE_KEY", f"{name!r} stands twice after trimming", place)
        inputs[name] = read_input(declaration, place, offences)
    return inputs


def read_input(value, pointer, offences):
    if not isinstance(value, dict):
        return offences.add("WRONG_TYPE", "an object must stand here", pointer)
    fields = Fields(value, ("type", "max_length", "enum", "default"), pointer, offences)
    kind = fields.required("type", word("string", "number", "integer", "boolean"))
    max_length = fields.optional("max_length", integer(1, 65_536))
    if kind not in (None, "string") and fields.raw("max_length") is not None:
        offences.add("VALUE_NOT_ALLOWED", "only a string has a max_length", fields.at("max_length"))
    of_kind = value_reader(kind)
    enum = fields.optional("enum", sequence(1, 256, of_kind))
    default = fields.optional("default", of_kind)
    declared = {"type": kind, "max_length": max_length, "enum": enum, "default": default}
    if default is not None:
        check_bounds(default, declared, fields.at("default"), offences)
    return declared


def check_bounds(value, declared, pointer, offences):
    """Holds a value of an input's type to the input's `max_length` and `enum`."""
    max_length, enum = declared["max_length"], declared["enum"]
    if isinstance(value, str) and max_length is not None and len(value) > int(max_length.text):
        offences.add("TOO_LONG", f"{len(value)} code points, at most {max_length.text}", pointer)
    if enum is not None and write_json(value) not in map(write_json, enum):
        offences.add("VALUE_NOT_ALLOWED", "not in enum", pointer)


def value_reader(kind):
    """Reads a value of an input's type."""

    def read(value, pointer, offences):
        fits = {
            "string": isinstance(value, str),
            "boolean": isinstance(value, bool),
            "number": isinstance(value, Number),
            "integer": isinstance(value, Number) and value.is_integer(),
        }
        if kind is not None and not fits[kind]:
            return offences.add("WRONG_TYPE", f"a value of type {kind} must stand here", pointer)
        return value

    return read


def read_generation(value, pointer, offences):
    fields = Fields(value, "temperature top_p seed max_output_tokens reasoning_effort stop".split(), pointer, offences)
    efforts = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
    return {
        "temperature": fields.optional("temperature", number(2)),
        "top_p": fields.optional("top_p", number(1)),
        "seed": fields.optional("seed", integer(-INT64, INT64 - 1)),
        "max_output_tokens": fields.optional("max_output_tokens", integer(1, 1_000_000)),
        "reasoning_effort": fields.optional("reasoning_effort", word(*efforts)),
        "stop": fields.optional("stop", sequence(0, 16, verbatim(1, 200)), []),
    }


def read_output(value, pointer, offences):
    fields = Fields(value, ("format", "schema", "strict"), pointer, offences)
    if not isinstance(value, dict):
        return None
    output_format = fields.required("format", word("text", "json"))
    if output_format == "text":
        for name in ("schema", "strict"):
            if fields.raw(name) is not None:
                offences.add("UNKNOWN_FIELD", f"{name!r} is no field of a text output", fields.at(name))
        return {"format": output_format}
    submitted = fields.raw("schema")
    schema = None if submitted is None else offences.catch(Schema(submitted, fields.at("schema"), AROUND_SCHEMA).canonical)
    strict = fields.optional("strict", truth, submitted is not None)
    if strict and submitted is None:
        offences.add("MISSING_FIELD", "strict needs a schema", fields.at("schema"))
    return {"format": output_format, "schema": schema, "strict": strict}


def read_grounding(value, pointer, offences):
    fields = Fields(value, ("provoker", "search_context_size", "allowed_domains"), pointer, offences)
    return {
        "provoker": fields.optional("provoker", read_provoker),
        "search_context_size": fields.optional("search_context_size", word("low", "medium", "high")),
        "allowed_domains": fields.optional("allowed_domains", set_of(100, verbatim(1, 253)), []),
    }


def read_provoker(value, pointer, offences):
    if isinstance(value, str) and ("\n" in value or "\r" in value):
        return offences.add("VALUE_NOT_ALLOWED", "one line must stand here", pointer)
    return verbatim(1, 1000)(value, pointer, offences)


def two_steps_reader(provider):
    def read(value, pointer, offences):
        if value is True and provider == "openai":
            return offences.add("VALUE_NOT_ALLOWED", "openai answers in one step", pointer)
        return truth(value, pointer, offences)

    return read


def read_als(value, pointer, offences):
    if not isinstance(value, dict):
        return offences.add("WRONG_TYPE", "an object must stand here", pointer)
    fields = Fields(value, ("template_id", "catalog", "seed_key_id"), pointer, offences)
    return {
        "template_id": fields.required("template_id", identifier(200)),
        "catalog": fields.required("catalog", identifier(32)),
        "seed_key_id": fields.required("seed_key_id", identifier(32)),
    }


def read_spec(value, pointer, offences):
    if not isinstance(value, Number) or value.text != ONE.text:
        return offences.add("VALUE_NOT_ALLOWED", "the number 1 must stand here", pointer)
    return value
