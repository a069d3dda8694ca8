"""Matrices as lists of lists."""


def matrix(n, seed):
    return [[(i * n + j) * seed % 100 / 10 for j in range(n)] for i in range(n)]


def matmul(a, b):
    n = len(a)
    m = len(b)
    p = len(b[0])
    out = []
    for i in range(n):
        row = [0.0] * p
        for k in range(m):
            x = a[i][k]
            for j in range(p):
                row[j] += x * b[k][j]
        out.append(row)
    return out


def main():
    a = matrix(300, 7)
    b = matrix(300, 13)
    for _ in range(10):
        c = matmul(a, b)
        a[0][0] += c[0][0] % 3
    print(c[0][0], c[299][299])


main()
