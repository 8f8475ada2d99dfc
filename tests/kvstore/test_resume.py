"""examples/train_mnist_dist.py trains; after a kill it goes on, and ends as without one."""

import numpy as np
import pytest
from kvstore.mpi_run import HERE, start

import mxlite as mx

NUM_STEPS = 16                  # two epochs of 512 digits in batches of 64
SETTINGS = ["--train-limit", "512", "--num-epochs", "2", "--checkpoint-every", "3"]


def run(folder, step=-1, rank=0, num_workers=2):
    return start(num_workers, [str(HERE / "mpi_killed.py"), str(step), str(rank), *SETTINGS,
                               "--checkpoint", str(folder)])


def ending(folder):
    """What a run left: parameters, and those of the optimizer as bytes."""
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{NUM_STEPS}.params", f"{NUM_STEPS}.states", "latest.json"]
    params = mx.nd.load(str(folder / f"{NUM_STEPS}.params"))
    return {name: array.asnumpy() for name, array in params.items()}, (
        folder / f"{NUM_STEPS}.states").read_bytes()


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken") / "run"
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return done.stdout, *ending(folder)


def test_the_example_learns(unbroken):
    lines = unbroken[0].splitlines()
    assert lines[0].startswith("epoch 1/2: loss ")
    name, accuracy = lines[-1].split(": ")
    assert name == "2 workers, test accuracy" and float(accuracy) > 0.7


@pytest.mark.parametrize("rank", [0, 1])
def test_a_run_that_was_killed_ends_as_one_that_was_not(unbroken, tmp_path, rng, rank):
    folder = tmp_path / "run"
    step = 3 * int(rng.integers(1, 5)) + int(rng.integers(1, 3))     # not while one is written
    done = run(folder, step, rank)
    assert done.returncode != 0 and "signal 9" in done.stderr
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert f"goes on from step {step // 3 * 3} of {NUM_STEPS}" in done.stdout
    params, states = ending(folder)
    assert states == unbroken[2]
    assert params.keys() == unbroken[1].keys()
    for name, values in params.items():
        assert np.array_equal(values, unbroken[1][name]), name


def test_batches_that_cannot_be_shared():
    done = start(2, [str(HERE / "mpi_killed.py"), "-1", "0", "--batch-size", "63"])
    assert done.returncode != 0
    assert "--batch-size 63 must be a multiple of the number of workers, 2" in done.stderr
