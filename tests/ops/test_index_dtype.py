"""Indices that their dtype cannot hold are an error; those that it can are right."""

import numpy as np
import pytest

from mxlite import nd

HELD = [("int8", 127), ("uint8", 255), ("float16", 2048), ("bfloat16", 256)]


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize("dtype, last", HELD)
def test_positions(name, dtype, last):
    values = np.full(last + 1, 5 if name == "argmin" else 1)
    values[-1] = 3
    function = getattr(nd, name)
    data = nd.array(values, dtype=dtype)
    assert float(function(data, axis=0).asscalar()) == last
    assert float(function(data).asscalar()) == last
    if name == "argmax":
        assert float(nd.argmax_channel(data.reshape((1, -1))).asscalar()) == last
    data = nd.array([*values, 0], dtype=dtype)
    message = rf"{name}: {dtype} holds indices up to {last} only, .* for {last + 2} items; cast"
    for axis in (0, None):
        with pytest.raises(TypeError, match=message):
            function(data, axis=axis)
    wide = function(data.astype("float64"), axis=0)
    assert wide.asscalar() == (last if name == "argmax" else last + 1)


@pytest.mark.parametrize("dtype, last", HELD)
def test_sorted_order(dtype, last):
    data = nd.arange(last + 1)
    for indices in (nd.argsort(data, dtype=dtype), nd.topk(data, k=0, dtype=dtype, is_ascend=True),
                    nd.topk(data, k=0, dtype=dtype, is_ascend=True, ret_typ="both")[1]):
        np.testing.assert_array_equal(indices.astype("int64").asnumpy(), np.arange(last + 1))
    data = nd.arange(last + 2)
    for function in (nd.argsort, nd.topk, lambda x, **options: nd.topk(x, ret_typ="both",
                                                                       **options)):
        with pytest.raises(TypeError, match=rf"{dtype} holds indices .*; dtype='int32' holds them"):
            function(data, dtype=dtype)
    assert nd.topk(data, ret_typ="value", dtype=dtype).asscalar() == last + 1


@pytest.mark.parametrize("dtype, last", [("uint8", 255), ("float16", 2048)])
def test_multinomial(dtype, last):
    probabilities = np.zeros(last + 1)
    probabilities[-1] = 1
    assert nd.random.multinomial(nd.array(probabilities), dtype=dtype).asscalar() == last
    with pytest.raises(TypeError, match=rf"sample_multinomial: {dtype} holds indices up to {last}"):
        nd.random.multinomial(nd.array([*probabilities, 0]), dtype=dtype)
