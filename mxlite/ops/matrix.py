"""Matrix products: dot and batch_dot."""

from __future__ import annotations

import math

from .schema import KernelCall, Op, kernel, param, register


def gemm(dtype, M, N, K, trans_a=False, trans_b=False, has_bias=False, batch=1,
         name="gemm") -> KernelCall:
    """The call for C[b] (M, N) = op(A[b]) (M, K) @ op(B[b]) (K, N) (+ bias (N))."""
    return kernel(name, dtype, work=batch * M * N * K / 50, batch=batch, M=M, N=N, K=K,
                  trans_a=int(trans_a), trans_b=int(trans_b), has_bias=int(has_bias))


class _Product(Op):
    """Base of the two below."""

    transpose_a: bool = param(False, "transpose lhs")
    transpose_b: bool = param(False, "transpose rhs")
    forward_stype: str | None = param(None, "storage type of the result of sparse arrays",
                                      choices=("default", "row_sparse", "csr"))

    def matrix_grads(self, product, dy, lhs, rhs):
        """The gradients of product(lhs, rhs), all of them (stacks of) matrices."""
        a, b = self.transpose_a, self.transpose_b
        dlhs = (product(rhs, dy, transpose_a=b, transpose_b=True) if a
                else product(dy, rhs, transpose_b=not b))
        drhs = (product(dy, lhs, transpose_a=True, transpose_b=a) if b
                else product(lhs, dy, transpose_a=not a))
        return [dlhs, drhs]


@register("dot", inputs="lhs rhs")
class Dot(_Product):
    """The last axis of lhs (..., K) with the first of rhs (K, ...), summed over.

    transpose_a: the first axis of lhs instead; transpose_b: the last axis of rhs instead. The other
    axes follow each other in the result; of two vectors it has shape (1,). Of sparse arrays the
    result may be sparse: csr^T @ dense is row_sparse, dense @ csr is csr, unless forward_stype says
    another storage type.
    """

    @property
    def by_storage(self):
        return self.forward_stype not in (None, "default")

    def dense(self):
        return type(self).make({"transpose_a": self.transpose_a, "transpose_b": self.transpose_b})

    shape_is_free = True

    def split(self, lhs, rhs):
        """(rest of lhs, K, rest of rhs), each a tuple of lengths but for K."""
        if not lhs or not rhs:
            name, got = ("lhs", lhs) if not lhs else ("rhs", rhs)
            raise self.shape_error(name, "of at least one axis", got)
        if len(lhs) == len(rhs) == 1 and (self.transpose_a or self.transpose_b):
            raise self.value_error("transpose_a and transpose_b", "False for two vectors", True)
        left, K = (lhs[1:], lhs[0]) if self.transpose_a else (lhs[:-1], lhs[-1])
        right, wanted = (rhs[:-1], rhs[-1]) if self.transpose_b else (rhs[1:], rhs[0])
        if wanted != K:
            rule = f"({'..., ' if self.transpose_b else ''}{K}{', ...' * (not self.transpose_b)})"
            raise self.shape_error("rhs", f"{rule} to match lhs {lhs}", rhs)
        return left, K, right

    def infer_shape(self, lhs, rhs):
        left, _, right = self.split(lhs, rhs)
        return [left + right or (1,)]

    def prepare(self, inputs, outputs):
        left, K, right = self.split(inputs[0].shape, inputs[1].shape)
        return gemm(inputs[0].dtype, math.prod(left), math.prod(right), K,
                    self.transpose_a, self.transpose_b)

    def grad(self, F, dy, inputs, outputs):
        lhs, rhs = inputs
        left, K, right = self.split(lhs.shape, rhs.shape)
        M, N = math.prod(left), math.prod(right)
        dlhs, drhs = self.matrix_grads(
            F.dot, _shaped(dy[0], (M, N)),
            _shaped(lhs, (K, M) if self.transpose_a else (M, K)),
            _shaped(rhs, (N, K) if self.transpose_b else (K, N)))
        return [_shaped(dlhs, lhs.shape), _shaped(drhs, rhs.shape)]


@register("batch_dot", inputs="lhs rhs")
class BatchDot(_Product):
    """lhs[b] (M, K) @ rhs[b] (K, N) for all b: (*batch, M, K), (*batch, K, N) -> (*batch, M, N)."""

    def sizes(self, lhs, rhs):
        """(M, N, K)."""
        if len(lhs) < 3:
            raise self.shape_error("lhs", "of at least 3 axes", lhs)
        M, K = lhs[:-3:-1] if self.transpose_a else lhs[-2:]
        inner, N = (-1, -2) if self.transpose_b else (-2, -1)
        if len(rhs) != len(lhs) or rhs[:-2] != lhs[:-2] or rhs[inner] != K:
            rule = (*lhs[:-2], "N", K) if self.transpose_b else (*lhs[:-2], K, "N")
            raise self.shape_error("rhs", f"({', '.join(map(str, rule))}) to match lhs {lhs}", rhs)
        return M, rhs[N], K

    def infer_shape(self, lhs, rhs):
        M, N, _ = self.sizes(lhs, rhs)
        return [(*lhs[:-2], M, N)]

    def prepare(self, inputs, outputs):
        lhs, rhs = inputs[0].shape, inputs[1].shape
        return gemm(inputs[0].dtype, *self.sizes(lhs, rhs), self.transpose_a, self.transpose_b,
                    batch=math.prod(lhs[:-2]))

    def grad(self, F, dy, inputs, outputs):
        return self.matrix_grads(F.batch_dot, dy[0], *inputs)


def _shaped(ref, shape):
    """`ref` reshaped, if it has another shape."""
    return ref if tuple(ref.shape) == tuple(shape) else ref.reshape(shape)
