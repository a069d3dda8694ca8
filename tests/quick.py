#!/usr/bin/env python3
"""Translates, compiles, runs and compares chosen programs: the quick look of a developer.

    tests/quick.py ledger_report word_count        # names of tests/corpus/python or c
    tests/quick.py path/to/prog.py project_folder  # or paths
    tests/quick.py --all                           # every program and project of the corpus
    tests/quick.py -v NAME                         # with rustc's errors and the first differing lines

Expected output: NAME.out beside the program, else what python3 (or the program that cc makes) prints. The emitted projects are
members of one cargo workspace in target/quick, built without optimisation against runtime/rt.
"""
import argparse
import collections
import concurrent.futures
import difflib
import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

# rustc's messages without names, and the programs that have them.
ERRORS = collections.defaultdict(list)
ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"
BATUTAC = Path(os.environ.get("BATUTAC", ROOT / "target/debug/batutac"))


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--all", action="store_true", help="the whole Python corpus")
    parser.add_argument("--c", action="store_true", help="the whole corpus of C")
    parser.add_argument("--expected", action="store_true", help="what tests/expected_passes.txt names")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--errors", action="store_true", help="count rustc's errors over all programs")
    parser.add_argument("--no-build", action="store_true", help="use the batutac that is there")
    parser.add_argument("--strict-warnings", action="store_true", help="clippy -D warnings on what is emitted")
    parser.add_argument("-j", "--jobs", default="2")
    parser.add_argument("--timeout", type=float, default=20)
    return parser.parse_args()


def limit_memory():
    """Translator and programs get 4 GiB: one that runs wild must not take the machine with it."""
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def find(name):
    python, c = CORPUS / "python" / f"{name}.py", CORPUS / "c" / f"{name}.c"
    for path in (Path(name), python, CORPUS / "projects" / name, c, CORPUS / "c-projects" / name):
        if path.exists():
            return path.resolve()
    sys.exit(f"no such program: {name}")


def expected_path(row):
    """Where a row of the list of expected passes lies."""
    kind, name = row.split("_", 1)
    places = {"python": "python/{}.py", "c": "c/{}.c", "ruchy": "ruchy/{}.ruchy"}
    places |= {"project": "projects/{}", "cproject": "c-projects/{}"}
    return CORPUS / places[kind].format(name)


def build_batutac(jobs):
    done = subprocess.run(["cargo", "build", "-q", "-j", jobs, "-p", "batutac"], cwd=ROOT)
    if done.returncode:
        sys.exit("batutac does not build")


def replace(fresh, old):
    """Makes folder `old` equal to `fresh`; a file that stays the same keeps its time, so cargo skips it."""
    keep = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
    for path in [path for path in old.rglob("*") if path.is_file() and path.relative_to(old) not in keep]:
        path.unlink()
    for name in keep:
        new = (fresh / name).read_bytes()
        if not (old / name).exists() or (old / name).read_bytes() != new:
            (old / name).parent.mkdir(parents=True, exist_ok=True)
            (old / name).write_bytes(new)


class Program:
    def __init__(self, path):
        self.path = path
        self.name = re.sub(r"\W", "_", path.stem)
        self.stage, self.detail = "-", ""
        self.binary = None
        self.command = None

    def transpile(self, out):
        self.folder = out / "members" / self.name
        fresh = out / "fresh" / self.name
        shutil.rmtree(fresh, ignore_errors=True)
        command = [BATUTAC, "--color", "never", "transpile", self.path, "-o", fresh]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, preexec_fn=limit_memory)
        except subprocess.TimeoutExpired:
            self.detail = "transpile: timeout"
            return False
        self.findings = done.stderr.strip()
        if done.returncode or not (fresh / "src/main.rs").exists():
            self.detail = f"transpile: exit {done.returncode}\n" + self.findings
            return False
        manifest = fresh / "Cargo.toml"
        text = manifest.read_text()
        text = re.sub(r'(batuta-rt = \{[^}\n]*path = )"[^"]*"', rf'\1"{ROOT}/runtime/rt"', text)
        text = re.sub(r'(?m)^name = "[^"]*"', f'name = "{self.name}"', text, count=1)
        text = re.sub(r"(?ms)^\[profile\..*?(?=^\[|\Z)", "", text)
        text = re.sub(r"(?ms)^\[workspace\]\n", "", text)
        manifest.write_text(text)
        replace(fresh, self.folder)
        self.stage = "transpiled"
        return True

    def expected(self):
        """stdout, exit status, stdin, arguments, folder to run in"""
        if self.path.is_dir():
            command = shlex.split((self.path / "run.txt").read_text()) if (self.path / "run.txt").exists() else []
            is_c = bool(list(self.path.glob("*.c")))
            args, stdin = command[1 if is_c else 3:], b""
            if "<" in args:
                at = args.index("<")
                args, stdin = args[:at], (self.path / args[at + 1]).read_bytes()
            out = self.path / "expected.out"
            return (out.read_bytes() if out.exists() else None), 0, stdin, args, self.path
        side = lambda end: self.path.with_suffix(end)
        args = side(".args").read_text() if side(".args").exists() else ""
        args = args.splitlines() if self.path.suffix == ".c" else shlex.split(args)
        stdin = side(".in").read_bytes() if side(".in").exists() else b""
        if side(".out").exists():
            code = int(side(".code").read_text()) if side(".code").exists() else 0
            return side(".out").read_bytes(), code, stdin, args, self.path.parent
        command = [sys.executable, self.path]
        if self.path.suffix == ".c":
            reference = self.folder / "reference"
            subprocess.run(["cc", "-w", "-std=gnu17", "-o", reference, self.path, "-lm"], check=True)
            command = [reference]
        done = subprocess.run([*command, *args], input=stdin, capture_output=True)
        return done.stdout, done.returncode, stdin, args, self.path.parent

    def last_error_line(self):
        """What CPython says at the end of an uncaught error, where it is written beside the program."""
        side = self.path.with_suffix(".err")
        text = side.read_text().strip() if self.path.is_file() and side.exists() else ""
        return text.rsplit("\n", 1)[-1] if text else None

    def run(self, timeout):
        self.stage = "compiled"
        out, code, stdin, args, folder = self.expected()
        try:
            done = subprocess.run(
                [*(self.command or [self.binary]), *args],
                input=stdin, capture_output=True, cwd=folder, timeout=timeout, preexec_fn=limit_memory,
            )
        except subprocess.TimeoutExpired:
            self.detail = "run: timeout"
            return
        said = done.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        last = self.last_error_line()
        if done.stdout == out and done.returncode == code and last in (None, said):
            self.stage = "same"
            return
        lines = lambda data: (data or b"").decode(errors="replace").splitlines()
        diff = list(difflib.unified_diff(lines(out), lines(done.stdout), "python", "rust", lineterm="", n=1))
        self.detail = f"run: exit {done.returncode}, expected {code}\n" + "\n".join(diff[:20])
        self.detail += "\n" + done.stderr.decode(errors="replace")[-600:]


def write_workspace(programs, out):
    """One cargo workspace of all the emitted projects."""
    members = ", ".join(f'"members/{p.name}"' for p in programs)
    (out / "Cargo.toml").write_text(
        f'[workspace]\nresolver = "3"\nmembers = [{members}]\n\n'
        "[profile.dev]\ndebug = 0\noverflow-checks = true\nincremental = true\n"
        '[profile.dev.package."*"]\nopt-level = 1\n'
        # Built anew in seconds when the runtime changes.
        "[profile.dev.package.batuta-rt]\nopt-level = 0\n"
    )
    if not (out / "Cargo.lock").exists():
        shutil.copy(ROOT / "Cargo.lock", out / "Cargo.lock")


def cargo(verb, programs, out, jobs, *tail):
    """What cargo says, as (program, message), and whether it failed, with what it wrote."""
    command = ["cargo", verb, "--keep-going", "-q", "-j", jobs, "--workspace", "--message-format=json", *tail]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True)
    by_folder = {str(p.folder): p for p in programs}
    said = []
    for line in done.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        folder = str(Path(message.get("manifest_path", "/-")).parent)
        if folder in by_folder:
            said.append((by_folder[folder], message))
    return said, done.returncode and (done.stderr or "no message")


def compile_all(programs, out, args):
    write_workspace(programs, out)
    if args.strict_warnings:
        said, failure = cargo("clippy", programs, out, args.jobs, "--", "-D", "warnings")
    else:
        said, failure = cargo("build", programs, out, args.jobs)
    for program, message in said:
        if message["reason"] == "compiler-artifact" and message.get("executable"):
            program.binary = message["executable"]
        elif message["reason"] == "compiler-message" and message["message"]["level"] == "error":
            program.errors = getattr(program, "errors", 0) + 1
            program.detail += message["message"]["rendered"]
            ERRORS[re.sub(r"`[^`]*`", "`..`", message["message"]["message"])].append(program.name)
    if failure and not any(p.detail or p.binary for p in programs):
        sys.exit("cargo failed:\n" + failure)


def main():
    args = parse_args()
    paths = [find(name) for name in args.programs]
    if args.all:
        paths += sorted((CORPUS / "python").glob("*.py"))
        paths += sorted(path for path in (CORPUS / "projects").iterdir() if path.is_dir())
    if args.c:
        paths += sorted((CORPUS / "c").glob("*.c"))
        paths += sorted(path for path in (CORPUS / "c-projects").iterdir() if path.is_dir())
    if args.expected:
        rows = (ROOT / "tests" / "expected_passes.txt").read_text().split("\n")
        paths += [expected_path(row) for row in rows if row and not row.startswith("#")]
    if not paths and args.expected:
        sys.exit(0)
    if not paths:
        sys.exit("no programs: name some, --expected or --all")
    if not args.no_build:
        build_batutac(args.jobs)
    out = ROOT / "target" / "quick"
    out.mkdir(parents=True, exist_ok=True)
    programs = [Program(path) for path in paths]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        good = [p for p, ok in zip(programs, pool.map(lambda p: p.transpile(out), programs)) if ok]
    if good:
        compile_all(good, out, args)
        for program in good:
            if program.binary:
                program.run(args.timeout)
            elif not program.detail:
                program.detail = "compile: failed"
    width = max(len(p.name) for p in programs)
    for p in programs:
        first = p.detail.splitlines()[0] if p.detail else ""
        errors = f" ({p.errors} errors)" if getattr(p, "errors", 0) else ""
        print(f"{p.name:{width}}  {p.stage:10}  {first[:110]}{errors}")
        if args.verbose:
            if getattr(p, "findings", ""):
                print(p.findings)
            if p.detail:
                print(p.detail[:6000])
    if args.errors:
        for text, names in sorted(ERRORS.items(), key=lambda item: -len(item[1]))[:60]:
            print(f"{len(names):5} in {len(set(names)):3}  {text.splitlines()[0][:100]}  ({names[0]})")
    stages = [p.stage for p in programs]
    same, total = stages.count("same"), len(stages)
    compiled = same + stages.count("compiled")
    transpiled = compiled + stages.count("transpiled")
    print(f"{total} programs: {transpiled} transpiled, {compiled} compiled, {same} same output")
    sys.exit(same < total)


if __name__ == "__main__":
    main()
