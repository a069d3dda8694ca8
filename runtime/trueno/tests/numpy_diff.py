#!/usr/bin/env python3
"""Compares trueno with NumPy from PyPI on random calls.

    python3 runtime/trueno/tests/numpy_diff.py [--draws N] [--seed S] [--only NAME,...]

Draws function, dtype, shape, axes and view at random (0-d, empty, negative strides, broadcasting and
F order among them), asks the example `numpy_driver` the same, and compares: bit by bit, or within
`ulps` where the table says so. Prints the seed, the count for each function, and every difference.
Exit status 1 when there is one. Needs network access for the first `pip install numpy`.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import venv

HERE = os.path.dirname(os.path.abspath(__file__))


def ensure_numpy():
    try:
        import numpy  # noqa: F401
        return
    except ImportError:
        pass
    home = os.path.join(tempfile.gettempdir(), "trueno-numpy-venv")
    python = os.path.join(home, "bin", "python")
    if not os.path.exists(python):
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "numpy>=2.4,<2.5"], check=True)
    if sys.prefix == home:
        raise SystemExit("numpy is missing from " + home)
    os.execv(python, [python] + sys.argv)


ensure_numpy()
import numpy as np  # noqa: E402

import numpy_science  # noqa: E402, F401  (adds its cases)
from numpy_cases import CASES, Draw  # noqa: E402


def build():
    command = ["cargo", "build", "-q", "--release", "-p", "trueno", "--example", "numpy_driver", "--message-format=json"]
    out = subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout
    import json
    for line in out.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "numpy_driver":
            return message["executable"]
    raise SystemExit("the driver was not built")


def encode(array):
    """The `arr` line of an array, with its very layout."""
    base = array
    while base.base is not None and isinstance(base.base, np.ndarray):
        base = base.base
    item = array.itemsize
    flat = np.lib.stride_tricks.as_strided(base, (base.size,), (item,)) if base.size else base.reshape(-1)
    # `base` is always contiguous (C or F), so its memory is one run.
    start = (array.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // item if array.size else 0
    shape = ",".join(map(str, array.shape)) or "-"
    strides = ",".join(str(s // item) for s in array.strides) or "-"
    return f"arr {array.dtype.name} {shape} {strides} {start} {flat.tobytes().hex()}"


def decode(line):
    kind, rest = line[0], line[2:]
    if kind == "=":
        dtype, shape, data = (rest.split(" ") + [""])[:3]
        dims = () if shape == "-" else tuple(map(int, shape.split(",")))
        return np.frombuffer(bytes.fromhex(data), dtype=dtype).reshape(dims)
    if kind == "$":
        return rest.replace("\\n", "\n")
    return RuntimeError(rest)


def ulp_difference(a, b):
    if a.dtype.kind == "c":
        part = "f4" if a.dtype == np.complex64 else "f8"
        return ulp_difference(np.ascontiguousarray(a).view(part), np.ascontiguousarray(b).view(part))
    ints = {4: np.int32, 8: np.int64}[a.dtype.itemsize]
    x, y = (np.ascontiguousarray(v).view(ints).astype(np.int64) for v in (a, b))
    low = np.int64(-(1 << (8 * a.dtype.itemsize - 1)))
    with np.errstate(all="ignore"):
        x, y = (np.where(v >= 0, v, low - v) for v in (x, y))
        diff = np.abs(x.astype(float) - y) if a.dtype.itemsize == 4 else np.maximum(x, y) - np.minimum(x, y)
    diff = np.where(diff < 0, np.inf, diff)  # the difference itself overflowed
    return np.where(np.isnan(a) & np.isnan(b), 0, diff)


def same(want, got, case):
    if isinstance(want, Exception) or isinstance(got, Exception):
        return isinstance(want, Exception) and isinstance(got, Exception)
    if isinstance(want, str) or isinstance(got, str):
        return want == got
    want = np.asarray(want)
    if want.dtype != got.dtype or want.shape != got.shape:
        return False
    if want.size == 0:
        return True
    if want.dtype.kind not in "fc":
        return bool(np.array_equal(want, got))
    if case.norm is not None:
        with np.errstate(all="ignore"):
            finite = np.isfinite(want)
            if not np.array_equal(finite, np.isfinite(got)) or not np.array_equal(want[~finite], got[~finite], equal_nan=True):
                return False
            scale = np.max(np.abs(want[finite]), initial=0) + np.finfo(want.dtype).tiny
            return bool(np.max(np.abs(want - got)[finite], initial=0) <= case.norm * np.finfo(want.dtype).eps * scale)
    return bool(np.all(ulp_difference(want, got) <= case.ulps))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}, numpy {np.__version__}")
    names = sorted(CASES)
    if options.only:
        names = [n for n in names if n in options.only.split(",")]
    each = max(30, -(-options.draws // len(names)))
    binary = build()
    rng = np.random.default_rng(seed)
    questions, lines = [], []
    for name in names:
        for _ in range(each):
            draw = Draw(rng)
            case = CASES[name]
            arrays, words, call = case.make(draw)
            with np.errstate(all="ignore"):
                try:
                    want = call()
                except Exception as error:  # the exception is the answer
                    want = error
            wants = list(want) if isinstance(want, tuple) else [want]
            text = [encode(a) for a in arrays] + [" ".join(["do", case.op or name] + [str(w) for w in words])]
            lines += text
            questions.append((name, case, wants, arrays, words))
    environment = dict(os.environ)
    run = subprocess.run([binary], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, env=environment)
    if run.returncode != 0:
        raise SystemExit(f"the driver ended with status {run.returncode}")
    answers, current = [], []
    for line in run.stdout.splitlines():
        if line == ".":
            answers.append(current)
            current = []
        else:
            current.append(decode(line))
    if len(answers) != len(questions):
        raise SystemExit(f"{len(questions)} questions, {len(answers)} answers")
    counts, failures = {}, {}
    for (name, case, wants, arrays, words), got in zip(questions, answers):
        counts[name] = counts.get(name, 0) + 1
        raised = isinstance(wants[0], Exception)
        fine = len(got) >= 1 and isinstance(got[0], Exception) if raised else (
            len(wants) == len(got) and all(same(w, g, case) for w, g in zip(wants, got)))
        if not fine:
            failures[name] = failures.get(name, 0) + 1
            if failures[name] <= 3:
                layout = [(a.dtype.name, a.shape, tuple(s // a.itemsize for s in a.strides)) for a in arrays]
                print(f"DIFFERENCE {name} {words} {layout}")
                for a in arrays:
                    if a.size <= 12:
                        print("  in   ", a.tolist())
                print("  numpy", str(wants)[:600])
                print("  trueno", str(got)[:600])
    print(" ".join(f"{n}:{counts[n]}" for n in names))
    total = sum(counts.values())
    print(f"{total} draws, {len(names)} functions, {sum(failures.values())} differences {failures or ''}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
