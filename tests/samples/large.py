"""Samples large enough that kernels cut them into several tasks. No oracle: the small ones have."""

from . import attention, contrib, densities, linalg, losses, pointwise, quantization
from .boxes import Boxes, Classed
from .regions import Regions, Turned
from .sample import Fixed, Ints, Sample, Spread, Uniform

N = (40_009,)               # pointwise kernels run up to 32,768 elements in one piece
MATRIX = (300, 251)
IMAGES = (8, 8, 48, 48)


def large(op, *inputs, params=None, **known):
    return Sample(op, inputs, params=params or {}, **known)


def plain(op, *inputs, params=None, **known):
    """A sample without gradient."""
    return large(op, *inputs, params=params, gradient="none", **known)


def pointwise_samples():
    for name, (_, domain) in pointwise.SMOOTH.items():
        if name != "_copy":         # see MOVES: a copy is cut into larger parts
            yield large(name, N, domain=domain)
    for name in [*pointwise.STEPS, *pointwise.TESTS]:
        yield plain(name, N)
    for name, (_, domain, smooth) in pointwise.BINARY.items():
        known = {"domain": domain or (-2, 2), "gradient": "checked" if smooth else "none"}
        yield large("broadcast_" + name, MATRIX, MATRIX[1:], **known)
        yield large("broadcast_" + name, MATRIX, (MATRIX[0], 1), **known)
        tight = "elemwise_" if name in ("add", "sub", "mul", "div") else "_"
        yield large(tight + name, N, N, **known)
    yield plain("broadcast_floor_div", MATRIX, MATRIX[1:], domain=(1, 2))
    yield plain("_floor_div", N, N, domain=(1, 2))
    for name in ("_floor_div_scalar", "_rfloor_div_scalar"):
        yield plain(name, N, params={"scalar": 1.5}, domain=(1, 2))
    for name, (_, number, domain, smooth) in pointwise.SCALAR.items():
        yield large(name, N, params={"scalar": number}, domain=domain or (-2, 2),
                    gradient="checked" if smooth else "none")
    yield large("smooth_l1", N, params={"scalar": 1.0}, domain=(-3, 3))
    yield large("hard_sigmoid", N, params={"alpha": 0.25, "beta": 0.5})
    yield large("Cast", N, params={"dtype": "float64"})
    yield large("amp_cast", N, params={"dtype": "float16"})
    yield large("clip", N, params={"a_min": -0.5, "a_max": 0.75})
    yield large("add_n", N, N, N)
    yield large("where", Ints(N, 0, 2), N, N)
    for kind in ("relu", "sigmoid", "tanh", "softrelu", "softsign"):
        yield large("Activation", N, params={"act_type": kind})
    for kind in ("leaky", "elu", "selu", "gelu"):
        yield large("LeakyReLU", Spread(N), params={"act_type": kind})
    yield large("LeakyReLU", (40, 30, 50), (30,), params={"act_type": "prelu"})


MOVES = [
    plain("cast_storage", (1200, 1100), params={"stype": "default"}),
    large("_copy", (1200, 1100)), large("BlockGrad", (1200, 1100), gradient="recorded"),
    large("transpose", MATRIX), large("transpose", (60, 41, 50), params={"axes": (1, 2, 0)}),
    large("SwapAxis", (60, 41, 50), params={"dim1": 0, "dim2": 2}),
    large("reverse", MATRIX, params={"axis": 1}), large("tile", MATRIX, params={"reps": (2, 1)}),
    large("repeat", MATRIX, params={"repeats": 2, "axis": 1}),
    large("Concat", (300, 700), (300, 600), params={"dim": 1}),
    large("stack", (300, 700), (300, 700), params={"axis": 1}),
    large("SliceChannel", (300, 1200), params={"num_outputs": 3, "axis": 1}),
    large("_split_v2", (300, 1200), params={"indices": (0, 200, 500), "axis": 1}),
    large("broadcast_to", (300, 1), params={"shape": MATRIX}),
    large("broadcast_axis", (300, 1), params={"axis": 1, "size": 251}),
    large("broadcast_like", (300, 1), MATRIX, wrt=(0,)),
    *[large("Pad", IMAGES, params={"mode": mode, "pad_width": (0, 0, 0, 0, 1, 2, 2, 1)})
      for mode in ("constant", "edge", "reflect")],
    large("slice", (400, 500), params={"begin": (None, 490), "end": (None, None), "step": (1, -2)}),
    large("slice", (400, 500), params={"begin": (10, 20), "end": (390, 480)}),
    large("slice_axis", (400, 500), params={"axis": 1, "begin": 1, "end": -1}),
    large("slice_like", (400, 500), (390, 480), wrt=(0,)),
    plain("_slice_assign", (400, 500), (380, 460), params={"begin": (10, 20), "end": (390, 480)}),
    plain("_slice_assign_scalar", (400, 500), params={
        "scalar": 2.0, "begin": (10, 20), "end": (390, 480)}),
    large("diag", (400, 4000), params={"k": 1}),
    large("depth_to_space", (4, 32, 40, 40), params={"block_size": 2}),
    large("space_to_depth", (4, 8, 80, 80), params={"block_size": 2}),
    large("SequenceMask", (50, 30, 100), Ints((30,), 1, 50), params={"use_sequence_length": True}),
    large("SequenceReverse", (50, 30, 100), Ints((30,), 1, 50),
          params={"use_sequence_length": True}),
    large("SequenceLast", (5, 400, 2000), Ints((400,), 1, 5), params={"use_sequence_length": True}),
    plain("_full", params={"shape": (300, 400), "value": 1.5}),
    plain("_zeros", params={"shape": (300, 400)}), plain("_ones", params={"shape": (300, 400)}),
    plain("zeros_like", (300, 400)), plain("ones_like", (300, 400)),
    plain("_arange", params={"start": 0.0, "stop": 100_000.0}),
    plain("_linspace", params={"start": 0.0, "stop": 1.0, "num": 100_000}),
    plain("_eye", params={"N": 400, "M": 300, "k": 1}),
]
ROWS = Ints((3000,), 0, 500)
ORDER = [float(i) for i in range(399, -1, -1)]
INDEXING = [
    large("take", (500, 60), ROWS), large("take", (20_000, 30), ROWS),
    large("take", (60, 500), ROWS, params={"axis": 1}),
    large("Embedding", ROWS, (500, 60), params={"input_dim": 500, "output_dim": 60}),
    large("pick", (40_000, 5), Ints((40_000,), 0, 5)),
    large("batch_take", (40_000, 5), Ints((40_000,), 0, 5, "int32")),
    plain("one_hot", ROWS, params={"depth": 200}),
    large("gather_nd", (400, 100), Ints((1, 3000), 0, 400)),
    large("scatter_nd", (400, 1000), Fixed([ORDER]), params={"shape": (400, 1000)}),
    plain("_scatter_set_nd", (400, 1000), (400, 1000), Fixed([ORDER]),
          params={"shape": (400, 1000)}),
    plain("_contrib_index_copy", (400, 1000), Fixed(ORDER), (400, 1000)),
    plain("fill_element_0index", (40_000, 5), (40_000,), Ints((40_000,), 0, 5)),
]
REDUCTIONS = [
    *[large(name, (300, 500), params=params, domain=(0.5, 1.5))
      for name in ("sum", "mean", "nansum", "prod", "nanprod", "norm")
      for params in ({}, {"axis": 0}, {"axis": 1})],
    *[large(name, (300, 500), params=params, gradient="none")
      for name in ("max", "min") for params in ({}, {"axis": 0}, {"axis": 1})],
    large("moments", (300, 500), params={"axes": (0,)}),
    *[large("cumsum", (301, 500), params={"axis": axis}) for axis in (0, 1)],
    *[plain(name, (300, 500), params=params) for name in ("argmax", "argmin")
      for params in ({"axis": 0}, {"axis": 1})],
    plain("argmax_channel", (400, 500)),
    large("softmax_cross_entropy", (400, 500), Ints((400,), 0, 500)),
]
PRODUCTS = [
    large("dot", (200, 300), (300, 200)),
    large("dot", (300, 200), (300, 200), params={"transpose_a": True}),
    large("batch_dot", (8, 100, 60), (8, 60, 90)),
    large("FullyConnected", (128, 300), (200, 300), (200,), params={"num_hidden": 200}),
]
LAYERS = [
    *[large(name, shape, params={"axis": axis}) for name in ("softmax", "log_softmax", "softmin")
      for shape, axis in ((MATRIX, -1), (MATRIX, 0))],
    large("SoftmaxActivation", MATRIX),
    large("SoftmaxOutput", (4000, 20), Ints((4000,), 0, 20), gradient="recorded"),
    *[large("LayerNorm", MATRIX, MATRIX[axis:][:1], MATRIX[axis:][:1], params={"axis": axis})
      for axis in (0, 1)],
    large("InstanceNorm", IMAGES, IMAGES[1:2], IMAGES[1:2]),
    *[large(name, IMAGES, *[IMAGES[1:2]] * 4, aux=(3, 4), train=True,
            wrt=(0, 2), domain=(0.5, 2), params=params)
      for name, params in (("BatchNorm_v1", {}), ("_contrib_SyncBatchNorm", {"key": "a"}),
                           ("_contrib_BatchNormWithReLU", {}))],
    large("Deconvolution", IMAGES, (8, 8, 3, 3), params={
        "kernel": (3, 3), "num_filter": 8, "stride": (2, 2)}),
    large("Convolution", (8, 48, 48, 8), (16, 3, 3, 8), (16,), params={
        "kernel": (3, 3), "num_filter": 16, "layout": "NHWC"}),
    large("Convolution_v1", IMAGES, (16, 8, 3, 3), (16,), params={
        "kernel": (3, 3), "num_filter": 16}),
    large("Pooling_v1", IMAGES, params={"kernel": (3, 3), "pad": (1, 1)}),
    large("_contrib_AdaptiveAvgPooling2D", IMAGES, params={"output_size": (7, 9)}),
    large("_contrib_BilinearResize2D", IMAGES, params={"height": 33, "width": 70}),
    large("UpSampling", IMAGES, params={"scale": 2, "sample_type": "nearest"}),
    large("Crop", IMAGES, params={"offset": (1, 2), "h_w": (40, 44)}),
    large("LRN", IMAGES, params={"nsize": 5, "alpha": 0.5}),
    large("im2col", IMAGES, params={"kernel": (3, 3), "pad": (1, 1)}),
    large("col2im", (8, 72, 2304), params={
        "kernel": (3, 3), "pad": (1, 1), "output_size": (48, 48)}),
    large("_contrib_DeformableConvolution", (4, 8, 20, 20), (4, 36, 18, 18), (16, 8, 3, 3), params={
        "kernel": (3, 3), "num_filter": 16, "num_deformable_group": 2, "no_bias": True}),
    large("_contrib_ModulatedDeformableConvolution", (4, 8, 20, 20), (4, 36, 18, 18),
          (4, 18, 18, 18), (16, 8, 3, 3), params={
        "kernel": (3, 3), "num_filter": 16, "num_deformable_group": 2, "no_bias": True}),
    large("GroupNorm", IMAGES, (2,), (2,), params={"num_groups": 2}),
    *[large("L2Normalization", IMAGES, params={"mode": mode})
      for mode in ("instance", "channel", "spatial")],
    *[large("BatchNorm", IMAGES, *[IMAGES[1:2]] * 4, params={"fix_gamma": False}, train=train,
            domain=(0.5, 2), aux=(3, 4), wrt=(0, 1, 2)) for train in (False, True)],
    *[large("RNN", (3, 40, 50), (gates * 90 * (142 + 182),), (2, 40, 90), *rest, domain=(-0.2, 0.2),
            params={"mode": mode, "state_size": 90, "num_layers": 2})
      for mode, gates, rest in (("rnn_tanh", 1, []), ("gru", 3, []), ("lstm", 4, [(2, 40, 90)]))],
    *[large("Pooling", IMAGES, params={"kernel": (3, 3), "stride": (2, 2), "pool_type": kind},
            train=True) for kind in ("max", "avg", "sum")],
    *[large("Pooling", IMAGES, params={"kernel": (3, 3), "global_pool": True, "pool_type": kind},
            train=True) for kind in ("max", "avg")],
    large("Dropout", (300, 400), params={"p": 0.5}, train=True),
    large("Dropout", (3, 40_000), params={"p": 0.5, "axes": (0,)}, train=True),
    large("Convolution", IMAGES, (12, 8, 3, 3), (12,),
          params={"kernel": (3, 3), "num_filter": 12, "pad": (1, 1)}),
    large("Convolution", IMAGES, (12, 4, 3, 3), params={
        "kernel": (3, 3), "num_filter": 12, "num_group": 2, "stride": (2, 2), "no_bias": True}),
    large("Convolution", IMAGES, (8, 1, 3, 3), (8,),
          params={"kernel": (3, 3), "num_filter": 8, "num_group": 8}),
    large("Convolution", IMAGES, (64, 8, 1, 1), (64,),
          params={"kernel": (1, 1), "num_filter": 64}),
    *[large(name + "RegressionOutput", MATRIX, MATRIX, gradient="recorded", wrt=(0,))
      for name in ("Linear", "MAE", "Logistic")],
]
W = (300007,)       # a weight; smaller ones are updated by the caller alone
STATES = {"sgd_update": 0, "sgd_mom_update": 1, "nag_mom_update": 1, "adam_update": 2,
          "rmsprop_update": 1, "rmspropalex_update": 3, "signsgd_update": 0, "signum_update": 1,
          "ftrl_update": 2}
MIXED_STATES = {"mp_sgd_update": 1, "mp_sgd_mom_update": 2, "mp_nag_mom_update": 2}
UPDATES = [plain(name, *inputs, *[state] * count, params={"lr": 0.1, "wd": 0.01}, domain=(0.5, 2),
                 aux=tuple(range(2, 2 + count)))
           for table, inputs, state in ((STATES, [W, W], W),
                                        (MIXED_STATES, [Uniform(W, "float16")] * 2, W))
           for name, count in table.items()]
HALF = Uniform(W, "float16")
PAIR = {"lrs": (0.1, 0.2), "wds": (0.01, 0), "num_weights": 2}
LAMB = {"learning_rates": (0.1, 0.2), "wds": (0.01, 0), "step_count": (1, 7), "num_tensors": 2}
PRELOADED = [Fixed([0.1, 0.2]), Fixed([0.01, 0.0])]
# operator: inputs of a weight, which of them are written to, what is behind all, parameters
GROUPS = {
    "ftml_update": ([W] * 5, (2, 3, 4), [], {"lr": 0.1, "t": 2}),
    "lamb_update_phase1": ([W] * 4, (2, 3), [], {"t": 2, "wd": 0.01}),
    "mp_lamb_update_phase1": ([HALF, HALF, W, W, W], (2, 3), [], {"t": 2, "wd": 0.01}),
    "lamb_update_phase2": ([W, W], (), [(1,), (1,)], {"lr": 0.1}),
    "mp_lamb_update_phase2": ([HALF, W, (1,), (1,), W], (4,), [], {"lr": 0.1}),
    "multi_sgd_update": ([W] * 2, (), [], PAIR),
    "multi_sgd_mom_update": ([W] * 3, (2,), [], PAIR),
    "multi_mp_sgd_update": ([HALF, HALF, W], (2,), [], PAIR),
    "multi_mp_sgd_mom_update": ([HALF, HALF, W, W], (2, 3), [], PAIR),
    "preloaded_multi_sgd_update": ([W] * 2, (), PRELOADED, {"num_weights": 2}),
    "preloaded_multi_sgd_mom_update": ([W] * 3, (2,), PRELOADED, {"num_weights": 2}),
    "preloaded_multi_mp_sgd_update": ([HALF, HALF, W], (2,), PRELOADED, {"num_weights": 2}),
    "preloaded_multi_mp_sgd_mom_update": ([HALF, HALF, W, W], (2, 3), PRELOADED,
                                          {"num_weights": 2}),
    "multi_sum_sq": ([W] * 2, (), [], {}),
    "multi_lars": ([W] * 4, (), [], {"eta": 0.1, "eps": 0.01}),
    "all_finite": ([W], (), [], {}),
    "multi_all_finite": ([W] * 2, (), [], {}),
    "reset_arrays": ([W], (0,), [], {}),
    "_adamw_update": ([W] * 4, (2, 3), [(1,)], {"lr": 0.1, "eta": 0.5, "wd": 0.01}),
    "_mp_adamw_update": ([HALF, HALF, W, W, W], (2, 3, 4), [Uniform((1,), "float32")],
                         {"lr": 0.1, "eta": 0.5, "wd": 0.01}),
    "_multi_adamw_update": ([W] * 4, (2, 3), [(1,)], {**PAIR, "etas": (0.5, 1.0)}),
    "_multi_mp_adamw_update": ([HALF, HALF, W, W, W], (2, 3, 4), [Uniform((1,), "float32")],
                               {**PAIR, "etas": (0.5, 1.0)}),
    "_multi_lamb_update": ([W] * 4, (2, 3), [], LAMB),
    "_multi_mp_lamb_update": ([HALF, HALF, W, W, W], (2, 3, 4), [], LAMB),
    "_contrib_group_adagrad_update": ([(4000, 60), (4000, 60), (4000,)], (2,), [], {"lr": 0.1}),
}
for _name, (_inputs, _written, _behind, _params) in GROUPS.items():
    _count = _params.get("num_weights") or _params.get("num_tensors", 1)
    UPDATES.append(plain(
        _name, *_inputs * _count, *_behind, params=_params, domain=(0.5, 2),
        aux=tuple(i * len(_inputs) + at for i in range(_count) for at in _written)))
SHAPE = {"shape": (40_000,)}
SORTED = [
    large("sort", Spread((60, 1000))),
    plain("argsort", Spread((1000, 60)), params={"axis": 0}),
    plain("topk", Spread((60, 1000)), params={"k": 5, "ret_typ": "both"}),
]
RANDOM = [
    *[plain("_random_" + name, params={**SHAPE, **params}) for name, params in (
        ("uniform", {}), ("normal", {}), ("randint", {"low": 0, "high": 9}),
        ("exponential", {"lam": 2.0}), ("gamma", {"alpha": 2.0, "beta": 1.0}),
        ("poisson", {"lam": 4.0}), ("negative_binomial", {"k": 3, "p": 0.4}),
        ("generalized_negative_binomial", {"mu": 2.0, "alpha": 0.3}))],
    *[plain(f"_random_{name}_like", N) for name in (
        "uniform", "normal", "exponential", "gamma", "poisson", "generalized_negative_binomial")],
    plain("_random_negative_binomial_like", N, params={"p": 0.4}),
    *[plain("_sample_" + name, *[(50,)] * count, params={"shape": (600,)}, domain=(0.1, 0.9))
      for name, count in (("uniform", 2), ("normal", 2), ("exponential", 1), ("gamma", 2),
                          ("poisson", 1), ("negative_binomial", 2),
                          ("generalized_negative_binomial", 2))],
    plain("_sample_multinomial", (50, 8), params={"shape": (600,)}, domain=(0.125, 0.125)),
    plain("_shuffle", (40_000, 2)),
]
MAP, POOLED = (2, 24, 30, 31), {"pooled_size": (7, 7), "spatial_scale": 0.25}
ROIS = Regions(40, 120.0)
GRID = {"transform_type": "affine", "target_shape": (60, 61)}
RPN = {"rpn_pre_nms_top_n": 500, "rpn_post_nms_top_n": 50, "rpn_min_size": 4}
SENSITIVE = {"output_dim": 4, "spatial_scale": 0.25, "pooled_size": 3}
DETECTION = [
    large("_contrib_box_nms", Classed((8, 200, 6)), params={"id_index": 0}, wrt=(0,)),
    plain("_contrib_box_iou", Boxes((200, 4)), Boxes((300, 4))),
    plain("_contrib_box_encode", (8, 200), Ints((8, 200), 0, 5), Boxes((8, 200, 4)),
          Boxes((8, 5, 4)), (4,), (4,)),
    plain("_contrib_box_decode", (8, 200, 4), Boxes((1, 200, 4))),
    plain("_contrib_bipartite_matching", Spread((8, 60, 50)), params={"threshold": 0.0}),
    plain("_contrib_MultiBoxPrior", (1, 1, 40, 40), params={"sizes": (0.5, 0.25)}),
    plain("_contrib_MultiBoxTarget", Boxes((1, 300, 4)), Boxes((8, 4, 5), columns=1), (8, 3, 300),
          params={"negative_mining_ratio": 3.0}),
    plain("_contrib_MultiBoxDetection", Spread((8, 4, 300)), (8, 1200), Boxes((1, 300, 4))),
    plain("_contrib_Proposal", (1, 24, 9, 9), (1, 48, 9, 9), Fixed([[144, 144, 1]]), params=RPN),
    plain("_contrib_MultiProposal", (4, 24, 9, 9), (4, 48, 9, 9), Fixed([[144, 144, 1]] * 4),
          params=RPN),
    large("ROIPooling", Spread(MAP), ROIS, params=POOLED),
    large("_contrib_ROIAlign", MAP, ROIS, params=POOLED),
    plain("_contrib_RROIAlign", MAP, Turned(40, 120.0), params=POOLED),
    large("_contrib_PSROIPooling", (2, 36, 30, 31), ROIS, params=SENSITIVE),
    large("_contrib_DeformablePSROIPooling", (2, 36, 30, 31), ROIS, (40, 2, 3, 3),
          params={**SENSITIVE, "group_size": 3, "sample_per_part": 2, "trans_std": 0.125}),
    large("BilinearSampler", (2, 16, 40, 41), (2, 2, 50, 51), domain=(-1.25, 1.25)),
    large("GridGenerator", (8, 6), params=GRID),
    large("GridGenerator", (4, 2, 100, 101), params={"transform_type": "warp"}),
    large("SpatialTransformer", (2, 16, 40, 41), (2, 6), domain=(-1, 1),
          params={**GRID, "sampler_type": "bilinear"}),
    large("Correlation", (2, 8, 20, 21), (2, 8, 20, 21),
          params={"max_displacement": 3, "pad_size": 3}),
]
PIXELS = (500, 510, 3)
IMAGE_OPERATORS = [
    large("_image_crop", PIXELS, params={"x": 3, "y": 4, "width": 490, "height": 480}),
    large("_image_flip_left_right", PIXELS), large("_image_flip_top_bottom", PIXELS),
    large("_image_normalize", (3, 500, 510), params={"mean": (0.5,), "std": (0.25,)}),
    large("_image_to_tensor", PIXELS), plain("_image_resize", PIXELS, params={"size": (350, 360)}),
    plain("_image_adjust_lighting", PIXELS, params={"alpha": (0.1, 0.2, 0.3)}),
    plain("_image_random_flip_left_right", PIXELS), plain("_image_random_flip_top_bottom", PIXELS),
    *[plain(f"_image_random_{name}", PIXELS, params={"min_factor": 0.5, "max_factor": 0.75})
      for name in ("brightness", "contrast", "saturation", "hue")],
    plain("_image_random_color_jitter", PIXELS, params={
        "brightness": 0.2, "contrast": 0.2, "saturation": 0.2, "hue": 0.2}),
    plain("_image_random_lighting", PIXELS, params={"alpha_std": 0.5}),
]
LARGE = [*pointwise_samples(), *MOVES, *INDEXING, *REDUCTIONS, *PRODUCTS, *LAYERS, *UPDATES,
         *SORTED, *RANDOM, *losses.LARGE, *linalg.LARGE, *densities.LARGE, *contrib.LARGE,
         *DETECTION, *IMAGE_OPERATORS, *attention.LARGE, *quantization.LARGE]
