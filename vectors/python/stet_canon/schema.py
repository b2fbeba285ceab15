"""Canonical JSON Schema, draft 2020-12 (canonical.md §4).

Three passes: `check` over every schema position as submitted, `check_references` over those that the root reaches, then
`expand`, which builds each position once and shares it between its references: the size is known before anything is
written, so that doubling references cost nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from .number import Number
from .output import canonical_set, utf16, write_json
from .parse import MAX_DEPTH, parse_json
from .refusal import Refusal

MAX_BYTES = 262_144
DIALECT = "https://json-schema.org/draft/2020-12/schema"

SCHEMA_MAPS = {"properties", "patternProperties", "dependentSchemas", "$defs"}
SCHEMA_LISTS = {"allOf", "anyOf", "oneOf", "prefixItems"}
SCHEMAS = set(
    "items contains additionalProperties unevaluatedItems unevaluatedProperties propertyNames not if then else contentSchema".split()
)
UNSUPPORTED = {"$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary", "definitions"}
DROPPED = {"$schema", "$id", "$anchor", "$comment", "$defs"}
ANNOTATIONS = {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"}
# No array of a document of MAX_BYTES has more members.
ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,6}")
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
STRAY_TILDE = re.compile(r"~(?![01])")


def canonical_schema(data):
    """The canonical text of a JSON Schema document, given as bytes."""
    return write_json(Schema(parse_json(data), "").canonical())


def child(pointer, token):
    """The JSON pointer of a member of what stands at `pointer`."""
    return f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"


def in_order(members):
    """The members of an object in canonical order: what is reported first must not depend on the submitted order."""
    return [(name, members[name]) for name in sorted(members, key=utf16)]


class Schema:
    """One schema document; `base` is its pointer in the document that it was submitted in, `around` the brackets open there."""

    def __init__(self, root, base, around=0):
        self.root = root
        self.base = base
        self.around = around
        self.anchors = {}
        self.submitted = True
        self.checked = set()
        self.expanded = {}

    def refusal(self, code, message, pointer):
        return Refusal(code, message, pointer=self.base + pointer)

    def canonical(self):
        """The expanded canonical schema as a value."""
        self.check(self.root, "")
        self.submitted = False
        self.check_references()
        expanded = self.expand(self.root, "", 1)
        if self.around + expanded.depth > MAX_DEPTH:
            raise self.too_deep()
        if expanded.size > MAX_BYTES:
            raise self.too_large()
        return expanded.value

    def too_deep(self):
        return self.refusal("JSON_TOO_DEEP", f"expands deeper than {MAX_DEPTH}", "")

    def too_large(self):
        return self.refusal("SCHEMA_TOO_LARGE", f"expands to more than {MAX_BYTES} bytes", "")

    # Pass 1: what is wrong wherever it stands.

    def check(self, node, pointer):
        """Checks a schema position and those below it, and notes the anchors of those that are so as submitted."""
        if isinstance(node, bool) or pointer in self.checked:
            return
        self.checked.add(pointer)
        if not isinstance(node, dict):
            raise self.refusal("SCHEMA_INVALID", "a schema is an object or a boolean", pointer)
        for keyword, value in in_order(node):
            self.check_keyword(keyword, value, pointer, child(pointer, keyword))
            if keyword == "$anchor" and self.submitted:
                if value in self.anchors:
                    raise self.refusal("SCHEMA_INVALID", f"the anchor {value!r} stands twice", child(pointer, keyword))
                self.anchors[value] = (node, pointer)

    def check_keyword(self, keyword, value, parent, pointer):
        if keyword in UNSUPPORTED or (keyword == "$id" and parent != ""):
            raise self.refusal("SCHEMA_UNSUPPORTED", f"{keyword} is not supported here", pointer)
        if keyword == "$schema" and value not in (DIALECT, DIALECT + "#"):
            raise self.refusal("SCHEMA_UNSUPPORTED", f"only {DIALECT} is supported", pointer)
        if keyword in SCHEMA_MAPS:
            for name, schema in in_order(self.container(value, dict, pointer)):
                self.check(schema, child(pointer, name))
        elif keyword in SCHEMA_LISTS:
            for index, schema in enumerate(self.container(value, list, pointer)):
                self.check(schema, child(pointer, index))
        elif keyword in SCHEMAS:
            self.check(value, pointer)
        elif keyword == "dependentRequired":
            for name, names in in_order(self.container(value, dict, pointer)):
                self.check_strings(names, child(pointer, name))
        elif keyword == "required" or (keyword == "type" and not isinstance(value, str)):
            self.check_strings(value, pointer)
        elif keyword in ("$ref", "$anchor"):
            self.container(value, str, pointer)
        else:
            if keyword == "enum":
                self.container(value, list, pointer)
            self.check_numbers(value, pointer)

    def container(self, value, kind, pointer):
        if not isinstance(value, kind):
            raise self.refusal("SCHEMA_INVALID", "a value of another type is expected", pointer)
        return value

    def check_strings(self, value, pointer):
        for index, member in enumerate(self.container(value, list, pointer)):
            self.container(member, str, child(pointer, index))

    def check_numbers(self, value, pointer):
        """Refuses numbers that rounding would change."""
        if isinstance(value, Number) and not value.exact:
            raise self.refusal("NUMBER_TOO_PRECISE", "more than 6 decimals", pointer)
        members = in_order(value) if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for token, member in members:
            self.check_numbers(member, child(pointer, token))

    # Pass 2: references.

    def check_references(self):
        """Refuses references to nothing, and those that make a position contain itself, however long the way."""
        way, passed = {"": None}, set()
        steps = [("", self.steps(self.root, ""))]
        while steps:
            here, below = steps[-1]
            node, pointer, ref = next(below, (None, None, None))
            if pointer is None:
                steps.pop()
                del way[here]
                passed.add(here)
            elif pointer in way:
                last = ref or next(step for step in reversed(way.values()) if step)
                raise self.refusal("SCHEMA_RECURSIVE_REF", "the reference leads back to itself", last)
            elif pointer not in passed:
                way[pointer] = ref
                steps.append((pointer, self.steps(node, pointer)))

    def steps(self, node, pointer):
        """The positions that a position contains or refers to, each with its pointer and that of the `$ref` to it."""
        if isinstance(node, bool):
            return
        if "$ref" in node:
            ref = child(pointer, "$ref")
            for keyword in node:
                if keyword != "$ref" and keyword not in DROPPED and keyword not in ANNOTATIONS:
                    raise self.refusal("SCHEMA_REF_CONFLICT", f"{keyword} stands beside $ref", ref)
            target, place = self.resolve(node["$ref"], ref)
            self.check(target, place)
            yield target, place, ref
            return
        for keyword, value in in_order(node):
            place = child(pointer, keyword)
            if keyword in SCHEMAS:
                yield value, place, None
            elif keyword in SCHEMA_LISTS or (keyword in SCHEMA_MAPS and keyword not in DROPPED):
                members = in_order(value) if isinstance(value, dict) else enumerate(value)
                yield from ((schema, child(place, token), None) for token, schema in members)

    def flatten(self, node, pointer):
        """Follows `$ref` from a position: the schema found, its pointer, and what annotations replace."""
        overlay, annotated = {}, None
        while isinstance(node, dict) and "$ref" in node:
            ref = child(pointer, "$ref")
            annotations = {keyword: value for keyword, value in node.items() if keyword in ANNOTATIONS}
            annotated = annotated or (ref if annotations else None)
            overlay = annotations | overlay
            node, pointer = self.resolve(node["$ref"], ref)
        if isinstance(node, bool) and overlay:
            raise self.refusal("SCHEMA_REF_CONFLICT", "a boolean schema takes no annotations", annotated)
        return node, pointer, overlay

    def resolve(self, reference, ref):
        """What a reference names, and the pointer of that."""
        if reference != "#" and not reference.startswith("#/"):
            if len(reference) < 2 or reference[0] != "#":
                raise self.refusal("SCHEMA_REMOTE_REF", f"{reference!r} is no local reference", ref)
            if reference[1:] in self.anchors:
                return self.anchors[reference[1:]]
            raise self.refusal("SCHEMA_REF_NOT_FOUND", f"no anchor {reference!r}", ref)
        node, pointer = self.root, ""
        for token in self.tokens(reference[1:], ref):
            if isinstance(node, dict) and token in node:
                node = node[token]
            elif isinstance(node, list) and ARRAY_INDEX.fullmatch(token) and int(token) < len(node):
                node = node[int(token)]
            else:
                raise self.refusal("SCHEMA_REF_NOT_FOUND", f"nothing at {reference!r}", ref)
            pointer = child(pointer, token)
        return node, pointer

    def tokens(self, fragment, ref):
        """The tokens of a percent-encoded JSON pointer; a stray % or ~ names nothing."""
        decoded = None if STRAY_PERCENT.search(fragment) else unquote_to_bytes(fragment)
        try:
            pointer = (decoded or b"").decode("utf-8")
        except UnicodeDecodeError:
            decoded = None
        if decoded is None or STRAY_TILDE.search(pointer):
            raise self.refusal("SCHEMA_REF_NOT_FOUND", f"{fragment!r} is no JSON pointer", ref)
        return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]

    # Pass 3: expansion.

    def expand(self, node, pointer, level):
        """The expansion of a schema position at depth `level`; each position once, its value shared by all references."""
        if pointer in self.expanded:
            return self.expanded[pointer]
        node, place, overlay = self.flatten(node, pointer)
        if isinstance(node, bool):
            return verbatim(node)
        if level > MAX_DEPTH:
            raise self.too_deep()
        keywords = {keyword: value for keyword, value in node.items() if keyword not in DROPPED} | overlay
        members = {k: self.expand_keyword(k, v, child(place, k), level + 1) for k, v in keywords.items()}
        self.expanded[pointer] = object_of(members)
        return self.expanded[pointer]

    def expand_keyword(self, keyword, value, pointer, level):
        if keyword in SCHEMAS:
            return self.expand(value, pointer, level)
        if keyword in SCHEMA_MAPS:
            return object_of({n: self.expand(s, child(pointer, n), level + 1) for n, s in value.items()})
        if keyword in SCHEMA_LISTS:
            members = [self.expand(schema, child(pointer, index), level + 1) for index, schema in enumerate(value)]
            return array_of(members) if keyword == "prefixItems" else self.schema_set(members, keyword != "oneOf")
        if keyword in ("required", "enum") or (keyword == "type" and isinstance(value, list)):
            return verbatim(canonical_set(value))
        if keyword == "dependentRequired":
            return verbatim({name: canonical_set(names) for name, names in value.items()})
        return verbatim(value)

    def schema_set(self, members, deduplicate):
        """A sorted array of schemas; they are written to be compared, so what is too large is refused before."""
        by_text = {}
        size = 0
        for member in {id(member): member for member in members}.values() if deduplicate else members:
            if size + member.size > MAX_BYTES:
                raise self.too_large()
            text = write_json(member.value)
            if not deduplicate or text not in by_text:
                size += member.size
            by_text.setdefault(text, []).append(member)
        ordered = canonical_set([same[0].value for same in by_text.values()])
        groups = (by_text[write_json(value)] for value in ordered)
        return array_of([member for same in groups for member in (same[:1] if deduplicate else same)])


@dataclass(frozen=True)
class Expanded:
    """A canonical value, its parts shared, with the bytes and the depth that it has when written."""

    value: object
    size: int
    depth: int


def verbatim(value):
    return Expanded(value, len(write_json(value).encode("utf-8")), nesting(value))


def nesting(value):
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if members is None else 1 + max(map(nesting, members), default=0)


def array_of(members):
    size = 2 + sum(member.size for member in members) + max(len(members) - 1, 0)
    return Expanded([member.value for member in members], size, 1 + max((member.depth for member in members), default=0))


def object_of(members):
    names = sum(len(write_json(name).encode("utf-8")) + 1 for name in members)
    values = array_of(list(members.values()))
    return Expanded({name: member.value for name, member in members.items()}, values.size + names, values.depth)
