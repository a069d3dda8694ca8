"""Programs whose operands change what other operands read: calls of closures, methods and functions that assign
names, attributes, items and globals, in every place where Python says an order."""
import random

HEAD = '''\
class Box:
    def __init__(self, v):
        self.v = v
        self.log = []

    def bump(self, k=1):
        self.v += k
        return self.v

    def note(self, x):
        self.log.append(x)
        return len(self.log)

    def __repr__(self):
        return f"Box({self.v}, {self.log})"


g = 0


def gi(k=1):
    global g
    g += k
    return g


def pair(a, b):
    return (a, b)


def three(a, b=0, *, c=0):
    return a * 100 + b * 10 + c


def main():
    n = 1
    xs = [1, 2, 3]
    d = {"a": 1, "b": 2}
    box = Box(5)
    s = "q"

    def nb(k=1):
        nonlocal n
        n += k
        return n

    def push(x):
        xs.append(x)
        return len(xs)

    def grow(t):
        nonlocal s
        s = s + t
        return len(s)

    def put(k, v):
        d[k] = v
        return v

'''

READS = ["n", "g", "box.v", "len(xs)", "xs[0]", "xs[-1]", "len(s)", 'd["a"]', "len(d)", "len(box.log)", "3"]
CHANGES = [
    "nb()", "nb(2)", "gi()", "gi(3)", "box.bump()", "box.bump(2)", "push(n)", "push(4)", 'grow("z")',
    'put("a", n)', 'put("b", 7)', "box.note(n)",
]
SHAPES = [
    "({} + {})", "({} - {})", "({} * {} % 1009)", "three({}, {}, c={})", "three({}, c={}, b={})",
    "({} if {} % 2 == 0 else {})", "max({}, {})", "xs[{} % len(xs)]", "sum([{}, {}, {}])",
]
VALUES = ["[{}, {}, {}]", "({}, {})", '{{"p": {}, "q": {}}}', "pair({}, {})"]
STATEMENTS = [
    "xs[{} % len(xs)] = {}", "xs[{} % len(xs)] += {}", 'd["k" + str({} % 3)] = {}', "n += {}", "box.v = {}",
    "box.v += {}", "print({} < {} < {}, {} == {})", "a, b = {}, {}\n    print(a, b)",
    'print("%d %s" % ({}, {}), "{{}} {{}}".format({}, {}))',
]


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def filled(self, shape, depth=0):
        count = shape.replace("{{", "").count("{}")
        return shape.format(*(self.number(depth) for _ in range(count)))

    def number(self, depth=0):
        if depth > 2 or self.random.random() < 0.5:
            return self.random.choice(READS + CHANGES)
        return self.filled(self.random.choice(SHAPES), depth + 1)

    def value(self):
        kind = self.random.randrange(9)
        if kind < 4:
            return self.number()
        if kind == 4:
            return self.random.choice(["xs", "box", "d", "s", "box.log", "list(xs)"])
        return self.filled(self.random.choice(VALUES))

    def statement(self):
        kind = self.random.randrange(13)
        if kind < 3:
            return f"print({self.value()}, {self.value()}, {self.value()})"
        if kind == 3:
            parts = [self.number().replace('"', "'") for _ in range(2)]
            return f'print(f"{{{parts[0]}}} {{{parts[1]}}} {{{self.random.choice(["n", "xs", "box", "s"])}}}")'
        return self.filled(self.random.choice(STATEMENTS))


def source(seed):
    writer = Writer(seed)
    lines = []
    for at in range(40):
        lines.append(writer.statement())
        if at % 10 == 9:
            lines.append("xs = xs[-5:]")
    lines.append("print(n, g, xs, sorted(d.items()), box, len(s))")
    return HEAD + "".join(f"    {line}\n" for line in lines) + "\n\nmain()\n"
