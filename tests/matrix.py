#!/usr/bin/env python3
"""A small program for each kind of value at each place of use, translated and compared with CPython.

    tests/matrix.py --kinds deque,set --places dict_key     # some cells
    tests/matrix.py --sample 40 --seed 7                    # 40 cells of all
    tests/matrix.py --show deque/dict_key                   # prints that program

tests/cells holds the kinds and places. A cell whose program raises under CPython, or prints something else
each time, is left out. Cells that are known to fail stand in tests/matrix_known.txt, one a line: one
that passes must leave it.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cells
import generated
import quick

KNOWN = quick.ROOT / "tests" / "matrix_known.txt"
# same output, other output, refused by rustc, refused loudly (a finding, a hole, what is not translated).
SIGNS = {"same": ".", "differs": "X", "rustc": "R", "loud": "L", "": " "}


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kinds", help="names, separated by commas")
    parser.add_argument("--places", help="names, separated by commas")
    parser.add_argument("--cells", nargs="*", help="KIND/PLACE")
    parser.add_argument("--sample", type=int, help="this many cells, by chance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", metavar="KIND/PLACE")
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("--loud", action="store_true", help="loud refusals fail, too")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("-j", "--jobs", default="2")
    parser.add_argument("--batch", type=int, default=60, help="programs in one crate")
    return parser.parse_args()


def chosen(rows, names):
    if not names:
        return rows
    by_name = {row.name: row for row in rows}
    missing = [name for name in names.split(",") if name not in by_name]
    if missing:
        sys.exit(f"no such name: {', '.join(missing)}")
    return [by_name[name] for name in names.split(",")]


class Cell(quick.Program):
    def __init__(self, kind, place, out):
        super().__init__(out / f"{kind.name}__{place.name}.py")
        self.kind, self.place = kind, place
        self.title = f"{kind.name}/{place.name}"

    def answer(self):
        """Writes the program and what CPython prints; whether it prints the same each time."""
        text = cells.source(self.kind, self.place)
        side = self.path.with_suffix(".out")
        if self.path.exists() and self.path.read_text() == text and side.exists():
            return True
        self.path.write_text(text)
        side.unlink(missing_ok=True)
        outputs = [self.ask(seed) for seed in "12"]
        if outputs[0] is None or outputs[0] != outputs[1]:
            return False
        side.write_bytes(outputs[0])
        return True

    def ask(self, seed):
        command = [sys.executable, "-W", "error::SyntaxWarning", self.path]
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, capture_output=True, timeout=10, env=env)
        return None if done.returncode else done.stdout

    def verdict(self):
        if self.stage == "same":
            return "same"
        if self.stage == "transpiled" and "todo!(" not in (self.folder / "src/main.rs").read_text():
            return "rustc"
        if self.stage == "compiled" and "NotTranslated" not in self.detail and "OverflowError" not in self.detail:
            return "differs"
        return "loud"

    def reason(self):
        """One line that programs with the same cause share."""
        if self.stage == "compiled":
            rows = [row for row in self.detail.splitlines() if re.match(r"[-+](?!--|\+\+)", row)]
            said = [row for row in self.detail.strip().splitlines() if re.match(r"\w*(Error|Translated)|thread", row)]
            return (said[-1] if said else " / ".join(rows[:2]))[:150]
        text = self.detail or self.findings
        for row in text.splitlines():
            if row.startswith("error") or re.match(r"warning.*B05", row):
                return row[:150]
        return (text.splitlines() or ["refused"])[0][:150]


def table(rows):
    kinds = list(dict.fromkeys(cell.kind.name for cell in rows))
    places = list(dict.fromkeys(cell.place.name for cell in rows))
    found = {(cell.kind.name, cell.place.name): cell.verdict() for cell in rows}
    if len(kinds) == 1 or len(places) == 1:
        return
    for kind in kinds:
        marks = "".join(SIGNS[found.get((kind, place), "")] for place in places)
        print(f"{kind:14} {marks}")


def report(rows, verbose):
    groups = collections.defaultdict(list)
    for cell in rows:
        if cell.verdict() != "same":
            groups[cell.verdict(), cell.reason()].append(cell)
    order = ["differs", "rustc", "loud"]
    for (verdict, reason), found in sorted(groups.items(), key=lambda g: (order.index(g[0][0]), -len(g[1]))):
        print(f"\n{verdict}: {reason}\n    " + " ".join(cell.title for cell in found))
        if verbose:
            print(found[0].detail[:2500] or found[0].findings[:1500])


def known():
    rows = KNOWN.read_text().splitlines() if KNOWN.exists() else []
    return {row.split()[0] for row in rows if row.strip() and not row.startswith("#")}


def selected(args, out):
    pairs = [(k, p) for k in chosen(cells.KINDS, args.kinds) for p in chosen(cells.PLACES, args.places)]
    if args.cells:
        pairs = [(k, p) for k, p in pairs if f"{k.name}/{p.name}" in set(args.cells)]
    if args.sample:
        pairs = random.Random(args.seed).sample(pairs, min(args.sample, len(pairs)))
    made = [Cell(kind, place, out) for kind, place in pairs]
    with concurrent.futures.ThreadPoolExecutor(int(args.jobs)) as pool:
        return [cell for cell, ok in zip(made, pool.map(Cell.answer, made)) if ok]


def main():
    args = parse_args()
    if args.show:
        kind, place = args.show.split("/")
        print(cells.source(chosen(cells.KINDS, kind)[0], chosen(cells.PLACES, place)[0]), end="")
        return
    if not args.no_build:
        quick.build_batutac(args.jobs)
    out = quick.ROOT / "target" / "matrix"
    out.mkdir(parents=True, exist_ok=True)
    rows = selected(args, out)
    generated.check(rows, out, args.jobs, args.batch)
    table(rows)
    report(rows, args.verbose)
    count = collections.Counter(cell.verdict() for cell in rows)
    print(f"\nmatrix: {len(rows)} programs, " + ", ".join(f"{count[verdict]} {verdict}" for verdict in list(SIGNS)[:4]))
    failing = {cell.title for cell in rows if cell.verdict() not in (["same"] if args.loud else ["same", "loud"])}
    fresh = failing - known()
    gone = (known() & {cell.title for cell in rows}) - failing
    for title in sorted(fresh):
        print(f"not known: {title}")
    for title in sorted(gone):
        print(f"passes, take it out of {KNOWN.name}: {title}")
    sys.exit(bool(fresh or gone))


if __name__ == "__main__":
    main()
