"""Primes below a limit, and a product of matrices that are lists of lists."""


def primes(limit):
    sieve = [True] * (limit + 1)
    sieve[0] = sieve[1] = False
    i = 2
    while i * i <= limit:
        if sieve[i]:
            for j in range(i * i, limit + 1, i):
                sieve[j] = False
        i += 1
    return [n for n in range(limit + 1) if sieve[n]]


def main():
    total = 0
    for _ in range(5):
        found = primes(5000000)
        total += len(found) + found[-1]
    print(total)


main()
