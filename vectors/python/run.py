#!/usr/bin/env python3
"""Runs every vector file of the folder above against stet_canon; standard library only, Python 3.11 or later.

The last line is `N passed, N failed`; the exit status is 1 on a failure, on a file that is missing, empty, malformed,
unknown, or has fewer vectors than canonical.md §6 asks for.
"""

import base64
import hashlib
import json
import pathlib
import sys

import stet_canon as canon

FOLDER = pathlib.Path(__file__).resolve().parents[1]
# Every file with its form and the least number of its vectors (canonical.md §6; the other files must not be lost either).
FILES = {
    "numbers.json": ("number", 60),
    "output.json": ("output", 40),
    "text.json": ("text", 30),
    "template.json": ("template", 40),
    "template-size.json": ("template", 2),
    "schema.json": ("schema", 40),
    "schema-size.json": ("schema", 1),
    "region.json": ("region", 25),
    "placeholder.json": ("placeholder", 20),
    "identity.json": ("identity", 20),
    "inputs.json": ("inputs", 15),
    "als.json": ("als", 30),
}
MEMBERS = {"name", "why", "input", "input_hex", "expected", "sha256", "error", "line", "column", "pointer"}


def region(given):
    return (canon.canonical_region if given["kind"] == "region" else canon.canonical_locale)(given["value"])


def placeholder(given):
    return canon.fill(given["content"], canon.parse_json(given["values"].encode("utf-8")))


def identity(given):
    texts = {name: given[name] for name in ("declared", "values", "facts", "citations") if name in given}
    documents = {name: canon.parse_json(text.encode("utf-8")) for name, text in texts.items()}
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


def inputs(given):
    declared, values = (canon.parse_json(given[name].encode("utf-8")) for name in ("declared", "values"))
    return canon.write_json(canon.resolve_inputs(declared, values))


def als(given):
    cell = [canon.read_secrets(given["secrets"]), given["seed_key_id"], given["template_id"]]
    if given["kind"] == "block":
        catalog = canon.named_catalog(given["catalogs"], given["catalog"])
        variant, block, digest = canon.render(*cell, given["locale"], catalog)
        return {"variant_id": variant, "block": block, "block_sha256": digest}
    seed = canon.seed(*cell)
    index = canon.variant_index(seed, given["locale"], given["variants"])
    return {"seed_hex": seed.hex(), "variant_index": index, "variant_id": canon.variant_id(given["locale"], index)}


FORMS = {
    "number": canon.canonical_output,
    "output": canon.canonical_output,
    "text": canon.canonical_text,
    "template": canon.canonical_template,
    "schema": canon.canonical_schema,
    "region": region,
    "placeholder": placeholder,
    "identity": identity,
    "inputs": inputs,
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
        found = {"error": refusal.code} | {place: getattr(refusal, place) for place in ("line", "column", "pointer")}
        wrong = {name: value for name, value in found.items() if name in vector and vector[name] != value}
        return f"found {wrong}" if wrong else None
    except Exception as error:  # a bug in the implementation fails its vector, not the others
        return f"{type(error).__name__}: {error}"
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


def run_file(path):
    """The numbers of vectors of one file that passed and of failures."""
    document = json.loads(path.read_text(encoding="utf-8"))
    form, least = FILES[path.name]
    vectors = document.get("vectors")
    if document.get("version") != 1 or document.get("form") != form or not vectors:
        print(f"{path.name}: unknown version, another form than {form}, or no vectors")
        return 0, 1
    failed = 0
    names = [vector.get("name") for vector in vectors]
    for index, vector in enumerate(vectors):
        problem = malformed(vector) or ("the name stands twice" if names[index] in names[:index] else disagreement(form, vector))
        if problem:
            failed += 1
            print(f"{path.name}: {vector.get('name')}: {ascii(problem)[:2000]}")
    if len(vectors) < least:
        print(f"{path.name}: {len(vectors)} vectors, at least {least} are needed")
        return len(vectors) - failed, failed + 1
    return len(vectors) - failed, failed


def main():
    passed = failed = 0
    for name in sorted(FILES.keys() | {path.name for path in FOLDER.glob("*.json")}):
        try:
            counts = run_file(FOLDER / name)
        except Exception as error:  # a missing, unknown or broken file is named and counted, and the others still run
            print(f"{name}: {type(error).__name__}: {error}")
            counts = (0, 1)
        passed += counts[0]
        failed += counts[1]
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
