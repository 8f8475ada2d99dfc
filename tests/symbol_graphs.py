"""Graphs whose JSON is compared. tools/record_mxnet_symbols.py makes them under MXNet, the tests
under mxlite: `mx` is the one or the other."""

import warnings

import numpy as np
from inference_queries import sampled_calls

KINDS = ("contrib", "image", "random")

FACTORS = {"min_factor": 0.5, "max_factor": 1.5}
OTHERS = [          # (operator, parameters, number of inputs): what inference_queries does without
    ("_copyto", {}, 1), ("_image_adjust_lighting", {"alpha": (0.1, 0.2, 0.3)}, 1),
    ("_image_flip_top_bottom", {}, 1), ("_image_random_contrast", FACTORS, 1),
    ("_image_random_color_jitter",
     {"brightness": 0.1, "contrast": 0.2, "saturation": 0, "hue": 0.4}, 1),
    ("_image_random_flip_top_bottom", {}, 1), ("_image_random_hue", FACTORS, 1),
    ("_image_random_lighting", {}, 1), ("_image_random_saturation", FACTORS, 1),
    ("_random_exponential", {"lam": 2.0}, 0), ("_random_poisson", {"shape": [2, 3]}, 0),
    ("_random_generalized_negative_binomial", {"mu": 2.0, "alpha": 0.3}, 0),
    ("_random_negative_binomial", {"k": 3, "p": 0.4}, 0), ("_random_normal_like", {}, 1),
    ("_random_uniform", {"high": 5}, 0), ("_random_uniform_like", {"low": -1}, 1),
    ("_sample_exponential", {}, 1), ("_sample_gamma", {}, 2), ("_sample_uniform", {}, 2),
    ("_sample_generalized_negative_binomial", {}, 2), ("_sample_negative_binomial", {}, 2),
    ("_scatter_set_nd", {"shape": (2, 3)}, 3), ("_identity_with_attr_like_rhs", {}, 2),
]


def function_of(mx, op):
    """The function of this name, wherever mx.sym keeps it; None: there is none."""
    places = [(mx.sym, op), (mx.sym.op, op), (mx.sym._internal, op)]
    places += [(getattr(mx.sym, kind), op.removeprefix(f"_{kind}_")) for kind in KINDS]
    return next((getattr(place, name) for place, name in places if hasattr(place, name)), None)


def operator_calls():
    """{title: (operator, parameters, number of inputs)}, each call once.

    Without those that take several inputs for each of num_args, which MXNet sets to their number.
    """
    sampled = [(op, params, len(shapes)) for op, params, shapes in sampled_calls()
               if params.get("num_args", len(shapes)) == len(shapes)]
    return {f"{op} {params}": (op, params, count) for op, params, count in sampled + OTHERS}


def operator_node(mx, op, params, count):
    """A Symbol of one operator; None: MXNet has none, or not as a function of Symbols."""
    function = function_of(mx, op)
    params = {key: value for key, value in params.items() if key != "num_args"}
    inputs = [mx.sym.var(f"in{i}") for i in range(count)]
    try:
        return None if function is None else function(*inputs, name="node", **params)
    except (mx.base.MXNetError, TypeError, ValueError):
        return None


def perceptron(mx):
    x = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=128, name="fc1")
    x = mx.sym.Activation(x, act_type="relu")
    x = mx.sym.FullyConnected(x, num_hidden=10, no_bias=True, name="fc2")
    return mx.sym.SoftmaxOutput(x, name="softmax")


def convolutions(mx):
    x = mx.sym.var("data")
    for i in range(2):
        x = mx.sym.Convolution(x, kernel=(3, 3), num_filter=8, pad=[1, 1], name=f"conv{i}")
        x = mx.sym.BatchNorm(x, eps=1e-05, fix_gamma=False, name=f"bn{i}")
        x = mx.sym.LeakyReLU(x, act_type="prelu", name=f"act{i}")
        x = mx.sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max")
    x = mx.sym.Dropout(mx.sym.Flatten(x), p=0.3)
    return mx.sym.Group([mx.sym.softmax(x, axis=-1), mx.sym.BlockGrad(x, name="features")])


def states(mx):
    """Auxiliary states with several users, one that is also read, and one with `init`."""
    data, gamma, mean = mx.sym.var("data"), mx.sym.var("gamma"), mx.sym.var("mean")
    var = mx.sym.var("var", init=mx.init.One(), shape=(0,))
    first = mx.sym.BatchNorm(data, gamma, gamma, mean, var, name="first")
    second = mx.sym.BatchNorm(first, gamma, mean, var, var, name="second")
    return mx.sym.Group([second, mean + var, gamma])


def attributes(mx):
    with mx.AttrScope(ctx_group="stage1", __mine__="a"), mx.AttrScope(lr_mult="0.1"):
        weight = mx.sym.var("weight", shape=(0, 3), dtype="float16", lr_mult=2, wd_mult=0.0,
                            init=mx.init.Xavier(magnitude=2), attr={"mirror_stage": "True"})
        sparse = mx.sym.var("bias", stype="row_sparse", init="zeros", __layout__="N")
        x = mx.sym.FullyConnected(mx.sym.var("data"), weight, sparse, num_hidden=4, name="fc",
                                  attr={"__mine__": "b", "wd_mult": "3"})
    return mx.sym.FullyConnected(x, num_hidden=2, name="out", attr={"force_mirroring": "True"})


def arithmetic(mx):
    a, b = mx.sym.var("a"), mx.sym.var("b")
    numbers = [a + 1, 1.5 + a, a - 2, 2 - a, a * 1e-05, -a, a / 4, 4 / a, a % 3, 3 % a, a ** 2,
               2 ** a, a == 1, a != 1, a > 1, a >= 1, a < 1, a <= 1, a * np.float32(0.1),
               a + float("inf"), mx.sym.maximum(a, 2), mx.sym.minimum(2, a), mx.sym.hypot(a, 2)]
    symbols = [a + b, a - b, a * b, a / b, a % b, a ** b, a == b, a != b, a > b, a >= b, a < b,
               a <= b, mx.sym.maximum(a, b), mx.sym.minimum(a, b), mx.sym.hypot(a, b), b + a]
    return mx.sym.Group([*numbers, *symbols])


def parameters(mx):
    """Values of every kind, as texts."""
    x = mx.sym.var("x")
    return mx.sym.Group([
        mx.sym.reshape(x, shape=(-1, 0)), x.reshape((2, -1)), mx.sym.Reshape(x, shape="(0,-1)"),
        mx.sym.transpose(x, axes=[1, 0]), mx.sym.sum(x, axis=1), mx.sym.sum(x, axis=(0,)),
        mx.sym.mean(x, axis=None, keepdims=True), mx.sym.sum(x, axis=(), exclude=False),
        mx.sym.clip(x, a_min=-1, a_max=1e10), mx.sym.slice(x, begin=(0, None), end=(None, 2)),
        mx.sym.cast(x, dtype="float16"), mx.sym.cast(x, dtype=np.float64),
        mx.sym.cast(x, dtype=np.dtype("int32")), x.astype("uint8"),
        mx.sym.one_hot(x, depth=np.int64(3), on_value=2), mx.sym.cumsum(x, axis=0, dtype="int64"),
        mx.sym.softmax(x, temperature=None), mx.sym.norm(x, ord=2, axis=-1),
        mx.sym.Pad(x, mode="constant", pad_width=(0, 0, 0, 0, 1, 1, 1, 1), constant_value=0.5),
        mx.sym.argmax(x, axis=-1), mx.sym.expand_dims(x, axis=np.int32(1))])


def outputs(mx):
    """Several outputs, and operators that have some which nobody sees."""
    x = mx.sym.var("x")
    parts = mx.sym.split(x, num_outputs=3, axis=1)
    norm = mx.sym.LayerNorm(parts[0], output_mean_var=True, name="norm")
    top = mx.sym.topk(parts[2], k=2, ret_typ="both", name="top")
    return mx.sym.Group([
        parts[1], norm[1], norm[0], top, mx.sym.sort(x, name="sorted"),
        mx.sym.L2Normalization(x), mx.sym.InstanceNorm(x, name="in"), mx.sym.Dropout(x),
        mx.sym.topk(x, ret_typ="value"), mx.sym.make_loss(x), mx.sym.split(x, num_outputs=1)])


def long_arrays(mx):
    """Ten inputs and heads stay in a line, eleven do not."""
    inputs = [mx.sym.var(f"x{i}") for i in range(11)]
    return mx.sym.Group([mx.sym.Concat(*inputs[:10], dim=0, name="ten"),
                         mx.sym.add_n(*inputs, name="eleven"), *inputs[:9]])


def creation(mx):
    return mx.sym.Group([
        mx.sym.zeros((2, 3)), mx.sym.ones((2,), dtype="int32"), mx.sym.zeros(4, ctx=mx.cpu(0)),
        mx.sym.full((2, 3), 7), mx.sym.arange(5), mx.sym.arange(2, 8, 2, dtype="int64"),
        mx.sym.linspace(0, 1, 5), mx.sym.eye(3), mx.sym.random.uniform(0, 1, shape=(2,)),
        mx.sym.random.normal(shape=(2,), dtype="float64"),
        mx.sym.zeros_like(mx.sym.var("x"))])


def names(mx):
    with mx.name.Prefix("net_"):
        x = mx.sym.sin(mx.sym.var('a "quoted" \\ name/\t\n'), name="größe")
        x = mx.sym.cos(mx.sym.tanh(x))
    return mx.sym.elemwise_add(x, x, name="", attr={"__text__": 'a\rb "c" \x01\x7f é ☃ 𝄞'})


def shared(mx):
    """Nodes with several readers, made in another order than that of the walk."""
    x = mx.sym.var("x")
    late = mx.sym.exp(x, name="late")
    first = mx.sym.elemwise_add(mx.sym.var("y"), x, name="first")
    same = mx.sym.var("x")
    return mx.sym.Group([first, late * first, mx.sym.dot(late, same, transpose_b=True), x])


def casts(mx):
    """Of mixed precision: they are left out where nodes read them, and stay as heads."""
    x = mx.sym.amp_cast(mx.sym.var("x"), dtype="float16", name="first")
    twice = mx.sym.amp_cast(x, dtype="float32", name="second")
    states = [mx.sym.amp_cast(mx.sym.var(name), dtype="float16") for name in ("gamma", "beta")]
    norm = mx.sym.BatchNorm(twice, *states, name="norm")
    return mx.sym.Group([mx.sym.sin(x) * mx.sym.cast(twice, dtype="float16"), norm, twice])


def rebuilt(mx):
    """Composed again, and cut out of a larger graph."""
    net = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3, name="fc")
    net = mx.sym.BatchNorm(net, name="bn")(data=mx.sym.var("image") * 2, name="again")
    return mx.sym.Group([net, net.get_internals()["fc_output"]])


def loops(mx):
    """Bodies that read what is around them, and hold variables and loops of their own."""
    x, w, state = mx.sym.var("x"), mx.sym.var("w"), mx.sym.var("state")
    around = x * 2

    def inner(item, states):
        total = item * states[0] + w
        return [total, states[0]], [total + mx.sym.sum(around) + mx.sym.var("own")]

    def outer(items, states):
        outputs, last = mx.sym.contrib.foreach(inner, items[1], [states[0][0]], name="inner")
        return outputs[0] + items[0], [[last[0]], states[1] * 1]

    outputs, last = mx.sym.contrib.foreach(outer, [mx.sym.var("y"), x], [[state], w])
    outs, final = mx.sym.contrib.while_loop(
        lambda i, total: mx.sym.broadcast_lesser(i, w),
        lambda i, total: (total, [i + 1, total * w]),
        [mx.sym.var("i"), last[0][0]], max_iterations=4)
    return mx.sym.Group([outputs, last[1], outs, *final])


def branches(mx):
    """Branches that share variables, read other nodes, and hold branches."""
    a, b = mx.sym.var("a"), mx.sym.var("b")
    c = a * b

    def nested():
        return [mx.sym.contrib.cond(mx.sym.sum(b) > 1, lambda: c + b, lambda: b, name="nested"), c]

    return mx.sym.Group(mx.sym.contrib.cond(c < 5, lambda: [(a + 5) * c, a], nested))


def custom(mx):
    """An operator of users, with a state, parameters, and inputs that are not given."""
    class Prop(mx.operator.CustomOpProp):
        def __init__(self, **params):
            super().__init__()

        def list_arguments(self):
            return ["data", "weight"]

        def list_outputs(self):
            return ["first", "second"]

        def list_auxiliary_states(self):
            return ["state"]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")         # it is registered again at each call
        mx.operator.register("recorded_graph")(Prop)
    with mx.AttrScope(lr_mult="2"):
        node = mx.sym.Custom(data=mx.sym.var("x") * 2, op_type="recorded_graph", name="op", k=3,
                             sizes=(1, 2), flag=True)
    return mx.sym.Group([node[1], mx.sym.Custom(node[0], node[1], op_type="recorded_graph")])


GRAPHS = [perceptron, convolutions, states, attributes, arithmetic, parameters, outputs,
          long_arrays, creation, names, shared, casts, rebuilt, loops, branches, custom]


def graph(mx, function):
    """The graph with automatic names that begin at 0."""
    mx.AttrScope._subgraph_names.clear()
    with mx.name.NameManager():
        return function(mx)
