"""mx.executor_manager: slices of batches, and names that are there twice."""

import pytest

import mxlite as mx
from mxlite import executor_manager


def test_slices_follow_the_work_loads():
    cut = executor_manager._split_input_slice
    assert cut(10, [1, 1, 2]) == [slice(0, 2), slice(2, 4), slice(4, 10)]
    with pytest.raises(ValueError, match="a batch of 1 cannot be cut into 2 slices"):
        cut(1, [1, 1])


def test_names_must_differ():
    x = mx.sym.Variable("x")
    executor_manager._check_arguments(mx.sym.relu(x))
    with pytest.raises(ValueError, match=r"each argument must have a name of its own; 2 are .*'x'"):
        executor_manager._check_arguments(mx.sym.elemwise_add(x, mx.sym.Variable("x")))
