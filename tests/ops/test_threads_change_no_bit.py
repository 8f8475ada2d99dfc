"""Results do not depend on the number of threads: large arrays, which kernels cut into tasks."""

import pytest
from kernel_tasks import counted_tasks
from sample_calls import arrays_of, forward_and_backward, run
from samples.large import LARGE

import mxlite as mx
from mxlite.device import host
from mxlite.ops.schema import REGISTRY

# Forwards of one task: copies of values that NumPy makes or moves, and serial kernels
SERIAL_FORWARD = set("""
    _arange _contrib_gradientmultiplier _contrib_index_copy _contrib_MultiBoxPrior
    _contrib_Proposal _image_to_tensor _linalg_extractdiag _linalg_extracttrian _linalg_makediag
    _linalg_maketrian _linalg_sumlogdiag _linspace _sample_multinomial _scatter_set_nd _shuffle
    all_finite diag fill_element_0index moments multi_all_finite reset_arrays scatter_nd
    SequenceLast softmax_cross_entropy""".split())
# Backwards that hand on the output's gradient, or run in one task
SERIAL_BACKWARD = set("""
    _copy-1200x1100 _minus_scalar _mod_scalar _plus_scalar add_n broadcast_add-40009-40009
    broadcast_add-300x251-251 elemwise_add SequenceLast _linalg_extractdiag _linalg_extracttrian
    _linalg_makediag _linalg_maketrian _linalg_sumlogdiag _contrib_round_ste
    _contrib_sign_ste""".split())
# Operators that only change the shape, or run in NumPy; images are read and augmented by many
# threads, one an image (io/records)
NO_KERNEL = set("""
    Flatten MakeLoss Reshape _contrib_SparseEmbedding _contrib_calibrate_entropy
    _contrib_dgl_adjacency _contrib_edge_id _contrib_getnnz _contrib_quantized_flatten
    _ravel_multi_index _sample_unique_zipfian _unravel_index expand_dims make_loss
    reshape_like shape_array size_array squeeze""".split())
IN_NUMPY = set("""
    _contrib_allclose _contrib_fft _contrib_ifft _contrib_index_array _histogram
    _image_flip_left_right _image_flip_top_bottom _image_normalize _image_resize
    _image_adjust_lighting _image_random_flip_left_right _image_random_flip_top_bottom
    _image_random_brightness _image_random_contrast _image_random_saturation _image_random_hue
    _image_random_color_jitter _image_random_lighting""".split())
FAMILIES = ("_contrib_", "_image_", "_linalg_", "_random_", "_sample_")     # of nd.contrib, ...


def loops(counts):
    """How many loops of kernels had more than one task."""
    return sum(count > 1 for count in counts)


def bits(sample, values):
    """The bytes of outputs, gradients and inputs that are written to, from one seed."""
    mx.random.seed(7)
    arrays = arrays_of(sample, values, "float32")
    outputs, gradients = forward_and_backward(sample, arrays)
    results = [*outputs, *gradients, *[arrays[i] for i in sample.aux]]
    return [array.asnumpy().tobytes() for array in results]


@pytest.mark.parametrize("sample", LARGE, ids=str)
def test_threads_change_no_bit(sample, rng):
    values = sample.draw(rng)
    host.set_num_threads(1)
    serial = bits(sample, values)
    host.set_num_threads(3)
    assert bits(sample, values) == serial
    with counted_tasks():                       # in another order, too
        assert bits(sample, values) == serial


@pytest.mark.parametrize("sample", LARGE, ids=str)
def test_kernels_are_cut_into_tasks(sample, rng):
    arrays = arrays_of(sample, sample.draw(rng), "float32")
    with counted_tasks() as forward:
        run(sample, arrays)
    assert (loops(forward) == 0) == (sample.op in SERIAL_FORWARD | IN_NUMPY)
    if sample.variables:
        with counted_tasks() as both:
            forward_and_backward(sample, arrays)
        is_serial = bool({sample.op, str(sample)} & (SERIAL_BACKWARD | IN_NUMPY))
        assert (loops(both) == loops(forward)) == is_serial


def test_every_public_operator_is_here():
    public = {op.name for name, op in REGISTRY.items() if not op.in_python
              and (not name.startswith("_") or name.startswith(FAMILIES)
                   or (name.endswith("_update") and not name.startswith(("_listed", "_sparse"))))}
    large = {REGISTRY[sample.op].name for sample in LARGE}
    assert public - large == NO_KERNEL


def test_tasks_are_counted_inside_only():
    x = mx.nd.ones((100_000,))
    with counted_tasks() as counts:
        mx.nd.exp(x)
    mx.nd.exp(x)
    assert counts == [7]        # 16,384 elements each
