"""Calls of operators at sizes of networks, for bench_operators.py: under mxlite and MXNet 1.9.1."""

import numpy as np

RNG = np.random.default_rng(0)
UNARY = """abs exp log sqrt rsqrt cbrt rcbrt square sin cos tan arcsin arccos arctan sinh cosh tanh
    arcsinh arctanh erf erfinv gamma gammaln log2 log10 log1p expm1 sigmoid relu softsign sign round
    rint floor ceil trunc fix reciprocal degrees radians""".split()
BINARY = """add mul div power maximum hypot mod equal greater logical_and""".split()
NO_GRADIENT = {"equal", "greater", "logical_and"}


class Table:
    """name -> (function of arrays, the arrays, whether it has a gradient)."""

    def __init__(self, mx):
        self.mx, self.nd = mx, mx.nd
        self.cases = {}

    def add(self, name, function, *arrays, grad=True):
        self.cases[name] = (function, arrays, grad)

    def uniform(self, *shape, low=-1.0, high=1.0):
        return self.nd.array(RNG.uniform(low, high, shape))

    def integers(self, high, *shape, low=0, dtype="float32"):
        return self.nd.array(RNG.integers(low, high, shape), dtype=dtype)

    def corners(self, *shape):
        """Boxes (..., 4) of one size: the upper left corner, the lower right one."""
        first = RNG.uniform(0, 0.8, (*shape, 2))
        return np.concatenate([first, first + RNG.uniform(0.05, 0.2, (*shape, 2))], axis=-1)


def elements(table):
    nd, uniform = table.nd, table.uniform
    matrix = uniform(512, 512, low=0.1, high=0.9)
    for name in UNARY:
        table.add(name, getattr(nd, name), matrix)
    table.add("arccosh", nd.arccosh, matrix + 1)
    for name in BINARY:
        function, grad = getattr(nd, f"broadcast_{name}"), name not in NO_GRADIENT
        table.add(name, function, matrix, uniform(512, 512, low=0.1, high=2), grad=grad)
        table.add(f"{name}, columns", function, matrix, uniform(512, 1, low=0.1, high=2), grad=grad)
    image = uniform(8, 64, 28, 28)
    table.add("add, channels", nd.broadcast_add, image, uniform(1, 64, 1, 1))
    large = uniform(1024, 1024)
    for name, function in {
            "x ** 3": lambda x: x ** 3, "x + 2": lambda x: x + 2, "2 ** x": lambda x: 2 ** x,
            "clip": lambda x: nd.clip(x, -0.5, 0.5), "copy": lambda x: x.copy(),
            "cast float16": lambda x: nd.cast(x, "float16"),
            "cast float64": lambda x: nd.cast(x, "float64"),
            "smooth_l1": lambda x: nd.smooth_l1(x, scalar=1),
            "hard_sigmoid": nd.hard_sigmoid}.items():
        table.add(name, function, large)
    table.add("where", nd.where, table.integers(2, 1024, 1024), large, uniform(1024, 1024))
    table.add("add_n", nd.add_n, large, uniform(1024, 1024), uniform(1024, 1024))


def reductions(table):
    nd, large, image = table.nd, table.uniform(1024, 1024), table.uniform(8, 64, 56, 56)
    for name in "sum mean max min prod nansum".split():
        for axis in (None, 0, 1):
            table.add(f"{name}, axis {axis}",
                      lambda x, name=name, axis=axis: getattr(nd, name)(x, axis=axis), large)
        table.add(f"{name}, channels",
                  lambda x, name=name: getattr(nd, name)(x, axis=(0, 2, 3)), image)
    for name, function in {
            "norm": nd.norm, "norm, axis 1": lambda x: nd.norm(x, axis=1),
            "cumsum, axis 0": lambda x: nd.cumsum(x, axis=0),
            "cumsum, axis 1": lambda x: nd.cumsum(x, axis=1),
            "sort": lambda x: nd.sort(x, axis=1), "sort, axis 0": lambda x: nd.sort(x, axis=0),
            "topk values": lambda x: nd.topk(x, k=5, axis=1, ret_typ="value"),
            "moments": lambda x: nd.moments(x, axes=(0,))[0]}.items():
        table.add(name, function, large)
    for name, function in {
            "argmax": lambda x: nd.argmax(x, axis=1),
            "argmax, axis 0": lambda x: nd.argmax(x, axis=0),
            "topk": lambda x: nd.topk(x, k=5, axis=1),
            "argsort": lambda x: nd.argsort(x, axis=1)}.items():
        table.add(name, function, large, grad=False)


def shapes(table):
    nd, uniform = table.nd, table.uniform
    large, small, image = uniform(1024, 1024), uniform(512, 512), uniform(8, 64, 56, 56)
    around = (0, 0, 0, 0, 3, 3, 3, 3)
    for name, function in {
            "transpose to NHWC": lambda x: nd.transpose(x, axes=(0, 2, 3, 1)),
            "SwapAxis": lambda x: nd.SwapAxis(x, dim1=1, dim2=2),
            "reshape": lambda x: nd.reshape(x, shape=(0, -1)), "flip": lambda x: nd.flip(x, axis=3),
            "slice": lambda x: nd.slice(x, begin=(0, 0, 5, 5), end=(8, 64, 50, 50)),
            "slice_axis": lambda x: nd.slice_axis(x, axis=1, begin=10, end=40),
            "split": lambda x: nd.split(x, num_outputs=4, axis=1)[0],
            "split, last axis": lambda x: nd.split(x, num_outputs=4, axis=3)[0],
            "pad": lambda x: nd.pad(x, mode="constant", pad_width=around),
            "pad edge": lambda x: nd.pad(x, mode="edge", pad_width=around),
            "pad reflect": lambda x: nd.pad(x, mode="reflect", pad_width=around),
            "depth_to_space": lambda x: nd.depth_to_space(x, 2),
            "space_to_depth": lambda x: nd.space_to_depth(x, 2)}.items():
        table.add(name, function, image)
    other = uniform(8, 64, 56, 56)
    table.add("concat", lambda a, b: nd.concat(a, b, dim=1), image, other)
    table.add("concat, last axis", lambda a, b: nd.concat(a, b, dim=3), image, other)
    table.add("stack", lambda a, b: nd.stack(a, b, axis=1), large, uniform(1024, 1024))
    table.add("stack, last axis", lambda a, b: nd.stack(a, b, axis=-1), large, uniform(1024, 1024))
    table.add("transpose", nd.transpose, large)
    table.add("x[3:700]", lambda x: x[3:700], large)
    table.add("x[::2, ::2]", lambda x: x[::2, ::2], large)
    table.add("diag", nd.diag, large)
    for name, function in {
            "tile": lambda x: nd.tile(x, reps=(2, 2)),
            "repeat, axis 0": lambda x: nd.repeat(x, repeats=2, axis=0),
            "repeat, axis 1": lambda x: nd.repeat(x, repeats=2, axis=1)}.items():
        table.add(name, function, small)
    for name, shape in {"rows": (1, 1024), "columns": (1024, 1)}.items():
        table.add(f"broadcast_to, {name}", lambda x: nd.broadcast_to(x, shape=(1024, 1024)),
                  uniform(*shape))


def indexing(table):
    nd, integers, large = table.nd, table.integers, table.uniform(1024, 1024)
    places = integers(1024, 2, 100000)
    table.add("one_hot", lambda i: nd.one_hot(i, 1000), integers(1000, 1024), grad=False)
    table.add("pick", nd.pick, large, integers(1024, 1024))
    table.add("take", nd.take, large, integers(1024, 2000))
    table.add("take, axis 1", lambda x, i: nd.take(x, i, axis=1), large, integers(1024, 2000))
    table.add("gather_nd", nd.gather_nd, large, places)
    table.add("scatter_nd", lambda x, i: nd.scatter_nd(x, i, shape=(1024, 1024)),
              table.uniform(100000), places)
    table.add("boolean_mask", nd.contrib.boolean_mask, large, integers(2, 1024))
    table.add("x[i]", lambda x, i: x[i], large, integers(1024, 500, dtype="int32"))
    words, lengths = table.uniform(50, 64, 256), integers(50, 64, low=1)
    for name in ("SequenceMask", "SequenceReverse", "SequenceLast"):
        table.add(name, lambda x, n, name=name: getattr(nd, name)(x, n, use_sequence_length=True),
                  words, lengths)
    table.add("unravel_index", lambda i: nd.unravel_index(i, shape=(1024, 1024)),
              integers(1000000, 100000), grad=False)
    table.add("ravel_multi_index", lambda i: nd.ravel_multi_index(i, shape=(1024, 1024)), places,
              grad=False)


def products(table):
    nd, uniform = table.nd, table.uniform
    a, b = uniform(1024, 1024), uniform(1024, 1024)
    table.add("dot", nd.dot, a, b)
    table.add("dot, transposed", lambda a, b: nd.dot(a, b, transpose_b=True), a, b)
    table.add("dot, vector", nd.dot, a, uniform(1024))
    table.add("batch_dot", nd.batch_dot, uniform(64, 128, 128), uniform(64, 128, 128))
    table.add("batch_dot, small", nd.batch_dot, uniform(512, 16, 16), uniform(512, 16, 16))
    table.add("FullyConnected", lambda x, w, b: nd.FullyConnected(x, w, b, num_hidden=512),
              uniform(128, 1024), uniform(512, 1024), uniform(512))
    table.add("attention scores",
              lambda x: nd.contrib.interleaved_matmul_selfatt_qk(x, heads=12),
              uniform(128, 4, 2304))
    table.add("attention values",
              lambda x, a: nd.contrib.interleaved_matmul_selfatt_valatt(x, a, heads=12),
              uniform(128, 4, 2304), uniform(48, 128, 128))
    square = RNG.uniform(size=(256, 256))
    table.add("potrf", nd.linalg.potrf, nd.array(square @ square.T + 300 * np.eye(256)))
    table.add("trsm", nd.linalg.trsm, nd.array(np.tril(square) + 10 * np.eye(256)),
              uniform(256, 256))
    table.add("inverse", nd.linalg.inverse, nd.array(square + 30 * np.eye(256)))
    table.add("det", nd.linalg.det, uniform(64, 64, 64))
    table.add("gelqf", nd.linalg.gelqf, uniform(128, 256))
    symmetric = square[:128, :128] + square[:128, :128].T
    table.add("syevd", nd.linalg.syevd, nd.array(symmetric), grad=False)


def windows(table):
    nd, uniform = table.nd, table.uniform

    def conv(name, shape, filters, k, stride=1, pad=0, groups=1, dilate=1):
        ndim = len(shape) - 2
        table.add(f"convolution {name}", lambda x, w, b: nd.Convolution(
            x, w, b, kernel=(k,) * ndim, num_filter=filters, stride=(stride,) * ndim,
            pad=(pad,) * ndim, num_group=groups, dilate=(dilate,) * ndim),
            uniform(*shape), uniform(filters, shape[1] // groups, *(k,) * ndim), uniform(filters))

    conv("3 x 3", (8, 64, 56, 56), 64, 3, 1, 1)
    conv("1 x 1", (8, 256, 28, 28), 128, 1)
    conv("1 x 1 / 2", (8, 256, 56, 56), 512, 1, 2)
    conv("3 x 3 / 2", (8, 64, 56, 56), 128, 3, 2, 1)
    conv("7 x 7 / 2", (8, 3, 224, 224), 64, 7, 2, 3)
    conv("11 x 11 / 4", (8, 3, 224, 224), 64, 11, 4, 2)
    conv("5 x 5", (8, 32, 28, 28), 64, 5, 1, 2)
    conv("depthwise", (8, 128, 28, 28), 128, 3, 1, 1, 128)
    conv("4 groups", (8, 128, 28, 28), 128, 3, 1, 1, 4)
    conv("dilated", (8, 64, 28, 28), 64, 3, 1, 2, 1, 2)
    conv("1-D", (16, 128, 500), 128, 5, 1, 2)
    conv("3-D", (2, 16, 16, 28, 28), 32, 3, 1, 1)
    for name, shape, filters, k, stride, pad, groups in [
            ("4 x 4 / 2", (8, 64, 28, 28), 32, 4, 2, 1, 1),
            ("2 x 2 / 2", (8, 128, 28, 28), 64, 2, 2, 0, 1),
            ("of channels", (4, 21, 32, 32), 21, 16, 8, 4, 21),
            ("64 x 64 / 32", (1, 21, 10, 15), 21, 64, 32, 16, 1)]:
        table.add(f"deconvolution {name}",
                  lambda x, w, k=k, stride=stride, pad=pad, filters=filters, groups=groups:
                  nd.Deconvolution(x, w, kernel=(k, k), stride=(stride, stride), pad=(pad, pad),
                                   num_filter=filters, num_group=groups),
                  uniform(*shape), uniform(shape[1], filters // groups, k, k))
    for kind in ("max", "avg", "sum"):
        for name, shape, k, stride, pad, more in [
                ("2 / 2", (8, 64, 56, 56), 2, 2, 0, {}), ("3 / 2", (8, 64, 112, 112), 3, 2, 1, {}),
                ("3", (8, 192, 28, 28), 3, 1, 1, {}), ("3 unpadded", (8, 64, 56, 56), 3, 1, 0, {}),
                ("3 / 2 full", (8, 64, 55, 55), 3, 2, 0, {"pooling_convention": "full"}),
                ("5", (8, 64, 56, 56), 5, 1, 2, {}), ("7 of 7", (8, 512, 7, 7), 7, 1, 0, {}),
                ("1-D", (16, 64, 1000), 2, 2, 0, {}), ("3-D", (2, 32, 16, 28, 28), 2, 2, 0, {}),
                ("3-D 3", (1, 64, 16, 28, 28), 3, 1, 1, {}),
                ("3-D 3 / 2", (1, 64, 16, 56, 56), 3, 2, 1, {})]:
            ndim = len(shape) - 2
            settings = {"kernel": (k,) * ndim, "stride": (stride,) * ndim, "pad": (pad,) * ndim,
                        "pool_type": kind, **more}
            table.add(f"pooling {kind} {name}",
                      lambda x, settings=settings: nd.Pooling(x, **settings), uniform(*shape))
        table.add(f"pooling {kind} global", lambda x, kind=kind: nd.Pooling(
            x, kernel=(1, 1), global_pool=True, pool_type=kind), uniform(8, 512, 14, 14))


def layers(table):
    nd, uniform, integers = table.nd, table.uniform, table.integers
    image, large = uniform(8, 64, 56, 56), uniform(1024, 1024)
    gamma, beta, mean = uniform(64), uniform(64), uniform(64)
    var = uniform(64, low=0.5)
    table.add("BatchNorm", lambda x, g, b: nd.BatchNorm(x, g, b, mean, var, fix_gamma=False), image,
              gamma, beta)
    table.add("LayerNorm", nd.LayerNorm, uniform(2048, 768), uniform(768), uniform(768))
    table.add("InstanceNorm", nd.InstanceNorm, image, gamma, beta)
    table.add("GroupNorm", lambda x, g, b: nd.GroupNorm(x, g, b, num_groups=8), image, uniform(8),
              uniform(8))
    table.add("L2Normalization", nd.L2Normalization, uniform(256, 512))
    table.add("L2Normalization, channel", lambda x: nd.L2Normalization(x, mode="channel"), image)
    table.add("LRN", lambda x: nd.LRN(x, nsize=5), uniform(8, 96, 27, 27))
    table.add("Dropout", lambda x: nd.Dropout(x, p=0.5), large)
    for kind in ("relu", "tanh", "sigmoid", "softrelu"):
        table.add(f"Activation {kind}", lambda x, kind=kind: nd.Activation(x, act_type=kind), image)
    for kind in ("leaky", "elu", "gelu", "selu"):
        table.add(f"LeakyReLU {kind}", lambda x, kind=kind: nd.LeakyReLU(x, act_type=kind), image)
    table.add("LeakyReLU prelu", lambda x, g: nd.LeakyReLU(x, g, act_type="prelu"), image, gamma)
    table.add("softmax", nd.softmax, large)
    table.add("softmax, channels", lambda x: nd.softmax(x, axis=1), image)
    table.add("softmax, rows of 10", nd.softmax, uniform(10000, 10))
    table.add("log_softmax", nd.log_softmax, large)
    table.add("SoftmaxOutput", nd.SoftmaxOutput, large, integers(1024, 1024))
    for name in ("LinearRegressionOutput", "MAERegressionOutput", "LogisticRegressionOutput"):
        table.add(name, getattr(nd, name), large, uniform(1024, 1024))
    table.add("SVMOutput", nd.SVMOutput, large, integers(1024, 1024))
    table.add("CTCLoss", nd.CTCLoss, uniform(50, 32, 80), integers(80, 32, 20, low=1))
    steps, states = uniform(35, 32, 256), [uniform(1, 32, 256) for _ in range(2)]
    table.add("RNN lstm", lambda x, w, h, c: nd.RNN(
        x, w, h, c, state_size=256, num_layers=1, mode="lstm"), steps,
        uniform(4 * 256 * (256 + 256 + 2), low=-0.1, high=0.1), *states)
    table.add("RNN gru", lambda x, w, h: nd.RNN(
        x, w, h, state_size=256, num_layers=1, mode="gru"), steps,
        uniform(3 * 256 * (256 + 256 + 2), low=-0.1, high=0.1), states[0])


def vision(table):
    nd, uniform = table.nd, table.uniform
    small = uniform(8, 64, 28, 28)
    table.add("UpSampling", lambda x: nd.UpSampling(x, scale=2, sample_type="nearest"), small)
    table.add("BilinearResize2D", lambda x: nd.contrib.BilinearResize2D(x, height=56, width=56),
              small)
    table.add("AdaptiveAvgPooling2D",
              lambda x: nd.contrib.AdaptiveAvgPooling2D(x, output_size=(7, 7)), small)
    table.add("BilinearSampler", nd.BilinearSampler, uniform(8, 16, 28, 28), uniform(8, 2, 28, 28))
    table.add("Correlation", lambda a, b: nd.Correlation(
        a, b, kernel_size=1, max_displacement=4, stride1=1, stride2=1, pad_size=4),
        uniform(2, 32, 28, 28), uniform(2, 32, 28, 28))
    table.add("im2col", lambda x: nd.im2col(x, kernel=(3, 3), pad=(1, 1)), uniform(8, 32, 28, 28))
    table.add("DeformableConvolution", lambda x, o, w, b: nd.contrib.DeformableConvolution(
        x, o, w, b, kernel=(3, 3), pad=(1, 1), num_filter=32), uniform(4, 32, 28, 28),
        uniform(4, 18, 28, 28), uniform(32, 32, 3, 3), uniform(32))
    maps = uniform(1, 256, 38, 50)
    rois = nd.array(np.concatenate([np.zeros((128, 1)), 600 * table.corners(128)], axis=1))
    table.add("ROIPooling", lambda x, r: nd.ROIPooling(x, r, pooled_size=(7, 7),
                                                       spatial_scale=1 / 16), maps, rois)
    table.add("ROIAlign", lambda x, r: nd.contrib.ROIAlign(
        x, r, pooled_size=(7, 7), spatial_scale=1 / 16, sample_ratio=2), maps, rois)
    rows = np.concatenate([RNG.integers(0, 20, (8, 1000, 1)), RNG.uniform(size=(8, 1000, 1)),
                           table.corners(8, 1000)], axis=2)
    table.add("box_nms", lambda x: nd.contrib.box_nms(
        x, overlap_thresh=0.5, coord_start=2, score_index=1, id_index=0), nd.array(rows),
        grad=False)
    table.add("box_iou", nd.contrib.box_iou, nd.array(table.corners(500)),
              nd.array(table.corners(500)), grad=False)
    anchors = nd.array(table.corners(1, 2000))
    table.add("MultiBoxDetection", nd.contrib.MultiBoxDetection,
              nd.softmax(uniform(8, 21, 2000, low=-3, high=3), axis=1), uniform(8, 8000), anchors,
              grad=False)
    labels = np.concatenate([RNG.integers(0, 20, (8, 10, 1)), table.corners(8, 10)], axis=2)
    table.add("MultiBoxTarget", lambda a, y, p: nd.contrib.MultiBoxTarget(a, y, p)[0], anchors,
              nd.array(labels), uniform(8, 21, 2000), grad=False)


def made(table):
    """Random numbers, and steps of optimizers."""
    nd, random = table.nd, table.nd.random
    start = table.uniform(10, 10)
    for name, function in {
            "random.uniform": lambda _: random.uniform(shape=(1024, 1024)),
            "random.normal": lambda _: random.normal(shape=(1024, 1024)),
            "random.gamma": lambda _: random.gamma(2, 2, shape=(512, 512)),
            "random.poisson": lambda _: random.poisson(3, shape=(512, 512)),
            "random.randint": lambda _: random.randint(0, 100, shape=(512, 512)),
            "zeros": lambda _: nd.zeros((1024, 1024)),
            "arange": lambda _: nd.arange(1000000)}.items():
        table.add(name, function, start, grad=False)
    table.add("random.multinomial", lambda p: random.multinomial(p, shape=100),
              nd.softmax(table.uniform(64, 1000)), grad=False)
    table.add("random.shuffle", random.shuffle, table.uniform(1024, 1024), grad=False)
    weight, grad, mean = [table.uniform(1000, 1000) for _ in range(3)]
    var = table.uniform(1000, 1000, low=0.1)
    for name, states, settings in [
            ("sgd_update", (), {}), ("sgd_mom_update", (mean,), {"momentum": 0.9}),
            ("nag_mom_update", (mean,), {"momentum": 0.9}), ("adam_update", (mean, var), {}),
            ("rmsprop_update", (var,), {}), ("ftrl_update", (mean, var), {}),
            ("signum_update", (mean,), {"momentum": 0.9})]:
        table.add(name, lambda w, name=name, states=states, settings=settings: getattr(nd, name)(
            w, grad, *states, lr=1e-4, out=w, **settings), weight, grad=False)


def cases_of(mx):
    """The table of a library."""
    table = Table(mx)
    for family in (elements, reductions, shapes, indexing, products, windows, layers, vision, made):
        family(table)
    return table.cases
