"""The steps of recurrent layers on a GPU, and their gradient."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd
from mxlite.ndarray.run import invoke_list
from mxlite.ops.schema import REGISTRY

T, N, H = 5, 3, 18
GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}


def settings(mode, reverse, projected, lengths, clip):
    return {"mode": mode, "reverse": reverse, "projected": projected,
            "use_sequence_length": lengths, "low": -clip if clip else None, "high": clip,
            "clips_nan": bool(clip)}


def call(name, values, arrays, ctx):
    op = REGISTRY[name].make(dict(values))
    outputs = invoke_list(op, [x.as_in_context(ctx) for x in arrays], ())
    return outputs if isinstance(outputs, (list, tuple)) else [outputs]


def compare(mode, dtype, gpu, rng, reverse=False, projected=False, lengths=False, clip=None):
    """Both operators on the CPU and the GPU; the gradient of what the CPU gave."""
    P, rows = 7 if projected else H, GATES[mode] * H

    def draw(*shape):
        return nd.array(rng.standard_normal(shape) * 0.5, dtype=dtype)

    values = settings(mode, reverse, projected, lengths, clip)
    weight, projection = draw(rows, P), [draw(P, H)] * projected
    length = [nd.array([T, 2, 0], dtype="int64")] * lengths
    given = [draw(T, N, rows), weight, draw(rows), draw(N, P), *[draw(N, H)] * (mode == "lstm"),
             *projection, *length]
    found, kept = [call("_rnn_steps", values, given, ctx) for ctx in (gpu, mx.cpu())]
    states, gates = kept[:2]
    used = kept[2:len(kept) - projected]
    slopes = [draw(T, N, P), draw(N, P), *[draw(N, H)] * (mode == "lstm"), gates, states, *used,
              weight, *projection, *length]
    more, others = [call("_backward_RNN", values, slopes, ctx) for ctx in (gpu, mx.cpu())]
    bound = 1e-10 if dtype == "float64" else 2e-5
    for one, other in zip([*found, *more], [*kept, *others], strict=True):
        assert one.ctx == gpu
        np.testing.assert_allclose(one.asnumpy(), other.asnumpy(), bound, bound)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("lengths", [False, True])
@pytest.mark.parametrize("mode", GATES)
def test_modes(mode, lengths, reverse, gpu, rng):
    compare(mode, "float32", gpu, rng, reverse, lengths=lengths)


@pytest.mark.parametrize("mode", GATES)
def test_float64(mode, gpu, rng):
    compare(mode, "float64", gpu, rng)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("lengths", [False, True])
def test_projections(lengths, reverse, gpu, rng):
    compare("lstm", "float32", gpu, rng, reverse, True, lengths)


def test_cells_that_are_clipped(gpu, rng):
    compare("lstm", "float32", gpu, rng, clip=0.2)


def test_no_steps_and_no_sequences(gpu):
    for steps, batch in ((0, 2), (3, 0)):
        values = settings("gru", False, False, False, None)
        shapes = [(steps, batch, 3 * H), (3 * H, H), (3 * H,), (batch, H)]
        states, *_ = call("_rnn_steps", values, [nd.ones(s) for s in shapes], gpu)
        assert states.asnumpy().shape == (steps + 1, batch, H)
        assert states.asnumpy()[:1].sum() == batch * H
