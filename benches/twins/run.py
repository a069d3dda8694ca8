#!/usr/bin/env python3
"""Compares emitted Rust with hand-written twins: `benches/twins/run.py [NAME..] [--callgrind]`.

NAME.py is translated; NAME.rs beside it is the fastest safe Rust, on std alone, that we know to write. Both
are built with the release profile that emitted projects have and run in turns; the ratio is that of
the fastest runs. With --callgrind the instructions of both are counted too (valgrind).
"""
import argparse
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "target" / "twins"


def transpile(name, profile):
    folder = OUT / "members" / f"{name}_emitted"
    shutil.rmtree(folder, ignore_errors=True)
    command = [ROOT / "target/debug/batutac", "transpile", HERE / f"{name}.py", "-o", folder]
    subprocess.run(command, check=True, capture_output=True)
    manifest = (folder / "Cargo.toml").read_text()
    profile.append(re.search(r"(?ms)^\[profile\.release\].*?(?=^\[|\Z)", manifest).group(0))
    manifest = re.sub(r"(?ms)^\[profile\..*?(?=^\[|\Z)", "", manifest)
    manifest = re.sub(r"(?m)^\[workspace\]\n", "", manifest)
    manifest = re.sub(r'(batuta-rt = \{[^}\n]*path = )"[^"]*"', rf'\1"{ROOT}/runtime/rt"', manifest)
    manifest = re.sub(r'(?m)^name = "[^"]*"', f'name = "{name}_emitted"', manifest, count=1)
    (folder / "Cargo.toml").write_text(manifest)


def write_twin(name):
    folder = OUT / "members" / f"{name}_twin"
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(f'[package]\nname = "{name}_twin"\nversion = "0.1.0"\nedition = "2024"\n')
    shutil.copyfile(HERE / f"{name}.rs", folder / "src" / "main.rs")


def build(names):
    profile = []
    for name in names:
        transpile(name, profile)
        write_twin(name)
    members = ", ".join(f'"members/{name}_{kind}"' for name in names for kind in ("emitted", "twin"))
    text = f'[workspace]\nresolver = "3"\nmembers = [{members}]\n\n{profile[0]}\n'
    (OUT / "Cargo.toml").write_text(text)
    subprocess.run(["cargo", "build", "-q", "-j1", "--release"], cwd=OUT, check=True)


def binary(name, kind):
    return OUT / "target/release" / f"{name}_{kind}"


def seconds(path):
    start = time.perf_counter()
    done = subprocess.run([path], capture_output=True, check=True)
    return time.perf_counter() - start, done.stdout


def instructions(path):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", path]
    done = subprocess.run(command, capture_output=True, text=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def compare(name, args):
    best = {}
    output = {}
    for _ in range(args.rounds):
        for kind in ("emitted", "twin"):
            taken, output[kind] = seconds(binary(name, kind))
            best[kind] = min(taken, best.get(kind, taken))
    ratio = best["emitted"] / best["twin"]
    line = f"{name:14} emitted {best['emitted']:7.3f} s  twin {best['twin']:7.3f} s  ratio {ratio:5.2f}"
    if args.callgrind:
        counts = [instructions(binary(name, kind)) for kind in ("emitted", "twin")]
        line += f"  instructions {counts[0] / counts[1]:5.2f}"
    if output["emitted"] != output["twin"]:
        line += "  OUTPUT DIFFERS"
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--callgrind", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    names = args.names or sorted(path.stem for path in HERE.glob("*.rs"))
    OUT.mkdir(parents=True, exist_ok=True)
    build(names)
    for name in names:
        compare(name, args)


if __name__ == "__main__":
    sys.exit(main())
