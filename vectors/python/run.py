#!/usr/bin/env python3
"""Runs every vector file of the folder above against stet_canon; standard library only, Python 3.11 or later.

The last line is `N passed, N failed`; the exit status is 1 on a failure, on a file that is missing, empty, malformed or
of an unknown form, and where a form has fewer vectors than canonical.md §6 asks for.
"""

import base64
import hashlib
import json
import pathlib
import sys

import stet_canon as canon

FOLDER = pathlib.Path(__file__).resolve().parents[1]
# Form to the least number of its vectors (canonical.md §6; the other forms must not be lost either).
LEAST = {
    "number": 60,
    "output": 40,
    "text": 30,
    "template": 40,
    "schema": 40,
    "region": 25,
    "placeholder": 20,
    "identity": 20,
    "als": 30,
}
MEMBERS = {"name", "why", "input", "input_hex", "expected", "sha256", "error", "line", "column", "pointer"}


def number(data):
    return canon.read_number(data.decode("utf-8")).text


def region(given):
    return (canon.canonical_region if given["kind"] == "region" else canon.canonical_locale)(given["value"])


def placeholder(given):
    return canon.fill(given["content"], canon.parse_json(given["values"].encode("utf-8")))


def identity(given):
    documents = {name: canon.parse_json(given[name].encode()) for name in ("declared", "values", "facts", "citations") if name in given}
    match given["kind"]:
        case "inputs":
            return canon.inputs_identity(documents["declared"], documents["values"])
        case "batch":
            return canon.batch_identity(documents["facts"])
        case "plan":
            return canon.plan_identity(documents["facts"])
        case "run":
            return canon.run_identity(documents["facts"])
        case "citations":
            return canon.citations_identity(documents["citations"])
        case "record_hmac":
            key = base64.b64decode(given["key"], validate=True)
            return canon.record_hmac(key, given["org_id"], given["id"], given["sha256"], given["created_at"])
    raise ValueError(f"unknown kind {given['kind']!r}")


def als(given):
    cell = [given[name] for name in ("secrets", "seed_key_id", "template_id")]
    if given["kind"] == "block":
        variant, block, digest = canon.render(*cell, given["locale"], given["entry"])
        return {"variant_id": variant, "block": block, "block_sha256": digest}
    seed = canon.seed(*cell)
    index = canon.variant_index(seed, given["locale"], given["variants"])
    return {"seed_hex": seed.hex(), "variant_index": index, "variant_id": canon.variant_id(given["locale"], index)}


FORMS = {
    "number": number,
    "output": canon.canonical_output,
    "text": canon.canonical_text,
    "template": canon.canonical_template,
    "schema": canon.canonical_schema,
    "region": region,
    "placeholder": placeholder,
    "identity": identity,
    "als": als,
}
# The canonical form of these, given again, is itself.
IDEMPOTENT = {"number", "output", "text", "template", "schema"}


def given(vector):
    """The vector's input: bytes of a document, or parameters."""
    if "input_hex" in vector:
        return bytes.fromhex(vector["input_hex"])
    return vector["input"].encode("utf-8") if isinstance(vector["input"], str) else vector["input"]


def disagreement(form, vector):
    """What is wrong with the result of one vector, or None."""
    try:
        result = FORMS[form](given(vector))
    except canon.Refusal as refusal:
        if "error" not in vector:
            return f"refused: {refusal}"
        # A literal alone has no document, and so no place in it.
        places = () if form == "number" and refusal.line is None else ("line", "column", "pointer")
        found = {"error": refusal.code} | {place: getattr(refusal, place) for place in places}
        wrong = {name: value for name, value in found.items() if name in vector and vector[name] != value}
        return f"found {wrong}" if wrong else None
    if "error" in vector:
        return f"not refused: {result!r}"
    if result != vector["expected"]:
        return f"found {result!r}"
    if "sha256" in vector and hashlib.sha256(result.encode("utf-8")).hexdigest() != vector["sha256"]:
        return "another sha256"
    if form in IDEMPOTENT and FORMS[form](result.encode("utf-8")) != result:
        return "its canonical form is not itself"
    return None


def malformed(vector):
    """What is wrong with the shape of one vector, or None."""
    if not vector.get("name") or not vector.get("why") or set(vector) - MEMBERS:
        return "no name, no why, or an unknown member"
    if ("input" in vector) == ("input_hex" in vector) or ("expected" in vector) == ("error" in vector):
        return "one of input and input_hex, one of expected and error"
    return None


def run_file(path, counts):
    """The number of failures in one file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    form, vectors = document.get("form"), document.get("vectors")
    if document.get("version") != 1 or form not in FORMS or not vectors:
        print(f"{path.name}: unknown version or form, or no vectors")
        return 1
    failures = 0
    names = [vector.get("name") for vector in vectors]
    for index, vector in enumerate(vectors):
        problem = malformed(vector) or ("the name stands twice" if vector["name"] in names[:index] else disagreement(form, vector))
        if problem:
            failures += 1
            print(f"{path.name}: {vector.get('name')}: {ascii(problem)[:2000]}")
        counts[form] = counts.get(form, 0) + (not problem)
    return failures


def main():
    counts = {}
    failed = 0
    for path in sorted(FOLDER.glob("*.json")):
        try:
            failed += run_file(path, counts)
        except Exception as error:  # a broken file or a broken implementation: named, counted, and the others still run
            print(f"{path.name}: {type(error).__name__}: {error}")
            failed += 1
    for form, least in LEAST.items():
        if counts.get(form, 0) < least:
            print(f"{form}: {counts.get(form, 0)} vectors passed, at least {least} are needed")
            failed += 1
    print(f"{sum(counts.values())} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
