"""Products of attention, of queries, keys and values that lie interleaved in one array."""

from __future__ import annotations

import math

from .schema import Op, register, required
from .trace import Composed, composed


class _Interleaved(Composed):
    """Base: arrays (length, batch, heads * parts * D), the parts of a head one after another."""

    dtype_rule = "F -> F"
    heads: int = required("number of heads", low=1)

    def head_size(self, name, shape, parts):
        """D; raises where the shape is not one of `parts` parts a head."""
        per = self.heads * parts
        if len(shape) != 3 or shape[2] % per:
            raise self.shape_error(name, f"(length, batch, a multiple of {per})", shape)
        return shape[2] // per

    def check_attention(self, shape, lengths, batch):
        """Raise where attention is not (batch * heads, length of queries, length of keys)."""
        first = batch * self.heads
        wanted = (first, *lengths)
        if len(shape) != 3 or any(
                n is not None and n != m for n, m in zip(wanted, shape, strict=True)):
            text = ", ".join("length" if n is None else str(n) for n in wanted)
            raise self.shape_error("attention", f"({text})", shape)

    def parts(self, F, data, count):
        """The parts of the heads: (batch * heads, length, D) each."""
        length, batch, width = data.shape
        size = width // (self.heads * count)
        apart = F.transpose(data.reshape((length, batch * self.heads, count, size)),
                            axes=(2, 1, 0, 3))
        if count == 1:
            return [apart.reshape((batch * self.heads, length, size))]
        return [F.slice_axis(apart, axis=0, begin=i, end=i + 1).reshape(
            (batch * self.heads, length, size)) for i in range(count)]

    def scores(self, F, queries, keys):
        """queries @ keys^T / sqrt(D)."""
        return F.batch_dot(queries * (1 / math.sqrt(max(queries.shape[2], 1))), keys,
                           transpose_b=True)

    def mixed(self, F, attention, values, batch):
        """attention @ values as (length, batch, heads * D)."""
        out = F.transpose(F.batch_dot(attention, values), axes=(1, 0, 2))
        return out.reshape((out.shape[0], batch, out.shape[2] * self.heads))


@register("_contrib_interleaved_matmul_selfatt_qk", inputs="queries_keys_values")
class SelfAttentionScores(_Interleaved):
    """queries @ keys^T / sqrt(D) of every head: (L, N, heads * 3 * D) -> (N * heads, L, L).

    The queries, keys and values of a head lie one after another.
    """

    def infer_shape(self, queries_keys_values):
        self.head_size("queries_keys_values", queries_keys_values, 3)
        length, batch, _ = queries_keys_values
        return [(batch * self.heads, length, length)]

    def steps(self, F, queries_keys_values):
        queries, keys, _ = self.parts(F, queries_keys_values, 3)
        return self.scores(F, queries, keys)


@register("_contrib_interleaved_matmul_selfatt_valatt", inputs="queries_keys_values attention")
class SelfAttentionValues(_Interleaved):
    """attention @ values: (L, N, heads * 3 * D), (N * heads, L, L) -> (L, N, heads * D)."""

    def infer_shape(self, queries_keys_values, attention):
        size = self.head_size("queries_keys_values", queries_keys_values, 3)
        length, batch, _ = queries_keys_values
        self.check_attention(attention, (length, length), batch)
        return [(length, batch, self.heads * size)]

    def steps(self, F, queries_keys_values, attention):
        values = self.parts(F, queries_keys_values, 3)[2]
        return self.mixed(F, attention, values, queries_keys_values.shape[1])


@register("_contrib_interleaved_matmul_encdec_qk", inputs="queries keys_values")
class EncoderDecoderScores(_Interleaved):
    """queries @ keys^T / sqrt(D) of every head, of two arrays.

    queries (Q, N, heads * D), keys_values (K, N, heads * 2 * D) -> (N * heads, Q, K); the keys and
    values of a head lie one after another.
    """

    def infer_shape(self, queries, keys_values):
        size = self.head_size("queries", queries, 1)
        wanted = (*queries[1:2], self.heads * 2 * size)
        if len(keys_values) != 3 or keys_values[1:] != wanted:
            raise self.shape_error("keys_values", f"(length, {wanted[0]}, {wanted[1]}), "
                                   f"as queries have {queries}", keys_values)
        return [(queries[1] * self.heads, queries[0], keys_values[0])]

    def steps(self, F, queries, keys_values):
        keys = self.parts(F, keys_values, 2)[0]
        return self.scores(F, self.parts(F, queries, 1)[0], keys)


@register("_contrib_interleaved_matmul_encdec_valatt", inputs="keys_values attention")
class EncoderDecoderValues(_Interleaved):
    """attention @ values: (K, N, heads * 2 * D), (N * heads, Q, K) -> (Q, N, heads * D)."""

    def infer_shape(self, keys_values, attention):
        size = self.head_size("keys_values", keys_values, 2)
        length, batch, _ = keys_values
        self.check_attention(attention, (None, length), batch)
        return [(attention[1], batch, self.heads * size)]

    def steps(self, F, keys_values, attention):
        values = self.parts(F, keys_values, 2)[1]
        return self.mixed(F, attention, values, keys_values.shape[1])


@register("_contrib_div_sqrt_dim")
class DivSqrtDim(Op):
    """data / sqrt(the length of its last axis)."""

    elementwise = True
    dtype_rule = "F -> F"

    def infer_shape(self, data):
        if not data:
            raise self.shape_error("data", "of at least one axis", data)
        return [data]

    def divided(self, F, data):
        """The operators that it consists of."""
        return data * (1 / math.sqrt(max(data.shape[-1], 1)))

    def prepare(self, inputs, outputs):
        return composed(self.divided, inputs)

    def grad(self, F, dy, inputs, outputs):
        return [self.divided(F, dy[0])]
