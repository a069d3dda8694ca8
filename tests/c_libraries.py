#!/usr/bin/env python3
"""Libraries in C that nobody here wrote, translated: lz4 and bzip2, as the crates `lz4-sys` and `bzip2-sys` hold them.

    tests/c_libraries.py                  # both, as Rust and in the JIT
    tests/c_libraries.py --seeds 1 2 3

Each library is compiled with its driver in `tests/c_libraries`, which packs and unpacks random buffers, by gcc and
by batutac; the packed bytes (their hash) and what becomes of them have to be the same. Needs cargo's registry; with
`--no-build` it uses the batutac that is there (BATUTAC names it).
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import quick

DRIVERS = Path(__file__).resolve().parent / "c_libraries"
# Crate, folder in it, files that are programs of their own, macros.
LIBRARIES = {
    "lz4": ("lz4-sys", "liblz4/lib", [], []),
    "bzip2": (
        "bzip2-sys",
        "bzip2-1.0.8",
        ["bzip2.c", "bzip2recover.c", "dlltest.c", "mk251.c", "spewG.c", "unzcrash.c"],
        ["BZ_NO_STDIO"],
    ),
}
MANIFEST = """[package]
name = "sources"
version = "0.1.0"
edition = "2024"
[lib]
path = "lib.rs"
[dependencies]
lz4-sys = "1.11"
bzip2-sys = "0.1"
"""


def run(command, **more):
    done = subprocess.run(command, capture_output=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.decode(errors='replace').strip()[-800:]}")
    return done.stdout


def crates(place):
    """Folders of the crates by name."""
    (place / "Cargo.toml").write_text(MANIFEST)
    (place / "lib.rs").write_text("")
    found = json.loads(run(["cargo", "metadata", "--format-version", "1"], cwd=place))
    return {row["name"]: Path(row["manifest_path"]).parent for row in found["packages"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", nargs="*", default=["1", "2"])
    parser.add_argument("--no-build", action="store_true")
    args = parser.parse_args()
    if not args.no_build:
        quick.build_batutac("2")
    is_right = True
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        folders = crates(place)
        for name, (crate, inside, programs, macros) in LIBRARIES.items():
            sources = place / name
            sources.mkdir()
            for path in (folders[crate] / inside).iterdir():
                if path.suffix in (".c", ".h") and path.name not in programs:
                    shutil.copy(path, sources)
            shutil.copy(DRIVERS / f"{name}.c", sources / "main.c")
            defines = [f"-D{macro}" for macro in macros]
            binary = place / f"{name}_by_gcc"
            run(["gcc", "-w", "-O2", *defines, "-o", binary, *sorted(sources.glob("*.c"))])
            for seed in args.seeds:
                wanted = run([binary, seed])
                for backend in ("jit", "rust"):
                    options = [option for macro in macros for option in ("-D", macro)]
                    found = run([quick.BATUTAC, "run", "-q", "--backend", backend, *options, sources, "--", seed])
                    same = found == wanted
                    is_right &= same
                    print(f"{name:6} seed {seed:3} {backend:5} {'same' if same else 'DIFFERENT'}", flush=True)
    sys.exit(not is_right)


if __name__ == "__main__":
    main()
