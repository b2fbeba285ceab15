"""Readers of template fields: each returns the canonical value, or notes an offence and returns None."""

from __future__ import annotations

from .number import Number
from .output import canonical_set
from .refusal import Refusal
from .schema import child
from .text import trim


class Offences(list):
    """The refusals of one document, in the order of the field table."""

    def add(self, code, message, pointer):
        self.append(Refusal(code, message, pointer=pointer))

    def catch(self, action):
        """The result of `action`, or None where it is refused."""
        try:
            return action()
        except Refusal as refusal:
            self.append(refusal)
            return None


class Fields:
    """The members of one submitted object of a closed type; an explicit null is absent."""

    def __init__(self, value, names, pointer, offences):
        self.pointer = pointer
        self.offences = offences
        self.members = {}
        if value is None:
            return
        if not isinstance(value, dict):
            offences.add("WRONG_TYPE", "an object must stand here", pointer)
            return
        for name in value:
            if name not in names:
                offences.add("UNKNOWN_FIELD", f"{name!r} is no field", child(pointer, name))
        self.members = {name: member for name, member in value.items() if member is not None}

    def at(self, name):
        return child(self.pointer, name)

    def raw(self, name):
        """The submitted member, None where it is absent."""
        return self.members.get(name)

    def optional(self, name, reader, absent=None):
        if name not in self.members:
            return absent
        return reader(self.members[name], self.at(name), self.offences)

    def required(self, name, reader):
        if name not in self.members:
            self.offences.add("MISSING_FIELD", "the field is required", self.at(name))
            return None
        return self.optional(name, reader)


def bounded(text, least, most, pointer, offences):
    """A string within bounds, in code points."""
    if not text and least > 0:
        return offences.add("EMPTY", "must not be empty", pointer)
    if most is not None and len(text) > most:
        return offences.add("TOO_LONG", f"{len(text)} code points, at most {most}", pointer)
    return text


def verbatim(least, most):
    def read(value, pointer, offences):
        if not isinstance(value, str):
            return offences.add("WRONG_TYPE", "a string must stand here", pointer)
        return bounded(value, least, most, pointer, offences)

    return read


def identifier(most):
    """A trimmed string of at least one code point."""

    def read(value, pointer, offences):
        if not isinstance(value, str):
            return offences.add("WRONG_TYPE", "a string must stand here", pointer)
        return bounded(trim(value), 1, most, pointer, offences)

    return read


def word(*allowed):
    def read(value, pointer, offences):
        if not isinstance(value, str):
            return offences.add("WRONG_TYPE", "a string must stand here", pointer)
        if value not in allowed:
            return offences.add("VALUE_NOT_ALLOWED", f"one of {', '.join(allowed)} must stand here", pointer)
        return value

    return read


def truth(value, pointer, offences):
    if not isinstance(value, bool):
        return offences.add("WRONG_TYPE", "true or false must stand here", pointer)
    return value


def integer(least, most):
    def read(value, pointer, offences):
        if not isinstance(value, Number) or not value.is_integer():
            return offences.add("WRONG_TYPE", "an integer must stand here", pointer)
        # Twenty characters hold every bound; a thousand digits need not become an int.
        if len(value.text) > 20 or not least <= int(value.text) <= most:
            return offences.add("VALUE_NOT_ALLOWED", f"{least} to {most} is allowed", pointer)
        return value

    return read


def number(most):
    """A number from 0 to the integer `most`, compared after rounding."""

    def read(value, pointer, offences):
        if not isinstance(value, Number):
            return offences.add("WRONG_TYPE", "a number must stand here", pointer)
        whole, _, decimals = value.text.partition(".")
        if whole.startswith("-") or len(whole) > 20 or int(whole) > most or (int(whole) == most and decimals):
            return offences.add("VALUE_NOT_ALLOWED", f"0 to {most} is allowed", pointer)
        return value

    return read


def sequence(least, most, reader):
    def read(value, pointer, offences):
        if not isinstance(value, list):
            return offences.add("WRONG_TYPE", "an array must stand here", pointer)
        if len(value) < least:
            return offences.add("EMPTY", "must not be empty", pointer)
        if len(value) > most:
            return offences.add("TOO_MANY", f"{len(value)} members, at most {most}", pointer)
        return [reader(member, child(pointer, index), offences) for index, member in enumerate(value)]

    return read


def set_of(most, reader):
    """A sequence whose order and duplicates mean nothing."""

    def read(value, pointer, offences):
        members = sequence(0, most, reader)(value, pointer, offences)
        return None if members is None else canonical_set(members)

    return read
