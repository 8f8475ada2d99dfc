"""gluon.utils: splitting batches and clipping gradients."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon.utils import clip_global_norm, split_and_load, split_data


def test_split_data():
    x = mx.nd.arange(10).reshape((5, 2))
    with pytest.raises(ValueError, match=r"\(5, 2\) cannot be split evenly into 2"):
        split_data(x, 2)
    assert [part.shape for part in split_data(x, 2, batch_axis=1)] == [(5, 1), (5, 1)]
    parts = split_and_load(np.ones((4, 3)), [mx.cpu(0), mx.cpu(1)])
    assert [(part.shape, part.ctx) for part in parts] == [((2, 3), mx.cpu(0)), ((2, 3), mx.cpu(1))]


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("size, parts", [(7, 3), (8, 3), (11, 4), (5, 2), (2, 3), (6, 3)])
def test_uneven_parts_are_those_of_numpy(size, parts, axis):
    values = np.arange(size * size, dtype="float32").reshape(size, size)
    got = split_data(mx.nd.array(values), parts, batch_axis=axis, even_split=False)
    for part, want in zip(got, np.array_split(values, parts, axis), strict=True):
        np.testing.assert_array_equal(part.asnumpy(), want)


def test_clip_global_norm():
    arrays = [mx.nd.array([3.0]), mx.nd.array([4.0])]
    assert clip_global_norm(arrays, 1.0) == pytest.approx(5)
    np.testing.assert_allclose([a.asscalar() for a in arrays], [0.6, 0.8], rtol=1e-6)
    assert clip_global_norm(arrays, 2.0) == pytest.approx(1)
    np.testing.assert_allclose([a.asscalar() for a in arrays], [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize("value, want", [(np.nan, [np.nan, np.nan, np.nan]),
                                         (np.inf, [0, np.nan, 0])])
def test_norms_that_are_not_finite(value, want):        # as MXNet 1.9.1
    arrays = [mx.nd.array([1, value]), mx.nd.array([2])]
    with pytest.warns(UserWarning, match="nan or inf is detected"):
        norm = clip_global_norm(arrays, 1.0)
    np.testing.assert_equal(norm, value)
    np.testing.assert_array_equal(np.concatenate([a.asnumpy() for a in arrays]), want)


def test_without_the_check_the_norm_is_an_array():
    norm = clip_global_norm([mx.nd.array([3, 4])], 1.0, check_isfinite=False)
    assert norm.shape == (1,)
    assert norm.asscalar() == 5
    assert np.isnan(clip_global_norm([mx.nd.array([np.nan])], 1, check_isfinite=False).asscalar())


def test_hook_handles_are_attached_once():
    hooks, handle = {}, mx.gluon.utils.HookHandle()
    handle.detach()
    handle.attach(hooks, print)
    assert list(hooks.values()) == [print]
    with pytest.raises(AssertionError, match="this handle has a hook already"):
        handle.attach(hooks, print)
    handle.detach()
    assert not hooks
