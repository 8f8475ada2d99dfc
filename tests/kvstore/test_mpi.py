"""Stores of 2 and 4 processes: sums, rows, rounding, optimizers, and training as on one device."""

import numpy as np
import pytest
from kvstore.mpi_run import results
from kvstore.training_programs import CASES, fitted, trained

import mxlite as mx


@pytest.fixture(scope="module", params=[2, 4])
def found(request, tmp_path_factory):
    """What the programs return in so many workers."""
    of_stores = ["places", "sums", "order_of_sums", "rows", "rounded", "optimizer_states",
                 "other_shapes", "asynchronous", "leaving"]
    return {name: answers for module, names in (
                ("store_programs", of_stores),
                ("training_programs", ["bytes_of_a_step", "training", "module", "overflow"]))
            for name, answers in results(request.param, module, tmp_path_factory.mktemp("mpi"),
                                         *names).items()}


def size_of(found):
    return len(found["places"])


def test_places(found):
    n = size_of(found)
    assert found["places"] == [["dist_sync", rank, n, True] for rank in range(n)]


def test_sums(found):
    n = size_of(found)
    assert found["sums"] == [[4, n * (n + 1) / 2, 4 * n] * 7] * n


def test_sums_go_from_left_to_right(found):
    n, totals = size_of(found), []
    for rank in range(n):
        rng = np.random.default_rng(rank)
        values = (rng.standard_normal(1001) * 10.0 ** rng.integers(-6, 6, 1001)).astype("float32")
        totals.append((values, np.float32(rng.standard_normal())))
    long, short = totals[0]
    for values, value in totals[1:]:
        long, short = long + values, short + value
    assert found["order_of_sums"] == [[long.tolist(), [], [short.tolist()]]] * n


def test_rows(found):
    n = size_of(found)
    total = np.zeros((6, 2))
    for rank in range(n):
        total[rank:rank + 2] += rank + 1
    some = np.zeros((6, 2))
    some[[1, 5]] = total[[1, 5]]
    assert found["rows"] == [[np.ones((6, 2)).tolist(), total.tolist(), [1, 5], some.tolist()]] * n


def test_two_bits(found):
    """Each worker sends MXNet's numbers (recorded in test_compression.py), of two bits each; the
    sums, which are small whole numbers of thresholds, come back in eight."""
    n = size_of(found)
    want = n * np.array([[0, 0.5, 0, -0.5, 0.5], [0.5, 0.5, 0, -0.5, 0.5],
                         [0, 0.5, -0.5, -0.5, 0.5]])
    for numbers, num_bytes in found["rounded"]:
        assert numbers == want.tolist()
        minimum = (n - 1) / n * 4096 * (1 / 4 + 1)
        assert minimum <= num_bytes <= 1.05 * minimum


def test_an_optimizer_and_its_states(found):
    n = size_of(found)
    store = mx.kv.create("device")
    store.init("w", mx.nd.ones((3,)))
    store.set_optimizer(mx.optimizer.Adam(learning_rate=0.1))
    want, out = [], mx.nd.zeros((3,))
    for step in range(4):
        store.push("w", [mx.nd.full((3,), rank + 1.0 + step, ctx=mx.cpu(rank))
                         for rank in range(n)])
        store.pull("w", out)
        want.append(out.asnumpy().tolist())
    assert found["optimizer_states"] == [want] * n


def test_bytes_of_a_step_are_the_minimum(found):
    n = size_of(found)
    for sent, num_params in found["bytes_of_a_step"]:
        minimum = 2 * (n - 1) / n * 4 * num_params
        assert all(0.95 * minimum <= each <= 1.05 * minimum for each in sent)
    total = sum(sent[0] for sent, _ in found["bytes_of_a_step"])
    assert n * minimum <= total <= 1.05 * n * minimum


def test_training_is_that_of_one_device(found):
    want = {case: trained([mx.cpu()], slice(0, 8), *case, None) for case in CASES}
    keys = [case for _ in range(2) for case in CASES for _ in range(2)] + [("sgd", False)]
    first = found["training"][0]
    assert found["training"] == [first] * size_of(found)
    assert len(first) == len(keys)
    for place, (case, params) in enumerate(zip(keys, first, strict=True)):
        for one, wanted in zip(params, want[case], strict=True):
            np.testing.assert_allclose(one, wanted, rtol=1e-5, atol=1e-5,
                                       err_msg=f"{place}: {case}")


def test_a_module_is_that_of_one_device(found):
    first = found["module"][0]
    assert found["module"] == [first] * size_of(found)
    for one, wanted in zip(first, fitted(slice(0, 8), None), strict=True):
        np.testing.assert_allclose(one, wanted, rtol=1e-5, atol=1e-6)


def test_all_pass_over_a_step_in_which_the_gradients_of_one_overflow(found):
    n, first = size_of(found), found["overflow"][0]
    assert found["overflow"] == [first] * n
    for states in first:
        weights, factors = [np.array(weight) for weight, _ in states], [each for _, each in states]
        assert factors == [65536, 32768, 32768, 32768]
        np.testing.assert_array_equal(weights[1], weights[0])
        slope = 2 * sum(range(1, n + 1)) / 4
        np.testing.assert_allclose(weights[3], 1 - 0.1 * 3 * slope, rtol=1e-3)


def test_workers_that_do_not_agree(found):
    for rank, (first, second, third) in enumerate(found["other_shapes"]):
        assert "KVStore.init: all workers must give arrays of the same shapes" in first
        assert f"those of worker 1 are not those of worker 0; worker {rank} has 1" in first
        assert second == ""
        dtype = "float32" if rank else "float64"
        assert third.startswith("KVStore.push: all workers must give arrays of the same shapes")
        assert third.endswith(f"worker {rank} has 1: default {dtype} (2,)")


def test_asynchronous(found):
    n = size_of(found)
    for rank, (message, dense, rows, saved, loss) in enumerate(found["asynchronous"]):
        assert "worker 0 must have called set_optimizer first" in message
        assert dense == [-10.0 * n] * 3
        assert rows == [[0, 0], [0, 0], [-n, -n], [0, 0]]
        if rank == 0:
            assert saved == []
        else:
            assert message.startswith("worker 0: MXNetError: KVStore.push: 'dist_async' updates")
            for name, its in zip(("save", "load"), saved, strict=True):
                assert its == (f"KVStore.{name}_optimizer_states: only worker 0 of 'dist_async' has"
                               f" the states of the optimizer; this is worker {rank}")
        assert loss < 0.5


def test_workers_of_dist_async_end_when_they_like(found):
    """Worker 0 waits for the last one, though others have ended meanwhile."""
    assert found["leaving"] == [None] * size_of(found)
