"""Whole networks written as ONNX: what ONNX Runtime makes of them, beside what MXNet recorded and
what mxlite computes."""

import json
from pathlib import Path

import numpy as np
import pytest
from exported_networks import BLOCKS, SYMBOLS, exported, image
from onnx_runs import ran
from zoo_networks import spread

import mxlite as mx
from mxlite import gluon, nd, onnx
from mxlite.gluon import nn, rnn

RECORDINGS = Path(__file__).parent.parent / "recordings"
NETWORKS = json.loads((RECORDINGS / "exports.json").read_text())["networks"]


def assert_near_mxnet(found, name):
    for values, kept in zip(found, NETWORKS[name]["outputs"], strict=True):
        np.testing.assert_allclose(spread(values), kept, 0, 1e-4 * np.abs(kept).max())


@pytest.mark.parametrize("network", BLOCKS, ids=lambda network: network.__name__)
def test_gluon_networks_give_what_mxnet_recorded(network, tmp_path):
    _, shape = network(mx)
    symbol_file, param_file = exported(mx, network, tmp_path)
    path = onnx.export_model(str(symbol_file), str(param_file), [shape], "float32",
                             tmp_path / "net.onnx")
    assert path == str(tmp_path / "net.onnx")
    assert_near_mxnet(ran(path, {"data": image(mx, shape).asnumpy()}), network.__name__)


@pytest.mark.parametrize("name", SYMBOLS)
def test_modules_give_what_mxnet_recorded(name, tmp_path):
    """Checkpoints; the language model's labels are no inputs, and its bucket of 4 words is run by
    the model of that bucket."""
    model = SYMBOLS[name]
    model.saved(mx, tmp_path)
    symbol, args, auxs = mx.model.load_checkpoint(str(tmp_path / name), 3)
    if name == "detector":
        path = onnx.export_model(symbol, [args, auxs], [model.shape], np.float32,
                                 tmp_path / "net.onnx")
        return assert_near_mxnet(ran(path, {"data": image(mx, model.shape).asnumpy()}), name)
    found = []
    for length in model.buckets:
        symbol = model.symbols(mx)(length)[0]
        path = onnx.export_model(symbol, args, [(model.batch, length)], "float32",
                                 tmp_path / "net.onnx")
        found += ran(path, {"data": model.words(mx, length).data[0].asnumpy()})
    assert_near_mxnet(found, name)


@pytest.mark.parametrize("free", [None, [("n", 1, 32, 32)]])
def test_a_detector_of_mxnet_finds_what_mxnet_found(free, tmp_path):
    """Anchors, suppression and all; what only training needs is left out."""
    symbol, args, _ = mx.model.load_checkpoint(str(RECORDINGS / "ssd/net"), 1)
    with np.load(RECORDINGS / "ssd/net.npz") as file:
        data, wanted = file["data"], [file["out0"], file["out3"]]
    shape = (1 if free else len(data), *data.shape[1:])
    path = onnx.export_model(mx.sym.Group([symbol[0], symbol[3]]), args, [shape], "float32",
                             tmp_path / "net.onnx", dynamic=bool(free), dynamic_input_shapes=free)
    found = ran(path, {"data": data})
    np.testing.assert_allclose(found[0], wanted[0], 1e-4, 1e-5)
    assert (wanted[1][..., 0] >= 0).sum() > 3
    np.testing.assert_allclose(found[1], wanted[1], 1e-4, 1e-5)


LEGACY = sorted(path.name.removesuffix("-symbol.json")
                for path in (RECORDINGS / "legacy_symbols").glob("*-symbol.json"))


@pytest.mark.parametrize("name", [name for name in LEGACY if "foreach" not in name])
def test_models_of_mxnet_0_8_to_1_6(name, tmp_path):
    """What MXNet 1.9.1 computed of them, ONNX Runtime computes."""
    folder = RECORDINGS / "legacy_symbols"
    symbol = mx.sym.load(folder / f"{name}-symbol.json")
    params = nd.load(next(folder.glob(f"{name}-0*.params")))
    known = {key.split(":")[-1] for key in params}
    with np.load(folder / f"{name}-expected.npz") as file:
        arrays = dict(file)
    feed = {each: arrays[f"in:{each}"] for each in symbol.list_inputs()
            if each not in known and not each.endswith("_label")}     # of losses
    path = onnx.export_model(symbol, params, [array.shape for array in feed.values()],
                             [array.dtype for array in feed.values()], tmp_path / "net.onnx")
    for i, found in enumerate(ran(path, feed)):
        np.testing.assert_allclose(found, arrays[f"out:{i}"], 1e-5, 1e-6)


def assert_same(net, inputs, tmp_path, free=None, longer=None):
    """A block and its model; free: names of free lengths by input; longer: other inputs then."""
    net.hybridize()
    net(*inputs)
    net.export(str(tmp_path / "net"))
    symbol = mx.sym.load(str(tmp_path / "net-symbol.json"))
    params = nd.load(str(tmp_path / "net-0000.params"))
    known = {name.split(":")[1] for name in params}
    names = [name for name in symbol.list_inputs() if name not in known]
    order = [0] if names == ["data"] else [int(name.removeprefix("data")) for name in names]
    flat = flattened(inputs)
    path = onnx.export_model(
        symbol, params, [flat[i].shape for i in order], [flat[i].dtype for i in order],
        tmp_path / "net.onnx", dynamic=free is not None,
        dynamic_input_shapes=free and [free[i] for i in order])
    given = flattened(longer or inputs)
    found = ran(path, {name: given[i].asnumpy() for name, i in zip(names, order, strict=True)})
    wanted = [output.asnumpy() for output in flattened([net(*(longer or inputs))])]
    for one, other in zip(found, wanted, strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(one, other, 1e-4, 1e-5)


def flattened(arrays):
    """The arrays of lists within lists."""
    return [each for array in arrays for each in (
        flattened(array) if isinstance(array, (list, tuple)) else [array])]


class LanguageModel(gluon.HybridBlock):
    """Words (T, N) -> scores of the next ones, and the states."""

    def __init__(self, kind, **settings):
        super().__init__()
        with self.name_scope():
            self.embedding = nn.Embedding(50, 16)
            self.layers = kind(24, 2, dropout=0.2, **settings)
            self.scores = nn.Dense(50, flatten=False)

    def hybrid_forward(self, F, words, states=None):
        y = self.layers(self.embedding(words), states)
        return self.scores(y) if states is None else (self.scores(y[0]), y[1])


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", [rnn.LSTM, rnn.GRU, rnn.RNN])
def test_language_models_with_states(kind, bidirectional, tmp_path, rng):
    net = LanguageModel(kind, bidirectional=bidirectional)
    net.initialize(mx.init.Uniform(0.5))
    words = nd.array(rng.integers(0, 50, (7, 3)))
    count = len(net.layers.begin_state(3))
    assert_same(net, [words, begin(net, 3, rng)], tmp_path, [
        ("time", "batch"), *[(4 if bidirectional else 2, "batch", 24)] * count],
        [nd.array(rng.integers(0, 50, (4, 5))), begin(net, 5, rng)])


def begin(net, batch, rng):
    return [nd.array(rng.normal(size=state.shape)) for state in net.layers.begin_state(batch)]


def test_states_of_zeros(tmp_path, rng):
    """Their batch is that of the words, whose number is free."""
    net = LanguageModel(rnn.GRU, layout="NTC")
    net.initialize(mx.init.Uniform(0.5))
    words, longer = nd.array(rng.integers(0, 50, (3, 7))), nd.array(rng.integers(0, 50, (2, 9)))
    assert_same(net, [words], tmp_path)
    assert_same(net, [words], tmp_path, [("batch", "time")], [longer])


class Encoder(gluon.HybridBlock):
    """A layer as GluonNLP's BERT has it: (T, N, C) and the lengths (N,)."""

    def __init__(self, heads=4, units=32):
        super().__init__()
        self.heads = heads
        with self.name_scope():
            self.joined, self.mixed, self.last, self.wide = [
                nn.Dense(n, flatten=False) for n in (3 * units, units, units, 2 * units)]
            self.norm, self.last_norm, self.gelu = nn.LayerNorm(), nn.LayerNorm(), nn.GELU()

    def hybrid_forward(self, F, x, lengths):
        joined = self.joined(x)
        scores = F.contrib.interleaved_matmul_selfatt_qk(joined, heads=self.heads)
        steps = F.contrib.arange_like(x, axis=0)
        inside = F.broadcast_lesser(F.reshape(steps, (1, 1, -1)), F.reshape(lengths, (-1, 1, 1)))
        inside = F.broadcast_like(F.repeat(inside, self.heads, axis=0), scores)
        attention = F.softmax(F.where(inside, scores, -1e9 * F.ones_like(scores)), axis=-1)
        mixed = F.contrib.interleaved_matmul_selfatt_valatt(joined, attention, heads=self.heads)
        y = self.norm(x + self.mixed(mixed))
        return self.last_norm(y + self.last(self.gelu(self.wide(y))))


def test_attention(tmp_path, rng):
    net = Encoder()
    net.initialize(mx.init.Xavier())
    inputs = [nd.array(rng.normal(size=(6, 2, 32))), nd.array([4, 6])]
    longer = [nd.array(rng.normal(size=(9, 3, 32))), nd.array([4, 9, 1])]
    assert_same(net, inputs, tmp_path)
    assert_same(net, inputs, tmp_path, [("t", "n", 32), ("n",)], longer)


class Faces(gluon.HybridBlock):
    """As ArcFace's networks end and begin: fix_gamma, PReLU, Dropout between two BatchNorms."""

    def hybrid_forward(self, F, data, **params):
        x = F.Convolution((data - 127.5) * 0.0078125, F.var("c_weight"), kernel=(3, 3), pad=(1, 1),
                          num_filter=8, no_bias=True, name="c")
        x = F.LeakyReLU(F.BatchNorm(x, fix_gamma=False, eps=2e-5, name="bn0"), act_type="prelu",
                        name="relu0")
        x = F.Dropout(F.BatchNorm(x, fix_gamma=False, eps=2e-5, name="bn1"), p=0.4)
        x = F.FullyConnected(x, num_hidden=16, name="pre_fc1")
        return F.BatchNorm(x, fix_gamma=True, eps=2e-5, name="fc1")


def test_face_networks(tmp_path, rng):
    """gamma of fix_gamma counts as 1, whatever the file says; BatchNorm of two axes is taken by
    ONNX Runtime (of older models it was not: it said spatial=0)."""
    symbol = Faces().hybrid_forward(mx.sym, mx.sym.var("data"))
    shapes = dict(zip(symbol.list_arguments(), symbol.infer_shape(data=(2, 3, 8, 8))[0],
                      strict=True))
    args = {name: nd.array(rng.uniform(0.5, 1, shape))
            for name, shape in shapes.items() if name != "data"}
    auxs = {name: nd.array(rng.uniform(0.5, 1, shape)) for name, shape in zip(
        symbol.list_auxiliary_states(), symbol.infer_shape(data=(2, 3, 8, 8))[2], strict=True)}
    data = nd.array(rng.uniform(0, 255, (2, 3, 8, 8)))
    path = onnx.export_model(symbol, {**args, **auxs}, [(2, 3, 8, 8)], "float32",
                             tmp_path / "net.onnx")
    executor = symbol.bind(mx.cpu(), {**args, "data": data}, aux_states=auxs)
    np.testing.assert_allclose(ran(path, {"data": data.asnumpy()})[0],
                               executor.forward()[0].asnumpy(), 1e-4, 1e-4)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_windows_over_free_lengths(kind, stride, tmp_path, rng):
    """As MTCNN's networks, which search images of any size, have them: 'full' rounds up."""
    x = mx.sym.Pooling(mx.sym.var("data"), kernel=(3, 3), stride=(stride, stride), pool_type=kind,
                       pooling_convention="full")
    path = onnx.export_model(x, {}, [(1, 2, 9, 9)], "float32", tmp_path / "net.onnx", dynamic=True)
    for height in range(5, 12):
        data = rng.normal(size=(1, 2, height, 13)).astype("float32")
        wanted, = x.eval(data=nd.array(data))
        np.testing.assert_allclose(ran(path, {"data": data})[0], wanted.asnumpy(), 1e-5, 1e-6)


class NumpyNet(gluon.HybridBlock):
    """A network of mx.np's functions."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.conv, self.dense = nn.Conv2D(4, 3), nn.Dense(8, flatten=False)

    def hybrid_forward(self, F, x):
        y = self.dense(F.np.transpose(F.npx.relu(self.conv(x)), (0, 2, 3, 1)))
        z = F.np.concatenate([y, F.np.tanh(y)], axis=-1)
        w = F.npx.softmax(F.np.sum(z, axis=(1, 2)) / 3.0, axis=-1)
        return (F.np.expand_dims(w, 1) * F.np.mean(y, axis=(1, 2))[:, :1].reshape((-1, 1, 1)),
                F.np.where(w > 0.1, w, F.np.zeros_like(w)), F.np.matmul(w, F.np.swapaxes(w, 0, 1)),
                F.np.argmax(w, axis=1), F.np.stack([w, w], axis=0), w[:, -1], w[:, 1:3])


def test_networks_of_numpy_functions(tmp_path, rng):
    with mx.util.np_shape(True), mx.util.np_array(True):
        net = NumpyNet()
        net.initialize()
        data, longer = [mx.np.array(rng.uniform(size=(n, 3, 8, 8)), dtype="float32")
                        for n in (2, 5)]
        assert_same(net, [data], tmp_path)
        assert_same(net, [data], tmp_path, [("n", 3, 8, 8)], [longer])


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_other_dtypes(dtype, tmp_path, rng):
    net = nn.HybridSequential()
    if dtype == "float16":              # of float64 ONNX Runtime has no convolution
        net.add(nn.Conv2D(8, 3), nn.BatchNorm(), nn.MaxPool2D())
    net.add(nn.Dense(7, activation="relu"), nn.LayerNorm(), nn.Dense(5))
    net.initialize()
    net.cast(dtype)
    data = nd.array(rng.normal(size=(2, 3, 8, 8)), dtype=dtype)
    net.hybridize()
    wanted = net(data).asnumpy()
    symbol, params = net.export(str(tmp_path / "net"))
    path = onnx.export_model(symbol, params, [data.shape], dtype, tmp_path / "net.onnx")
    found, = ran(path, {"data": data.asnumpy()})
    assert found.dtype == dtype
    np.testing.assert_allclose(found, wanted, 1e-2 if dtype == "float16" else 1e-6,
                               5e-3 if dtype == "float16" else 1e-6)
