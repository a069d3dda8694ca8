#!/usr/bin/env python3
"""Times trueno beside NumPy from PyPI, on one thread, and prints a Markdown table.

    python3 runtime/trueno/tests/bench.py

Needs network access for the first `pip install numpy`. RAYON_NUM_THREADS and OPENBLAS_NUM_THREADS are
set to --threads (1).
"""
import argparse
import os
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--threads", default="1")
THREADS = parser.parse_args().threads
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = THREADS
os.environ.pop("OPENBLAS_CORETYPE", None)
ARGUMENTS, sys.argv = sys.argv, sys.argv[:1]
from numpy_diff import HERE  # noqa: E402  (installs numpy when it is missing)
import numpy as np  # noqa: E402


def best(work):
    work()
    times, start = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < 0.6:
        one = time.perf_counter()
        work()
        times.append(time.perf_counter() - one)
    return min(times) * 1e6


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def numpy_times():
    out = {}
    for kind in ["f64", "f32"]:
        x = np.random.default_rng(1).random(1_000_000).astype(kind.replace("f64", "float64").replace("f32", "float32"))
        for n in [512, 1024]:
            a = np.random.default_rng(2).random((n, n)).astype(x.dtype)
            out[f"matmul_{n}_{kind}"] = best(lambda: a @ a)
        for name in ["exp", "log", "sin", "tanh"]:
            out[f"{name}_{kind}"] = best(lambda: getattr(np, name)(x))
        rows, mask = x.reshape(1000, 1000), x > 0.5
        out[f"add_{kind}"] = best(lambda: x + x)
        out[f"sum_{kind}"] = best(x.sum)
        out[f"var_{kind}"] = best(x.var)
        out[f"where_{kind}"] = best(lambda: np.where(mask, x, x.dtype.type(0.5)))
        out[f"softmax_{kind}"] = best(lambda: softmax(rows))
        out[f"sum_axis0_{kind}"] = best(lambda: rows.sum(axis=0))
        out[f"cumsum_{kind}"] = best(lambda: np.cumsum(x))
        out[f"sort_{kind}"] = best(lambda: np.sort(x))
    a, b = x[:10_000], x[10_000:20_000]
    out["dot10k_f32"] = best(lambda: [a.dot(b) for _ in range(100)])
    return out


def main():
    command = ["cargo", "run", "-q", "--release", "-p", "trueno", "--example", "kernel_bench"]
    lines = subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    ours = {name: float(micros) for name, micros in (line.split() for line in lines)}
    theirs = numpy_times()
    print(f"numpy {np.__version__}, {THREADS} thread(s), microseconds, fastest round")
    print("| what | trueno | numpy | numpy / trueno |\n|---|---|---|---|")
    for name, micros in ours.items():
        other = theirs.get(name)
        print(f"| {name} | {micros:.1f} | " + (f"{other:.1f} | {other / micros:.2f} |" if other else "| |"))


if __name__ == "__main__":
    main()
