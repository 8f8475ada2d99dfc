"""Samples of the pointwise operators: of one array, of two, of an array and a number."""

import math

import numpy as np

from .sample import Fixed, Sample


def scipy_special(name):
    """A function of scipy.special, imported when it is called: the recorder has no SciPy."""
    def oracle(x):
        from scipy import special

        return getattr(special, name)(x)
    return oracle


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softrelu(x):
    return np.log1p(np.exp(x))


AWAY = (0.125, 2.0)          # off the kink or the pole at 0
WITHIN = (-0.875, 0.875)

# name: (oracle, domain); all have gradients of first and second order
SMOOTH = {
    "abs": (np.abs, AWAY), "square": (np.square, (-2, 2)), "sqrt": (np.sqrt, AWAY),
    "rsqrt": (lambda x: x ** -0.5, AWAY), "cbrt": (np.cbrt, AWAY),
    "rcbrt": (lambda x: 1 / np.cbrt(x), AWAY), "exp": (np.exp, (-2, 2)),
    "expm1": (np.expm1, (-2, 2)), "log": (np.log, AWAY), "log10": (np.log10, AWAY),
    "log2": (np.log2, AWAY), "log1p": (np.log1p, (-0.75, 2)), "sin": (np.sin, (-4, 4)),
    "cos": (np.cos, (-4, 4)), "tan": (np.tan, (-1.25, 1.25)), "arcsin": (np.arcsin, WITHIN),
    "arccos": (np.arccos, WITHIN), "arctan": (np.arctan, (-4, 4)), "sinh": (np.sinh, (-2, 2)),
    "cosh": (np.cosh, (-2, 2)), "tanh": (np.tanh, (-2, 2)), "arcsinh": (np.arcsinh, (-4, 4)),
    "arccosh": (np.arccosh, (1.125, 4)), "arctanh": (np.arctanh, WITHIN),
    "degrees": (np.degrees, (-2, 2)), "radians": (np.radians, (-90, 90)),
    "reciprocal": (np.reciprocal, AWAY), "negative": (np.negative, (-2, 2)),
    "relu": (lambda x: np.maximum(x, 0), AWAY), "sigmoid": (sigmoid, (-4, 4)),
    "softsign": (lambda x: x / (1 + np.abs(x)), AWAY), "softrelu": (softrelu, (-4, 4)),
    "log_sigmoid": (lambda x: -softrelu(-x), (-4, 4)),
    "mish": (lambda x: x * np.tanh(softrelu(x)), (-4, 4)),
    "erf": (np.vectorize(math.erf, otypes="d"), (-2, 2)),
    "erfinv": (scipy_special("erfinv"), WITHIN),
    "gamma": (np.vectorize(math.gamma, otypes="d"), (0.5, 4)),
    "gammaln": (np.vectorize(math.lgamma, otypes="d"), (0.5, 4)),
    "digamma": (scipy_special("digamma"), (0.5, 4)),
    "_copy": (lambda x: x, (-2, 2)),
}
UNRECORDED = ("softrelu", "log_sigmoid", "mish", "digamma")      # not in MXNet 1.9.1
SINGLE = ("degrees", "radians", "erf", "erfinv", "gamma", "gammaln")
FIRST_ONLY = ("digamma",)    # its gradient is the trigamma function, which has none


def half_away(x):
    return np.sign(x) * np.floor(np.abs(x) + 0.5)


def half_down(x):
    return np.ceil(x - 0.5)


HALVES = Fixed([-2.5, -1.5, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.5, 2.5, 3.0])
NOT_NUMBERS = Fixed([float("nan"), float("inf"), -float("inf"), 0.0, -1.5, 2.0])
STEPS = {"sign": np.sign, "rint": half_down, "round": half_away, "ceil": np.ceil, "floor": np.floor,
         "trunc": np.trunc, "fix": np.trunc, "logical_not": lambda x: x == 0}
TESTS = {"isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite}

# name: (oracle, domain, gradient of first order, of second)
BINARY = {
    "add": (np.add, (-2, 2), True), "sub": (np.subtract, (-2, 2), True),
    "mul": (np.multiply, (-2, 2), True), "div": (np.divide, AWAY, True),
    "power": (np.power, AWAY, True), "hypot": (np.hypot, AWAY, True),
    "maximum": (np.maximum, (-2, 2), True), "minimum": (np.minimum, (-2, 2), True),
    "mod": (np.mod, AWAY, False),
    "equal": (np.equal, None, False), "not_equal": (np.not_equal, None, False),
    "greater": (np.greater, None, False), "greater_equal": (np.greater_equal, None, False),
    "lesser": (np.less, None, False), "lesser_equal": (np.less_equal, None, False),
    "logical_and": (np.logical_and, None, False), "logical_or": (np.logical_or, None, False),
    "logical_xor": (np.logical_xor, None, False),
}
SOME = Fixed([[0.0, 1.0, -2.0], [3.0, 0.0, 1.5]])
OTHERS = Fixed([[0.0, 1.0, 2.0], [-3.0, 1.0, 1.25]])
BROADCAST = [((2, 3), (2, 3)), ((2, 1, 3), (1, 4, 1)), ((3, 1), (3, 5))]

# name: (oracle of x and the number, number, domain, has a gradient)
SCALAR = {
    "_plus_scalar": (lambda x, s: x + s, 1.5, (-2, 2), True),
    "_minus_scalar": (lambda x, s: x - s, 1.5, (-2, 2), True),
    "_rminus_scalar": (lambda x, s: s - x, 1.5, (-2, 2), True),
    "_mul_scalar": (lambda x, s: x * s, -1.5, (-2, 2), True),
    "_div_scalar": (lambda x, s: x / s, 1.5, (-2, 2), True),
    "_rdiv_scalar": (lambda x, s: s / x, 1.5, AWAY, True),
    "_power_scalar": (lambda x, s: x ** s, 2.5, AWAY, True),
    "_rpower_scalar": (lambda x, s: s ** x, 1.5, (-2, 2), True),
    "_hypot_scalar": (np.hypot, 1.5, AWAY, True),
    "_maximum_scalar": (np.maximum, 0.5, (0.625, 2), True),
    "_minimum_scalar": (np.minimum, 0.5, (-2, 0.375), True),
    "_mod_scalar": (np.mod, 1.5, (0.125, 1.25), True),
    "_rmod_scalar": (lambda x, s: np.mod(s, x), 1.75, (0.9, 1.5), True),
    "_equal_scalar": (np.equal, 1.0, None, False),
    "_not_equal_scalar": (np.not_equal, 1.0, None, False),
    "_greater_scalar": (np.greater, 1.0, None, False),
    "_greater_equal_scalar": (np.greater_equal, 1.0, None, False),
    "_lesser_scalar": (np.less, 1.0, None, False),
    "_lesser_equal_scalar": (np.less_equal, 1.0, None, False),
    "_logical_and_scalar": (np.logical_and, 1.0, None, False),
    "_logical_or_scalar": (np.logical_or, 0.0, None, False),
    "_logical_xor_scalar": (np.logical_xor, 1.0, None, False),
}


def smooth_l1(x, scalar):
    near = np.abs(x) < 1 / scalar ** 2
    return np.where(near, 0.5 * (scalar * x) ** 2, np.abs(x) - 0.5 / scalar ** 2)


def unary_samples():
    for name, (oracle, domain) in SMOOTH.items():
        for shape in ((3, 5), (0, 4)):
            yield Sample(name, (shape,), oracle, domain=domain, second=name not in FIRST_ONLY,
                         slack=4, single=name in SINGLE,
                         recorded=name not in UNRECORDED and 0 not in shape)
    for name, oracle in STEPS.items():
        yield Sample(name, (HALVES,), oracle, wrt=() if name == "logical_not" else (0,),
                     gradient="recorded")
    for name, oracle in TESTS.items():
        yield Sample(name, (NOT_NUMBERS,), oracle, gradient="none")


def binary_samples():
    for name, (oracle, domain, smooth) in BINARY.items():
        for left, right in BROADCAST if smooth else BROADCAST[:2]:
            if domain is not None:
                yield Sample("broadcast_" + name, (left, right), oracle, domain=domain, slack=4,
                             second=smooth)
        if domain is None:
            yield Sample("broadcast_" + name, (SOME, OTHERS), oracle, gradient="none")
            yield Sample("_" + name, (SOME, OTHERS), oracle, gradient="none")
        yield Sample("broadcast_" + name, ((0, 3), (1, 3)), oracle, domain=AWAY, gradient="none",
                     recorded=False)
    for name in ("add", "sub", "mul", "div"):
        oracle, domain, _ = BINARY[name]
        yield Sample("elemwise_" + name, ((2, 3), (2, 3)), oracle, domain=domain, second=True)
    for name in ("power", "hypot", "maximum", "minimum"):
        oracle, domain, _ = BINARY[name]
        yield Sample("_" + name, ((2, 3), (2, 3)), oracle, domain=domain, second=True, slack=4)
    yield Sample("_mod", ((2, 3), (2, 3)), np.mod, domain=AWAY)


def floor_division_samples():
    """MXNet has none to record."""
    quiet = {"domain": AWAY, "gradient": "none", "recorded": False}
    for name in ("broadcast_floor_div", "_floor_div"):
        yield Sample(name, ((2, 3), (2, 3)), np.floor_divide, **quiet)
    yield Sample("broadcast_floor_div", ((2, 1, 3), (1, 4, 1)), np.floor_divide, **quiet)
    yield Sample("_floor_div_scalar", ((2, 3),), lambda x, scalar: x // scalar, {"scalar": 0.4},
                 **quiet)
    yield Sample("_rfloor_div_scalar", ((2, 3),), lambda x, scalar: scalar // x, {"scalar": 4.0},
                 **quiet)


def scalar_samples():
    for name, (oracle, number, domain, smooth) in SCALAR.items():
        yield Sample(name, ((2, 3) if smooth else SOME,),
                     lambda x, oracle=oracle, number=number, **_: oracle(x, number),
                     {"scalar": number}, domain=domain or (-2, 2), second=smooth, slack=4,
                     gradient="checked" if smooth else "none")


SAMPLES = [
    *unary_samples(), *binary_samples(), *scalar_samples(), *floor_division_samples(),
    Sample("clip", ((4, 3),), lambda x, a_min, a_max: np.clip(x, a_min, a_max),
           {"a_min": -0.8125, "a_max": 0.6875}, second=True),
    Sample("smooth_l1", ((4, 3),), lambda x, scalar: smooth_l1(x, scalar), {"scalar": 1.0},
           domain=(-3, 3), second=True),
    Sample("hard_sigmoid", ((4, 3),),
           lambda x, alpha, beta: np.clip(alpha * x + beta, 0, 1), {"alpha": 0.25, "beta": 0.5},
           second=True),
    Sample("add_n", ((2, 3), (2, 3), (2, 3)), lambda *xs: sum(xs), second=True),
    Sample("BlockGrad", ((2, 3),), lambda x: x, gradient="recorded"),
    Sample("make_loss", ((2, 3),), lambda x: x, gradient="recorded"),
    Sample("MakeLoss", ((2, 3),), lambda x, **_: x, {"grad_scale": 2.0}, gradient="recorded"),
    Sample("Cast", ((2, 3),), lambda x, dtype: x, {"dtype": "float64"}, second=True),
    Sample("amp_cast", ((2, 3),), lambda x, dtype: x, {"dtype": "float32"},
           recorded_in=("float32",)),
    Sample("zeros_like", ((2, 3),), np.zeros_like, gradient="recorded"),
    Sample("ones_like", ((2, 3),), np.ones_like, gradient="recorded"),
    Sample("shape_array", ((2, 3),), lambda x: np.array(x.shape), gradient="none"),
    Sample("size_array", ((2, 3),), lambda x: np.array([x.size]), gradient="none"),
]
