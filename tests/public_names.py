#!/usr/bin/env python3
"""Writes ir/catalog/python/public_names.txt: what CPython 3.11 says is public, one line a module.

    python3 tests/public_names.py

A name is public when `__all__` has it; where a module has no `__all__`, when it has no underscore in front and is
no module itself.
"""
import importlib
import pathlib
import sys
import types

MODULES = """
abc argparse array asyncio base64 binascii bisect calendar cmath collections contextlib copy csv dataclasses datetime
decimal enum errno fnmatch fractions functools glob hashlib heapq html io itertools json logging math numbers operator os
os.path pathlib pprint queue random re shlex shutil statistics string struct sys tempfile textwrap time traceback types
typing urllib.parse warnings zlib
""".split()
OUT = pathlib.Path(__file__).resolve().parent.parent / "ir/catalog/python/public_names.txt"


def public(module):
    names = getattr(module, "__all__", None)
    if names is None:
        is_own = lambda name: not name.startswith("_") and not isinstance(getattr(module, name), types.ModuleType)
        names = filter(is_own, dir(module))
    return sorted(set(names))


def main():
    if sys.version_info[:2] != (3, 11):
        sys.exit("needs CPython 3.11")
    lines = [" ".join([f"{name}:", *public(importlib.import_module(name))]) for name in MODULES]
    OUT.write_text("\n".join(lines) + "\n")
    print(f"{OUT}: {len(lines)} modules")


if __name__ == "__main__":
    main()
