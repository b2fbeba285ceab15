#!/usr/bin/env python3
"""Writes the tables beside this file; `--check` only compares and exits 1 where one differs.

Needs Python 3.11, whose unicodedata is Unicode 14.0, and the two packages pinned in SOURCES:
    pip install pycountry==26.2.16 unicodedata2==18.0.0
"""

import importlib.metadata
import json
import pathlib
import sys
import unicodedata

FOLDER = pathlib.Path(__file__).resolve().parent
SOURCES = {"pycountry": "26.2.16", "unicodedata2": "18.0.0"}
BASE_UNICODE = "14.0.0"
# Withdrawn from ISO 639-1 on 2000-02-18 in favour of sr, hr and bs; pycountry still carries it on hbs.
WITHDRAWN_LANGUAGES = {"sh"}


def regions():
    import pycountry

    source = f"ISO 3166-1 alpha-2, assigned codes, from pycountry {SOURCES['pycountry']} (Debian iso-codes)"
    return source, "codes", sorted(country.alpha_2 for country in pycountry.countries)


def subdivisions():
    import pycountry

    source = f"ISO 3166-2, assigned codes, from pycountry {SOURCES['pycountry']} (Debian iso-codes)"
    return source, "codes", sorted(subdivision.code for subdivision in pycountry.subdivisions)


def languages():
    import pycountry

    source = f"ISO 639-1, assigned codes, from pycountry {SOURCES['pycountry']} (Debian iso-codes), without the withdrawn code sh"
    codes = {language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2")}
    return source, "codes", sorted(codes - WITHDRAWN_LANGUAGES)


def unassigned_nfc():
    """Code points that Unicode 14.0 had not assigned and that a later version decomposes, reorders or composes."""
    import unicodedata2 as later

    if unicodedata.unidata_version != BASE_UNICODE:
        sys.exit(f"Unicode {BASE_UNICODE} is needed for this table: run it with Python 3.11, not {sys.version.split()[0]}")
    taking_part = set()
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        decomposition = later.decomposition(character)
        canonical = decomposition != "" and not decomposition.startswith("<")
        if canonical or later.combining(character) != 0:
            taking_part.add(code)
        if canonical and later.normalize("NFC", character) == character:
            taking_part.update(int(part, 16) for part in decomposition.split())
    unassigned = (code for code in sorted(taking_part) if unicodedata.category(chr(code)) == "Cn")
    source = (
        f"code points unassigned in Unicode {BASE_UNICODE} (Python 3.11 unicodedata) that have a canonical decomposition or a non-zero "
        f"combining class, or are part of a primary composite, in Unicode {later.unidata_version} (unicodedata2 {SOURCES['unicodedata2']})"
    )
    return source, "code_points", [f"U+{code:04X}" for code in unassigned]


TABLES = {
    "iso3166-1.json": regions,
    "iso3166-2.json": subdivisions,
    "iso639-1.json": languages,
    "unassigned-nfc-14.json": unassigned_nfc,
}


def main():
    for package, version in SOURCES.items():
        found = importlib.metadata.version(package)
        if found != version:
            sys.exit(f"{package} {version} is needed, found {found}")
    stale = []
    for name, build in TABLES.items():
        source, member, entries = build()
        text = json.dumps({"version": 1, "source": source, member: entries}, indent=1, ensure_ascii=True) + "\n"
        path = FOLDER / name
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.exists() or path.read_bytes() != text.encode("utf-8"):
            stale.append(name)
        print(f"{name}: {len(entries)} entries")
    if stale:
        sys.exit("differs from its source: " + ", ".join(stale))


if __name__ == "__main__":
    main()
