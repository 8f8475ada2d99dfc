"""Linear algebra by NumPy's rules of shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...base import Shape
from ...device.memory import Spec
from ..binary import unbroadcast
from ..schema import Op, host, kernel, param, register
from ..trace import composed
from .base import NumpyOp, Promoting, cast, exact, float_dtype
from .reductions import _Reduction
from .shapes import as_tuple

LINALG_ERROR = "a matrix of numbers that can be factored"


@register("_npi_norm", inputs="data")
class Norm(_Reduction):
    """The norm of vectors over an axis, or of matrices over two."""

    ord: str = param("None", "None, a number, fro or nuc")

    def infer_dtype(self, data):
        return [float_dtype([data])]

    def fill_dtypes(self, inputs, outputs):
        return inputs, outputs if inputs[0] is None else self.infer_dtype(inputs[0])

    def steps(self, F, data):
        dtype = float_dtype([data.dtype])
        data = data if data.dtype == dtype else F.Cast(data, dtype=dtype)
        order = None if self.ord == "None" else self.ord
        axes = self.axes(data.ndim)
        if order is not None and self.axis is None and data.ndim not in (1, 2):
            raise self.value_error("ord", f"None, or axis given, for an array of {data.ndim} "
                                   "dimensions", order)
        if order in ("fro", None):
            if order == "fro" and len(axes) != 2:
                raise self.value_error("ord", "'fro' of matrices, over two axes", order)
            return F.sqrt(self.reduced(F, "sum", F.square(data)))
        if order == "nuc":
            return self._of_matrices(F, data, lambda s: self._summed(F, s))
        number = float(order)
        if len(axes) == 2:
            return self._matrix(F, data, number, axes)
        if math.isinf(number):
            return self.reduced(F, "max" if number > 0 else "min", F.abs(data))
        if number == 0:
            return self.reduced(F, "sum", F._not_equal_scalar(data, scalar=0.0))
        if number == 1:
            return self.reduced(F, "sum", F.abs(data))
        if number == 2:
            return F.sqrt(self.reduced(F, "sum", F.square(data)))
        return self.reduced(F, "sum", F.abs(data) ** number) ** (1.0 / number)

    def _matrix(self, F: Any, data: Any, number: float, axes: Any) -> Any:
        given = [self.axis_in(i, data.ndim) for i in as_tuple(self.axis or (0, 1))]
        if abs(number) == 2:
            pick = F.max if number > 0 else F.min
            return self._of_matrices(F, data, lambda s: pick(s, axis=s.ndim - 1, keepdims=True))
        if abs(number) != 1 and not math.isinf(number):
            raise self.value_error("ord", "1, -1, 2, -2, inf, -inf, 'fro' or 'nuc' for matrices",
                                   self.ord)
        first = given[0] if abs(number) == 1 else given[1]
        sums = F.sum(F.abs(data), axis=first, keepdims=True)
        pick = F.max if number > 0 else F.min
        other = given[1] if first == given[0] else given[0]
        return exact(F, pick(sums, axis=other, keepdims=True), self.shape(data.shape))

    def _summed(self, F: Any, values: Any) -> Any:
        return F.sum(values, axis=values.ndim - 1, keepdims=True)

    def _of_matrices(self, F: Any, data: Any, function: Any) -> Any:
        """function(singular values), whose last axis it reduces to length 1."""
        rows, columns = [self.axis_in(i, data.ndim) for i in as_tuple(self.axis or (0, 1))]
        rest = [i for i in range(data.ndim) if i not in (rows, columns)]
        if data.shape[rows] > data.shape[columns]:
            rows, columns = columns, rows
        matrices = F.transpose(data, axes=(*rest, rows, columns))
        _, values, _ = F._npi_svd(matrices)
        return exact(F, function(values), self.shape(data.shape))


@register("_npi_det", graph_name="_linalg_det")
class Det(NumpyOp):
    """The determinants of (..., N, N)."""

    def steps(self, F, data):
        return exact(F, F._linalg_det(data), data.shape[:-2])


@register("_npi_slogdet", graph_name="_linalg_slogdet")
class SLogDet(NumpyOp):
    """Signs of the determinants of (..., N, N), and logarithms of their absolute values."""

    num_outputs = 2

    def steps(self, F, data):
        return [exact(F, y, data.shape[:-2]) for y in F._linalg_slogdet(data)]


def _swapped(F: Any, x: Any) -> Any:
    return F.transpose(x, axes=(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def _wide(dtype: str) -> str:
    return "float32" if dtype in ("float16", "bfloat16") else dtype


@register("_npi_wide")
class Wide(NumpyOp):
    """data in float32 where it has 16 bits, or is of integers."""

    def infer_dtype(self, data):
        return [_wide(float_dtype([data]))]

    def fill_dtypes(self, inputs, outputs):
        return inputs, outputs if inputs[0] is None else self.infer_dtype(inputs[0])

    def steps(self, F, data):
        dtype = _wide(float_dtype([data.dtype]))
        return F._copy(data) if dtype == data.dtype else F.Cast(data, dtype=dtype)


@register("_npi_cast_like", inputs="data like")
class CastLike(NumpyOp):
    """data in the dtype of another array."""

    dtype_rule = "any T -> T"

    def steps(self, F, data, like):
        return F._copy(data) if data.dtype == like.dtype else F.Cast(data, dtype=like.dtype)

    def grad(self, F, dy, inputs, outputs):
        return [F.Cast(dy[0], dtype=inputs[0].dtype), None]


class _HostLinalg(Op):
    """Base: `run` of NumPy on the host, in float32 or float64."""

    def infer_dtype(self, *dtypes):
        return [_wide(float_dtype(dtypes))] * self.num_outputs

    def fill_dtypes(self, inputs, outputs):
        known = next((dtype for dtype in (*inputs, *outputs) if dtype), None)
        filled = [dtype or known for dtype in inputs]
        return filled, outputs if known is None else self.infer_dtype(*filled)

    def check_matrices(self, shape: Shape, is_square: bool = True) -> None:
        if len(shape) < 2 or (is_square and shape[-1] != shape[-2]):
            rule = "(..., N, N)" if is_square else "(..., M, N)"
            raise self.shape_error(self.inputs[0].name, rule, shape)

    def run(self, *arrays: Any) -> Any:
        raise NotImplementedError

    def prepare(self, inputs, outputs):
        count = len(inputs)

        def write(*arrays: Any) -> None:
            try:
                results = self.run(*[each.astype(outputs[0].dtype, copy=False)
                                     for each in arrays[:count]])
            except np.linalg.LinAlgError as error:
                raise self.value_error(self.inputs[0].name, LINALG_ERROR, str(error)) from None
            for target, result in zip(arrays[count:], results, strict=True):
                target[...] = result

        return host(write, self.elsewhere(inputs, outputs))

    def elsewhere(self, inputs: Sequence[Spec], outputs: Sequence[Spec]) -> Any:
        """What runs on devices other than the host: see `host`."""
        return None


@register("_host_solve", inputs="a b")
class HostSolve(_HostLinalg):
    """x of a x = b: (..., N, N), (..., N, K) -> (..., N, K)."""

    def infer_shape(self, a, b):
        self.check_matrices(a)
        if len(b) < 2 or b[-2] != a[-1]:
            raise self.shape_error("b", f"(..., {a[-1]}, K) to match a {a}", b)
        try:
            return [(*np.broadcast_shapes(a[:-2], b[:-2]), *b[-2:])]
        except ValueError:
            raise self.shape_error("b", f"that broadcasts with a {a}", b) from None

    def elsewhere(self, inputs, outputs):
        return lambda: composed(lambda F, a, b: self.by_inverse(F, a, b, outputs[0]), inputs)

    def by_inverse(self, F, a, b, out):
        """The inverse of a, times b."""
        a, b = [F.Cast(x, dtype=out.dtype) for x in (a, b)]
        inverse, batch = F._linalg_inverse(a), out.shape[:-2]
        inverse, b = [x if x.shape[:-2] == batch else F.broadcast_to(
            x.reshape(((1,) * (len(out.shape) - x.ndim)) + x.shape),
            shape=(*batch, *x.shape[-2:])) for x in (inverse, b)]
        return F._linalg_gemm2(inverse, b)

    def run(self, a, b):
        return [np.linalg.solve(a, b)]

    def grad(self, F, dy, inputs, outputs):
        a, b = inputs
        db = F._host_solve(_swapped(F, a), dy[0])
        da = -F._npi_matmul(db, _swapped(F, outputs[0]))
        return [unbroadcast(F, da, a.shape), unbroadcast(F, db, b.shape)]


@register("_npi_solve", inputs="A B")
class Solve(NumpyOp):
    """x of A x = B: B is (..., N), or (..., N, K)."""

    def infer_dtype(self, A, B):
        return [_wide(float_dtype([A, B]))]

    def fill_dtypes(self, inputs, outputs):
        known = next((dtype for dtype in (*inputs, *outputs) if dtype), None)
        filled = [dtype or known for dtype in inputs]
        return filled, outputs if known is None else self.infer_dtype(*filled)

    def steps(self, F, A, B):
        dtype = _wide(float_dtype([A.dtype, B.dtype]))
        A, B = cast(F, A, dtype), cast(F, B, dtype)
        if B.ndim and B.ndim == A.ndim - 1:
            return F._host_solve(A, B.reshape((*B.shape, 1))).reshape(B.shape)
        return F._host_solve(A, B)


@register("_npi_tensorinv", inputs="a")
class TensorInv(NumpyOp):
    """The inverse of a as a map from its last axes to its first `ind`."""

    ind: int = param(2, "how many axes come first", low=1)

    def steps(self, F, a):
        first, last = a.shape[:self.ind], a.shape[self.ind:]
        if math.prod(first) != math.prod(last):
            raise self.shape_error("a", f"with as many items in its first {self.ind} axes as in "
                                   "the others", a.shape)
        inverse = F._linalg_inverse(a.reshape((math.prod(first), math.prod(last))))
        return exact(F, inverse, (*last, *first))


@register("_npi_tensorsolve", inputs="a b")
class TensorSolve(Promoting):
    """x of tensordot(a, x, x.ndim) = b."""

    promotion = staticmethod(float_dtype)
    a_axes: Shape = param((), "axes of a that come last")

    def compute(self, F, a, b):
        moved = [self.axis_in(axis, a.ndim, "axes") for axis in self.a_axes]
        order = [i for i in range(a.ndim) if i not in moved] + moved
        if order != list(range(a.ndim)):
            a = F.transpose(a, axes=tuple(order))
        shape = a.shape[-(a.ndim - b.ndim):]
        n = math.prod(shape)
        if math.prod(a.shape) != n * n or b.size != n:
            raise self.shape_error("b", f"of {n} items to match a {a.shape}", b.shape)
        x = F._host_solve(a.reshape((n, n)), b.reshape((n, 1)))
        return exact(F, x, shape)


@register("_npi_svd", inputs="A")
class SVD(_HostLinalg):
    """(UT, L, V) with A = UT diag(L) V, the rows of V orthonormal: A (..., M, N), M <= N."""

    num_outputs = 3

    def infer_shape(self, A):
        self.check_matrices(A, False)
        M, N = A[-2:]
        if M > N:
            raise self.shape_error("A", "(..., M, N) with M <= N", A)
        return [(*A[:-2], M, M), A[:-1], A]

    def elsewhere(self, inputs, outputs):
        M, N = inputs[0].shape[-2:]
        if outputs[0].dtype != inputs[0].dtype:
            return lambda: composed(
                lambda F, A: F._npi_svd(F.Cast(A, dtype=outputs[0].dtype)), inputs)
        return lambda: kernel("svd", inputs[0].dtype, batch=math.prod(inputs[0].shape[:-2]), m=M,
                              n=N)

    def run(self, A):
        return np.linalg.svd(A, full_matrices=False)

    def grad(self, F, dy, inputs, outputs):
        """The gradient of A = U S V: singular values must differ from each other and from 0."""
        dU, dL, dV = dy
        U, L, V = outputs
        M = U.shape[-1]
        VT, UT = _swapped(F, V), _swapped(F, U)
        row, column = L.reshape((*L.shape, 1)), L.reshape((*L.shape[:-1], 1, M))
        gaps = F.broadcast_sub(F.square(column), F.square(row))
        same = F._npi_where_lscalar(F._equal_scalar(gaps, scalar=0.0), gaps, scalar=1.0)
        factors = F._not_equal_scalar(gaps, scalar=0.0) / same
        gU = F._npi_matmul(UT, dU)
        gV = F._npi_matmul(dV, VT)
        J = factors * (gU - _swapped(F, gU))
        K = factors * (gV - _swapped(F, gV))
        diagonal = F.broadcast_mul(dL.reshape((*dL.shape, 1)), F._eye(
            N=M, M=M, dtype=dL.dtype).reshape((1,) * (dL.ndim - 1) + (M, M)))
        core = F.broadcast_mul(J, column) + diagonal - F.broadcast_mul(row, K)
        dA = F._npi_matmul(F._npi_matmul(U, core), V)
        rest = dV - F._npi_matmul(gV, V)
        return [dA + F._npi_matmul(U, F.broadcast_div(rest, row))]


@register("_npi_eigh", inputs="A")
class EigH(_HostLinalg):
    """(eigenvalues, eigenvectors as columns) of symmetric matrices (..., N, N)."""

    num_outputs = 2
    UPLO: str = param("L", "the triangle that is read", choices=("L", "U"))

    def infer_shape(self, A):
        self.check_matrices(A)
        return [A[:-1], A]

    def elsewhere(self, inputs, outputs):
        def steps(F, A):
            A = F.Cast(A, dtype=outputs[0].dtype)
            rows, values = F._linalg_syevd(A if self.UPLO == "L" else _swapped(F, A))
            return [values, _swapped(F, rows)]

        return lambda: composed(steps, inputs)

    def run(self, A):
        return np.linalg.eigh(A, self.UPLO)

    def grad(self, F, dy, inputs, outputs):
        values, U = outputs
        N = U.shape[-1]
        gaps = F.broadcast_sub(values.reshape((*values.shape[:-1], 1, N)),
                               values.reshape((*values.shape, 1)))
        same = F._npi_where_lscalar(F._equal_scalar(gaps, scalar=0.0), gaps, scalar=1.0)
        factors = F._not_equal_scalar(gaps, scalar=0.0) / same
        UT = _swapped(F, U)
        eye = F._eye(N=N, M=N, dtype=U.dtype).reshape((1,) * (values.ndim - 1) + (N, N))
        core = F.broadcast_mul(dy[0].reshape((*values.shape, 1)), eye) + factors * F._npi_matmul(
            UT, dy[1])
        return [F._npi_matmul(F._npi_matmul(U, core), UT)]

