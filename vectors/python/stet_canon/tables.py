"""The committed tables beside the vectors."""

from __future__ import annotations

import functools
import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tables"


@functools.cache
def table(name, member):
    """One member of the table file `name`."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))[member]
