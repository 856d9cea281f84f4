#!/usr/bin/env python3
"""Writes the vector files. `--check` writes nothing, and fails if a committed file is not what would be written."""

import argparse
import json
import sys
from pathlib import Path

from generator import (
    checking,
    decrypt_file,
    encrypt_file,
    field_path_file,
    keyring_file,
    policy_file,
    request_file,
    rewrap_file,
    token_file,
)

FILES = (token_file, encrypt_file, request_file, decrypt_file, rewrap_file, field_path_file, policy_file, keyring_file)


def main() -> int:
    """Makes every file, checks it, then writes it or compares it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="compare, write nothing")
    check = arguments.parse_args().check
    sys.setrecursionlimit(10_000)  # the vectors hold JSON of 1,025 levels
    failed = False
    names = set()
    for module in FILES:
        file = module.make()
        text = file.text()
        document = json.loads(text)
        checking.check_shape(document)
        name = file.name + ".json"
        names.add(name)
        if not check:
            (Path(__file__).parent / name).write_text(text, "utf-8", newline="\n")
        elif checking.drifted(name, text):
            print(f"{name}: differs from what the generator makes", file=sys.stderr)
            failed = True
        print(f"{name}: {document['numberOfTests']} tests")
    for name in sorted(checking.strays(names)):
        print(f"{name}: no generator makes it", file=sys.stderr)
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
