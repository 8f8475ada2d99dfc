"""Calls of the operators that update several weights: inference, texts in graphs, errors."""

import pytest

import mxlite as mx
from mxlite import nd
from mxlite.ops.bind import attributes, sort_arguments
from mxlite.ops.inference import infer_dtypes, infer_shapes
from mxlite.ops.schema import REGISTRY


def test_inference():
    op = REGISTRY["multi_mp_sgd_mom_update"].make({"lrs": (1, 1), "wds": (0, 0), "num_weights": 2})
    inputs, outputs = infer_shapes(op, [(2, 3), None, None, None, None, None, None, (4,)],
                                   [None, None])
    assert (inputs, outputs) == ([(2, 3)] * 4 + [(4,)] * 4, [(2, 3), (4,)])
    dtypes, outputs = infer_dtypes(op, ["float16"] + [None] * 7, [None, None])
    assert dtypes == ["float16", "float16", "float32", "float32"] * 2 and outputs == ["float16"] * 2
    op = REGISTRY["lamb_update_phase2"].make({})
    assert infer_shapes(op, [None, (2, 3), (1,), (1,)], [None]) == (
        [(2, 3), (2, 3), (1,), (1,)], [(2, 3)])


def test_a_graph_keeps_the_number_of_weights_alone():
    x = nd.ones((2,))
    cls = REGISTRY["multi_sgd_update"]
    inputs, values = sort_arguments(cls, nd.NDArray, (x, x), {"lrs": (0.1,), "wds": (0,)})
    assert attributes(cls, values, len(inputs)) == {"lrs": "(0.1,)", "wds": "(0,)"}
    assert attributes(REGISTRY["multi_sum_sq"], {}, 2) == {"num_arrays": "2"}


W = nd.ones((2,))
HALF = W.astype("float16")


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nd.multi_sgd_update(W, W, W, W, lrs=(0.1,), wds=(0,)),
     "multi_sgd_update: takes weight grad for each of 1 weights: 2 arrays; got 4"),
    (lambda: nd.preloaded_multi_sgd_update(W, W),
     "takes weight grad for each of 1 weights, then lrs wds: 4 arrays; got 2"),
    (lambda: nd.multi_sgd_update(W, W, W, W, lrs=(0.1,), wds=(0, 0), num_weights=2),
     r"multi_sgd_update: lrs must be 2 numbers, one a weight; got \(0.1,\)"),
    (lambda: nd._multi_adamw_update(W, W, W, W, W, lrs=(1,), wds=(0,), etas=(1, 1)),
     r"_multi_adamw_update: etas must be 1 numbers, one a weight; got \(1.0, 1.0\)"),
    (lambda: nd._multi_lamb_update(W, W, W, W, learning_rates=(1,), wds=(0,), step_count=(1, 1)),
     r"step_count must be 1 numbers"),
    (lambda: nd.multi_sgd_update(W, W, W, nd.ones((3,)), lrs=(1, 1), wds=(0, 0), num_weights=2),
     r"multi_sgd_update: grad_1 must have shape \(2,\), as weight_1 has; got \(3,\)"),
    (lambda: nd.multi_sgd_mom_update(W, W, W.astype("float64"), lrs=(1,), wds=(0,)),
     "mom_0 must have dtype float32, as weight_0 is; got float64"),
    (lambda: nd.multi_mp_sgd_update(W, W, W, lrs=(1,), wds=(0,)),
     "multi_mp_sgd_update: weight must have dtype float16 or bfloat16; got float32"),
    (lambda: nd.multi_mp_sgd_update(HALF, HALF, HALF, lrs=(1,), wds=(0,)),
     "weight32_0 must have dtype float32; got float16"),
    (lambda: nd.multi_sgd_update(W.astype("int32"), W, lrs=(1,), wds=(0,)),
     "weight_0 must have dtype of floating point; got int32"),
    (lambda: nd.preloaded_multi_sgd_update(W, W, W, W), r"lrs must have shape \(1,\); got \(2,\)"),
    (lambda: nd.multi_sgd_update(W, W, wds=(0,)), "missing parameter 'lrs'"),
    (lambda: nd._adamw_update(W, W, W, W, W, lr=1, eta=1),
     r"_adamw_update: rescale_grad must have shape \(1,\); got \(2,\)"),
    (lambda: nd._multi_adamw_update(W, W, W, W, W, lrs=(1,), wds=(0,), etas=(1,)),
     r"rescale_grad must have shape \(1,\)"),
    (lambda: nd._mp_adamw_update(W, W, W, W, W, nd.ones((1,)), lr=1, eta=1),
     "weight must have dtype float16 or bfloat16"),
    (lambda: nd.mp_lamb_update_phase1(W, W, W, W, W, t=1, wd=0),
     "weight must have dtype float16 or bfloat16"),
    (lambda: nd.mp_lamb_update_phase2(W, W, nd.ones((1,)), nd.ones((1,)), W, lr=1),
     "weight must have dtype float16 or bfloat16"),
    (lambda: nd.lamb_update_phase2(W, nd.ones((3,)), nd.ones((1,)), nd.ones((1,)), lr=1),
     r"g must have shape \(2,\), as weight has"),
    (lambda: nd.lamb_update_phase2(W, W, W, nd.ones((1,)), lr=1), r"r1 must have shape \(1,\)"),
    (lambda: nd.ftml_update(W, W, W, W, W, lr=1, t=1, beta1=2), "beta1 must be between 0 and 1"),
    (lambda: nd._listed_sgd_update(W, W, W, W, at=2), r"lrs must have shape of one axis, longer"),
])
def test_errors(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nd.contrib.multi_lamb_update([W], [W, W], [W], [W], (1,), (1,), (0,)),
     "multi_lamb_update: the lists must have 1 arrays each; got 1, 2, 1, 1"),
    (lambda: nd.contrib.multi_adamw_update([], [], [], [], 1, (), (), ()),
     "multi_adamw_update: the lists must have some arrays each"),
    (lambda: nd.contrib.adamw_update(3, W, W, W, 1, 1, 1), "weight must be an NDArray; got int"),
    (lambda: nd.contrib.adamw_update(W, W, W, W, 1, 1, 1, foo=2), "unknown parameter 'foo'"),
])
def test_errors_of_contrib(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()
