"""More of what numpy_diff.py draws: random streams, linear algebra, statistics, transforms, files."""
import numpy as np

from numpy_cases import ALL, CASES, Case, case


# Random streams: one seed, one method, all numbers of a shape.

def stream(name, arguments, call, legacy=True):
    for old in ([False, True] if legacy else [False]):
        def make(draw, old=old):
            seed = draw.int(0, 2**32) if old or draw.int(0, 2) else int(draw.rng.integers(0, 2**62)) * draw.pick([1, 2**64 + 3])
            shape = draw.shape(2) if draw.int(0, 4) else (draw.int(1, 3000),)
            values, arrays = arguments(draw)
            def run():
                generator = np.random.RandomState(seed) if old else np.random.default_rng(seed)
                return call(generator, shape, values, arrays)
            words = [seed, ",".join(map(str, shape)) or "-"] + [repr(v) for v in values]
            return arrays, words, run
        CASES["random." + ("legacy_" if old else "") + name] = Case(make, ulps=0)


def floats(*ranges):
    return lambda draw: ([round(float(draw.rng.uniform(*r)), 3) for r in ranges], [])


def weights(draw):
    p = draw.rng.random(draw.int(3, 30))
    return p / p.sum()


stream("random", floats(), lambda g, s, v, a: g.random_sample(s) if isinstance(g, np.random.RandomState) else g.random(s))
stream("random_f32", floats(), lambda g, s, v, a: g.random(s, dtype="float32"), legacy=False)
stream("normal", floats((-5, 5), (0, 4)), lambda g, s, v, a: g.normal(*v, s))
stream("uniform", floats((-5, 5), (5, 9)), lambda g, s, v, a: g.uniform(*v, s))
stream("exponential", floats((0, 4)), lambda g, s, v, a: g.exponential(*v, s))
stream("lognormal", floats((-1, 1), (0, 1)), lambda g, s, v, a: g.lognormal(*v, s), legacy=False)
stream("laplace", floats((-1, 1), (0, 1)), lambda g, s, v, a: g.laplace(*v, s), legacy=False)
stream("gamma", lambda d: ([d.pick([0.3, 0.9, 1.0, 1.5, 7.25]), 2.0], []), lambda g, s, v, a: g.gamma(*v, s))
stream("chisquare", floats((0.1, 9)), lambda g, s, v, a: g.chisquare(*v, s), legacy=False)
stream("beta", lambda d: ([d.pick([0.3, 0.9, 2.5]), d.pick([0.4, 1.0, 3.0])], []), lambda g, s, v, a: g.beta(*v, s))
stream("poisson", lambda d: ([d.pick([0.0, 0.5, 3.0, 9.9, 10.0, 35.5, 1000.0])], []), lambda g, s, v, a: g.poisson(*v, s))
stream("binomial", lambda d: ([d.pick([0, 1, 10, 100, 5000]), d.pick([0.0, 0.1, 0.4, 0.5, 0.77, 1.0])], []), lambda g, s, v, a: g.binomial(*v, s))
stream("geometric", lambda d: ([d.pick([0.01, 0.2, 0.4, 0.9, 1.0])], []), lambda g, s, v, a: g.geometric(*v, s), legacy=False)
stream("integers", lambda d: (list(d.pick([(0, 10), (-5, 6), (0, 1), (0, 2**32), (-2**40, 2**50), (0, 2**63 - 1), (3, 3)])), []),
       lambda g, s, v, a: g.randint(*v, s, dtype="int64") if isinstance(g, np.random.RandomState) else g.integers(*v, s))
stream("permutation", lambda d: ([d.int(0, 300)], []), lambda g, s, v, a: g.permutation(v[0]))
stream("choice", lambda d: ([d.int(1, 300)], []), lambda g, s, v, a: g.choice(v[0], s))
stream("choice_unique", lambda d: (lambda n: ([n, d.int(0, n)], []))(d.pick([5, 60, 700, 12000])), lambda g, s, v, a: g.choice(v[0], v[1], replace=False))
stream("choice_weighted", lambda d: ([], [weights(d)]), lambda g, s, v, a: g.choice(len(a[0]), s, p=a[0]))
stream("choice_weighted_unique", lambda d: ([d.int(0, 3)], [weights(d)]), lambda g, s, v, a: g.choice(len(a[0]), v[0], replace=False, p=a[0]))


# Linear algebra: within norm-wise bounds; decompositions are multiplied back where signs are a choice.

def matrix(draw, square=True):
    n = draw.int(1, 30)
    m = n if square else draw.int(1, 30)
    a = draw.layout("float64", (n, m), small=True)
    a = np.nan_to_num(a)
    return a + np.eye(n, m) * n if square else a


def linalg(name, f, square=True, symmetric=False, norm=1e4, words=()):
    def make(draw):
        a = matrix(draw, square)
        if symmetric:
            a = a + a.T
        chosen = [draw.pick(list(words))] if words else []
        return [a], chosen, lambda: f(a, *chosen)
    CASES[name] = Case(make, norm=norm)


linalg("inv", np.linalg.inv)
linalg("det", np.linalg.det)
linalg("slogdet", lambda a: tuple(np.linalg.slogdet(a)))
linalg("cholesky", lambda a: np.linalg.cholesky(a), symmetric=True)
linalg("qr", lambda a: tuple(np.linalg.qr(a)), square=False)
linalg("svdvals", lambda a: np.linalg.svd(a, compute_uv=False), square=False)
linalg("svd_back", lambda a: a.copy(), square=False)
linalg("eigvalsh", np.linalg.eigvalsh, symmetric=True)
linalg("eigh_back", lambda a: a.copy(), symmetric=True)
linalg("pinv", lambda a: np.linalg.pinv(a), square=True)
linalg("matrix_rank", lambda a: np.linalg.matrix_rank(a), square=False)
linalg("matrix_power", lambda a, n: np.linalg.matrix_power(a, n), words=[0, 1, 2, 3, 5, -1, -2])
linalg("norm", lambda a, w: np.linalg.norm(a, {"inf": np.inf, "-inf": -np.inf}.get(w, w)), square=False,
       words=["inf", "-inf", "nuc", "fro", 1, -1, 2])


@case("solve", norm=1e4)
def _(draw):
    a = matrix(draw)
    b = np.nan_to_num(draw.layout("float64", draw.pick([(a.shape[0],), (a.shape[0], 3)]), small=True))
    if draw.int(0, 12) == 0:
        a = np.zeros_like(a)
    return [a, b], [], lambda: np.linalg.solve(a, b)


@case("lstsq", norm=1e5)
def _(draw):
    n = draw.int(1, 8)
    a = draw.rng.standard_normal((n + draw.int(0, 20), n))
    b = draw.rng.standard_normal(draw.pick([(a.shape[0],), (a.shape[0], 2)]))
    def call():
        x, residuals, rank, s = np.linalg.lstsq(a, b)
        return x, residuals, np.int64(rank), s
    return [a, b], [], call


@case("polyfit", norm=1e6)
def _(draw):
    x = draw.rng.standard_normal(draw.int(8, 40))
    y = draw.rng.standard_normal(x.size)
    degree = draw.int(0, 5)
    return [y, x], [degree], lambda: np.polyfit(x, y, degree)


@case("polyval")
def _(draw):
    p, x = draw.rng.standard_normal(draw.int(0, 6)), draw.layout("float64", draw.shape(2))
    return [p, x], [], lambda: np.polyval(p, x)


# Statistics.

@case("median")
def _(draw):
    a = draw.array(["float64", "float32", "int64"], small=True)
    return [a], [], lambda: np.asarray(np.median(a))


@case("median_axis")
def _(draw):
    a = draw.array(["float64"], least=1)
    axis = draw.int(-a.ndim, a.ndim)
    return [a], [axis], lambda: np.median(a, axis=axis)


@case("percentile")
def _(draw):
    a = draw.array(["float64", "float32"], small=True)
    if a.size == 0:
        a = np.ones(3, a.dtype)
    q = draw.pick([0, 25, 50, 90, 99.5, 100, 33.3])
    return [a], [q], lambda: np.asarray(np.percentile(a, q))


@case("percentile_axis")
def _(draw):
    a = draw.array(["float64"], least=1)
    axis, q = draw.int(-a.ndim, a.ndim), draw.pick([0, 25, 50, 90, 100])
    if 0 in a.shape:
        a = np.ones([n or 1 for n in a.shape])
    return [a], [axis, q], lambda: np.percentile(a, q, axis=axis)


@case("histogram")
def _(draw):
    a = np.nan_to_num(draw.array(["float64"], small=True))
    bins = draw.int(1, 30)
    return [a], [bins], lambda: np.histogram(a, bins)


@case("histogram_edges")
def _(draw):
    a = np.nan_to_num(draw.array(["float64"], small=True))
    edges = np.sort(draw.rng.standard_normal(draw.int(2, 9)))
    return [a, edges], [], lambda: np.histogram(a, edges)[0]


for NAME, F in [("cov", np.cov), ("corrcoef", np.corrcoef)]:
    def make(draw, f=F):
        a = draw.rng.standard_normal(draw.pick([(3, 20), (1, 9), (12, 5), (30,)]))
        return [a], [], lambda: f(a)
    CASES[NAME] = Case(make, norm=1e3)


@case("average")
def _(draw):
    a = draw.rng.standard_normal(draw.int(1, 300))
    w = draw.rng.random(a.size)
    return [a, w], [], lambda: np.average(a, weights=w)


def bincount_make(draw):
    a = draw.rng.integers(-1 if draw.int(0, 9) == 0 else 0, 30, draw.int(0, 50))
    n = draw.int(0, 40)
    return [a], [n], lambda: np.bincount(a, minlength=n)


CASES["bincount"] = Case(bincount_make)


@case("gradient")
def _(draw):
    a = draw.array(["float64"], least=1)
    axis = draw.int(-a.ndim, a.ndim)
    return [a], [axis], lambda: np.gradient(a, 0.5, axis=axis)


@case("trapezoid")
def _(draw):
    a = draw.array(["float64"], least=1)
    return [a], [], lambda: np.trapezoid(a, dx=0.5)


@case("interp", ulps=0)
def _(draw):
    xp = np.sort(draw.rng.standard_normal(draw.int(1, 12)))
    fp, x = draw.rng.standard_normal(xp.size), draw.layout("float64", draw.shape(2), small=True)
    return [x, xp, fp], [], lambda: np.interp(x, xp, fp)


for NAME in ["nansum", "nanmax", "nanmean"]:
    def make(draw, f=getattr(np, NAME)):
        a = draw.array(["float64"], least=1)
        if 0 in a.shape:
            a = np.ones([n or 1 for n in a.shape])
        axis = draw.int(-a.ndim, a.ndim)
        import warnings
        def call():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return f(a, axis=axis)
        return [a], [axis], call
    CASES[NAME] = Case(make)

for NAME in ["convolve", "correlate"]:
    def make(draw, f=getattr(np, NAME)):
        a, b = (draw.rng.standard_normal(draw.int(0 if draw.int(0, 9) == 0 else 1, 40)) for _ in range(2))
        mode = draw.pick(["full", "same", "valid"])
        return [a, b], [mode], lambda: f(a, b, mode)
    CASES[NAME] = Case(make, norm=64)


# Fourier transforms and files.

def spectrum(name, dtype, f, norm=64):
    def make(draw):
        a = draw.array([dtype], least=1, small=True)
        axis = draw.int(-a.ndim, a.ndim)
        return [np.nan_to_num(a)], [axis], lambda: f(np.nan_to_num(a), axis)
    CASES[name] = Case(make, norm=norm)


spectrum("fft", "complex128", lambda a, axis: np.fft.fft(a, axis=axis))
spectrum("ifft", "complex128", lambda a, axis: np.fft.ifft(a, axis=axis))
spectrum("rfft", "float64", lambda a, axis: np.fft.rfft(a, axis=axis))
spectrum("fftshift", "complex128", lambda a, axis: np.fft.fftshift(a, axes=axis))


@case("fft2", norm=64)
def _(draw):
    a = np.nan_to_num(draw.array(["complex128"], least=2, small=True))
    return [a], [], lambda: np.fft.fft2(a)


@case("irfft", norm=64)
def _(draw):
    a = np.nan_to_num(draw.array(["complex128"], least=1, small=True))
    axis, n = draw.int(-a.ndim, a.ndim), draw.int(1, 30)
    return [a], [axis, n], lambda: np.fft.irfft(a, n, axis=axis) if a.shape[axis] else (_ for _ in ()).throw(ValueError())


@case("fftfreq")
def _(draw):
    n = draw.int(1, 50)
    return [], [n], lambda: np.fft.fftfreq(n, 0.5)


@case("npy")
def _(draw):
    import io
    parts = [draw.array(ALL) for _ in range(draw.int(1, 4))]
    def call():
        out = []
        for a in parts:
            file = io.BytesIO()
            np.save(file, a)
            file.seek(0)
            out.append(np.load(file))
        return tuple(out)
    return parts, [], call
