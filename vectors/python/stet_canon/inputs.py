"""The inputs of a submission (decision 0001), held to a template's declarations."""

from __future__ import annotations

from .field import Offences
from .schema import child
from .template import check_bounds, value_reader

POINTER = "/inputs"


def resolve_inputs(declared, submitted):
    """Every declared input's value, defaults filled in; the first offence is raised, the rest are its `others`.

    `declared` is the `inputs` of a canonical template, `submitted` the parsed value beside it; null is absent.
    """
    offences = Offences()
    values = read_values(declared, {} if submitted is None else submitted, offences)
    if offences:
        offences[0].others = offences[1:]
        raise offences[0]
    return values


def read_values(declared, submitted, offences):
    if not isinstance(submitted, dict):
        return offences.add("WRONG_TYPE", "an object must stand here", POINTER)
    for name in submitted:
        if name not in declared:
            offences.add("INPUT_UNDECLARED", f"{name!r} is not declared", child(POINTER, name))
    return {name: read_value(declaration, submitted.get(name), child(POINTER, name), offences) for name, declaration in declared.items()}


def read_value(declaration, value, pointer, offences):
    if value is None:
        if declaration["default"] is None:
            offences.add("INPUT_MISSING", "the input has no default", pointer)
        return declaration["default"]
    accepted = value_reader(declaration["type"])(value, pointer, offences)
    if accepted is not None:
        check_bounds(accepted, declaration, pointer, offences)
    return accepted
