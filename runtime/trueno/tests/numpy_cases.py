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
for NAME in ["arctan2", "hypot", "copysign", "logaddexp"]:
    binary(NAME, FLOATS, ulps=4)
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
