"""Calls of operators on sparse arrays that tools/record_mxnet_sparse.py makes with MXNet, and tests
with mxlite: the operator, storage types of its inputs, their shapes, parameters."""

import numpy as np

STYPES = ("default", "row_sparse", "csr")
ZERO_KEEPING = """abs arcsin arcsinh arctan arctanh cbrt ceil degrees expm1 fix floor log1p negative
    radians relu rint round sign sin sinh sqrt square tan tanh trunc zeros_like BlockGrad make_loss
    identity""".split()
OTHERS = "arccos cos exp sigmoid logical_not ones_like rsqrt softmax transpose".split()
SCALARS = """_plus_scalar _minus_scalar _rminus_scalar _mul_scalar _div_scalar _power_scalar
    _maximum_scalar _equal_scalar _not_equal_scalar _greater_scalar _greater_equal_scalar
    _lesser_scalar _lesser_equal_scalar _scatter_plus_scalar _scatter_minus_scalar""".split()
BINARY = """elemwise_add elemwise_sub elemwise_mul elemwise_div _maximum _minimum _hypot
    broadcast_add broadcast_sub broadcast_mul _scatter_elemwise_div""".split()
ADDED = ["RR", "RD", "DR", "CC", "CD", "RRR", "RRD", "DRD", "CDC"]
LETTERS = {"D": "default", "R": "row_sparse", "C": "csr"}
SHAPE = (4, 3)


def calls():
    """(name, storage types, shapes, parameters) of all."""
    for stype in STYPES[1:]:
        one = (stype,), (SHAPE,)
        for name in ZERO_KEEPING + OTHERS:
            yield name, *one, {}
        for name in SCALARS:
            for scalar in (0.0, 2.0, -1.0):
                if not (name == "_div_scalar" and scalar == 0):
                    yield name, *one, {"scalar": scalar}
        for name in ("sum", "mean", "norm", "max"):
            for params in ({}, {"axis": 0}, {"axis": 1}, {"axis": 1, "keepdims": True}):
                yield name, *one, params
        yield "clip", *one, {"a_min": -1, "a_max": 1}
        yield "slice", *one, {"begin": (1,), "end": (3,)}
        yield "slice", *one, {"begin": (1, 1), "end": (4, 3)}
        yield "slice", *one, {"begin": (0,), "end": (4,), "step": (2,)}
        for other in ("default", stype):
            yield "cast_storage", *one, {"stype": other}
        for dim in (0, 1):
            yield "concat", (stype, stype), (SHAPE, SHAPE), {"dim": dim}
    for name in BINARY:
        for left in STYPES:
            for right in STYPES:
                if (left, right) != ("default", "default"):
                    yield name, (left, right), (SHAPE, SHAPE), {}
    for letters in ADDED:
        yield "add_n", tuple(LETTERS[letter] for letter in letters), (SHAPE,) * len(letters), {}
    for axis, keepdims in ((0, False), (1, False), (1, True)):
        yield "_square_sum", ("row_sparse",), (SHAPE,), {"axis": axis, "keepdims": keepdims}
    yield from products()


def products():
    """Those of dot; MXNet has no csr^T @ row_sparse as a dense array."""
    for transpose_a in (False, True):
        for transpose_b in (False, True):
            shapes = SHAPE[::-1] if transpose_a else SHAPE, (5, 3) if transpose_b else (3, 5)
            if transpose_a:
                shapes = (3, 4), shapes[1]
            for left in STYPES:
                for right in STYPES:
                    for forward in (None, "default", "row_sparse", "csr"):
                        if (left, right, forward) == ("csr", "row_sparse", "default") and (
                                transpose_a and not transpose_b):
                            continue
                        if left == right == "default" and forward in (None, "default"):
                            continue
                        yield "dot", (left, right), shapes, {
                            "transpose_a": transpose_a, "transpose_b": transpose_b,
                            "forward_stype": forward}


def values(number, shape):
    """Values for input `number`, half of them and one row zeros."""
    rng = np.random.RandomState(number + 7)
    array = rng.randint(-3, 4, shape) / 8 * (rng.rand(*shape) < 0.7)
    array[1] = 0
    return array.astype("float32")
