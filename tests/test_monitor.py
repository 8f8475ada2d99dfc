"""Monitor: which arrays of which batches, and what is shown of them."""

import logging

import pytest

import mxlite as mx
from mxlite.base import MXNetError


def executor():
    layer = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    exe = mx.sym.BatchNorm(layer, name="bn").simple_bind(mx.cpu(), data=(1, 4))
    exe.arg_dict["data"][:] = 3
    return exe


def watched(**kwargs):
    monitor, exe = mx.mon.Monitor(1, **kwargs), executor()
    monitor.install(exe)
    monitor.tic()
    exe.forward()
    return monitor


def test_outputs_then_arguments_then_states():
    entries = watched(pattern="fc|data|bn_moving").toc()
    assert entries[0] == (1, "fc_output", "0.0\t")
    assert entries[1:] == [(1, "data", "3.0\t"), (1, "fc_weight", "0.0\t"), (1, "fc_bias", "0.0\t"),
                           (1, "bn_moving_mean", "0.0\t"), (1, "bn_moving_var", "0.0\t")]


def test_sorted_and_with_inputs():
    names = [name for _, name, _ in watched(sort=True, monitor_all=True, pattern="fc_|data").toc()]
    assert names == sorted(names) and "fc_output" in names
    # the input, and the argument; fc's own variables are called as its inputs are
    assert names.count("data") == 2 and names.count("fc_weight") == 3
    assert names.count("fc_data") == 1


def test_every_second_batch():
    monitor, exe = mx.mon.Monitor(2, pattern="data"), executor()
    monitor.install(exe)
    counts = []
    for _ in range(5):
        monitor.tic()
        exe.forward()
        counts.append([step for step, _, _ in monitor.toc()])
    assert counts == [[1], [], [3], [], [5]]
    exe.forward()
    assert monitor.toc() == []                  # no tic before


def test_statistics_of_ones_own():
    both = watched(pattern="data", stat_func=lambda array: [array.max(), array * 2]).toc()
    assert both == [(1, "data", "3.0\t[[6. 6. 6. 6.]]\t")]


def test_the_log(caplog):
    caplog.set_level(logging.INFO)
    watched(pattern="data").toc_print()
    assert [record.message for record in caplog.records] == [
        "Batch:       1 data                           3.0\t"]


def test_integers_and_halves_are_not_rounded():
    class One:
        def __init__(self, array):
            self.arg_dict, self.aux_dict = {"x": array}, {}

        def set_monitor_callback(self, callback, monitor_all=False):
            pass

    for dtype in ("int32", "float16", "float64"):
        monitor = mx.mon.Monitor(1)
        monitor.install(One(mx.nd.array([1, 2, 4], dtype=dtype)))
        monitor.tic()
        (_, _, text), = monitor.toc()
        assert float(text) == pytest.approx(7 ** 0.5, rel=1e-6)


def test_uninstall():
    monitor, exe = mx.mon.Monitor(1), executor()
    monitor.install(exe)
    monitor.uninstall(exe)
    monitor.tic()
    exe.forward()
    assert monitor.toc() == [] and monitor.exes == []


@pytest.mark.parametrize(("call", "message"), [
    (lambda: mx.mon.Monitor(0), "Monitor: interval must be an integer of at least 1; got 0"),
    (lambda: watched(pattern="data", stat_func=lambda array: 3.0).toc(),
     "stat_func must return an NDArray or a list of them; got float"),
])
def test_what_is_refused(call, message):
    with pytest.raises(MXNetError, match=message):
        call()


def test_a_number_is_shown_with_the_digits_of_its_dtype():
    shown = watched(pattern="data", stat_func=lambda array: array.max() * 0.1).toc()
    assert shown == [(1, "data", "0.3\t")]
