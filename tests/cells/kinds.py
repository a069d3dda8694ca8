"""Kinds of values: three of each, how one is shown, how one is changed."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    # Three expressions; the first two differ, the third differs from both where the kind has three values.
    values: tuple
    # As an annotation.
    typed: str
    # Imports and classes it needs.
    before: str = ""
    # How a value is shown, `@` is the value.
    show: str = "@"
    # A statement that changes `@` in place; without, a name is bound anew.
    change: str = ""


def lines(*rows):
    return "\n".join(rows) + "\n"


OWN = lines(
    "class Box:",
    "    def __init__(self, n):",
    "        self.n = n",
    "    def __repr__(self):",
    "        return f'Box({self.n})'",
)
SUB = OWN + lines(
    "class Lid(Box):",
    "    def __init__(self, n, name='lid'):",
    "        super().__init__(n)",
    "        self.name = name",
    "    def __repr__(self):",
    "        return f'Lid({self.n}, {self.name})'",
)
ORDERED = lines(
    "class Card:",
    "    def __init__(self, rank):",
    "        self.rank = rank",
    "    def __eq__(self, other):",
    "        return isinstance(other, Card) and self.rank == other.rank",
    "    def __hash__(self):",
    "        return hash(self.rank)",
    "    def __lt__(self, other):",
    "        return self.rank < other.rank",
    "    def __repr__(self):",
    "        return f'Card({self.rank})'",
)
DATA = lines(
    "from dataclasses import dataclass",
    "@dataclass",
    "class Point:",
    "    x: int",
    "    y: int = 0",
)
FROZEN = lines(
    "from dataclasses import dataclass",
    "@dataclass(frozen=True, order=True)",
    "class Spot:",
    "    x: int",
    "    name: str = 'spot'",
)
COLOR = lines("from enum import Enum", "class Color(Enum):", "    RED = 1", "    GREEN = 2", "    BLUE = 3")
LEVEL = lines("from enum import IntEnum", "class Level(IntEnum):", "    LOW = 1", "    MID = 2", "    HIGH = 3")
MODE = lines("from enum import Flag, auto", "class Mode(Flag):", "    READ = auto()", "    WRITE = auto()", "    RUN = auto()")
PAIR = lines("from collections import namedtuple", "Pair = namedtuple('Pair', 'left right')")
SPAN = lines(
    "from typing import NamedTuple",
    "class Range(NamedTuple):",
    "    low: int",
    "    high: int = 10",
    "    def width(self):",
    "        return self.high - self.low",
)
SHAPES = lines(
    "class Square:",
    "    sides = 4",
    "    def __init__(self, n=2):",
    "        self.n = n",
    "    def area(self):",
    "        return self.n * self.n",
    "class Line:",
    "    sides = 1",
    "    def __init__(self, n=3):",
    "        self.n = n",
    "    def area(self):",
    "        return 0",
    "class Dot(Square):",
    "    sides = 0",
)
FUNCTIONS = lines(
    "def double(n):",
    "    return n * 2",
    "def square(n):",
    "    return n * n",
    "def negate(n):",
    "    return -n",
)
COUNT = lines("def count(n):", "    for i in range(n):", "        yield i * n")
TYPING = "from typing import {}\n"

KINDS = [
    Kind("int", ("3", "7", "-2"), "int"),
    Kind("big_int", ("10**30", "2**70", "-5**40"), "int"),
    Kind("float", ("1.5", "2.0", "-0.25"), "float"),
    Kind("bool", ("True", "False", "True"), "bool"),
    Kind("str", ("'ab'", "'xyz'", "''"), "str"),
    Kind("none", ("None", "None", "None"), "None"),
    Kind("bytes", ("b'ab'", "b'xyz'", "b''"), "bytes"),
    Kind("tuple", ("(1, 'a')", "(2, 'b')", "(0, 'c')"), "tuple"),
    Kind("one_tuple", ("(1,)", "(5,)", "(-3,)"), "tuple"),
    Kind("list_int", ("[1, 2]", "[3]", "[]"), "list[int]", change="@.append(9)"),
    Kind("list_str", ("['a', 'b']", "['c']", "[]"), "list[str]", change="@.append('z')"),
    Kind("list_float", ("[1.5, 2.0]", "[0.25]", "[-1.0, 3.5]"), "list[float]", change="@.append(9.5)"),
    Kind("dict", ("{'a': 1}", "{'b': 2, 'c': 3}", "{}"), "dict[str, int]", change="@['z'] = 9"),
    Kind("dict_of_lists", ("{'a': [1]}", "{'b': [2, 3]}", "{}"), "dict[str, list[int]]", change="@['z'] = [9]"),
    Kind("set", ("{1, 2}", "{3}", "set()"), "set[int]", change="@.add(9)"),
    Kind("frozenset", ("frozenset({1, 2})", "frozenset([3])", "frozenset()"), "frozenset"),
    Kind("object", ("Box(1)", "Box(2)", "Box(0)"), "Box", OWN, change="@.n += 10"),
    Kind("enum", ("Color.RED", "Color.GREEN", "Color.BLUE"), "Color", COLOR),
    Kind("dataclass", ("Point(1, 2)", "Point(3)", "Point(0, -1)"), "Point", DATA, change="@.x += 10"),
    Kind("frozen", ("Spot(1, 'a')", "Spot(3)", "Spot(0, 'c')"), "Spot", FROZEN),
    Kind("optional", ("pick(1)", "pick(0)", "pick(2)"), "Optional[int]",
         TYPING.format("Optional") + lines("def pick(n) -> Optional[int]:", "    return n * 5 if n else None")),
    Kind("mixed_list", ("[1, 'a', None]", "['b', 2.5]", "[True]"), "list", change="@.append('z')"),
    Kind("nested_list", ("[[1], [2, 3]]", "[[4]]", "[]"), "list[list[int]]", change="@.append([9])"),
    Kind("range", ("range(3)", "range(1, 6, 2)", "range(0)"), "range"),
    Kind("complex", ("1+2j", "3j", "2.5+0j"), "complex"),
    Kind("deque", ("deque([1, 2])", "deque([3])", "deque()"), "deque",
         "from collections import deque\n", change="@.append(9)"),
    Kind("counter", ("Counter('aab')", "Counter({'x': 2})", "Counter()"), "Counter",
         "from collections import Counter\n", change="@['z'] += 2"),
    Kind("defaultdict", ("made(1)", "made(2)", "made(0)"), "dict",
         "from collections import defaultdict\n"
         + lines("def made(n):", "    d = defaultdict(list)", "    for i in range(n):", "        d[i].append(n)", "    return d"),
         show="dict(@)", change="@[9].append(9)"),
    Kind("ordered_dict", ("OrderedDict(a=1)", "OrderedDict([('b', 2), ('c', 3)])", "OrderedDict(z=0)"), "OrderedDict",
         "from collections import OrderedDict\n", change="@['z'] = 9"),
    Kind("namedtuple", ("Pair(1, 'a')", "Pair(2, 'b')", "Pair(left=0, right='c')"), "Pair", PAIR),
    Kind("typed_tuple", ("Range(1, 5)", "Range(2)", "Range(0, 3)"), "Range", SPAN),
    Kind("fraction", ("Fraction(1, 3)", "Fraction(5, 2)", "Fraction(-2)"), "Fraction", "from fractions import Fraction\n"),
    Kind("decimal", ("Decimal('1.50')", "Decimal(3)", "Decimal('-0.2')"), "Decimal", "from decimal import Decimal\n"),
    Kind("date", ("date(2024, 2, 29)", "date(2023, 1, 1)", "date(2025, 12, 31)"), "date", "from datetime import date\n"),
    Kind("timedelta", ("timedelta(days=1)", "timedelta(hours=5, seconds=3)", "timedelta(0)"), "timedelta",
         "from datetime import timedelta\n"),
    Kind("datetime", ("datetime(2024, 2, 29, 12, 30)", "datetime(2023, 1, 1)", "datetime(2025, 12, 31, 23, 59, 59)"),
         "datetime", "from datetime import datetime\n"),
    Kind("class", ("Square", "Line", "Dot"), "type", SHAPES, show="(@.__name__, @.sides, @().area())"),
    Kind("function", ("double", "square", "negate"), "Callable[[int], int]",
         TYPING.format("Callable") + FUNCTIONS, show="@(5)"),
    Kind("lambda", ("lambda n: n + 1", "lambda n: n * 3", "lambda n: -n"), "Callable[[int], int]",
         TYPING.format("Callable"), show="@(5)"),
    Kind("bound_method", ("Box(1).more", "Box(2).more", "Box(0).more"), "Callable[[int], int]",
         TYPING.format("Callable") + lines(
             "class Box:", "    def __init__(self, n):", "        self.n = n",
             "    def more(self, k):", "        self.n += k", "        return self.n"), show="@(5)"),
    Kind("bytearray", ("bytearray(b'ab')", "bytearray(3)", "bytearray()"), "bytearray", change="@.append(65)"),
    Kind("path", ("Path('a/b.txt')", "Path('c')", "Path('/x') / 'y'"), "Path", "from pathlib import PurePosixPath as Path\n"),
    Kind("generator", ("count(2)", "count(3)", "(n * n for n in range(4))"), "Iterator[int]",
         TYPING.format("Iterator") + COUNT, show="list(@)", change="next(@, None)"),
    Kind("iterator", ("iter([1, 2])", "iter((3, 4))", "iter([5])"), "Iterator[int]",
         TYPING.format("Iterator"), show="list(@)", change="next(@, None)"),
    Kind("error", ("ValueError('bad', 3)", "KeyError('k')", "ValueError()"), "Exception"),
    Kind("match", ("re.search(r'(\\d+)', 'a12')", "re.match(r'\\w+', 'xyz')", "re.search(r'(b)(c)?', 'abc')"), "re.Match",
         "import re\n"),
    Kind("subclass", ("Lid(1)", "Box(2)", "Lid(0, 'top')"), "Box", SUB, change="@.n += 10"),
    Kind("ordered", ("Card(1)", "Card(7)", "Card(-4)"), "Card", ORDERED, change="@.rank += 1"),
    Kind("int_enum", ("Level.LOW", "Level.HIGH", "Level.MID"), "Level", LEVEL),
    Kind("flag", ("Mode.READ", "Mode.READ | Mode.WRITE", "Mode.RUN"), "Mode", MODE),
]
