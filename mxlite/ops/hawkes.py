"""hawkesll: the log likelihood of marked, self-exciting point processes."""

from __future__ import annotations

from . import wrong_indices
from .dtype_rule import wide
from .schema import Op, kernel, register
from .trace import composed

INPUTS = "lda alpha beta state lags marks valid_length max_time"


def widened(F, arrays):
    """The arrays in the dtype of the sums: float32 instead of 16 bits."""
    return [x if wide(x.dtype) == x.dtype else F.Cast(x, dtype=wide(x.dtype)) for x in arrays]


class _Hawkes(Op):
    """Base: what hawkesll and its gradient take."""

    def check_shapes(self, lda, alpha, beta, state, lags, marks, valid_length, max_time):
        if len(lda) != 2:
            raise self.shape_error("lda", "(N, K)", lda)
        N, K = lda
        if len(lags) != 2 or lags[0] != N:
            raise self.shape_error("lags", f"({N}, T), as lda has {lda}", lags)
        for name, shape, wanted in (("alpha", alpha, (K,)), ("beta", beta, (K,)),
                                    ("state", state, lda), ("marks", marks, lags),
                                    ("valid_length", valid_length, (N,)),
                                    ("max_time", max_time, (N,))):
            if shape != wanted:
                raise self.shape_error(name, str(wanted), shape)

    def call(self, name, inputs):
        """A call of a kernel of hawkes.c."""
        (N, K), T = inputs[0].shape, inputs[4].shape[1]
        return kernel(name, inputs[0].dtype, N=N, T=T, K=K, work=N * (20 * T + 40 * K))

    def index_message(self, specs, values):
        marks, got = values[5], ""
        if marks is not None:
            got = wrong_indices.first(marks, wrong_indices.outside(marks, 0, specs[1].shape[0] - 1))
        return f"contrib.hawkesll: marks must be from 0 to {specs[1].shape[0] - 1}{got}"

    def value_message(self, specs, values):
        lengths, most, got = values[6], specs[4].shape[1], ""
        if lengths is not None:
            got = wrong_indices.first(lengths, ~((lengths >= 0) & (lengths <= most)))
        return f"contrib.hawkesll: valid_length must be from 0 to {most}{got}"


@register("_contrib_hawkesll", inputs=INPUTS, outputs="output out_state")
class HawkesLL(_Hawkes):
    """The log likelihood (N,) of N sequences of points of K marks, and their last states (N, K).

    lda (N, K): background intensities; alpha (K,): how much a point excites its own mark, beta
    (K,): how fast that decays; state (N, K): what is left of points before. lags (N, T): times
    between points; marks int32 (N, T); of each sequence the first valid_length (N,) points count;
    max_time (N,): the end of observation. lda, alpha and beta have gradients, of the likelihood.
    """

    dtype_rule = "F F F F F int32 F F -> F"
    num_outputs = 2

    def fill_shapes(self, inputs, outputs):
        lda, lags = inputs[0], inputs[4] or inputs[5]
        if lda is None or len(lda) != 2:
            return inputs, outputs
        N, K = lda
        return ([lda, (K,), (K,), lda, lags, lags, (N,), (N,)], [(N,), lda])

    def infer_shape(self, *shapes):
        self.check_shapes(*shapes)
        return [shapes[0][:1], shapes[0]]

    def prepare(self, inputs, outputs):
        dtype = inputs[0].dtype
        if wide(dtype) == dtype:
            return self.call("hawkes", inputs)
        return composed(lambda F, *arrays: [F.Cast(y, dtype=dtype) for y in F._contrib_hawkesll(
            *widened(F, arrays))], inputs)

    def grad(self, F, dy, inputs, outputs):
        dtype = inputs[0].dtype
        parts = F._backward_hawkesll(*widened(F, [*inputs, dy[0]]))
        grads = [parts[0], *[F.sum(part, axis=0) for part in parts[1:]]]
        if wide(dtype) != dtype:
            grads = [F.Cast(grad, dtype=dtype) for grad in grads]
        return [*grads, *[None] * 5]


@register("_backward_hawkesll", inputs=f"{INPUTS} dy")
class BackwardHawkesLL(_Hawkes):
    """The gradients of lda, and of each sequence those of alpha and beta: three of shape (N, K)."""

    dtype_rule = "F F F F F int32 F -> F"
    num_outputs = 3

    def infer_shape(self, *shapes):
        self.check_shapes(*shapes[:-1])
        return [shapes[0]] * 3

    def prepare(self, inputs, outputs):
        return self.call("hawkes_grad", inputs)
