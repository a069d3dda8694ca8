"""Splits source text into tokens, by position, and compares what it finds."""


def tokenize(source):
    tokens = []
    i = 0
    while i < len(source):
        c = source[i]
        if c == " " or c == "\n":
            i += 1
        elif c.isdigit():
            start = i
            while i < len(source) and source[i].isdigit():
                i += 1
            tokens.append(("number", source[start:i]))
        elif c.isalpha() or c == "_":
            start = i
            while i < len(source) and (source[i].isalnum() or source[i] == "_"):
                i += 1
            tokens.append(("name", source[start:i]))
        else:
            tokens.append(("sign", c))
            i += 1
    return tokens


def common(a, b):
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            if a[i - 1] == b[j - 1]:
                rows[i][j] = rows[i - 1][j - 1] + 1
            else:
                rows[i][j] = max(rows[i - 1][j], rows[i][j - 1])
    return rows[len(a)][len(b)]


def main():
    line = "total_1 = (alpha + beta42) * 17 - gamma(delta, 3)\n"
    tokens = tokenize(line * 20000)
    kinds = {}
    for kind, text in tokens:
        kinds[kind] = kinds.get(kind, 0) + len(text)
    print(len(tokens), kinds)
    print(common("ACGTTGCAACTTGA" * 100, "TGCATGCCGATTC" * 100))


main()
