"""What is asked of shape and dtype inference. The recorder runs these tables under MXNet, too.

A query is (operator, parameters, inputs, outputs) with partial shapes, or dtypes: None is unknown,
a length of 0 in a shape as well. Most are made of the samples; the rest are cases of their own.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from samples import SAMPLES

EACH = 3            # samples of an operator that queries are made of


class Query(NamedTuple):
    """A question: what follows from these partial inputs and outputs?"""

    op: str
    params: dict[str, Any]
    inputs: list[Any]
    outputs: list[Any]


def sampled_calls() -> list[tuple[str, dict[str, Any], list[Any]]]:
    """(operator, parameters, shapes of the inputs) of some samples of every operator."""
    calls: list[tuple[str, dict[str, Any], list[Any]]] = []
    for sample in SAMPLES:
        call = (sample.op, dict(sample.params), sample.shapes)
        is_plain = all(shape and 0 not in shape for shape in sample.shapes)
        taken = sum(op == sample.op for op, _, _ in calls)
        if sample.recorded and is_plain and call not in calls and taken < EACH:
            calls.append(call)
    return calls + EXTRA_CALLS


EXTRA_CALLS: list[tuple[str, dict[str, Any], list[Any]]] = [
    ("_contrib_index_array", {}, [(2, 3)]),
    ("_contrib_index_copy", {}, [(5, 3), (2,), (2, 3)]),
    ("_image_crop", {"x": 1, "y": 1, "width": 2, "height": 2}, [(4, 5, 3)]),
    ("_image_resize", {"size": (2, 2)}, [(4, 5, 3)]),
    ("_image_normalize", {"mean": (0.5,), "std": (0.5,)}, [(3, 4, 5)]),
    ("_image_to_tensor", {}, [(4, 5, 3)]),
    ("_image_flip_left_right", {}, [(4, 5, 3)]),
    ("_image_random_flip_left_right", {}, [(4, 5, 3)]),
    ("_image_random_brightness", {"min_factor": 0.5, "max_factor": 1.5}, [(4, 5, 3)]),
    ("_linspace", {"start": 0, "stop": 1, "num": 5}, []),
    ("_random_normal", {"shape": (2, 3)}, []),
    ("_random_randint", {"low": 0, "high": 5, "shape": (2, 3)}, []),
    ("_random_gamma", {"shape": (2, 3)}, []),
    ("_sample_normal", {"shape": (4,)}, [(3,), (3,)]),
    ("_sample_poisson", {"shape": (4,)}, [(3,)]),
    ("_slice_assign", {"begin": (1,), "end": (3,)}, [(4, 5), (2, 5)]),
    ("_slice_assign_scalar", {"begin": (1,), "end": (3,), "scalar": 1.0}, [(4, 5)]),
    ("batch_take", {}, [(4, 5), (4,)]),
    ("_contrib_isnan", {}, [(2, 3)]),
    ("softrelu", {}, [(2, 3)]),
    ("LeakyReLU", {"act_type": "rrelu"}, [(2, 3)]),
    ("LeakyReLU", {"act_type": "prelu"}, [(2, 3), (3,)]),
    ("BatchNorm", {"output_mean_var": True}, [(2, 3, 4), *[(3,)] * 4]),
    *[(name, {"output_mean_var": True, **more}, [(2, 3, 4, 5), *[(3,)] * 4])
      for name, more in (("BatchNorm_v1", {}), ("_contrib_SyncBatchNorm", {"key": "a"}),
                         ("_contrib_BatchNormWithReLU", {}))],
    ("_contrib_ModulatedDeformableConvolution", {"kernel": (2, 3), "num_filter": 4},
     [(1, 2, 4, 5), (1, 12, 3, 3), (1, 6, 3, 3), (4, 2, 2, 3), (4,)]),
    ("LayerNorm", {"output_mean_var": True}, [(2, 3, 4), (4,), (4,)]),
    ("GroupNorm", {"num_groups": 3, "output_mean_var": True}, [(2, 3, 4), (3,), (3,)]),
    ("FullyConnected", {"num_hidden": 4, "no_bias": True}, [(2, 3), (4, 3)]),
    ("Convolution", {"kernel": (2, 2), "num_filter": 4, "no_bias": True},
     [(2, 3, 5, 5), (4, 3, 2, 2)]),
    ("Pooling", {"kernel": (2, 2), "pool_type": "avg"}, [(2, 3, 5, 5)]),
    ("Pooling", {"kernel": (2,), "pool_type": "sum"}, [(2, 3, 5)]),
    ("Pooling", {"kernel": (2, 2, 2), "pool_type": "max"}, [(2, 3, 5, 5, 5)]),
    ("Pooling", {"kernel": (2, 2), "pool_type": "lp", "p_value": 2}, [(2, 3, 5, 5)]),
    ("softmax", {"use_length": True}, [(2, 3), (2,)]),
    ("SequenceMask", {"use_sequence_length": True}, [(4, 2, 3), (2,)]),
    ("SequenceLast", {"use_sequence_length": True}, [(4, 2, 3), (2,)]),
    ("SequenceReverse", {"use_sequence_length": True}, [(4, 2, 3), (2,)]),
    ("SliceChannel", {"num_outputs": 1}, [(2, 3)]),
    ("topk", {"ret_typ": "mask"}, [(2, 3)]),
    ("SoftmaxOutput", {"multi_output": True}, [(2, 3, 4), (2, 4)]),
    ("SoftmaxOutput", {"out_grad": True}, [(2, 3), (2,)]),
    ("_sample_multinomial", {"get_prob": True, "shape": (4,)}, [(2, 3)]),
    ("Dropout", {"axes": (0,)}, [(2, 3)]),
    ("_shuffle", {}, [(2, 3)]),
    ("moments", {"axes": (0,)}, [(2, 3)]),
]


def shape_queries(call: Any, outputs: list[Any]) -> Iterator[Query]:
    """What is asked of a call whose outputs have these shapes."""
    op, params, shapes = call
    unknown = [None] * len(outputs)
    rest = [None] * (len(shapes) - 1)
    yield Query(op, params, shapes, unknown)
    if not shapes:
        return
    first = shapes[0]
    for partial in ((0, *first[1:]), (*first[:-1], 0)):
        yield Query(op, params, [partial, *shapes[1:]], unknown)
        yield Query(op, params, [partial, *shapes[1:]], outputs)
    yield Query(op, params, [None, *shapes[1:]], outputs)
    if rest:
        yield Query(op, params, [first, *rest], unknown)
        yield Query(op, params, [first, *rest], outputs)
        yield Query(op, params, [None, *rest], outputs)


def dtype_queries(call: Any, num_outputs: int) -> Iterator[Query]:
    """What is asked of the dtypes of a call."""
    op, params, shapes = call
    count = len(shapes)
    unknown: list[Any] = [None] * num_outputs
    yield Query(op, params, [None] * count, unknown)
    for dtype in ("float64", "float16"):
        for i in range(count):
            inputs = [dtype if k == i else None for k in range(count)]
            yield Query(op, params, inputs, unknown)
        yield Query(op, params, [None] * count, [dtype, *unknown[1:]])


_CONV = {"kernel": (3, 3), "num_filter": 8}
_BIAS = {"num_hidden": 4}

SHAPES = [
    Query("FullyConnected", _BIAS, [(0, 5), None, None], [None]),
    Query("FullyConnected", _BIAS, [(0, 5), None, None], [(7, 0)]),
    Query("FullyConnected", _BIAS, [(0, 5, 2), None, None], [None]),
    Query("FullyConnected", _BIAS, [(0, 5, 0), None, None], [(3, 4)]),
    Query("FullyConnected", _BIAS, [None, (4, 6), None], [(3, 4)]),
    Query("FullyConnected", _BIAS, [(2, 0), (4, 6), None], [None]),
    Query("FullyConnected", _BIAS, [None, None, None], [None]),
    Query("FullyConnected", {**_BIAS, "no_bias": True}, [(2, 5), None], [None]),
    Query("FullyConnected", {**_BIAS, "flatten": False}, [(2, 3, 5), None, None], [None]),
    Query("FullyConnected", {**_BIAS, "flatten": False}, [(0, 3, 5), None, None], [(2, 3, 4)]),
    Query("FullyConnected", {**_BIAS, "flatten": False}, [(0, 0, 5), None, None], [(2, 3, 4)]),
    Query("FullyConnected", {**_BIAS, "flatten": False}, [None, (4, 5), None], [(2, 3, 4)]),
    Query("FullyConnected", _BIAS, [(2, 3), (5, 3), None], [None]),
    Query("FullyConnected", _BIAS, [(2, 3), None, None], [(3, 4)]),
    Query("Convolution", _CONV, [(0, 3, 0, 0), None, None], [None]),
    Query("Convolution", _CONV, [(0, 3, 8, 8), None, None], [None]),
    Query("Convolution", _CONV, [(0, 3, 0, 0), None, None], [(2, 8, 6, 5)]),
    Query("Convolution", {**_CONV, "stride": (2, 2)}, [(0, 3, 0, 0), None, None], [(2, 8, 6, 5)]),
    Query("Convolution", {**_CONV, "pad": (1, 1)}, [(0, 3, 0, 9), None, None], [(2, 8, 6, 9)]),
    Query("Convolution", {**_CONV, "dilate": (2, 2)}, [(0, 3, 0, 9), None, None], [(2, 8, 6, 5)]),
    Query("Convolution", _CONV, [(2, 0, 8, 8), None, None], [None]),
    Query("Convolution", _CONV, [None, (8, 3, 3, 3), None], [(2, 8, 6, 5)]),
    Query("Convolution", {**_CONV, "num_group": 2}, [(2, 4, 8, 8), None, None], [None]),
    Query("Convolution", {**_CONV, "no_bias": True}, [(2, 4, 8, 8), None], [None]),
    Query("Convolution", {"kernel": (3,), "num_filter": 8}, [(0, 4, 0), None, None], [(2, 8, 5)]),
    Query("Convolution", {"kernel": (3, 3, 3), "num_filter": 8}, [(0, 4, 0, 5, 0), None, None],
          [(2, 8, 5, 3, 1)]),
    Query("add_n", {"num_args": 2}, [(2, 0), (0, 5)], [None]),
    Query("add_n", {"num_args": 3}, [(2, 0), None, None], [(0, 5)]),
    Query("elemwise_add", {}, [(2, 0), (0, 5)], [None]),
    Query("elemwise_mul", {}, [None, None], [(2, 5)]),
    Query("elemwise_mul", {}, [(2, 3), None], [None]),
    Query("elemwise_mul", {}, [(2, 3), (2, 4)], [None]),
    Query("_greater", {}, [None, (2, 3)], [None]),
    Query("broadcast_add", {}, [(2, 3), None], [(2, 3)]),
    Query("broadcast_add", {}, [(0, 3), (1, 3)], [None]),
    Query("broadcast_add", {}, [(0, 3), (2, 3)], [None]),
    Query("where", {}, [None, (2, 3), None], [None]),
    Query("where", {}, [(2, 3), None, None], [(2, 3)]),
    Query("Concat", {"num_args": 2, "dim": 1}, [(2, 3), None], [None]),
    Query("Concat", {"num_args": 2, "dim": 1}, [(2, 3), None], [(2, 8)]),
    Query("Concat", {"num_args": 2, "dim": 1}, [None, None], [(2, 8)]),
    Query("Concat", {"num_args": 2, "dim": 1}, [(0, 3), (2, 0)], [None]),
    Query("Concat", {"num_args": 2, "dim": 1}, [(2, 3, 0), (0, 1, 5)], [None]),
    Query("Concat", {"num_args": 2, "dim": 0}, [(0, 3), (2, 0)], [(7, 3)]),
    Query("Concat", {"num_args": 3, "dim": -1}, [(2, 3), None, (0, 4)], [(2, 9)]),
    Query("stack", {"num_args": 2, "axis": 0}, [(2, 3), None], [None]),
    Query("stack", {"num_args": 2, "axis": 1}, [None, None], [(2, 2, 3)]),
    Query("stack", {"num_args": 2, "axis": 1}, [(2, 0), (0, 3)], [None]),
    Query("SliceChannel", {"num_outputs": 2}, [None], [(2, 3), (2, 3)]),
    Query("SliceChannel", {"num_outputs": 2}, [None], [(2, 3), None]),
    Query("SliceChannel", {"num_outputs": 2}, [(0, 6)], [None, None]),
    Query("SliceChannel", {"num_outputs": 2}, [(2, 0)], [(0, 3), None]),
    Query("SliceChannel", {"num_outputs": 2, "squeeze_axis": True}, [(0, 2, 3)], [None, None]),
    Query("SliceChannel", {"num_outputs": 2, "squeeze_axis": True}, [None], [(2, 3), None]),
    Query("transpose", {}, [None], [(2, 3)]),
    Query("transpose", {"axes": (1, 2, 0)}, [(0, 3, 0)], [(0, 4, 2)]),
    Query("transpose", {"axes": (1, 2, 0)}, [None], [(3, 4, 2)]),
    Query("SwapAxis", {"dim1": 0, "dim2": 1}, [None], [(2, 3)]),
    Query("SwapAxis", {"dim1": 0, "dim2": 1}, [(0, 3)], [None]),
    Query("expand_dims", {"axis": 1}, [None], [(2, 1, 3)]),
    Query("expand_dims", {"axis": 1}, [(0, 3)], [None]),
    Query("expand_dims", {"axis": -1}, [(0, 3)], [(2, 0, 0)]),
    Query("_zeros", {"shape": (0, 3)}, [], [(2, 0)]),
    Query("_zeros", {"shape": (0, 3)}, [], [None]),
    Query("_ones", {"shape": (0, 3)}, [], [(2, 3)]),
    Query("_full", {"shape": (0, 3), "value": 1.0}, [], [(2, 3)]),
    Query("_random_uniform", {"shape": (0, 3)}, [], [(2, 3)]),
    Query("_zeros", {"shape": ()}, [], [(2, 3)]),
    Query("_zeros", {"shape": (2, 3)}, [], [(2, 4)]),
    Query("_arange", {"start": 0, "stop": 5}, [], [None]),
    Query("BatchNorm", {}, [(0, 3, 0, 0), None, None, None, None], [None]),
    Query("BatchNorm", {}, [None, (3,), None, None, None], [None]),
    Query("BatchNorm", {}, [None, None, None, None, None], [(2, 3, 4, 4)]),
    Query("BatchNorm", {"axis": -1}, [(2, 3, 4, 5), None, None, None, None], [None]),
    Query("BatchNorm", {"output_mean_var": True}, [(2, 3, 4), None, None, None, None],
          [None] * 3),
    Query("InstanceNorm", {}, [(2, 3, 4), None, None], [None]),
    Query("InstanceNorm", {}, [(0, 3, 4), None, None], [None]),
    Query("InstanceNorm", {}, [None, None, None], [(2, 3, 4)]),
    Query("LayerNorm", {}, [(2, 3, 4), None, None], [None]),
    Query("LayerNorm", {"axis": 1}, [(0, 3, 4), None, None], [None]),
    Query("LayerNorm", {}, [None, None, None], [(2, 3, 4)]),
    Query("LayerNorm", {"output_mean_var": True}, [(2, 3, 4), None, None], [None] * 3),
    Query("GroupNorm", {"num_groups": 2}, [(2, 4, 3), None, None], [None]),
    Query("GroupNorm", {"num_groups": 2}, [(0, 4, 3), None, None], [None]),
    Query("GroupNorm", {"num_groups": 2, "output_mean_var": True}, [(2, 4, 3), None, None],
          [None] * 3),
    Query("Embedding", {"input_dim": 9, "output_dim": 4}, [(2, 3), None], [None]),
    Query("Embedding", {"input_dim": 9, "output_dim": 4}, [(0, 3), None], [None]),
    Query("Embedding", {"input_dim": 9, "output_dim": 4}, [None, None], [(2, 3, 4)]),
    Query("Embedding", {"input_dim": 9, "output_dim": 4}, [None, None], [None]),
    Query("LeakyReLU", {"act_type": "prelu"}, [(2, 3, 4), None], [None]),
    Query("LeakyReLU", {"act_type": "prelu"}, [(0, 3, 4), None], [None]),
    Query("LeakyReLU", {"act_type": "prelu"}, [(5,), None], [None]),
    Query("LeakyReLU", {"act_type": "prelu"}, [(2, 3, 4), (1,)], [None]),
    Query("LeakyReLU", {"act_type": "prelu"}, [None, None], [(2, 3, 4)]),
    Query("LeakyReLU", {"act_type": "leaky"}, [None], [(2, 3, 4)]),
    Query("LeakyReLU", {"act_type": "rrelu"}, [(2, 3)], [None, None]),
    Query("LeakyReLU", {"act_type": "elu"}, [(0, 3)], [(2, 0)]),
    Query("SoftmaxOutput", {}, [(8, 10), None], [None]),
    Query("SoftmaxOutput", {}, [(0, 10), None], [None]),
    Query("SoftmaxOutput", {}, [(0, 10), (8,)], [None]),
    Query("SoftmaxOutput", {}, [(8, 10), (8, 10)], [None]),
    Query("SoftmaxOutput", {}, [(0, 10), (8, 10)], [None]),
    Query("SoftmaxOutput", {}, [(8, 10, 3), None], [None]),
    Query("SoftmaxOutput", {}, [None, None], [(8, 10)]),
    Query("SoftmaxOutput", {"multi_output": True}, [(8, 10, 3, 4), None], [None]),
    Query("SoftmaxOutput", {"multi_output": True}, [(8, 10, 3, 4), (8, 12)], [None]),
    Query("SoftmaxOutput", {"multi_output": True}, [(8, 10, 3, 4), (8, 1, 3, 4)], [None]),
    Query("SoftmaxOutput", {"multi_output": True}, [(8, 10, 3, 4), (8, 3, 4)], [None]),
    Query("SoftmaxOutput", {"multi_output": True}, [(0, 10, 3, 4), None], [None]),
    Query("SoftmaxOutput", {"preserve_shape": True}, [(8, 5, 10), None], [None]),
    Query("SoftmaxOutput", {}, [(8, 10), (7,)], [None]),
    Query("LinearRegressionOutput", {}, [(8, 10), None], [None]),
    Query("LinearRegressionOutput", {}, [(8, 1), None], [None]),
    Query("LinearRegressionOutput", {}, [(8, 1), (8, 1)], [None]),
    Query("LinearRegressionOutput", {}, [(8,), None], [None]),
    Query("LinearRegressionOutput", {}, [(0, 10), None], [None]),
    Query("LinearRegressionOutput", {}, [(0, 10), (8, 10)], [None]),
    Query("LogisticRegressionOutput", {}, [(8, 3, 2), None], [None]),
    Query("MAERegressionOutput", {}, [(8, 1), None], [None]),
    Query("Activation", {"act_type": "relu"}, [None], [(2, 3)]),
    Query("Activation", {"act_type": "relu"}, [(0, 3)], [(2, 0)]),
    Query("relu", {}, [None], [(2, 3)]),
    Query("_plus_scalar", {"scalar": 2}, [(0, 3)], [(2, 0)]),
    Query("clip", {"a_min": 0.0, "a_max": 1.0}, [None], [(2, 3)]),
    Query("Cast", {"dtype": "float16"}, [None], [(2, 3)]),
    Query("BlockGrad", {}, [None], [(2, 3)]),
    Query("make_loss", {}, [None], [(2, 3)]),
    Query("MakeLoss", {}, [None], [(2, 3)]),
    Query("zeros_like", {}, [None], [(2, 3)]),
    Query("ones_like", {}, [(0, 3)], [None]),
    Query("smooth_l1", {"scalar": 1.0}, [None], [(2, 3)]),
    Query("softmax", {}, [None], [(2, 3)]),
    Query("softmax", {}, [(0, 3)], [None]),
    Query("softmax", {"use_length": True}, [(2, 3), None], [None]),
    Query("log_softmax", {}, [None], [(2, 3)]),
    Query("SoftmaxActivation", {}, [None], [(2, 3)]),
    Query("Dropout", {}, [None], [(2, 3)]),
    Query("Dropout", {}, [(0, 3)], [None]),
    Query("L2Normalization", {}, [None], [(2, 3)]),
    Query("SequenceMask", {}, [None], [(2, 3)]),
    Query("SequenceMask", {"use_sequence_length": True}, [(4, 2, 3), None], [None]),
    Query("SequenceReverse", {}, [(0, 3)], [None]),
    Query("SequenceReverse", {"use_sequence_length": True}, [(4, 2, 3), None], [None]),
    Query("SequenceLast", {}, [(0, 2, 3)], [None]),
    Query("SequenceLast", {"use_sequence_length": True}, [(4, 2, 3), None], [None]),
    Query("Reshape", {"shape": (0, -1)}, [(0, 3, 4)], [None]),
    Query("Reshape", {"shape": (-1, 12)}, [(0, 3, 4)], [None]),
    Query("Reshape", {"shape": (2, 12)}, [(0, 3, 4)], [None]),
    Query("Reshape", {"shape": (-3, 0)}, [(0, 3, 4)], [None]),
    Query("Reshape", {"shape": (6, 2)}, [None], [None]),
    Query("Flatten", {}, [(0, 3, 4)], [None]),
    Query("Flatten", {}, [(2, 0, 4)], [None]),
    Query("Pooling", {"kernel": (2, 2)}, [(0, 3, 8, 8)], [None]),
    Query("Pooling", {"kernel": (2, 2)}, [(2, 3, 0, 8)], [None]),
    Query("Pooling", {"global_pool": True}, [(0, 3, 8, 8)], [None]),
    Query("dot", {}, [(0, 3), (3, 4)], [None]),
    Query("dot", {}, [(2, 3), None], [(2, 4)]),
    Query("batch_dot", {}, [(0, 2, 3), (0, 3, 4)], [None]),
    Query("sum", {"axis": 1}, [(0, 3)], [None]),
    Query("sum", {"axis": 0}, [(0, 3)], [None]),
    Query("mean", {"axis": 1, "keepdims": True}, [(0, 3)], [None]),
    Query("slice_axis", {"axis": 1, "begin": 0, "end": 2}, [(0, 3)], [None]),
    Query("slice_axis", {"axis": 0, "begin": 0, "end": 2}, [(0, 3)], [None]),
    Query("slice", {"begin": (0, 1), "end": (None, 2)}, [(0, 3)], [None]),
    Query("slice", {"begin": (None, 1), "end": (None, 2)}, [(0, 3)], [None]),
    Query("slice_like", {}, [(4, 5), (0, 3)], [None]),
    Query("tile", {"reps": (2, 2)}, [(0, 3)], [None]),
    Query("repeat", {"repeats": 2, "axis": 1}, [(0, 3)], [None]),
    Query("take", {}, [(0, 3), (2,)], [None]),
    Query("take", {}, [(5, 3), (0,)], [None]),
    Query("pick", {}, [(0, 3), None], [None]),
    Query("pick", {}, [(2, 3), None], [None]),
    Query("one_hot", {"depth": 5}, [(0, 3)], [None]),
    Query("one_hot", {"depth": 5}, [None], [(2, 5)]),
    Query("argmax", {"axis": 1}, [(0, 3)], [None]),
    Query("topk", {"k": 2}, [(0, 3)], [None]),
    Query("topk", {"k": 2, "ret_typ": "both"}, [(4, 3)], [None, None]),
    Query("sort", {}, [(0, 3)], [None]),
    Query("Pad", {"mode": "constant", "pad_width": (0, 0, 0, 0, 1, 1, 1, 1)}, [(0, 3, 4, 4)],
          [None]),
    Query("broadcast_to", {"shape": (2, 3)}, [(0, 3)], [None]),
    Query("broadcast_axis", {"axis": 0, "size": 4}, [(1, 3)], [None]),
    Query("broadcast_like", {}, [(1, 3), (0, 3)], [None]),
    Query("reverse", {"axis": 0}, [(0, 3)], [None]),
    Query("squeeze", {"axis": 1}, [(0, 1, 3)], [None]),
    Query("squeeze", {}, [(0, 1, 3)], [None]),
    Query("reshape_like", {}, [(0, 3), (3, 0)], [None]),
    Query("shape_array", {}, [(0, 3)], [None]),
    Query("size_array", {}, [(0, 3)], [None]),
    Query("gather_nd", {}, [(0, 3), (1, 4)], [None]),
    Query("depth_to_space", {"block_size": 2}, [(0, 4, 2, 2)], [None]),
    Query("diag", {}, [(0, 3)], [None]),
    Query("softmax_cross_entropy", {}, [(8, 10), None], [None]),
    Query("_copyto", {}, [None], [(2, 3)]),
    Query("_sample_uniform", {"shape": (4,)}, [(3,), None], [None]),
    Query("_sample_multinomial", {"shape": (4,)}, [(0, 3)], [None]),
    Query("_shuffle", {}, [None], [(2, 3)]),
]

DTYPES = [
    Query("BatchNorm", {}, ["float16", None, None, None, None], [None]),
    Query("BatchNorm", {}, ["float64", None, None, None, None], [None]),
    Query("BatchNorm", {}, [None, "float64", None, None, None], [None]),
    Query("BatchNorm", {}, [None] * 5, ["float16"]),
    Query("BatchNorm", {"output_mean_var": True}, ["float16", None, None, None, None],
          [None] * 3),
    Query("Embedding", {"input_dim": 9, "output_dim": 4}, ["int32", None], [None]),
    Query("Embedding", {"input_dim": 9, "output_dim": 4, "dtype": "float16"}, ["int32", None],
          [None]),
    Query("Embedding", {"input_dim": 9, "output_dim": 4}, [None, "float16"], [None]),
    Query("FullyConnected", _BIAS, [None, None, None], ["float16"]),
    Query("FullyConnected", _BIAS, [None, "float16", None], [None]),
    Query("topk", {"k": 2, "ret_typ": "both"}, ["float16"], [None, None]),
    Query("topk", {"k": 2, "ret_typ": "both", "dtype": "int32"}, ["float16"], [None, None]),
    Query("topk", {"k": 2, "ret_typ": "value"}, ["float16"], [None]),
    Query("topk", {"k": 2, "ret_typ": "value"}, [None], ["float16"]),
    Query("topk", {"k": 2, "ret_typ": "mask"}, ["float16"], [None]),
    Query("topk", {"k": 2}, ["float16"], [None]),
    Query("one_hot", {"depth": 5}, ["int32"], [None]),
    Query("one_hot", {"depth": 5, "dtype": "int8"}, [None], [None]),
    Query("argsort", {"dtype": "int32"}, ["float16"], [None]),
    Query("Cast", {"dtype": "float16"}, [None], [None]),
    Query("Cast", {"dtype": "float16"}, ["int32"], [None]),
    Query("amp_cast", {"dtype": "float16"}, ["float32"], [None]),
    Query("amp_cast", {"dtype": "float16"}, [None], ["float16"]),
    Query("amp_cast", {"dtype": "float16"}, ["int32"], [None]),
    Query("where", {}, ["float16", "float32", None], [None]),
    Query("where", {}, [None, None, None], ["float16"]),
    Query("take", {}, ["float16", None], [None]),
    Query("take", {}, [None, "int32"], ["float16"]),
    Query("pick", {}, ["float16", "int32"], [None]),
    Query("softmax", {"dtype": "float32"}, ["float16"], [None]),
    Query("softmax", {"use_length": True}, ["float16", None], [None]),
    Query("norm", {"out_dtype": "float64"}, ["float32"], [None]),
    Query("SoftmaxOutput", {}, ["float16", None], [None]),
    Query("SoftmaxOutput", {}, [None, None], ["float16"]),
    Query("SoftmaxOutput", {}, [None, "float16"], [None]),
    Query("_zeros", {"shape": (2,)}, [], [None]),
    Query("_zeros", {"shape": (2,), "dtype": "float16"}, [], [None]),
    Query("_random_uniform", {"shape": (2,)}, [], [None]),
    Query("_random_uniform", {"shape": (2,)}, [], ["float64"]),
    Query("SequenceMask", {"use_sequence_length": True}, ["float16", None], [None]),
    Query("LeakyReLU", {"act_type": "prelu"}, ["float16", None], [None]),
    Query("shape_array", {}, ["float16"], [None]),
    Query("shape_array", {}, [None], [None]),
    Query("elemwise_add", {}, ["float16", "float32"], [None]),
    Query("_sample_multinomial", {"get_prob": True}, ["float16"], [None, None]),
    Query("_sample_uniform", {}, ["float64", None], [None]),
    Query("_contrib_isnan", {}, ["float16"], [None]),
    Query("_greater", {}, ["float16", None], [None]),
    Query("broadcast_greater", {}, [None, None], ["float16"]),
    Query("logical_not", {}, ["float16"], [None]),
]
