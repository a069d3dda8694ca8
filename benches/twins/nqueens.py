"""Counts the ways to place queens."""


def place(row, n, cols, diag1, diag2):
    if row == n:
        return 1
    count = 0
    for col in range(n):
        if not cols[col] and not diag1[row + col] and not diag2[row - col + n - 1]:
            cols[col] = diag1[row + col] = diag2[row - col + n - 1] = True
            count += place(row + 1, n, cols, diag1, diag2)
            cols[col] = diag1[row + col] = diag2[row - col + n - 1] = False
    return count


def main():
    n = 11
    print(place(0, n, [False] * n, [False] * (2 * n), [False] * (2 * n)))


main()
