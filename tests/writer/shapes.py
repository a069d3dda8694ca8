"""Classes, exceptions, generators, and functions around library types: small wholes with random parts."""

from .statements import Statements


class Shapes(Statements):
    def record(self):
        """A class with two fields, a method that changes one and a method that reads."""
        name = self.fresh("Record")
        first, second = self.pick("int", "list[int]", "str"), self.pick("int", "dict[str, int]", "float")
        self.add(0, f"class {name}:")
        self.add(1, f"def __init__(self, a{self.note(first)}, b{self.note(second)}):")
        self.add(2, "self.a = a\nself.b = b\nself.calls = 0\n")
        self.add(1, f"def touch(self, p{self.note('int')}):")
        change = {"int": "self.a = (self.a + p) % 1000", "list[int]": "self.a.append(p)", "str": "self.a += str(p)"}[first]
        self.add(2, f"self.calls += 1\n{change}\nreturn self\n")
        self.add(1, "def __str__(self):")
        self.add(2, f'return f"{name}({{self.a}}, {{self.b}}, {{self.calls}})"')
        self.lines += ["", ""]
        return [
            f"r = {name}({self.literal(first)}, {self.literal(second)})",
            "s = r", "r.touch(4).touch(5)", "print(s, r is s, s.calls)",
            f"rs = [r, {name}({self.literal(first)}, {self.literal(second)})]",
            "for q in rs:\n    q.touch(1)", "print([str(q) for q in rs], s.a)",
            "print(sorted(rs, key=lambda q: q.calls)[0].calls, max(q.calls for q in rs))",
        ]

    def family(self):
        """A base class, subclasses that replace and extend, a list of all of them."""
        base, one, two = self.fresh("Base"), self.fresh("One"), self.fresh("Two")
        self.add(0, f"class {base}:")
        self.add(1, "kind = 'base'\n")
        self.add(1, f"def __init__(self, size{self.note('int')}, name{self.note('str')}='n'):")
        self.add(2, "self.size = size\nself.name = name\n")
        self.add(1, f"def area(self){' -> int' if self.typed else ''}:")
        self.add(2, f"return {self.expr('int', {'self.size': 'int'}, 1)}\n")
        self.add(1, "def describe(self):")
        self.add(2, "return f'{self.kind}:{self.name}:{self.area()}'\n")
        self.add(1, "def __repr__(self):")
        self.add(2, "return f'{type(self).__name__}({self.size}, {self.name!r})'")
        self.lines += ["", ""]
        self.add(0, f"class {one}({base}):")
        self.add(1, "kind = 'one'\n")
        self.add(1, "def area(self):")
        self.add(2, f"return super().area() + {self.expr('int', {'self.size': 'int'}, 1)}")
        self.lines += ["", ""]
        self.add(0, f"class {two}({self.pick(base, one)}):")
        self.add(1, f"def __init__(self, size{self.note('int')}, extra{self.note('list[int]')}):")
        self.add(2, "super().__init__(size, 'two')\nself.extra = extra\n")
        self.add(1, "def area(self):")
        self.add(2, f"return {self.expr('int', {'self.size': 'int', 'self.extra': 'list[int]'}, 2)}\n")
        self.add(1, "def describe(self):")
        self.add(2, "return super().describe() + '!' + str(len(self.extra))")
        self.lines += ["", ""]
        return [
            f"shapes = [{base}({self.literal('int')}), {one}({self.literal('int')}, 'z'), {two}({self.literal('int')}, {self.literal('list[int]')})]",
            "for shape in shapes:\n    try:\n        print(shape.describe(), shape)\n    except (ArithmeticError, LookupError, ValueError) as err:\n        print('failed', err)",
            f"print([isinstance(shape, {one}) for shape in shapes], [shape.size for shape in shapes])",
            "shapes.sort(key=lambda shape: (shape.size, shape.name))", "print(shapes)",
        ]

    def number(self):
        """A value class with operators."""
        name = self.fresh("Num")
        self.add(0, f"class {name}:")
        self.add(1, f"def __init__(self, v{self.note('int')}):")
        self.add(2, "self.v = v\n")
        other = f': "{name}"' if self.typed else ""
        for dunder, op in self.random.sample([("add", "+"), ("sub", "-"), ("mul", "*")], 2):
            self.add(1, f"def __{dunder}__(self, other{other}):")
            self.add(2, f"return {name}((self.v {op} other.v) % 100)\n")
            if op == "+" or op == "*" or op == "-":
                last = op
        self.add(1, "def __eq__(self, other):")
        self.add(2, f"return isinstance(other, {name}) and self.v == other.v\n")
        self.add(1, "def __hash__(self):")
        self.add(2, "return hash(self.v)\n")
        self.add(1, f"def __lt__(self, other{other}):")
        self.add(2, "return self.v < other.v\n")
        extra = self.pick("neg", "bool", "len", "call", "getitem", "contains", "iter")
        body = {
            "neg": f"def __neg__(self):\n    return {name}(-self.v)",
            "bool": "def __bool__(self):\n    return self.v > 3",
            "len": "def __len__(self):\n    return abs(self.v) % 7",
            "call": "def __call__(self, k):\n    return self.v * k",
            "getitem": "def __getitem__(self, i):\n    return self.v + i",
            "contains": "def __contains__(self, k):\n    return self.v % 3 == k",
            "iter": "def __iter__(self):\n    for i in range(abs(self.v) % 4):\n        yield i",
        }[extra]
        self.add(1, body + "\n")
        self.add(1, "def __repr__(self):")
        self.add(2, f"return f'<{{self.v}}>'")
        self.lines += ["", ""]
        use = {
            "neg": "-a", "bool": "'yes' if a else 'no'", "len": "len(a)", "call": "a(3)", "getitem": "a[2]",
            "contains": "1 in a", "iter": "list(a)",
        }[extra]
        return [
            f"a, b = {name}({self.literal('int')}), {name}({self.literal('int')})",
            f"print(a {last} b, a == b, a != b, a < b, {use}, sorted([a, b]), max(a, b))",
            f"print(len({{a, b, {name}(3)}}), {{a: 1, b: 2}}, a in [b, {name}(5)])",
        ]

    def error_class(self):
        base, sub, thrower = self.fresh("AppError"), self.fresh("SubError"), self.fresh("check")
        self.add(0, f"class {base}(Exception):")
        self.add(1, self.pick("pass", '"""Raised on purpose."""'))
        self.lines += ["", ""]
        self.add(0, f"class {sub}({base}):")
        self.add(1, f"def __init__(self, code{self.note('int')}, text{self.note('str')}):")
        self.add(2, "super().__init__(f'{text} ({code})')\nself.code = code")
        self.lines += ["", ""]
        self.add(0, f"def {thrower}(n{self.note('int')}):")
        self.add(1, f"if n > {self.pick('2', '5')}:\n    raise {sub}(n, 'big')")
        self.add(1, f"if n == {self.pick('0', '1')}:\n    raise {base}('small')")
        self.add(1, f"if n < 0:\n    try:\n        return [1, 2][n - 5]\n    except IndexError as err:\n        raise {self.pick(base, 'ValueError')}('index') from err")
        self.add(1, "return n * 2")
        self.lines += ["", ""]
        lines = [f"for n in [0, 1, 2, 3, 7, -1]:\n    try:\n        print({thrower}(n))"]
        lines[0] += f"\n    except {sub} as err:\n        print('sub', err, err.code)\n    except {base} as err:\n        print('base', err, type(err).__name__)"
        lines[0] += "\n    except ValueError as err:\n        print('value', err, err.__cause__ is not None)"
        if self.chance(0.5):
            lines[0] += "\n    else:\n        print('fine')"
        if self.chance(0.5):
            lines[0] += "\n    finally:\n        print('done', n)"
        return lines

    def generator(self):
        name = self.fresh("gen")
        self.add(0, f"def {name}(n{self.note('int')}, xs{self.note('list[int]')}):")
        scope = {"n": "int", "xs": "list[int]"}
        self.add(1, f"for i in range(n):\n    if {self.expr('bool', {**scope, 'i': 'int'}, 1)}:\n        yield i + {self.expr('int', scope, 1)} % 100")
        self.add(1, self.pick("yield from xs", "for x in xs:\n    yield x * 2", "if xs:\n    yield xs[0]", "yield from (x + 1 for x in xs if x)"))
        self.lines += ["", ""]
        call = f"{name}({self.pick('3', '4', '0')}, {self.literal('list[int]')})"
        return [self.guarded(self.pick(
            f"print(list({call}), sum({call}))",
            f"it = {call}\nprint(next(it, 'none'), next(it, -1), list(it))",
            f"for k, v in enumerate({call}):\n    print(k, v)",
            f"print([v for v in {call} if v > 1], sorted({call}, reverse=True)[:2])",
            f"print({{v: v * v for v in {call}}}, max({call}, default=0))",
            f"print(any(v > 3 for v in {call}), dict(zip('abc', {call})))",
        ))]

    def guarded(self, text):
        inner = "\n".join("    " + line for line in text.split("\n"))
        return f"try:\n{inner}\nexcept (ArithmeticError, LookupError, ValueError) as err:\n    print(type(err).__name__, err)"

    def recursive(self):
        name = self.fresh("rec")
        text, call = self.pick(
            (f"def {name}(n{self.note('int')}):\n    return n if n < 2 else {name}(n - 1) + {name}(n - 2)", f"[{name}(n) for n in range(12)]"),
            (f"def {name}(n{self.note('int')}):\n    return 1 if n <= 1 else n * {name}(n - 1)", f"{name}(25), {name}(5) // 7, str({name}(30))[:5]"),
            (f"def {name}(a{self.note('int')}, b{self.note('int')}):\n    return a if b == 0 else {name}(b, a % b)", f"{name}(84, 36), {name}(-12, 18)"),
            (f"def {name}(xs):\n    return sum({name}(x) if isinstance(x, list) else x for x in xs)", f"{name}([1, [2, [3, 4]], 5])"),
            (f"def {name}(n, memo={{}}):\n    if n in memo:\n        return memo[n]\n    memo[n] = n if n < 2 else {name}(n - 1) + {name}(n - 2)\n    return memo[n]", f"{name}(80), {name}(3)"),
            (f"@functools.lru_cache(maxsize=None)\ndef {name}(n):\n    return n if n < 2 else {name}(n - 1) + {name}(n - 2)", f"{name}(90)"),
            (f"def {name}(xs{self.note('list[int]')}):\n    if len(xs) < 2:\n        return xs\n    p = xs[0]\n    return {name}([x for x in xs[1:] if x < p]) + [p] + {name}([x for x in xs[1:] if x >= p])", f"{name}({self.literal('list[int]')})"),
            (f"def {name}(s{self.note('str')}):\n    return [s] if len(s) < 2 else [c + rest for i, c in enumerate(s) for rest in {name}(s[:i] + s[i + 1:])]", f"{name}('abc')"),
        )
        self.add(0, text)
        self.lines += ["", ""]
        return [f"print({call})"]

    def library(self):
        words, xs = self.literal("list[str]"), self.literal("list[int]")
        return [self.guarded(self.pick(
            f"c = collections.Counter({words})\nprint(c.most_common(2), c['ab'], sum(c.values()))",
            f"d = collections.defaultdict(list)\nfor w in {words}:\n    d[len(w)].append(w)\nprint(dict(d), sorted(d))",
            f"d = collections.defaultdict(int)\nfor x in {xs}:\n    d[x % 3] += x\nprint(dict(d), d[99], len(d))",
            f"q = collections.deque({xs}, maxlen=4)\nq.append(9)\nq.appendleft(8)\nprint(list(q), q.pop(), q.popleft(), len(q))",
            f"print(list(itertools.product([1, 2], 'ab')), list(itertools.combinations({xs}, 2))[:3])",
            f"print(list(itertools.accumulate({xs})), list(itertools.chain({xs}, [1])), functools.reduce(lambda a, b: a * 2 + b, {xs}, 1))",
            f"print([(k, list(g)) for k, g in itertools.groupby(sorted({xs}), key=lambda v: v % 2)])",
            f"print(list(itertools.islice(itertools.count(3, 2), 4)), list(itertools.zip_longest({xs}, 'ab')))",
            f"h = {xs}\nheapq.heapify(h)\nheapq.heappush(h, 4)\nprint(heapq.heappop(h), heapq.nsmallest(2, h), h[0])",
            f"xs = sorted({xs})\nprint(bisect.bisect_left(xs, 3), bisect.bisect(xs, 3))\nbisect.insort(xs, 4)\nprint(xs)",
            f"print(math.gcd(12, 18), math.factorial(20), math.isqrt(50), math.pi, math.floor(-2.5), math.ceil(2.1), math.hypot(3, 4))",
            f"print(json.dumps({self.literal('dict[str, list[int]]')}), json.loads('[1, 2.5, null, \"x\"]'))",
            f"print(re.findall(r'[a-z]+', 'ab 12 cd'), re.sub(r'\\d', '#', 'a1b22'), bool(re.match(r'x+', 'xxy')))",
            f"P = collections.namedtuple('P', 'x y')\np = P({self.literal('int')}, 2)\nprint(p, p.x + p.y, p._replace(y=5), p == P(1, 2))",
        ))]

    def datas(self):
        name = self.fresh("Point")
        frozen = self.pick("", "(frozen=True)", "(order=True)")
        self.add(0, f"@dataclass{frozen}\nclass {name}:")
        self.add(1, f"x: int\ny: {self.pick('int', 'float')} = 2\ntags: list = field(default_factory=list)" if self.chance(0.4) else "x: int\ny: int = 2\nname: str = 'p'")
        self.add(1, f"\ndef norm(self){' -> int' if self.typed else ''}:\n    return abs(self.x) + {self.expr('int', {'self.x': 'int'}, 1)}")
        self.lines += ["", ""]
        lines = [f"p = {name}({self.literal('int')})", f"q = {name}(x=1, y={self.literal('int')})", "print(p, q, p == q)", self.guarded("print(p.norm())")]
        if frozen == "(order=True)":
            lines.append("print(sorted([q, p])[0].x, p < q)")
        elif not frozen:
            lines.append("p.x += 5\nprint(p.x, p)")
        else:
            lines.append("print(replace(p, x=9))")
        return lines

    def enumeration(self):
        name, user = self.fresh("Color"), self.fresh("pick")
        self.add(0, f"class {name}(Enum):")
        self.add(1, "RED = 1\nGREEN = 2\nBLUE = 4\n")
        self.add(1, f"def mixed(self){' -> int' if self.typed else ''}:\n    return self.value * {self.literal('int')}")
        self.lines += ["", ""]
        self.add(0, f"def {user}(c{self.note(name)}):")
        self.add(1, f"if c is {name}.RED:\n    return 'stop'\nif c == {name}.GREEN:\n    return c.name.lower()\nreturn str(c.value)")
        self.lines += ["", ""]
        return [
            f"print([{user}(c) for c in {name}], {name}(2), {name}['BLUE'].mixed(), len({name}), repr({name}.RED))",
            f"tally = {{c: 0 for c in {name}}}\ntally[{name}.RED] += 2\nprint({{c.name: n for c, n in tally.items()}})",
        ]

    def manager(self):
        name = self.fresh("Guard")
        self.add(0, f"class {name}:")
        self.add(1, "def __init__(self, tag):\n    self.tag = tag\n")
        self.add(1, "def __enter__(self):\n    print('enter', self.tag)\n    return self\n")
        self.add(1, f"def __exit__(self, kind, value, trace):\n    print('exit', self.tag, kind is not None)\n    return {self.pick('False', 'True', 'kind is ValueError')}")
        self.lines += ["", ""]
        return [self.guarded(f"with {name}('a') as g:\n    print(g.tag)\n    {self.pick('int(g.tag)', 'print([1][0])', 'raise ValueError(g.tag)', 'print(1 // 0)')}\nprint('after')")]
