#!/usr/bin/env python3
"""Random Python programs, translated and compared with CPython: what is accepted must compile and print the same.

    tests/generated.py                     # 40 programs from a new seed, which is printed
    tests/generated.py --seed 7 --count 500
    tests/generated.py --seed 7 --show 3   # prints program 3 of that seed
    tests/generated.py --order             # programs whose operands change what other operands read

tests/writer writes them: functions (typed or not, as it falls), classes, generators and uses of libraries,
and calls with literal arguments under handlers that print the error. A program that is refused with an
error counts as refused, never as right.
"""
import argparse
import concurrent.futures
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import quick
import writer
import writer.order


class Batch:
    """Many programs as modules of one crate: linked once. A module that rustc refuses is left out."""

    def __init__(self, out, programs):
        self.folder, self.programs, self.errors = out / "batch", programs, {}
        self.by_name = {program.name: program for program in programs}

    def build(self, jobs):
        self.write_manifest()
        while True:
            good = [program for program in self.programs if program.name not in self.errors]
            self.write_main(good)
            command = ["cargo", "build", "-q", "-j", jobs, "--message-format=json"]
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
            binary = None
            known = len(self.errors)
            for line in done.stdout.splitlines():
                message = json.loads(line)
                if message["reason"] == "compiler-artifact":
                    binary = message.get("executable") or binary
                elif message["reason"] == "compiler-message" and message["message"]["level"] == "error":
                    self.note(message["message"])
            if done.returncode == 0:
                for program in good:
                    program.binary, program.command = binary, [binary, program.name]
                return
            if len(self.errors) == known:
                sys.exit("the batch does not build:\n" + done.stderr + done.stdout[-2000:])

    def note(self, message):
        for file in files(message):
            name = Path(file).parts[0]
            if name in self.by_name:
                self.errors.setdefault(name, []).append(message["rendered"])
                self.by_name[name].detail += message["rendered"]
                return

    def write_manifest(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "Cargo.toml").write_text(
            '[package]\nname = "batch"\nversion = "0.1.0"\nedition = "2024"\n\n[workspace]\n\n'
            f'[[bin]]\nname = "batch"\npath = "main.rs"\n\n[dependencies]\n'
            f'batuta-rt = {{ path = "{quick.ROOT}/runtime/rt" }}\n\n'
            "[profile.dev]\ndebug = 0\noverflow-checks = true\nincremental = true\n\n"
            '[profile.dev.package."*"]\nopt-level = 1\n'
        )
        if not (self.folder / "Cargo.lock").exists():
            shutil.copy(quick.ROOT / "Cargo.lock", self.folder / "Cargo.lock")

    def write_main(self, good):
        mods, arms = "", ""
        for program in good:
            folder = self.folder / program.name
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(program.folder, folder)
            source = folder / "src/main.rs"
            source.write_text(re.sub(r"(?m)^fn main\(\)", "pub fn main()", source.read_text()))
            mods += f'#[path = "{program.name}/src/main.rs"]\nmod {program.name};\n'
            arms += f'        Some("{program.name}") => {program.name}::main(),\n'
        (self.folder / "main.rs").write_text(
            "#![allow(warnings)]\n"
            + mods
            + "\nfn main() {\n    match std::env::args().nth(1).as_deref() {\n"
            + arms
            + '        _ => panic!("no such program"),\n    }\n}\n'
        )


def files(message):
    """Where a message points to, with the calls of macros and the notes behind it."""
    for span in message["spans"]:
        while span:
            yield span["file_name"]
            span = (span["expansion"] or {}).get("span")
    for child in message["children"]:
        yield from files(child)


def check(programs, out, jobs, size):
    """Translates, compiles and runs the programs; those that were accepted."""
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        accepted = list(pool.map(lambda program: program.transpile(out), programs))
    # A hole is a refusal too.
    has_hole = lambda program: "todo!(" in (program.folder / "src/main.rs").read_text()
    good = [program for program, ok in zip(programs, accepted) if ok and not has_hole(program)]
    for start in range(0, len(good), size):
        batch = good[start : start + size]
        Batch(out, batch).build(jobs)
        for program in batch:
            if program.binary:
                program.run(20)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--show", type=int)
    parser.add_argument("--order", action="store_true", help="programs of tests/writer/order.py")
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("-j", "--jobs", default="2")
    parser.add_argument("--batch", type=int, default=50, help="programs in one crate")
    parser.add_argument("--broken", type=int, default=0, help="how many may be refused by rustc; none may differ")
    parser.add_argument("--refused", type=int, default=10**9, help="refused programs that still pass")
    args = parser.parse_args()
    write = writer.order.source if args.order else writer.source
    source = lambda number: write(args.seed * 100_003 + number)
    if args.show is not None:
        print(source(args.show), end="")
        return
    print(f"seed {args.seed}", flush=True)
    if not args.no_build:
        quick.build_batutac(args.jobs)
    out = quick.ROOT / "target" / "generated"
    out.mkdir(parents=True, exist_ok=True)
    programs = []
    for number in range(args.count):
        path = out / f"gen_{number:03}.py"
        path.write_text(source(number))
        try:
            done = subprocess.run([sys.executable, path], capture_output=True, timeout=5)
        except subprocess.TimeoutExpired:
            continue
        if done.returncode == 0:
            path.with_suffix(".out").write_bytes(done.stdout)
            programs.append(quick.Program(path))
    good = check(programs, out, args.jobs, args.batch)
    wrong = [program for program in good if program.stage != "same"]
    refused = [program for program in programs if program not in good]
    for program in wrong + refused:
        print(f"{program.name}: {program.stage}")
        if args.verbose:
            print(program.detail[:3000] or program.findings[:1500])
    broken = [program for program in wrong if program.stage == "transpiled"]
    counts = f"{len(good) - len(wrong)} same output, {len(wrong) - len(broken)} different"
    print(f"generated: {len(programs)} programs, {counts}, {len(broken)} refused by rustc, {len(refused)} refused")
    sys.exit(len(wrong) > len(broken) or len(broken) > args.broken or len(refused) > args.refused)


if __name__ == "__main__":
    main()
