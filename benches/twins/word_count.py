"""Counts the words of a text that it makes itself."""


def make_text(lines):
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    seed = 42
    out = []
    for _ in range(lines):
        line = []
        for _ in range(12):
            seed = (seed * 1103515245 + 12345) % 2147483648
            word = words[seed % 10]
            line.append(word + str(seed // 7 % 500))
        out.append(" ".join(line))
    return out


def count(lines):
    counts = {}
    for line in lines:
        for word in line.split():
            key = word.lower()
            counts[key] = counts.get(key, 0) + 1
    return counts


def main():
    lines = make_text(40000)
    total = 0
    for _ in range(5):
        counts = count(lines)
        total += len(counts)
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    print(total)
    for word, n in best:
        print(word, n)


main()
