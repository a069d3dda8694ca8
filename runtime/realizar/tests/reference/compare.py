"""Comparisons for tests/real_models.sh. Needs numpy; `embed` also needs tokenizers.

compare.py scores OURS THEIRS ROWS LIMIT   f32 files; fails above LIMIT (root mean square, relative)
compare.py greedy OURS THEIRS              equal up to the first step with a margin below 0.15
compare.py near OURS THEIRS LIMIT          two numbers in files
compare.py near OURS THEIRS LIMIT EXACT    or ours no farther from EXACT than theirs
compare.py sentences                       prints the sentences, one a line
compare.py vectors OURS THEIRS             vectors of length 1, one a line
compare.py embed FOLDER OURS               vectors against BERT in f64 with the tokenizers package
"""
import json
import math
import struct
import sys

import numpy as np

SENTENCES = [
    "The cat sits on the mat.",
    "A feline rests on a rug.",
    "Quarterly revenue grew by 12.5% in Q3, beating expectations!",
    "Die Katze sitzt auf der Matte; naïve café, Zürich.",
    "def add(a, b): return a + b  # sums two numbers",
    "short",
    "東京は日本の首都です。",
    "An unusually long sentence, written only to have many tokens, " * 6,
]


def fail(text):
    print("FAILED:", text)
    sys.exit(1)


def scores(ours, theirs, rows, limit):
    a = np.fromfile(ours, "<f4").reshape(int(rows), -1).astype("f8")
    b = np.fromfile(theirs, "<f4").reshape(int(rows), -1).astype("f8")
    error = math.sqrt(((a - b) ** 2).mean() / (b**2).mean())
    same = (a.argmax(1) == b.argmax(1)).mean()
    print(f"relative error {error:.2e}, equal favourites {same:.3f}")
    if not error <= float(limit):
        fail("scores differ")


def greedy(ours, theirs):
    read = lambda path: [line.split() for line in open(path)]
    a, b = read(ours), read(theirs)
    for step, (x, y) in enumerate(zip(a, b)):
        margin = min(float(x[2]), float(y[2]))
        if x[0] != y[0]:
            if margin >= 0.15:
                fail(f"step {step} differs with a margin of {margin}")
            print(f"equal for {step} steps, then a margin of {margin}")
            return
    print(f"equal for all {len(a)} steps")


def near(ours, theirs, limit, exact=None):
    a, b = float(open(ours).read()), float(open(theirs).read())
    print(f"{a:.4f} and {b:.4f}: {100 * abs(a / b - 1):.3f} %", end="")
    better = False
    if exact:
        c = float(open(exact).read())
        better = abs(a - c) <= abs(b - c)
        print(f"; {100 * abs(a / c - 1):.3f} % and {100 * abs(b / c - 1):.3f} % from {c:.4f}", end="")
    print()
    if not (abs(a / b - 1) <= float(limit) or better):
        fail("too far apart")


def tensors(path):
    data = open(path, "rb").read()
    (n,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + n])
    out = {}
    for name, t in header.items():
        if name != "__metadata__" and t["dtype"] == "F32":
            start, end = t["data_offsets"]
            values = np.frombuffer(data[8 + n + start : 8 + n + end], "<f4")
            out[name] = values.reshape(t["shape"]).astype("f8")
    return out


def bert(folder, text):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_padding()
    config = json.load(open(f"{folder}/config.json"))
    limit = json.load(open(f"{folder}/sentence_bert_config.json"))["max_seq_length"]
    tokenizer.enable_truncation(limit)
    ids = tokenizer.encode(text).ids
    t = tensors(f"{folder}/model.safetensors")
    erf = np.vectorize(math.erf)

    def norm(x, name):
        d = x - x.mean(-1, keepdims=True)
        x = d / np.sqrt((d**2).mean(-1, keepdims=True) + config["layer_norm_eps"])
        return x * t[name + ".weight"] + t[name + ".bias"]

    def linear(x, name):
        return x @ t[name + ".weight"].T + t[name + ".bias"]

    e = "embeddings."
    x = t[e + "word_embeddings.weight"][ids] + t[e + "position_embeddings.weight"][: len(ids)]
    x = norm(x + t[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
    heads = config["num_attention_heads"]
    for i in range(config["num_hidden_layers"]):
        p = f"encoder.layer.{i}."
        cut = lambda y: y.reshape(len(ids), heads, -1).transpose(1, 0, 2)
        q, k, v = (cut(linear(x, p + "attention.self." + n)) for n in ("query", "key", "value"))
        s = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        s = np.exp(s - s.max(-1, keepdims=True))
        s /= s.sum(-1, keepdims=True)
        y = (s @ v).transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(x + linear(y, p + "attention.output.dense"), p + "attention.output.LayerNorm")
        y = linear(x, p + "intermediate.dense")
        y = 0.5 * y * (1 + erf(y / math.sqrt(2)))
        x = norm(x + linear(y, p + "output.dense"), p + "output.LayerNorm")
    x = x.mean(0)
    return x / np.linalg.norm(x)


def read_vectors(path):
    rows = [np.array(line.split(), "f8") for line in open(path)]
    if len(rows) != len(SENTENCES):
        fail("wrong number of vectors")
    return rows


def close(ours, theirs):
    worst = max(1 - float(a @ b) for a, b in zip(ours, theirs))
    print(f"{len(ours)} sentences, largest cosine distance {worst:.1e}")
    if not worst < 1e-4:
        fail("embeddings differ")


def vectors(ours, theirs):
    close(read_vectors(ours), read_vectors(theirs))


def embed(folder, ours):
    close(read_vectors(ours), [bert(folder, text) for text in SENTENCES])


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "sentences":
        print("\n".join(SENTENCES))
    else:
        {"scores": scores, "greedy": greedy, "near": near, "vectors": vectors, "embed": embed}[command](*rest)
