"""Arguments for functions of elements, reductions and creation; see np_drawn.py."""

import numpy as onp

_any = lambda d: (d.array("n"),)                                        # noqa: E731
_float = lambda d: (d.array("f"),)                                      # noqa: E731
_above = lambda d: (d.array("f", 0.1, 3.0),)                            # noqa: E731
_within = lambda d: (d.array("f", -0.9, 0.9),)                          # noqa: E731
_two = lambda d: d.pair("n")                                            # noqa: E731
_floats = lambda d: d.pair("w")                                         # noqa: E731
_whole = lambda d: d.pair("u", low=0, high=9)                           # noqa: E731

UNARY = {
    **dict.fromkeys("""absolute abs fabs ceil floor trunc rint exp expm1 sin cos tan arctan sinh
        cosh tanh arcsinh degrees rad2deg radians deg2rad sign square isnan isinf isfinite isposinf
        isneginf negative copy nan_to_num cbrt signbit spacing i0 sinc exp2 positive real isreal
        iscomplex modf frexp atleast_1d atleast_2d atleast_3d fix""".split(), _float),
    **dict.fromkeys("sqrt log log10 log2 log1p reciprocal".split(), _above),
    **dict.fromkeys("arcsin arccos arctanh".split(), _within),
    "arccosh": lambda d: (d.array("f", 1.1, 9.0),),
    **dict.fromkeys("logical_not isnan isfinite zeros_like ones_like".split(), _any),
    **dict.fromkeys(("absolute", "abs", "sign", "square"), lambda d: (d.array(d.of("u", "f")),)),
    **dict.fromkeys(("bitwise_not", "invert"), lambda d: (d.array(d.of("u", "b")),)),
    "clip": lambda d: (d.array(d.of("u", "w")), d.of(None, 0, 1), d.int(1, 3)),
    **dict.fromkeys(("round", "around", "round_"), lambda d: (d.array("w"), d.int(-1, 3))),
    "full_like": lambda d: (d.array("n"), d.int(0, 3)),
    "unwrap": lambda d: (d.vector("w"),),
}
BINARY = {
    **dict.fromkeys("""add multiply maximum minimum equal not_equal greater greater_equal less
        less_equal logical_and logical_or logical_xor""".split(), _two),
    **dict.fromkeys("""subtract true_divide divide hypot arctan2 copysign fmax fmin heaviside
        logaddexp logaddexp2 nextafter float_power isclose""".split(), _floats),
    **dict.fromkeys(("mod", "remainder", "fmod", "floor_divide", "divmod"), lambda d: (
        d.array("d"), d.array("d", 0.5, 3.0, shape=()))),
    "power": lambda d: (d.array("d", 0.1, 3.0), d.array("d", shape=())),
    "ldexp": lambda d: (d.array("w"), d.array("i", shape=())),
    **dict.fromkeys(("lcm", "gcd"), lambda d: d.pair("i", low=0, high=9)),
    **dict.fromkeys(("bitwise_and", "bitwise_or", "bitwise_xor"), lambda d: d.pair(d.of("i", "b"))),
}


def _reduced(kind="n", **limits):
    def case(d):
        a = d.array(kind, **limits)
        return (a,), {"axis": d.axes(a), "keepdims": d.of(False, True)}

    return case


def _along(kind="w", keeps=False, **limits):
    def case(d):
        a = d.long(kind, **limits)
        kept = {"keepdims": d.of(False, True)} if keeps else {}
        return (a,), {"axis": d.one_or_no_axis(a), **kept}

    return case


def _with_nan(case):
    def drawn(d):
        args, kwargs = case(d)
        a = args[0]
        if a.ndim and a.size > 1 and d.of(False, True):
            a.flat[0] = onp.nan
        return args, kwargs

    return drawn


_full = _reduced("w", side=1)
REDUCTIONS = {
    **dict.fromkeys("sum prod any all product sometrue alltrue".split(), _reduced("d")),
    **dict.fromkeys(("any", "all", "max", "min", "amax", "amin", "ptp"), _reduced("i", side=1)),
    **dict.fromkeys(("mean", "std", "var", "median"), _full),
    **dict.fromkeys("nansum nanprod nanmax nanmin nanmean nanstd nanvar nanmedian".split(),
                    _with_nan(_full)),
    **dict.fromkeys(("argmax", "argmin"), _along(keeps=True)),
    **dict.fromkeys(("nanargmax", "nanargmin"), _along()),
    **dict.fromkeys(("cumsum", "cumprod"), _along("d")),
    **dict.fromkeys(("nancumsum", "nancumprod"), _with_nan(_along("d"))),
    "average": lambda d: (lambda a: ((a,), {"axis": d.axes(a), "weights": d.of(
        None, onp.asarray(onp.abs(a) + 0.5))}))(d.long("d")),
    "count_nonzero": _reduced("n"),
    **dict.fromkeys(("percentile", "nanpercentile"), lambda d: (lambda a: (
        (a, d.of(30.0, 0, 100, onp.array([10.0, 60.0]))), {"axis": d.axes(a)}))(d.long("d"))),
    **dict.fromkeys(("quantile", "nanquantile"), lambda d: (lambda a: (
        (a, d.of(0.3, 0, 1, onp.array([0.1, 0.6]))), {"axis": d.axes(a)}))(d.long("d"))),
    "apply_over_axes": lambda d: (onp.sum, d.array("d", shape=(2, 3)), [d.int(0, 1)]),
    "trapz": lambda d: (d.vector("d"),),
}
_n = lambda d: d.int(0, 4)                                              # noqa: E731
CREATION = {
    **dict.fromkeys(("zeros", "ones"), lambda d: (d.shape(), d.of("float32", "int32", "bool"))),
    "full": lambda d: (d.shape(), d.int(0, 9)),
    "arange": lambda d: (d.int(-3, 3), d.int(-3, 9), d.of(1, 2, -1, 3)),
    "eye": lambda d: (_n(d), _n(d), d.int(-3, 3)), "identity": lambda d: (_n(d),),
    "linspace": lambda d: ((d.int(-3, 3), d.int(-3, 3), d.int(0, 6)), {"endpoint": d.of(
        True, False)}),
    "logspace": lambda d: ((d.int(-2, 2), d.int(-2, 2), d.int(0, 5)), {"endpoint": d.of(
        True, False), "base": d.of(2.0, 10.0)}),
    "indices": lambda d: (d.shape(low=1),),
    **dict.fromkeys(("hanning", "hamming", "blackman"), lambda d: (d.int(0, 7),)),
    "tri": lambda d: (_n(d), _n(d), d.int(-2, 2)),
    **dict.fromkeys(("tril_indices", "triu_indices"), lambda d: (_n(d), d.int(-2, 2), _n(d))),
}
