#!/usr/bin/env python3
"""Compares trueno-db with hnswlib, usearch and faiss: one thread, one query at a time.

    python3 runtime/trueno-db/benches/peers.py [--rows 50000] [--dims 128] [--data clustered|uniform]
                                               [--peers hnswlib,faiss,usearch] [--out FOLDER]
                                               [--codes none,i8] [--efs 10,16,24] [--binary PATH]

Makes a virtual environment with numpy, hnswlib, usearch and faiss-cpu under the output folder,
draws the data with a fixed seed, finds the true neighbours by an exact search, measures every
library on the same vectors and queries, prints one table and writes `recall.svg`.
Times are CPU times of one thread (other work on the machine does not count), of searches the best of
three rounds. `--binary` names a built `search_bench` example; without it cargo builds one.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import time
import venv

PACKAGES = ["numpy", "hnswlib", "usearch", "faiss-cpu"]
ROOT = pathlib.Path(__file__).resolve().parents[3]
EFS = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
THREADS = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--dims", type=int, default=128)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--data", choices=["clustered", "uniform"], default="clustered")
    parser.add_argument("--peers", default="hnswlib,faiss,usearch")
    parser.add_argument("--codes", default="none,i8")
    parser.add_argument("--efs", type=lambda text: [int(ef) for ef in text.split(",")], default=EFS)
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "target" / "peers")
    return parser.parse_args()


def in_environment(out):
    """Runs this script again inside the virtual environment, made if need be."""
    home = out.resolve() / "venv"
    python = home / "bin" / "python"
    if pathlib.Path(sys.prefix) == home:
        return
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    environment = dict(os.environ, **{name: "1" for name in THREADS})
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]], env=environment).returncode)


def draw(args, numpy):
    """Vectors and queries: 1000 Gaussian clusters, or uniform in a cube."""
    random = numpy.random.default_rng(20260101)
    total = args.rows + args.queries
    if args.data == "uniform":
        values = random.random((total, args.dims), dtype=numpy.float32)
    else:
        centres = random.standard_normal((1000, args.dims), dtype=numpy.float32)
        values = random.standard_normal((total, args.dims), dtype=numpy.float32)
        values += centres[random.integers(1000, size=total)]
    return values[: args.rows].copy(), values[args.rows :].copy()


def write_vecs(path, values, numpy):
    rows, dims = values.shape
    lengths = numpy.full((rows, 1), dims, dtype="<i4")
    numpy.hstack([lengths, values.view("<i4")]).tofile(path)


class Peer:
    """One library: `build` with the vectors, `search` of all queries, one after another on one
    thread. One call for all spares the libraries the cost of 1000 calls from Python."""

    def __init__(self, name, dims, rows):
        self.name, self.dims, self.rows = name, dims, rows

    def build(self, base):
        if self.name == "hnswlib":
            import hnswlib

            self.index = hnswlib.Index("l2", self.dims)
            self.index.init_index(self.rows, M=16, ef_construction=200, random_seed=1)
            self.index.set_num_threads(1)
            self.index.add_items(base)
        elif self.name == "faiss":
            import faiss

            faiss.omp_set_num_threads(1)
            self.index = faiss.IndexHNSWFlat(self.dims, 16)
            self.index.hnsw.efConstruction = 200
            self.index.add(base)
        else:
            import numpy
            from usearch.index import Index

            self.index = Index(ndim=self.dims, metric="l2sq", dtype="f32", connectivity=16, expansion_add=200)
            self.index.add(numpy.arange(self.rows), base, threads=1)

    def set_ef(self, ef):
        if self.name == "hnswlib":
            self.index.set_ef(ef)
        elif self.name == "faiss":
            self.index.hnsw.efSearch = ef
        else:
            self.index.expansion_search = ef

    def search(self, queries):
        if self.name == "hnswlib":
            return self.index.knn_query(queries, 10, num_threads=1)[0]
        if self.name == "faiss":
            return self.index.search(queries, 10)[1]
        return self.index.search(queries, 10, threads=1).keys


def measure(peer, queries, truth, efs):
    rows = []
    for ef in efs:
        peer.set_ef(ef)
        best = float("inf")
        for _ in range(3):
            begin = time.process_time()
            results = peer.search(queries)
            best = min(best, time.process_time() - begin)
        found = sum(len(set(map(int, got)) & set(want[:10])) for got, want in zip(results.tolist(), truth.tolist()))
        rows.append((ef, found / (10 * len(queries)), best * 1e6 / len(queries)))
    return rows


def trueno(folder, codes, args):
    """Runs the example; gives its rows and its build time."""
    cargo = ["cargo", "run", "--quiet", "--release", "-p", "trueno-db", "--example", "search_bench", "--"]
    command = [str(args.binary.resolve())] if args.binary else cargo
    command += [str(folder), "--codes", codes, "--ef", ",".join(map(str, args.efs))]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    cells = [line.split("\t") for line in lines]
    facts = {row[1]: row[2] for row in cells if len(row) == 3}
    rows = [(int(row[1]), float(row[2]), float(row[3])) for row in cells if len(row) == 4 and row[1] != "0"]
    return rows, facts


def at_recall(rows, wanted):
    """The smallest latency of a row with at least this recall."""
    good = [row for row in rows if row[1] >= wanted]
    return min(good, key=lambda row: row[2]) if good else None


def cell(row):
    return f"{row[2]:.0f} us ({row[1]:.3f}, ef {row[0]})" if row else "not reached"


def plot(path, curves, title):
    """Recall against latency, written by hand: no plotting library needed."""
    colours = ["#c0392b", "#e67e22", "#2980b9", "#27ae60", "#8e44ad", "#7f8c8d"]
    points = [row for rows in curves.values() for row in rows if row[1] >= 0.8]
    longest = max(row[2] for row in points) if points else 1.0
    x = lambda recall: 60 + (recall - 0.8) / 0.2 * 520
    y = lambda latency: 340 - latency / longest * 300
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 390" font-family="sans-serif" font-size="12">',
        '<rect width="760" height="390" fill="white"/>',
        f'<text x="60" y="22" font-size="14">{title}</text>',
    ]
    for step in range(5):
        recall, latency = 0.8 + step * 0.05, longest * step / 4
        lines.append(f'<line x1="{x(recall):.0f}" y1="40" x2="{x(recall):.0f}" y2="340" stroke="#ddd"/>')
        lines.append(f'<text x="{x(recall):.0f}" y="358" text-anchor="middle">{recall:.2f}</text>')
        lines.append(f'<line x1="60" y1="{y(latency):.0f}" x2="580" y2="{y(latency):.0f}" stroke="#ddd"/>')
        lines.append(f'<text x="54" y="{y(latency) + 4:.0f}" text-anchor="end">{latency:.0f}</text>')
    lines.append('<text x="320" y="378" text-anchor="middle">recall@10</text>')
    lines.append('<text x="16" y="190" transform="rotate(-90 16 190)" text-anchor="middle">microseconds a query</text>')
    for number, (name, rows) in enumerate(curves.items()):
        colour = colours[number % len(colours)]
        shown = [row for row in rows if row[1] >= 0.8]
        path_points = " ".join(f"{x(row[1]):.1f},{y(row[2]):.1f}" for row in shown)
        lines.append(f'<polyline points="{path_points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{x(row[1]):.1f}" cy="{y(row[2]):.1f}" r="3" fill="{colour}"/>' for row in shown]
        lines.append(f'<text x="596" y="{60 + 20 * number}" fill="{colour}">{name}</text>')
    path.write_text("\n".join(lines + ["</svg>", ""]))


def main():
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    in_environment(args.out)
    import faiss
    import numpy

    base, queries = draw(args, numpy)
    faiss.omp_set_num_threads(os.cpu_count())
    flat = faiss.IndexFlatL2(args.dims)
    flat.add(base)
    truth = flat.search(queries, 10)[1].astype("<i4")
    folder = args.out.resolve() / f"{args.data}-{args.rows}x{args.dims}"
    folder.mkdir(exist_ok=True)
    write_vecs(folder / "base.fvecs", base, numpy)
    write_vecs(folder / "query.fvecs", queries, numpy)
    write_vecs(folder / "truth.ivecs", truth, numpy)

    curves, builds = {}, {}
    for name in filter(None, args.peers.split(",")):
        peer = Peer(name, args.dims, args.rows)
        begin = time.process_time()
        peer.build(base)
        builds[name] = time.process_time() - begin
        curves[name] = measure(peer, queries, truth, args.efs)
        del peer
    for codes in args.codes.split(","):
        name = "trueno-db" if codes == "none" else f"trueno-db {codes}"
        curves[name], facts = trueno(folder, codes, args)
        builds[name] = float(facts["build_s"])
        print(f"{name}: kernels {facts['kernels']}, open {facts['open_ms']} ms, file {facts['file_mib']} MiB")

    title = f"{args.data}, {args.rows} x {args.dims}, k = 10, one thread"
    print(f"\n{title}\n")
    print("| library | build CPU s | recall >= 0.95 | recall >= 0.99 |\n|---|---|---|---|")
    for name, rows in curves.items():
        print(f"| {name} | {builds[name]:.1f} | {cell(at_recall(rows, 0.95))} | {cell(at_recall(rows, 0.99))} |")
    reference = curves.get("hnswlib")
    if reference:
        print()
        for name in (name for name in curves if name.startswith("trueno")):
            for wanted in (0.95, 0.99):
                ours, theirs = at_recall(curves[name], wanted), at_recall(reference, wanted)
                if ours and theirs:
                    print(f"{name} / hnswlib at recall {wanted}: {ours[2] / theirs[2]:.2f}x")
            print(f"{name} / hnswlib build: {builds[name] / builds['hnswlib']:.2f}x")
    plot(folder / "recall.svg", curves, title)
    print(f"\n{folder / 'recall.svg'}")


if __name__ == "__main__":
    main()
