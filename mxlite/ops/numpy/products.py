"""Products of matrices and of arrays of any number of axes; polynomials."""

from __future__ import annotations

import math
from typing import Any

from ...base import Shape
from ..binary import broadcast_shape
from ..inference import PartialShapes, with_length
from ..schema import param, register, required
from .base import Promoting, arithmetic_dtype, cast, exact
from .shapes import broadcast


def matched(inputs: PartialShapes) -> PartialShapes:
    """Partial shapes of a and b, of which the last axis of a is as long as the last but one of b,
    or its only one: as far as both have as many axes as is known."""
    a, b = inputs
    if a and b:
        axis = max(len(b) - 2, 0)
        length = b[axis] if a[-1] is None else a[-1]
        a, b = (*a[:-1], length), with_length(b, axis, length if b[axis] is None else b[axis])
    return [a, b]


class _Product(Promoting):
    """Base: sums of products; those of bool are whether one of the products is true."""

    promotion = staticmethod(arithmetic_dtype)

    def infer_dtype(self, *dtypes):
        return ["bool"] if set(dtypes) == {"bool"} else super().infer_dtype(*dtypes)

    def steps(self, F, *inputs):
        y = super().steps(F, *inputs)
        return cast(F, y, self.infer_dtype(*[x.dtype for x in inputs])[0])


def tensordot(F: Any, a: Any, b: Any, a_axes: Any, b_axes: Any) -> Any:
    """The sum of products over pairs of axes; the other axes follow each other."""
    a_rest = [i for i in range(a.ndim) if i not in a_axes]
    b_rest = [i for i in range(b.ndim) if i not in b_axes]
    shape = tuple([a.shape[i] for i in a_rest] + [b.shape[i] for i in b_rest])
    K = math.prod([a.shape[i] for i in a_axes])
    M, N = math.prod([a.shape[i] for i in a_rest]), math.prod([b.shape[i] for i in b_rest])
    left = exact(F, _ordered(F, a, [*a_rest, *a_axes]), (M, K))
    right = exact(F, _ordered(F, b, [*b_axes, *b_rest]), (K, N))
    return exact(F, F.dot(left, right), shape)


def _ordered(F: Any, x: Any, order: Any) -> Any:
    return x if list(order) == list(range(x.ndim)) else F.transpose(x, axes=tuple(order))


@register("_np_dot", inputs="a b")
class Dot(_Product):
    """The last axis of a with the last but one of b (or its only one), summed over; of a number
    and an array the product."""

    def fill_shapes(self, inputs, outputs):
        return matched(inputs), outputs

    def compute(self, F, a, b):
        if not (a.ndim and b.ndim):
            return F.broadcast_mul(a, b)
        axis = max(b.ndim - 2, 0)
        if a.shape[-1] != b.shape[axis]:
            raise self.shape_error("b", f"with length {a.shape[-1]} on axis {axis} to match a "
                                   f"{a.shape}", b.shape)
        if (b.ndim == 1 and a.ndim == 1) or b.ndim > 2:
            return tensordot(F, a, b, [a.ndim - 1], [axis])
        return F.dot(a, b)


@register("_npi_matmul", inputs="a b")
class MatMul(_Product):
    """Products of the matrices in the last two axes, the others broadcast; a vector is a row on
    the left and a column on the right."""

    def fill_shapes(self, inputs, outputs):
        return matched(inputs), outputs

    def compute(self, F, a, b):
        if not (a.ndim and b.ndim):
            raise self.shape_error("a" if not a.ndim else "b", "of at least one axis", ())
        left = a.reshape((1, *a.shape)) if a.ndim == 1 else a
        right = b.reshape((*b.shape, 1)) if b.ndim == 1 else b
        if left.shape[-1] != right.shape[-2]:
            raise self.shape_error("b", f"that gives {left.shape[-1]} rows to match a {a.shape}",
                                   b.shape)
        if right.ndim == 2:
            y = F.dot(left, right)
        else:
            batch = broadcast_shape(self, left.shape[:-2], right.shape[:-2])
            y = F.batch_dot(broadcast(F, left, (*batch, *left.shape[-2:])),
                            broadcast(F, right, (*batch, *right.shape[-2:])))
        shape = list(y.shape)
        if b.ndim == 1:
            del shape[-1]
        if a.ndim == 1:
            del shape[-1 if b.ndim == 1 else -2]
        return exact(F, y, shape)


@register("_npi_tensordot", inputs="a b")
class TensorDot(_Product):
    """The sum of products over pairs of axes."""

    a_axes_summed: Shape = required("axes of a")
    b_axes_summed: Shape = required("the axis of b for each of them")

    def compute(self, F, a, b):
        if not (a.ndim and b.ndim) and self.a_axes_summed == self.b_axes_summed == (-1,):
            return F.broadcast_mul(a, b)                    # inner(2, b)
        a_axes = [self.axis_in(axis, a.ndim, "axes") for axis in self.a_axes_summed]
        b_axes = [self.axis_in(axis, b.ndim, "axes") for axis in self.b_axes_summed]
        lengths = [[x.shape[i] for i in axes] for x, axes in ((a, a_axes), (b, b_axes))]
        if lengths[0] != lengths[1]:
            raise self.shape_error("b", f"with lengths {lengths[0]} on axes {b_axes} to match a "
                                   f"{a.shape}", b.shape)
        return tensordot(F, a, b, a_axes, b_axes)


@register("_npi_tensordot_int_axes", inputs="a b")
class TensorDotInt(_Product):
    """The last `axes` axes of a with the first of b, summed over."""

    axes: int = param(2, "how many axes", low=0)

    def compute(self, F, a, b):
        n = self.axes
        if n > min(a.ndim, b.ndim) or a.shape[a.ndim - n:] != b.shape[:n]:
            raise self.shape_error("b", f"beginning with the last {n} lengths of a {a.shape}",
                                   b.shape)
        return tensordot(F, a, b, list(range(a.ndim - n, a.ndim)), list(range(n)))


@register("_npi_einsum", inputs="*data")
class EinSum(_Product):
    """Sums of products over the letters that the result does not have: "ij,jk->ik"."""

    subscripts: str = required("letters of the axes of each array, and of the result")
    optimize: int = param(0, "MXNet's; pairs are summed one after the other in any case")

    def terms(self, shapes: Any) -> tuple[list[str], str]:
        """The letters of the arrays and of the result, `...` spelled out with capital letters."""
        text = self.subscripts.replace(" ", "")
        inputs, arrow, result = text.partition("->")
        terms = inputs.split(",")
        if len(terms) != len(shapes):
            raise self.value_error("subscripts", f"made of {len(shapes)} terms", self.subscripts)
        unused = [chr(c) for c in range(945, 970)]      # letters that nobody writes
        widest = 0
        for i, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
            if "..." in term:
                count = len(shape) - len(term) + 3
                widest = max(widest, count)
                terms[i] = term.replace("...", "".join(unused[25 - count:] if count else []))
            if len(terms[i]) != len(shape) or (terms[i] and not terms[i].isalpha()):
                raise self.value_error("subscripts", f"such that term {i} names {len(shape)} axes",
                                       self.subscripts)
        dots = "".join(unused[25 - widest:]) if widest else ""
        if arrow:
            return terms, result.replace("...", dots)
        every = "".join(terms)
        alone = sorted({c for c in every if every.count(c) == 1 and c not in dots})
        return terms, dots + "".join(alone)

    def compute(self, F, *arrays):
        terms, result = self.terms([x.shape for x in arrays])
        lengths: dict[str, int] = {}
        for term, x in zip(terms, arrays, strict=True):
            for letter, n in zip(term, x.shape, strict=True):
                if lengths.setdefault(letter, n) != n and 1 not in (n, lengths[letter]):
                    raise self.shape_error("data", f"with length {lengths[letter]} for {letter!r}",
                                           x.shape)
                lengths[letter] = n if lengths[letter] == 1 else lengths[letter]
        if not set(result) <= set(lengths) or len(set(result)) != len(result):
            raise self.value_error("subscripts", "with letters of the terms in the result, each "
                                   "once", self.subscripts)
        pairs = [self._single(F, term, x, lengths) for term, x in zip(terms, arrays, strict=True)]
        while len(pairs) > 1:
            (left, a), (right, b) = pairs[:2]
            kept = set(result).union(*[term for term, _ in pairs[2:]])
            pairs[:2] = [self._product(F, left, a, right, b, kept)]
        term, x = pairs[0]
        x, term = self._summed(F, x, term, set(result))
        missing = [c for c in result if c not in term]
        assert not missing
        x = _ordered(F, x, [term.index(c) for c in result])
        return F._copy(x) if any(x is each for each in arrays) else x

    def _single(self, F, term, x, lengths):
        """A term without repeated letters, each axis as long as its letter says."""
        x = broadcast(F, x, [lengths[c] for c in term])
        while len(set(term)) < len(term):
            letter = next(c for c in term if term.count(c) > 1)
            one = term.index(letter)
            two = term.index(letter, one + 1)
            x = F.diag(x, axis1=one, axis2=two)
            term = term[:one] + term[one + 1:two] + term[two + 1:] + letter
        return term, x

    def _summed(self, F, x, term, kept):
        axes = tuple([i for i, c in enumerate(term) if c not in kept])
        if not axes:
            return x, term
        rest = "".join([c for c in term if c in kept])
        shape = [n for i, n in enumerate(x.shape) if i not in axes]
        return exact(F, F.sum(x, axis=axes), shape), rest

    def _product(self, F, left, a, right, b, kept):
        """Two terms as one: letters that both have and the result keeps are a batch."""
        a, left = self._summed(F, a, left, kept | set(right))
        b, right = self._summed(F, b, right, kept | set(left))
        batch = [c for c in left if c in right and c in kept]
        summed = [c for c in left if c in right and c not in kept]
        one, two = [c for c in left if c not in right], [c for c in right if c not in left]
        a = _ordered(F, a, [left.index(c) for c in (*batch, *one, *summed)])
        b = _ordered(F, b, [right.index(c) for c in (*batch, *summed, *two)])
        sizes = [math.prod(lengths) for lengths in (
            a.shape[:len(batch)], a.shape[len(batch):len(batch) + len(one)],
            a.shape[len(batch) + len(one):], b.shape[len(batch) + len(summed):])]
        B, M, K, N = sizes
        shape = (*a.shape[:len(batch) + len(one)], *b.shape[len(batch) + len(summed):])
        if batch:
            y = F.batch_dot(exact(F, a, (B, M, K)), exact(F, b, (B, K, N)))
        else:
            y = F.dot(exact(F, a, (M, K)), exact(F, b, (K, N)))
        return "".join((*batch, *one, *two)), exact(F, y, shape)


@register("_npi_polyval", inputs="p x")
class PolyVal(Promoting):
    """p[0] x^(n - 1) + ... + p[n - 1]: the coefficients p (n,), the places x."""

    promotion = staticmethod(arithmetic_dtype)

    def compute(self, F, p, x):
        if p.ndim != 1:
            raise self.shape_error("p", "of one axis", p.shape)
        y = F._zeros(shape=x.shape, dtype=x.dtype)
        for i in range(p.shape[0]):
            y = F.broadcast_add(F.elemwise_mul(y, x), F.slice_axis(p, axis=0, begin=i, end=i + 1)
                                .reshape(()))
        return y
