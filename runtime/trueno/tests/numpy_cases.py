"""What numpy_diff.py draws: for each function, arrays, arguments and NumPy's own call."""
import numpy as np

INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]
REALS = INTS + FLOATS
NUMBERS = REALS + COMPLEX
ALL = ["bool"] + NUMBERS
CASES = {}


class Case:
    def __init__(self, make, ulps=0, norm=None, op=None):
        self.make, self.ulps, self.norm, self.op = make, ulps, norm, op


class Draw:
    """Random shapes, values and views."""

    def __init__(self, rng):
        self.rng = rng

    def int(self, low, high):
        return int(self.rng.integers(low, high))

    def pick(self, items):
        return items[self.int(0, len(items))]

    def shape(self, most=4, least=0):
        n = self.int(least, most + 1)
        if n == 1 and self.int(0, 3) == 0:
            return (self.int(0, 40000) if self.int(0, 4) == 0 else self.int(0, 700),)
        return tuple(self.pick([0, 1, 1, 2, 3, 5, 7, 12, 33]) if self.int(0, 12) == 0 else self.int(1, 14) for _ in range(n))

    def values(self, dtype, shape, small=False):
        rng, size = self.rng, int(np.prod(shape))
        kind = np.dtype(dtype).kind
        if kind == "b":
            return rng.integers(0, 2, size).astype(bool).reshape(shape)
        if kind in "iu":
            info = np.iinfo(dtype)
            if small or self.int(0, 3):
                return rng.integers(max(info.min, -9), min(info.max, 20), size).astype(dtype).reshape(shape)
            return rng.integers(info.min, info.max, size, dtype=dtype, endpoint=True).reshape(shape)
        style = self.int(0, 4)
        def part():
            x = rng.standard_normal(size)
            if style == 1 and not small:
                x = x * 10.0 ** rng.integers(-9, 12, size)
            if style == 2:
                x = np.round(x, self.int(0, 4))
            if style == 3 and not small and size:
                x[rng.integers(0, size, max(1, size // 7))] = rng.choice([0.0, -0.0, np.inf, -np.inf, np.nan])
            return x
        with np.errstate(all="ignore"):
            if kind == "c":
                return (part() + 1j * part()).astype(dtype).reshape(shape)
            return part().astype(dtype).reshape(shape)

    def layout(self, dtype, shape, small=False):
        """An array of this shape that may be a view of a larger buffer in any order."""
        how = self.int(0, 6)
        if how <= 1 or not shape:
            return self.values(dtype, shape, small).copy()
        order = list(self.rng.permutation(len(shape))) if how >= 3 else list(range(len(shape)))
        steps = [self.pick([1, 1, 1, 2, -1, -2, 3]) if how != 3 else 1 for _ in shape]
        pads = [self.pick([0, 0, 1, 3]) if how == 5 else 0 for _ in shape]
        big = [n * abs(s) + p for n, s, p in zip(shape, steps, pads)]
        base = self.values(dtype, [big[a] for a in order], small).copy()
        view = base.transpose(np.argsort(order))
        index = []
        for n, s, size in zip(shape, steps, big):
            if s > 0:
                index.append(slice(0, n * s, s))
            else:
                index.append(slice(size - 1, size - 1 - n * -s if size - 1 - n * -s >= 0 else None, s) if n else slice(0, 0))
        view = view[tuple(index)]
        assert view.shape == tuple(shape), (view.shape, shape, steps, big)
        return view

    def array(self, dtypes, most=4, least=0, small=False):
        return self.layout(self.pick(dtypes), self.shape(most, least), small)

    def pair(self, dtypes, small=False, same_type=None):
        """Two arrays that broadcast, or, seldom, do not."""
        shape = self.shape(3)
        def partner():
            other = [1 if self.int(0, 4) == 0 else n for n in shape]
            return tuple(other[self.int(0, len(other) + 1) if self.int(0, 3) == 0 else 0:])
        left, right = partner(), partner()
        if self.int(0, 25) == 0:
            right = self.shape(3)
        first = self.pick(dtypes)
        second = first if same_type or self.int(0, 2) else self.pick(dtypes)
        return self.layout(first, left, small), self.layout(second, right, small)

    def axes(self, array, least=0):
        """Word for the driver, axis argument and keepdims."""
        keep = self.int(0, 4) == 0
        n = array.ndim
        if n == 0 or self.int(0, 3) == 0:
            return ("k" if keep else "") + "-", None, keep
        count = self.int(1, n + 1) if self.int(0, 2) else 1
        axes = [int(a) for a in self.rng.permutation(n)[:count]]
        axes = [a - n if self.int(0, 3) == 0 else a for a in axes]
        return ("k" if keep else "") + ",".join(map(str, axes)), tuple(axes), keep


def case(name, **settings):
    def register(make):
        CASES[name] = Case(make, **settings)
        return make
    return register


def unary(name, dtypes, f=None, small=False, **settings):
    function = f or getattr(np, name)
    @case(name, **settings)
    def make(draw):
        a = draw.array(dtypes, small=small)
        return [a], [], lambda: function(a)


def binary(name, dtypes, small=False, f=None, **settings):
    function = f or getattr(np, name)
    @case(name, **settings)
    def make(draw):
        a, b = draw.pair(dtypes, small)
        def call():
            wide = np.promote_types(a.dtype, b.dtype)
            return function(np.asarray(a, wide, copy=None), np.asarray(b, wide, copy=None))
        return [a, b], [], call


def reduction(name, dtypes, extra=None, small=False, **settings):
    @case(name, **settings)
    def make(draw):
        a = draw.array(dtypes, small=small)
        word, axis, keep = draw.axes(a)
        words, more = (extra or (lambda d: ([], {})))(draw)
        return [a], [word] + words, lambda: getattr(np, name)(a, axis=axis, keepdims=keep, **more)


for NAME in ["sum", "prod", "all", "any", "count_nonzero", "mean"]:
    reduction(NAME, ALL)
for NAME in ["max", "min"]:
    reduction(NAME, REALS)


def ddof(draw):
    n = draw.int(0, 2)
    return [n], {"ddof": n}


reduction("var", ["bool"] + REALS, ddof)
reduction("std", ["bool"] + REALS, ddof)


@case("ptp")
def _(draw):
    a = draw.array(REALS)
    word, axis, keep = draw.axes(a)
    return [a], [word], lambda: np.ptp(a, axis=axis, keepdims=keep)


for NAME in ["negative", "square", "sign", "absolute"]:
    unary(NAME, REALS)
unary("invert", ["bool"] + INTS)
unary("logical_not", ALL)
for NAME in ["sqrt", "floor", "ceil", "trunc", "rint", "isnan", "isinf", "isfinite", "signbit", "reciprocal", "nan_to_num"]:
    unary(NAME, FLOATS)
for NAME in ["exp", "log", "sin", "cos", "tanh"]:
    unary(NAME, FLOATS, ulps=4)
for NAME in ["exp2", "expm1", "log2", "log10", "log1p", "cbrt", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh",
             "arcsinh", "arccosh", "arctanh", "degrees", "radians"]:
    unary(NAME, FLOATS, ulps=4)
for NAME in ["add", "subtract", "multiply"]:
    binary(NAME, NUMBERS)
binary("divide", FLOATS + COMPLEX)
for NAME in ["remainder", "floor_divide", "fmod", "maximum", "minimum", "fmax", "fmin",
             "less", "less_equal", "greater", "greater_equal"]:
    binary(NAME, REALS)
for NAME in ["equal", "not_equal", "logical_and", "logical_or", "logical_xor"]:
    binary(NAME, ALL)
for NAME in ["bitwise_and", "bitwise_or", "bitwise_xor", "gcd", "lcm"]:
    binary(NAME, INTS)
for NAME in ["arctan2", "hypot", "copysign"]:
    binary(NAME, FLOATS, ulps=4)
binary("logaddexp", FLOATS, norm=8)
binary("power", INTS, small=True)
CASES["power_float"] = Case(lambda d: (lambda p: (list(p), [], lambda: np.power(*p)))(d.pair(["float64"], same_type=True)), ulps=2, op="power")
CASES["power_float32"] = Case(lambda d: (lambda p: (list(p), [], lambda: np.power(*p)))(d.pair(["float32"], same_type=True)), ulps=2, op="power")


@case("pow", ulps=1)
def _(draw):
    a = draw.array(FLOATS)
    e = draw.pick([2.0, 0.5, -1.0, 3.0, 1.5, 0.0, 1.0])
    return [a], [e], lambda: a ** e


@case("left_shift")
def _(draw):
    a = draw.array(INTS)
    b = np.full(a.shape, draw.int(0, 9), a.dtype)
    return [a, b], [], lambda: np.left_shift(a, b)


@case("right_shift")
def _(draw):
    a = draw.array(INTS)
    b = np.full(a.shape, draw.int(0, 9), a.dtype)
    return [a, b], [], lambda: np.right_shift(a, b)


@case("round")
def _(draw):
    a = draw.array(FLOATS)
    decimals = draw.int(-2, 6)
    return [a], [decimals], lambda: np.round(a, decimals)


@case("astype")
def _(draw):
    a = draw.array(ALL, small=True)
    to = draw.pick(ALL)
    if np.dtype(a.dtype).kind in "fc" and np.dtype(to).kind in "iu":
        a = np.nan_to_num(a, nan=0, posinf=1, neginf=2)
        if np.dtype(to).kind == "u":
            a = np.abs(a).astype(a.dtype)
    return [a], [to], lambda: a.astype(to)


@case("reshape")
def _(draw):
    a = draw.array(ALL)
    n = a.size
    shapes = [(n,), (-1,), (1, n), (n, 1), (-1, 2), (3, -1), tuple(reversed(a.shape)), (2, 2)]
    shape = draw.pick(shapes)
    return [a], [",".join(map(str, shape))], lambda: a.reshape(shape)


@case("slice")
def _(draw):
    a = draw.array(ALL)
    words, index, left = [], [], a.ndim
    while left or draw.int(0, 3) == 0:
        kind = draw.int(0, 6)
        if kind == 0:
            words.append("new")
            index.append(None)
        elif kind == 1 and "..." not in words and draw.int(0, 2):
            words.append("...")
            index.append(Ellipsis)
        elif left == 0:
            break
        elif kind == 2:
            n = a.shape[a.ndim - left]
            i = draw.int(-n - 1, n + 1) if draw.int(0, 9) == 0 else (draw.int(-n, n) if n else 0)
            words.append(str(i))
            index.append(i)
            left -= 1
        else:
            parts = [draw.pick([None, draw.int(-15, 15)]) for _ in range(2)] + [draw.pick([None, 1, 2, -1, -3])]
            words.append(":".join("" if p is None else str(p) for p in parts))
            index.append(slice(*parts))
            left -= 1
        if draw.int(0, 6) == 0:
            break
    return [a], words, lambda: a[tuple(index)].copy()


def printing(name):
    @case(name)
    def make(draw):
        a = draw.array(ALL, most=3)
        if draw.int(0, 3) == 0:
            a = draw.layout(draw.pick(ALL), draw.pick([(1001,), (40, 40), (3, 700), (12, 12, 12), (7, 8, 30)]))
        options = []
        settings = {}
        if draw.int(0, 2):
            settings = dict(precision=draw.int(0, 10), suppress=bool(draw.int(0, 2)), linewidth=draw.pick([30, 75, 100]),
                            threshold=draw.pick([5, 100, 1000]), edgeitems=draw.int(1, 4))
            options = [settings["precision"], int(settings["suppress"]), settings["linewidth"], settings["threshold"], settings["edgeitems"]]
        def call():
            with np.printoptions(**settings):
                return str(a) if name == "str" else repr(a)
        return [a], options, call


printing("str")
printing("repr")


# Indexing by arrays.

@case("mask")
def _(draw):
    a = draw.array(ALL, least=1)
    shape = a.shape[:draw.int(1, a.ndim + 1)]
    mask = draw.layout("bool", shape)
    if draw.int(0, 20) == 0:
        mask = draw.layout("bool", (3,))
    return [a, mask], [], lambda: a[mask]


def positions(draw, n, shape):
    wild = draw.int(0, 20) == 0
    if n == 0:
        return np.zeros(shape if wild else (0,), "int64")
    return draw.rng.integers(-n - wild, n + wild, shape)


@case("take_axis")
def _(draw):
    a = draw.array(ALL, least=1)
    axis = draw.int(-a.ndim, a.ndim)
    i = positions(draw, a.shape[axis], draw.shape(2))
    return [a, i], [axis], lambda: np.take(a, i, axis=axis)


@case("take")
def _(draw):
    a = draw.array(ALL, least=1)
    i = positions(draw, a.size, draw.shape(2))
    return [a, i], [], lambda: np.take(a, i)


@case("pick")
def _(draw):
    a = draw.array(ALL, least=2)
    i = positions(draw, a.shape[0], (draw.int(1, 5), 1))
    j = positions(draw, a.shape[1], (draw.int(1, 5),))
    return [a, i, j], [], lambda: a[i, j]


@case("put")
def _(draw):
    a = draw.array(ALL, least=1)
    i = positions(draw, a.shape[0], (draw.int(0, 8),))
    values = draw.layout(a.dtype.name, i.shape + a.shape[1:] if draw.int(0, 2) else a.shape[1:])
    def call():
        out = a.copy()
        out[i] = values
        return out
    return [a, i, values], [], call


@case("set_mask")
def _(draw):
    a = draw.array(ALL, least=1)
    mask = draw.layout("bool", a.shape)
    values = draw.values(a.dtype.name, (int(mask.sum()),)).copy()
    def call():
        out = a.copy()
        out[mask] = values
        return out
    return [a, mask, values], [], call


@case("take_along_axis")
def _(draw):
    a = draw.array(ALL, least=1)
    axis = draw.int(-a.ndim, a.ndim)
    n = a.shape[axis]
    shape = list(a.shape)
    shape[axis] = draw.int(0, 6) if n else 0
    i = draw.rng.integers(-n, max(n, 1), shape) if n else np.zeros(shape, "int64")
    return [a, i], [axis], lambda: np.take_along_axis(a, i, axis)


@case("nonzero")
def _(draw):
    a = draw.array(ALL, least=1)
    return [a], [], lambda: tuple(np.nonzero(a))


@case("where")
def _(draw):
    a, b = draw.pair(ALL, same_type=True)
    c = draw.layout("bool", draw.pick([a.shape, b.shape, ()]))
    return [c, a, b], [], lambda: np.where(c, a, b)


# Sorting and searching.

def along(name, dtypes, least=1, f=None, **settings):
    function = f or getattr(np, name)
    @case(name, **settings)
    def make(draw):
        a = draw.array(dtypes, least=least)
        axis = draw.int(-a.ndim, a.ndim)
        return [a], [axis], lambda: function(a, axis=axis)


along("sort", REALS)
along("argsort", REALS, f=lambda a, axis: np.argsort(a, axis=axis, kind="stable"))
along("argmax", REALS)
along("argmin", REALS)
along("cumsum", ALL)
along("cumprod", ALL)
along("cummax", REALS, f=lambda a, axis: np.maximum.accumulate(a, axis=axis))
along("flip", ALL)


@case("diff")
def _(draw):
    a = draw.array(REALS, least=1)
    axis, n = draw.int(-a.ndim, a.ndim), draw.int(0, 3)
    return [a], [axis, n], lambda: np.diff(a, n=n, axis=axis)


@case("unique")
def _(draw):
    a = draw.array(REALS, small=True)
    return [a], [], lambda: tuple(np.unique(a, return_index=True, return_inverse=True, return_counts=True))


@case("searchsorted")
def _(draw):
    dtype = draw.pick(REALS)
    a = np.sort(draw.values(dtype, (draw.int(0, 60),)))
    v = draw.layout(dtype, draw.shape(2))
    side = draw.pick(["left", "right"])
    return [a, v], [side], lambda: np.searchsorted(a, v, side=side)


@case("digitize")
def _(draw):
    dtype = draw.pick(FLOATS)
    bins = np.sort(draw.values(dtype, (draw.int(1, 20),), small=True))[::draw.pick([1, -1])]
    v = draw.layout(dtype, draw.shape(2), small=True)
    right = bool(draw.int(0, 2))
    return [v, bins], [int(right)], lambda: np.digitize(v, bins, right=right)


@case("isin")
def _(draw):
    dtype = draw.pick(REALS)
    a, b = draw.layout(dtype, draw.shape(2), small=True), draw.layout(dtype, draw.shape(2), small=True)
    return [a, b], [], lambda: np.isin(a, b)


@case("clip")
def _(draw):
    a = draw.array(REALS)
    low, high = draw.int(0, 5), draw.int(5, 12)
    return [a], [low, high], lambda: np.clip(a, low, high)


# Joining and repeating.

@case("concatenate")
def _(draw):
    shape, dtype = draw.shape(3, 1), draw.pick(ALL)
    axis = draw.int(-len(shape), len(shape))
    parts = []
    for _ in range(draw.int(1, 5)):
        other = list(shape)
        other[axis] = draw.int(0, 5)
        if draw.int(0, 30) == 0:
            other[0] += 1
        parts.append(draw.layout(dtype, tuple(other)))
    return parts, [axis], lambda: np.concatenate(parts, axis=axis)


@case("stack")
def _(draw):
    shape, dtype = draw.shape(3), draw.pick(ALL)
    axis = draw.int(-len(shape) - 1, len(shape) + 1)
    parts = [draw.layout(dtype, shape) for _ in range(draw.int(1, 4))]
    return parts, [axis], lambda: np.stack(parts, axis=axis)


@case("repeat")
def _(draw):
    a = draw.array(ALL, least=1)
    axis, n = draw.int(-a.ndim, a.ndim), draw.int(0, 4)
    return [a], [axis, n], lambda: np.repeat(a, n, axis=axis)


@case("roll")
def _(draw):
    a = draw.array(ALL, least=1)
    axis, n = draw.int(-a.ndim, a.ndim), draw.int(-9, 9)
    return [a], [axis, n], lambda: np.roll(a, n, axis=axis)


@case("tile")
def _(draw):
    a = draw.array(ALL, most=2)
    counts = tuple(draw.int(0, 4) for _ in range(draw.int(1, 4)))
    return [a], [",".join(map(str, counts))], lambda: np.tile(a, counts)


@case("rot90")
def _(draw):
    a = draw.array(ALL, least=2)
    k = draw.int(-5, 6)
    return [a], [k], lambda: np.rot90(a, k)


for NAME in ["tril", "triu", "diagonal"]:
    def make(draw, name=NAME):
        a = draw.array(ALL, least=2)
        k = draw.int(-4, 5)
        return [a], [k], lambda: getattr(np, name)(a, k)
    CASES[NAME] = Case(make)


@case("arange")
def _(draw):
    if draw.int(0, 2):
        start, stop, step = draw.int(-20, 20), draw.int(-20, 60), draw.pick([1, 2, -1, -3, 7])
        return [], ["int64", start, stop, step], lambda: np.arange(start, stop, step)
    start, stop, step = draw.rng.normal(), draw.rng.normal() * 30, draw.pick([0.1, 0.25, -0.3, 1.0])
    return [], ["float64", float(start).__repr__(), float(stop).__repr__(), step], lambda: np.arange(start, stop, step)


@case("linspace")
def _(draw):
    start, stop, n, end = float(draw.rng.normal()), float(draw.rng.normal() * 30), draw.int(0, 60), draw.int(0, 2)
    if draw.int(0, 9) == 0:
        stop = start
    return [], [repr(start), repr(stop), n, end], lambda: np.linspace(start, stop, n, endpoint=bool(end))


# Products.

def product(name, shapes, words=(), f=None):
    function = f or getattr(np, name)
    def make(draw):
        dtype = draw.pick(NUMBERS)
        left, right = shapes(draw)
        a, b = (draw.layout(dtype, s, small=True) for s in (left, right))
        if a.dtype.kind in "fc":
            a, b = np.nan_to_num(a), np.nan_to_num(b)
        return [a, b], list(words), lambda: function(a, b)
    CASES[name] = Case(make, norm=64)


def dot_shapes(draw):
    m, k, n = (draw.int(0, 40) for _ in range(3))
    other = k if draw.int(0, 15) else k + 1
    return draw.pick([((m, k), (other, n)), ((k,), (other,)), ((k,), (other, n)), ((m, k), (other,)), ((), (n,)),
                      ((2, m, k), (other, n)), ((2, m, k), (3, other, n))])


def matmul_shapes(draw):
    m, k, n = (draw.int(0, 60) for _ in range(3))
    other = k if draw.int(0, 15) else k + 1
    return draw.pick([((m, k), (other, n)), ((k,), (other,)), ((k,), (other, n)), ((m, k), (other,)),
                      ((3, m, k), (other, n)), ((2, 1, m, k), (3, other, n)), ((3, m, k), (3, other, n))])


product("dot", dot_shapes)
product("matmul", matmul_shapes)
product("inner", lambda d: (lambda k: d.pick([((k,), (k,)), ((3, k), (4, k)), ((k,), (2, k)), ((2, 3, k), (k,))]))(d.int(0, 30)))
product("outer", lambda d: (d.shape(2), d.shape(2)))
product("kron", lambda d: (lambda n: (tuple(d.int(1, 6) for _ in range(n)), tuple(d.int(1, 6) for _ in range(n))))(d.int(1, 4)))
product("tensordot", lambda d: (lambda k: ((3, k), (k, 2, 2)))(d.int(1, 20)), f=lambda a, b: np.tensordot(a, b, 1))


@case("einsum", norm=64)
def _(draw):
    n = {c: draw.int(1, 9) for c in "ijklb"}
    formula = draw.pick(["ij,jk->ik", "ij,jk", "bij,bjk->bik", "i,j->ij", "ij,ij->", "ij,ij->i", "ii,i->i", "ijk,k->ji", "ij,kl->jl", "bij,kj->bik"])
    left, right = formula.split("->")[0].split(",")
    dtype = draw.pick(["int64", "float32", "float64", "complex128"])
    a, b = (np.nan_to_num(draw.layout(dtype, tuple(n[c] for c in term), small=True)) for term in (left, right))
    return [a, b], [formula], lambda: np.einsum(formula, a, b)
