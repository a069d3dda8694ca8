"""Edit distances between words."""


def distance(a, b):
    previous = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        current = [i]
        for j, cb in enumerate(b, 1):
            cost = 0 if ca == cb else 1
            current.append(min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost))
        previous = current
    return previous[-1]


def main():
    words = []
    seed = 7
    for _ in range(120):
        word = ""
        for _ in range(30):
            seed = (seed * 1103515245 + 12345) % 2147483648
            word += "abcdefgh"[seed // 65536 % 8]
        words.append(word)
    total = 0
    for a in words:
        for b in words:
            total += distance(a, b)
    print(total)


main()
