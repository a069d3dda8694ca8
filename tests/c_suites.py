#!/usr/bin/env python3
"""C that nobody here wrote, as emitted Rust or in the JIT: gcc's own execute tests, and random programs of csmith.

    tests/c_suites.py torture                       # all of gcc.c-torture/execute, from Debian's gcc-12-source
    tests/c_suites.py torture --sample 100 --seed 3
    tests/c_suites.py csmith --seed 1 --count 500   # seeds 1 to 500; csmith and libcsmith-dev from Debian
    tests/c_suites.py csmith --options "--float --bitfields"
    tests/c_suites.py torture --backend jit         # a minute, where Rust takes half an hour

A torture test counts when `gcc -std=gnu17 -w` compiles and links it and it exits with 0; it is right when the
translation does so, too, with the same output. A program of csmith counts when gcc's binary ends in ten seconds;
it is right when the checksum is the same. What differs without an error at run time or a diagnostic is SILENT.
Needs Debian's packages; `--no-build` uses the batutac that is there (BATUTAC names it).
"""
import argparse
import collections
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import quick

CACHE = quick.ROOT / "target" / "c-suites"
LIMIT = 10


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("suite", choices=["torture", "csmith"])
    parser.add_argument("--sample", type=int, help="some of gcc's tests, the same ones for the same seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500, help="programs of csmith")
    parser.add_argument("--options", default="--max-funcs 5", help="what csmith is told")
    parser.add_argument("--backend", choices=["rust", "jit"], default="rust")
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    return parser.parse_args()


def run(command, **more):
    """What a command that has to succeed prints."""
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.strip()[-500:]}")
    return done.stdout


def torture_files():
    """Paths of gcc's execute tests; those of `builtins/` are parts of programs."""
    home = CACHE / "torture"
    if not home.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as place:
            run(["apt-get", "download", "gcc-12-source"], cwd=place)
            package = next(Path(place).glob("*.deb"))
            run(["dpkg-deb", "-x", package, place])
            archive = next(Path(place).rglob("gcc-*.tar.*"))
            run(["tar", "-xf", archive, "-C", place, "--wildcards", "*/gcc.c-torture/execute/*"])
            found = next(path for path in Path(place).rglob("execute") if path.parent.name == "gcc.c-torture")
            shutil.move(found, home)
    return sorted(path for path in home.rglob("*.c") if "builtins" not in path.parts)


def csmith_files(args, place):
    """Programs with the headers that they include beside them."""
    headers = next((path for path in map(Path, ["/usr/include/csmith", "/usr/include/csmith-2.3.0"]) if path.exists()), None)
    if shutil.which("csmith") is None or headers is None:
        sys.exit("csmith is missing: apt-get install csmith libcsmith-dev")
    for header in headers.glob("*.h"):
        shutil.copy(header, place)
    for seed in range(args.seed, args.seed + args.count):
        path = place / f"csmith{seed}.c"
        path.write_text(run(["csmith", "--seed", str(seed), *args.options.split()]))
        yield path


def answer(command, **more):
    """Status and stdout; `None` for what does not end in time."""
    try:
        done = subprocess.run(command, capture_output=True, **more)
    except subprocess.TimeoutExpired:
        return None
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def compare(path, backend):
    """What became of a program, and the words that say why."""
    with tempfile.TemporaryDirectory() as place:
        binary = Path(place) / "by_gcc"
        built = answer(["gcc", "-std=gnu17", "-w", "-o", binary, path, "-lm"], timeout=60)
        if built is None or built[0]:
            return "not counted", ""
        wanted = answer([binary], cwd=place, timeout=LIMIT)
        if wanted is None or wanted[0]:
            return "not counted", ""
        command = [quick.BATUTAC, "run", "--backend", backend, path]
        # The test says that it relies on what C leaves open.
        if "-fwrapv" in Path(path).read_text(errors="replace"):
            command.append("--wrapping-signed")
        found = answer(command, cwd=place, timeout=20 * LIMIT)
    if found is None:
        return "too slow", ""
    if found[:2] == wanted[:2]:
        return "right", ""
    words = [line.strip() for line in found[2].splitlines() if "error" in line or "warning[" in line]
    if "no code in the JIT yet" in found[2]:
        return "gap", next(line for line in found[2].splitlines() if "no code in the JIT" in line)
    if "does not compile" in found[2]:
        return "RUSTC", words[-2] if len(words) > 1 else ""
    if any("run-time error" in line for line in words):
        return "stopped", words[-1]
    return ("refused", words[0]) if words else ("SILENT", f"exit {found[0]}")


def main():
    args = parse_args()
    if not args.no_build:
        quick.build_batutac(str(args.jobs))
    with tempfile.TemporaryDirectory() as place:
        if args.suite == "torture":
            paths = torture_files()
            if args.sample:
                paths = random.Random(args.seed).sample(paths, min(args.sample, len(paths)))
        else:
            paths = csmith_files(args, Path(place))
        counts = collections.Counter()
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            for path, (verdict, words) in zip(paths := list(paths), pool.map(lambda path: compare(path, args.backend), paths)):
                counts[verdict] += 1
                if verdict not in ("right", "not counted"):
                    print(f"{path.name:28} {verdict:8} {words[:150]}", flush=True)
    counted = sum(counts.values()) - counts["not counted"]
    share = 100 * counts["right"] / max(counted, 1)
    rest = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()) if verdict != "right")
    print(f"{counts['right']} of {counted} right ({share:.1f} %); {rest}")
    if counts["SILENT"] or counts["RUSTC"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
