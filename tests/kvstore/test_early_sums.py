"""Sums over workers that start while backward() still runs."""

import pytest
from kvstore.early_programs import CASES, LAYERS, MEDDLERS
from kvstore.mpi_run import results, run

CONTINUE = ("--runtime-options", "continuous")


@pytest.fixture(scope="module", params=[2, 3])
def found(request, tmp_path_factory):
    return results(request.param, "early_programs", tmp_path_factory.mktemp("early"),
                   "started_in_backward", "trained_early", "meddled", "added_gradients",
                   "other_arrays", "module", "unfinished")


def common(answers):
    """What all workers have found."""
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


@pytest.mark.parametrize("is_hybrid", [False, True])
def test_sums_start_and_end_while_backward_runs(found, is_hybrid):
    """The gradient of the first layer waits for the first sum, or is not there when it starts."""
    buckets, num_started, written = common(found["started_in_backward"])[is_hybrid]
    assert num_started == len(buckets) >= LAYERS - 1
    assert sorted(key for bucket in buckets for key in bucket) == list(range(2 * LAYERS))
    layers = [key // 2 for bucket in buckets for key in bucket]
    assert layers == sorted(layers, reverse=True)
    assert [i for i, is_there in enumerate(written) if is_there] == buckets[0]


@pytest.mark.parametrize("number", range(len(CASES)), ids=map(str, CASES))
def test_training_is_the_same_to_the_bit(found, number):
    early, late, num_early = common(found["trained_early"])[number]
    assert early == late
    assert num_early >= 2 * LAYERS                          # in three steps behind the first


@pytest.mark.parametrize("number", range(len(MEDDLERS)), ids=[f.__name__ for f in MEDDLERS])
def test_what_happens_between_backward_and_step_counts(found, number):
    early, late, is_on = common(found["meddled"])[number]
    assert early == late
    assert not is_on                                        # it was in vain too often


def test_gradients_that_are_added_up_wait(found):
    early, late, has_none = common(found["added_gradients"])
    assert early == late
    assert has_none


def test_parameters_that_move(found):
    early, late = common(found["other_arrays"])
    assert early == late


@pytest.mark.parametrize("name", ["one shape", "other shapes", "buckets"])
def test_modules(found, name):
    early, late, num_early = common(found["module"])[name]
    assert early == late
    assert num_early > 8


def test_sums_that_nobody_asks_for_do_not_keep_a_program_from_its_end(found):
    assert [count > 0 for count in found["unfinished"]] == [
        rank == 1 for rank in range(len(found["unfinished"]))]


def test_a_worker_that_is_killed_is_missed(tmp_path):
    done = run(2, "early_programs", tmp_path, "killed_early", options=CONTINUE,
               MXNET_KVSTORE_TIMEOUT="30")
    assert "MXNetError: KVStore: worker 0 of 2 waits for " in done.stderr
    assert "but worker 1 (process " in done.stderr
    assert "has died; start anew from the last checkpoint" in done.stderr
