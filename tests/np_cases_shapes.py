"""Arguments for functions that move, join, choose and order items; see np_drawn.py."""

import numpy as onp
from hypothesis import strategies as st


def _axis(kind="n", low=1, **limits):
    def case(d):
        a = d.array(kind, shape=d.shape(low, **limits))
        return a, d.axis(a)

    return case


def _parts(d, a, axis):
    """A number of pieces, or where they begin."""
    return d.of(1, 2, 3, [1], [0, 2], [2, 1], [])


def _divisor(d, a, axis):
    length = a.shape[axis]
    return d.of(*[n for n in range(1, max(length, 1) + 1) if length % n == 0], [1], [0, 2])


def _split(low, axis):
    def case(d):
        a = d.array("n", shape=d.shape(low))
        return a, _divisor(d, a, axis if a.ndim > 1 else 0)

    return case


def _joined(d, axis=None):
    """Arrays that are alike but for an axis."""
    shape = list(d.shape(1))
    axis = d.int(-len(shape), len(shape) - 1) if axis is None else axis
    arrays = []
    for _ in range(d.int(1, 3)):
        shape[axis] = d.int(0, 3)
        arrays.append(d.array("n", shape=tuple(shape)))
    return arrays, axis


def _alike(d, kind="n", low=0, high=2):
    shape = d.shape(low, high)
    return [d.array(kind, shape=shape) for _ in range(d.int(1, 3))]


def _other_shape(d):
    a = d.array("n")
    shape = list(d.draw(st.permutations(a.shape)))
    if shape and a.size and d.of(False, True):
        shape[d.int(0, len(shape) - 1)] = -1
    return a, tuple(shape)


def _repeats(d):
    a = d.array("n", shape=d.shape(1))
    axis = d.one_or_no_axis(a)
    length = a.size if axis is None else a.shape[axis]
    return (a, d.of(0, 1, 2, [d.int(0, 2) for _ in range(length)] or 1)), {"axis": axis}


def _rolled(d):
    a = d.array("n", shape=d.shape(1))
    axes = d.axes(a)
    shift = d.int(-5, 5) if axes is None else tuple([d.int(-5, 5) for _ in axes])
    return a, shift, axes


def _padded(d):
    mode = d.of("constant", "edge", "reflect", "symmetric", "maximum", "minimum")
    a = d.array("w", shape=d.shape(1, side=2))
    return a, [(d.int(0, 5), d.int(0, 5)) for _ in a.shape], mode


SHAPES = {
    "reshape": _other_shape, "ravel": lambda d: (d.array("n"),),
    "shape": lambda d: (d.array("n"),), "ndim": lambda d: (d.array("n"),),
    "size": lambda d: (d.array("n"),), "squeeze": lambda d: (d.array("n", longest=2),),
    "transpose": lambda d: (lambda a: (a, d.draw(st.permutations(range(a.ndim)))))(d.array("n")),
    **dict.fromkeys(("moveaxis", "swapaxes"), lambda d: (lambda a: (a, d.axis(a), d.axis(a)))(
        d.array("n", shape=d.shape(1)))),
    "rollaxis": lambda d: (lambda a: (a, d.axis(a), d.int(0, a.ndim)))(d.array("n", shape=d.shape(
        1))),
    "expand_dims": lambda d: (lambda a: (a, d.int(-a.ndim - 1, a.ndim)))(d.array("n")),
    "flip": lambda d: (lambda a: (a, d.axes(a)))(d.array("n")),
    "flipud": lambda d: (d.array("n", shape=d.shape(1)),),
    "fliplr": lambda d: (d.array("n", shape=d.shape(2)),),
    "rot90": lambda d: (d.array("n", shape=d.shape(2)), d.int(-3, 5)),
    "roll": _rolled, "repeat": _repeats, "pad": _padded,
    "tile": lambda d: (d.array("n"), d.of(0, 1, 3, (2, 1), (1, 2, 2), ())),
    "resize": lambda d: (d.array("n", side=1), d.shape(1)),
    "broadcast_to": lambda d: (lambda a, shape: (a, (*shape, *a.shape)))(d.array("n"), d.shape(
        high=1)),
    "broadcast_arrays": lambda d: [d.array("n", shape=shape) for shape in d.shapes(3)],
    "split": lambda d: (lambda a, axis: (a, _divisor(d, a, axis), axis))(*_axis()(d)),
    "array_split": lambda d: (lambda a, axis: (a, _parts(d, a, axis), axis))(*_axis()(d)),
    "hsplit": _split(1, 1), "vsplit": _split(2, 0), "dsplit": _split(3, 2),
    "concatenate": lambda d: _joined(d),
    "append": lambda d: (lambda arrays, axis: (arrays[0], arrays[-1], axis))(*_joined(d)),
    "stack": lambda d: (lambda arrays: (arrays, d.int(-1, arrays[0].ndim)))(_alike(d)),
    **dict.fromkeys("vstack hstack dstack column_stack row_stack".split(), lambda d: (_alike(d),)),
    "meshgrid": lambda d: ([d.vector("w", 0) for _ in range(d.int(1, 3))],
                           {"indexing": d.of("xy", "ij"), "sparse": d.of(False, True)}),
    "where": lambda d: [d.array(kind, shape=shape) for kind, shape in zip("bww", d.shapes(3),
                                                                        strict=True)],
    "atleast_2d": lambda d: [d.array("n") for _ in range(d.int(1, 3))],
    "trim_zeros": lambda d: (onp.array([0, 0, d.int(0, 2), 3, 0]),),
    "ix_": lambda d: (d.vector("i", low=0), d.vector("i", low=0)),
}


def _square(d):
    return d.array("n", shape=(*d.shape(0, 1), d.int(0, 4), d.int(0, 4)))


def _two_axes(d):
    a = d.array("w", shape=d.shape(2))
    one, two = d.draw(st.permutations(range(a.ndim)))[:2]
    return a, d.int(-2, 2), one, two


def _taken(d):
    a = d.array("n", shape=d.shape(1, side=1))
    axis = d.one_or_no_axis(a)
    n = a.size if axis is None else a.shape[axis]
    mode = d.of("raise", "clip", "wrap")
    reach = n if mode == "raise" else 2 * n
    indices = d.array("i", -reach if mode != "raise" else 0, reach - 1)
    return (a, indices, axis), {"mode": mode}


def _distinct(d):
    """Without equal items, whose order is open."""
    a = d.array("d", shape=d.shape(1))
    return (a,), {"axis": d.one_or_no_axis(a)}


def _inserted(d):
    a = d.array("d", shape=d.shape(1, side=1))
    axis = d.axis(a)
    place = d.of(d.int(0, a.shape[axis]), slice(0, None, 2), [0, a.shape[axis]])
    return a, place, float(d.int(0, 9)), axis


def _deleted(d):
    a = d.array("n", shape=d.shape(1, side=1))
    axis = d.one_or_no_axis(a)
    n = a.size if axis is None else a.shape[axis]
    return a, d.of(d.int(-n, n - 1), slice(None, None, 2), [0, -1], onp.array([n - 1])), axis


def _unique(d):
    flags = {f"return_{name}": d.of(False, True) for name in ("index", "inverse", "counts")}
    return (d.vector("i", 0),), flags


ITEMS = {
    **dict.fromkeys(("sort", "argsort"), _distinct),
    "msort": lambda d: (d.array("d", shape=d.shape(1)),),
    **dict.fromkeys(("partition",), lambda d: (onp.sort(d.vector("d")), 0)),
    "argpartition": lambda d: (onp.sort(d.vector("d")), 0),
    "lexsort": lambda d: ([d.vector("d", 3, 3), d.vector("i", 3, 3)],),
    "searchsorted": lambda d: (onp.sort(d.vector("d")), d.array("d"), d.of("left", "right")),
    "digitize": lambda d: (d.array("d"), onp.sort(d.vector("d"))),
    "take": _taken,
    "take_along_axis": lambda d: (lambda a, axis: (a, onp.argsort(a, axis), axis))(
        *_axis("d", side=1)(d)),
    "choose": lambda d: (d.array("i", 0, 1, shape=(3,)), [d.array("d", shape=(3,)) for _ in "ab"]),
    "compress": lambda d: (onp.array([d.of(True, False) for _ in range(2)]), d.array("n", shape=(
        3, 2)), d.int(0, 1)),
    "extract": lambda d: (d.array("b", shape=(2, 3)), d.array("n", shape=(2, 3))),
    "select": lambda d: ([d.array("b", shape=(3,)) for _ in "ab"],
                         [d.array("d", shape=(3,)) for _ in "ab"]),
    "piecewise": lambda d: (lambda a: (a, [a < 0, a >= 0], [-1.0, 1.0]))(d.vector("d")),
    "insert": _inserted, "delete": _deleted, "unique": _unique,
    **dict.fromkeys("intersect1d union1d setdiff1d setxor1d isin in1d".split(), lambda d: (
        d.vector("i"), d.vector("i"))),
    "nonzero": lambda d: (d.array("n", shape=d.shape(1)),),
    **dict.fromkeys(("argwhere", "flatnonzero"), lambda d: (d.array("n"),)),
    "bincount": lambda d: ((d.vector("i", low=0),), {"minlength": d.int(0, 6)}),
    "unravel_index": lambda d: (d.array("i", 0, 5), (2, 3)),
    "ravel_multi_index": lambda d: (tuple(d.array("i", 0, 1, shape=(3,)) for _ in "ab"), (2, 3)),
    "diag": lambda d: (d.array("n", shape=d.shape(1, 2)), d.int(-3, 3)),
    "diagflat": lambda d: (d.array("n"), d.int(-2, 2)),
    "diagonal": _two_axes, "trace": _two_axes,
    **dict.fromkeys(("tril", "triu"), lambda d: (_square(d), d.int(-3, 3))),
    "diff": lambda d: (lambda a, axis: (a, d.int(0, 3), axis))(*_axis("d")(d)),
    "ediff1d": lambda d: (d.array("d"),),
    **dict.fromkeys(("tril_indices_from", "triu_indices_from"), lambda d: (d.array("d", shape=(
        3, 4)), d.int(-2, 2))),
    "diag_indices_from": lambda d: (d.matrix(),),
    **dict.fromkeys(("packbits", "unpackbits"), lambda d: (d.vector("u").astype("uint8"),)),
    "apply_along_axis": lambda d: (onp.sum, d.int(0, 1), d.array("d", shape=(2, 3))),
}
