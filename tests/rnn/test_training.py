"""Networks of cells, trained by Module, and their checkpoints."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetTypeError
from mxlite.ops.rnn_layout import PackedRNN


def language_model(cell, length):
    """Next words of 6, from sentences (N, length)."""
    embedded = mx.sym.Embedding(mx.sym.var("data"), input_dim=6, output_dim=8, name="embed")
    cell.reset()
    outputs, _ = cell.unroll(length, embedded, merge_outputs=True)
    flat = mx.sym.Reshape(outputs, shape=(-3, -2))
    predicted = mx.sym.FullyConnected(flat, num_hidden=6, name="pred")
    label = mx.sym.Reshape(mx.sym.var("softmax_label"), shape=(-1,))
    return mx.sym.SoftmaxOutput(predicted, label, use_ignore=True, ignore_label=-1, name="softmax")


def counting_sentences():
    """Each word follows from the one before: 0 1 2 3 4 5 0 ...."""
    return [[(start + i) % 6 for i in range(length)] for start in range(6)
            for length in (4, 7) for _ in range(4)]


@pytest.mark.parametrize("make", [
    lambda: mx.rnn.LSTMCell(16, prefix="lstm_"),
    lambda: mx.rnn.FusedRNNCell(16, 2, "gru").unfuse(),
])
def test_buckets_of_sentences(make, tmp_path):
    mx.random.seed(5)
    batches = mx.rnn.BucketSentenceIter(counting_sentences(), 8, invalid_label=-1)
    assert batches.buckets == [4, 7]
    cell = make()
    network = mx.mod.BucketingModule(
        lambda length: (language_model(cell, length), ("data",), ("softmax_label",)),
        default_bucket_key=batches.default_bucket_key)
    metric = mx.metric.Perplexity(ignore_label=-1)
    prefix = str(tmp_path / "lm")
    network.fit(batches, eval_metric=metric, num_epoch=12, optimizer="adam",
                optimizer_params={"learning_rate": 0.03}, initializer=mx.init.Xavier(),
                epoch_end_callback=mx.rnn.do_rnn_checkpoint(cell, prefix, 6))
    assert metric.get()[1] < 1.1                    # 6 at first; 1 is certainty
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "lm-0006.params", "lm-0012.params", "lm-symbol.json"]
    symbol, args, states = mx.rnn.load_rnn_checkpoint(cell, prefix, 12)
    trained, _ = network.get_params()
    assert {*args} == {*trained} and states == {}
    for name, array in trained.items():
        np.testing.assert_array_equal(args[name].asnumpy(), array.asnumpy())
    assert "softmax_output" in symbol.list_outputs()


def test_files_hold_the_gates(tmp_path):
    fused = mx.rnn.FusedRNNCell(3, 2, "lstm", bidirectional=True)
    size = PackedRNN("lstm", 3, 2, True).size(4)
    args = {"lstm_parameters": mx.nd.arange(size), "other": mx.nd.ones(2)}
    prefix = tmp_path / "net"
    mx.rnn.save_rnn_checkpoint([fused], prefix, 3, mx.sym.var("x"), args, {"mean": mx.nd.ones(1)})
    names = {*mx.nd.load(str(tmp_path / "net-0003.params"))}
    assert {"arg:lstm_l0_i2h_f_weight", "arg:lstm_r1_h2h_o_bias", "aux:mean", "arg:other"} < names
    assert len(names) == 2 * 2 * 4 * 4 + 2
    _, again, states = mx.rnn.load_rnn_checkpoint([fused], prefix, 3)
    np.testing.assert_array_equal(again["lstm_parameters"].asnumpy(), np.arange(size))
    assert {*states} == {"mean"}
    _, packed, _ = mx.rnn.load_rnn_checkpoint(fused.unfuse(), prefix, 3)
    assert packed["lstm_r1_i2h_weight"].shape == (12, 6)


def test_the_vector_is_initialized_by_the_network():
    """A variable that only FusedRNN can initialize, in a network that Module initializes."""
    cell = mx.rnn.FusedRNNCell(2, mode="lstm", forget_bias=3.0)
    network = mx.mod.Module(mx.sym.elemwise_add(mx.sym.var("data"), cell._parameter),
                            label_names=None)
    network.bind([("data", (48,))], for_training=False)
    network.init_params(mx.init.One())
    vector = network.get_params()[0]["lstm_parameters"].asnumpy()
    assert vector.tolist() == [1] * 32 + [0, 0, 3, 3, 0, 0, 0, 0] * 2


def test_arguments_of_wrong_types(tmp_path):
    cell, x = mx.rnn.RNNCell(2), mx.sym.var("x")
    for call in (lambda cells: mx.rnn.save_rnn_checkpoint(cells, tmp_path / "a", 0, x, {}, {}),
                 lambda cells: mx.rnn.load_rnn_checkpoint(cells, tmp_path / "a", 0),
                 lambda cells: mx.rnn.do_rnn_checkpoint(cells, tmp_path / "a")):
        for cells in (5, [cell, "b"]):
            with pytest.raises(MXNetTypeError, match="_rnn_checkpoint: cells must be a cell of"):
                call(cells)
    with pytest.raises(MXNetTypeError, match=r"cell must be a cell of mx\.rnn; got 5"):
        mx.rnn.rnn_unroll(5, 2)
    with pytest.raises(MXNetTypeError, match="symbol must be None or a Symbol; got str"):
        mx.rnn.save_checkpoint(tmp_path / "a", 0, "x", {}, {})


def test_rnn_unroll():
    cell = mx.rnn.RNNCell(3)
    with pytest.warns(DeprecationWarning, match="rnn_unroll is deprecated; call cell.unroll"):
        outputs, _ = mx.rnn.rnn_unroll(cell, 2, input_prefix="in_")
    assert mx.sym.Group(outputs).list_arguments()[0] == "in_t0_data"
    with pytest.warns(DeprecationWarning):
        outputs, _ = mx.rnn.rnn_unroll(cell, 2, mx.sym.var("x"), layout="TNC")
    assert mx.sym.Group(outputs).infer_shape(x=(2, 5, 4))[1] == [(5, 3)] * 2
