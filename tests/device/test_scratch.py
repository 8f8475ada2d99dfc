"""The work space of kernels: its size comes from C, and there may be no memory for it."""

import pytest

import mxlite as mx
from mxlite import nd
from mxlite.device import core
from mxlite.ops import calls

UNCOUNTABLE = 2**63 - 1


def prepared(name, dtype="float32", **fields):
    kernel = core.find_kernel("test", name, dtype, mx.cpu())
    return core.prepared_kernel(kernel, fields)


def convolution(shape, stride, groups=1):
    one, filters = (1,) * len(stride), shape[1]
    return nd.Convolution(nd.ones(shape), nd.ones((filters, filters // groups, *one)), no_bias=True,
                          kernel=one, num_filter=filters, num_group=groups, stride=stride)


@pytest.mark.parametrize(("name", "dtype", "fields", "size"), [
    ("shuffle_rows", "bytes", {"rows": 5, "row_bytes": 12}, 5 * 8),
    ("shuffle_rows", "bytes", {"rows": 5, "row_bytes": 4}, 0),
    ("shuffle_rows", "bytes", {"rows": 0, "row_bytes": 0}, 0),
    ("sample_multinomial", "float16",
     {"rows": 2, "classes": 7, "draws": 1, "has_log": 0, "out_kind": 1}, 7 * 8),
    ("accumulate_rows", "float32", {"outer": 1, "K": 6, "M": 3, "inner": 2}, 64 + 3 * 8),
    ("layer_norm_grad", "float64", {"A": 9, "B": 3, "C": 5, "over": 2, "stats": 0, "eps": 0.0},
     9 * 2 * 3 * 8),
    ("hawkes", "float32", {"N": 1, "T": 2, "K": 3}, 3 * 64),
    ("hawkes_grad", "float64", {"N": 10 ** 6, "T": 10 ** 6, "K": 3}, 64 * 3 * 64),
    ("exp", "float32", {"size": 3}, 0),
])
def test_size_of_the_work_space(name, dtype, fields, size):
    assert prepared(name, dtype, **fields).scratch == size


def test_parts_of_a_reduction_are_kept_only_where_tasks_share_an_output():
    fields = {"num_axes": 1, "is_row": 1, "mean": 0}
    assert prepared("sum", size=[1000], **fields).scratch == 0
    assert prepared("sum", size=[1 << 20], **fields).scratch == 16 * 8
    assert prepared("max", size=[1 << 20], **fields).scratch == 16 * 4


def test_operators_do_not_say_how_much_work_space_a_kernel_takes():
    call = calls.kernel("exp", "float32", size=1, scratch=8)
    with pytest.raises(mx.MXNetError, match="kernel exp_f32: no descriptor field 'scratch'"):
        call.resolve("test", mx.cpu())


@pytest.mark.parametrize(("shape", "stride", "groups"), [
    ((1, 1, 2, 2), (1 << 25, 1 << 25), 1), ((1, 2, 1, 1), (1 << 25, 1 << 25), 2)], ids=str)
def test_no_memory_for_the_work_space_names_operator_and_size(shape, stride, groups):
    with pytest.raises(MemoryError,
                       match=r"Convolution: no memory for its work space, \d{16,17} bytes"):
        convolution(shape, stride, groups)


@pytest.mark.parametrize(("shape", "groups"), [((1, 1, 2, 2, 2), 1), ((1, 2, 1, 1, 1), 2)], ids=str)
def test_a_size_that_overflows_is_no_memory(shape, groups):
    with pytest.raises(MemoryError, match=f"Convolution: no memory for its work space, "
                                          f"{UNCOUNTABLE} bytes"):
        convolution(shape, (1 << 30,) * 3, groups)


def test_a_count_that_overflows_is_the_largest_number():
    assert prepared("shuffle_rows", "bytes", rows=1 << 61, row_bytes=1).scratch == UNCOUNTABLE
