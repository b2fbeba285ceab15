#!/usr/bin/env python3
"""Gives the vector files their one layout: indented by one, ASCII, LF, one final line end. `--check` only compares."""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[1]


def laid_out(data):
    return (json.dumps(json.loads(data), indent=1, ensure_ascii=True) + "\n").encode("ascii")


def main():
    changed = []
    for path in sorted(FOLDER.glob("*.json")):
        data = path.read_bytes()
        if data == laid_out(data):
            continue
        changed.append(path.name)
        if "--check" not in sys.argv[1:]:
            path.write_bytes(laid_out(data))
    print("changed: " + ", ".join(changed) if changed else "nothing to change")
    sys.exit(1 if changed and "--check" in sys.argv[1:] else 0)


if __name__ == "__main__":
    main()
