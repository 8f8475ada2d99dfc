"""mx.model: checkpoints, and FeedForward."""

import base64
import logging
import zlib

import numpy as np
import pytest
from module_cases import bound, labels, mlp, wave

import mxlite as mx
from mxlite.base import MXNetError

# save_checkpoint of MXNet 1.9.1: arg fc_weight [[1, 2]], fc_bias [3], aux bn_mean [4]
MXNET_FILE = zlib.decompress(base64.b64decode(
    "eNoTYmRAAcxQ+uSvyT9BNBMQw5QwQWlULQ32QMIBpp4RSR5VnQMRahocYPbzQunEonSrtOT48tTM9IwSblTBpMzE"
    "YrhQaYVVUl58bmpiHgD8qhos"))


def test_checkpoints_are_the_bytes_of_mxnet(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    symbol = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=1, name="fc")
    args = {"fc_weight": mx.nd.array([[1, 2]]), "fc_bias": mx.nd.array([3], ctx=mx.cpu(1))}
    states = {"bn_mean": mx.nd.array([4])}
    prefix = tmp_path / "net"
    mx.model.save_checkpoint(prefix, 12, symbol, args, states)
    assert (tmp_path / "net-0012.params").read_bytes() == MXNET_FILE
    assert caplog.messages == [f'Saved checkpoint to "{prefix}-0012.params"']
    loaded, loaded_args, loaded_states = mx.model.load_checkpoint(prefix, 12)
    assert loaded.tojson() == symbol.tojson()
    for got, want in ((loaded_args, args), (loaded_states, states)):
        assert list(got) == list(want)
        assert all((got[name].asnumpy() == want[name].asnumpy()).all() for name in want)
    mx.model.save_checkpoint(tmp_path / "bare", 10000, None, args, None)
    assert [path.name for path in tmp_path.glob("bare*")] == ["bare-10000.params"]
    assert mx.model.load_params(tmp_path / "bare", 10000)[1] == {}


def test_files_that_are_no_checkpoints(tmp_path, caplog):
    for content in ({"fc_weight": mx.nd.ones((1,))}, [mx.nd.ones((1,))], {"x:y": mx.nd.ones((1,))}):
        mx.nd.save(str(tmp_path / "x-0001.params"), content)
        with pytest.raises(ValueError,
                           match=r"x-0001.params: the names .* 'arg:' or 'aux:'; found"):
            mx.model.load_params(tmp_path / "x", 1)
    mx.nd.save(str(tmp_path / "x-0001.params"), {})
    assert mx.model.load_params(tmp_path / "x", 1) == ({}, {})
    assert "is empty" in caplog.text
    with pytest.raises(OSError, match=r"none-0001\.params"):
        mx.model.load_params(tmp_path / "none", 1)


def test_a_module_goes_on_from_a_checkpoint(tmp_path):
    settings = {"learning_rate": 0.1, "momentum": 0.9}
    module = bound(mx, mlp(mx), (4, 5))
    module.init_optimizer(optimizer_params=settings)
    data = mx.io.NDArrayIter(wave((8, 5)), labels(8), 4)

    def train(module):
        data.reset()
        for batch in data:
            module.forward_backward(batch)
            module.update()
        return {name: array.asnumpy() for name, array in module.get_params()[0].items()}

    train(module)
    prefix = tmp_path / "net"
    module.save_checkpoint(prefix, 3, save_optimizer_states=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net-0003.params", "net-0003.states", "net-symbol.json"]
    other = mx.mod.Module.load(prefix, 3, load_optimizer_states=True, context=mx.cpu(1))
    other.bind(data.provide_data, data.provide_label)
    other.init_optimizer(optimizer_params=settings)
    want, got = train(module), train(other)
    assert all((got[name] == want[name]).all() for name in want)
    other.load_params(tmp_path / "net-0003.params")
    other.save_params(tmp_path / "again.params")
    assert (tmp_path / "again.params").read_bytes() == (tmp_path / "net-0003.params").read_bytes()
    (tmp_path / "net-0003.states").write_bytes(b"damaged")
    with pytest.raises(MXNetError, match=r"net-0003.states: these are no states"):
        other.load_optimizer_states(tmp_path / "net-0003.states")


# FeedForward -------------------------------------------------------------------------------------

deprecated = pytest.mark.filterwarnings("ignore:FeedForward is deprecated:DeprecationWarning")


def start():
    """Parameters to begin with."""
    return bound(mx, mlp(mx), (4, 5)).get_params()[0]


def model(**kwargs):
    return mx.model.FeedForward(mlp(mx), **{"num_epoch": 2, "arg_params": start(),
                                            "learning_rate": 0.5, **kwargs})


def iterator():
    return mx.io.NDArrayIter(wave((8, 5)), labels(8), 4)


@deprecated
@pytest.mark.parametrize("ctx", [None, [mx.cpu(0), mx.cpu(1)]], ids=["one", "two"])
def test_it_trains_as_a_module_does(ctx, caplog):
    caplog.set_level(logging.INFO)
    seen = []
    feed_forward = model(ctx=ctx)
    feed_forward.fit(iterator(), eval_data=iterator(), epoch_end_callback=lambda *args: seen.append(
        args[0]), batch_end_callback=lambda param: seen.append((param.epoch, param.nbatch)))
    assert seen == [(0, 1), (0, 2), 0, (1, 1), (1, 2), 1]
    lines = [message for message in caplog.messages if "Time" not in message]
    assert lines[0] == "Epoch[0] Resetting Data Iterator" and len(lines) == 4
    assert lines[1].startswith("Epoch[0] Validation-accuracy=")
    module = mx.mod.Module(mlp(mx))
    module.fit(iterator(), num_epoch=2, arg_params=start(), optimizer_params={"learning_rate": 0.5})
    for name, array in module.get_params()[0].items():
        np.testing.assert_allclose(feed_forward.arg_params[name].asnumpy(), array.asnumpy(),
                                   rtol=1e-5, atol=1e-6)
    want = module.predict(iterator()).asnumpy()
    np.testing.assert_allclose(feed_forward.predict(iterator()), want, rtol=1e-4, atol=1e-6)
    assert feed_forward.score(iterator()) == (want.argmax(1) == labels(8)).mean()


@deprecated
def test_arrays():
    feed_forward = model(numpy_batch_size=4)
    feed_forward.fit(wave((10, 5)), labels(10).reshape(10, 1), (wave((6, 5)), list(labels(6))))
    data = mx.nd.array(wave((10, 5)))
    outputs, inputs, zeros = feed_forward.predict(data, return_data=True)
    assert outputs.shape == (10, 3) and (inputs == wave((10, 5))).all() and zeros.shape == (10,)
    assert feed_forward.predict(data, num_batch=1).shape == (4, 3)


@deprecated
def test_epochs_of_a_given_size():
    counts = []
    model(epoch_size=3).fit(iterator(), batch_end_callback=lambda param: counts.append(
        (param.epoch, param.nbatch)))
    assert counts == [(epoch, n) for epoch in (0, 1) for n in (1, 2, 3)]


@deprecated
def test_files(tmp_path):
    feed_forward = mx.model.FeedForward.create(mlp(mx), iterator(), num_epoch=1, optimizer="adam",
                                               learning_rate=0.1)
    feed_forward.save(tmp_path / "net")
    loaded = mx.model.FeedForward.load(tmp_path / "net", 1, num_epoch=2)
    assert loaded.begin_epoch == 1
    assert (loaded.predict(iterator()) == feed_forward.predict(iterator())).all()


@deprecated
def test_a_function_of_the_bucket():
    class Buckets(mx.io.NDArrayIter):
        default_bucket_key = 5

        def next(self):
            batch = super().next()
            batch.bucket_key = 5
            batch.provide_data, batch.provide_label = self.provide_data, self.provide_label
            return batch

    data = Buckets(wave((8, 5)), labels(8), 4)
    feed_forward = mx.model.FeedForward(lambda key: mlp(mx), num_epoch=1, learning_rate=0.5)
    feed_forward.fit(data)
    assert feed_forward.symbol.list_outputs() == ["softmax_output"]
    assert feed_forward.predict(data).shape == (8, 3)


@deprecated
@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: mx.model.FeedForward(3), TypeError, "symbol must be a Symbol, or a function"),
    (lambda: model().fit(3), TypeError, "X must be a DataIter, an NDArray or a NumPy array; got"),
    (lambda: model().fit(wave((4, 5))), ValueError, "y must be specified when X is an array"),
    (lambda: model().fit(wave((4, 5)), [1]), TypeError, "y must be an NDArray or a NumPy array"),
    (lambda: model().fit(wave((4, 5)), labels(3)), ValueError, r"as X has samples, 4; got \(3,\)"),
    (lambda: model().fit(wave((4, 5)), wave((4, 2))), ValueError, r"\(N, 1\).*got \(4, 2\)"),
    (lambda: model().fit(iterator(), eval_data=3), TypeError, "eval_data must be a DataIter, or a"),
    (lambda: model(num_epoch=None).fit(iterator()), ValueError, "num_epoch must be given"),
    (lambda: model(num_epoch=None).save("x"), ValueError, "epoch must be given"),
    (lambda: model(epoch_size=3).fit(Empty()), ValueError, "the iterator has no batches"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message) as raised:
        call()
    assert isinstance(raised.value, MXNetError)


class Empty(mx.io.DataIter):
    provide_data, provide_label = [("data", (4, 5))], [("softmax_label", (4,))]


def test_it_is_deprecated():
    with pytest.warns(DeprecationWarning, match="use mx.mod.Module instead"):
        model()
