from collections import Counter, defaultdict, deque
import heapq, itertools, math, random
from dataclasses import dataclass

@dataclass
class Edge:
    to: str
    cost: int

def graph():
    g = defaultdict(list)
    for a, b, c in [("a","b",4),("a","c",1),("c","b",2),("b","d",5),("c","d",8)]:
        g[a].append(Edge(b, c))
    return g

def dijkstra(g, start):
    dist = {start: 0}
    heap = [(0, start)]
    while heap:
        d, node = heapq.heappop(heap)
        if d > dist[node]:
            continue
        for e in g[node]:
            nd = d + e.cost
            if nd < dist.get(e.to, 10**9):
                dist[e.to] = nd
                heapq.heappush(heap, (nd, e.to))
    return dist

def words():
    text = "the quick brown fox jumps over the lazy dog the end"
    c = Counter(text.split())
    print(c.most_common(3))
    by_len = defaultdict(list)
    for w in c:
        by_len[len(w)].append(w)
    for n, ws in sorted(by_len.items()):
        print(f"{n:>3}: {', '.join(sorted(ws))!r:<30}|")

def numbers():
    print(-7 // 2, -7 % 3, 7 / 2, 2 ** 10, round(2.675, 2), 1e16, 0.1 + 0.2)
    print(sum([0.1] * 10), math.fsum([0.1] * 10), max([3, 1, 2]), divmod(-7, 2))
    a, b = 0, 1
    for _ in range(100):
        a, b = b, a + b
    print(a, hex(255), f"{1234567.891:,.2f}", f"{42:#010x}", "%5.1f|%-4d|%s" % (3.71828, 7, [1, 'a']))

def errors():
    for f in (lambda: [1, 2][5], lambda: {}["k"], lambda: 1 // 0, lambda: int("x"), lambda: "a".index("z")):
        try:
            f()
        except Exception as e:
            print(type(e).__name__, e, repr(e))

def gen(n):
    try:
        for i in range(n):
            yield i * i
    finally:
        print("closed", n)

def main():
    print(dijkstra(graph(), "a"))
    print(graph()["a"])
    words()
    numbers()
    errors()
    print(list(gen(3)))
    for x in gen(5):
        if x > 3:
            break
    s = {40, 3, 17, 8, 1}
    s2 = {x * 7 % 50 for x in range(20)}
    print(s2, sorted(s2 - s), s2 & {7, 14, 99})
    random.seed(7)
    print([random.randint(1, 6) for _ in range(5)], random.random())
    print([''.join(p) for p in itertools.permutations("abc", 2)])
    d = deque([1, 2, 3], maxlen=2)
    d.append(9)
    print(d, "naïve"[::-1], "Hello World".swapcase(), "a,b,,c".split(","))
main()
