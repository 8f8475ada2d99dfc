"""examples/train_mnist.py and image_classification.py: they train, log, draw, and go on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from kvstore.mpi_run import start
from PIL import Image

import mxlite as mx

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
IMAGES = ["--count", "20", "--image-shape", "3,16,16", "--batch-size", "16", "--disp-batches", "1",
          "--lr", "0.003", "--resize", "18"]

# what is asked of tensorboardX; it writes lines
WRITER = '''
import json, os
class SummaryWriter:
    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.file = open(os.path.join(folder, f"{id(self)}.json"), "w")
    def add_scalar(self, name, value, global_step=None):
        self.file.write(json.dumps([name, float(value), global_step]) + "\\n")
        self.file.flush()
'''


def run(script, *arguments, path=""):
    done = subprocess.run([sys.executable, str(EXAMPLES / script), *map(str, arguments)],
                          text=True, capture_output=True, timeout=250, cwd=ROOT,
                          env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{path}"})
    assert done.returncode == 0, done.stderr
    return done


def accuracy(done):
    return float(done.stdout.split("validation accuracy: ")[1])


def test_digits_on_two_contexts(tmp_path):
    (tmp_path / "tensorboardX.py").write_text(WRITER)
    done = run("train_mnist.py", "--cpus", 2, "--num-epochs", 2, "--picture", tmp_path / "a.png",
               "--tensorboard", tmp_path / "logs", path=tmp_path)
    assert accuracy(done) > 0.85
    assert "Epoch[1] Batch [20-40]\tSpeed: " in done.stderr
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (1000, 400) and len(picture.getcolors(1 << 24)) > 50
    lines = [json.loads(line) for path in (tmp_path / "logs").iterdir()
             for line in path.read_text().splitlines()]
    found = {(name, step) for name, _, step in lines}
    assert found == {(f"{part}-{name}", step) for part in ("train", "validation")
                     for name in ("accuracy", "cross-entropy") for step in (0, 1)}
    last = [value for name, value, step in lines if (name, step) == ("validation-accuracy", 1)]
    assert last == [pytest.approx(accuracy(done), abs=1e-4)]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """(prefix of the checkpoints of three epochs without a break, what was printed)."""
    prefix = tmp_path_factory.mktemp("images") / "net"
    return prefix, run("image_classification.py", *IMAGES, "--cpus", 2, "--num-epochs", 3,
                       "--model-prefix", prefix, "--lr-step-epochs", "2")


def test_images_go_on_from_a_checkpoint_to_the_bit(images, tmp_path):
    prefix, options = tmp_path / "net", [*IMAGES, "--cpus", 2, "--lr-step-epochs", "2"]
    run("image_classification.py", *options, "--num-epochs", 1, "--model-prefix", prefix)
    done = run("image_classification.py", *options, "--num-epochs", 3, "--model-prefix", prefix,
               "--load-epoch", 1, "--picture", tmp_path / "a.png")
    assert "Epoch[1] Batch [0-1]" in done.stderr and "Epoch[0]" not in done.stderr
    assert accuracy(done) == accuracy(images[1])
    for ending in ("-0003.params", "-history.json", "-symbol.json"):
        one, other = [Path(f"{each}{ending}").read_bytes() for each in (prefix, images[0])]
        assert one == other, ending
    assert (tmp_path / "a.png").exists()


def test_images_learn(images):
    epochs = json.loads(Path(f"{images[0]}-history.json").read_text())
    losses = [epoch["validation"]["cross-entropy"] for epoch in epochs]
    assert len(losses) == 3 and np.isfinite(losses).all() and losses[-1] < losses[0]


def test_several_workers(tmp_path):
    """Each reads its part; worker 0 writes the checkpoint and prints."""
    prefix = tmp_path / "net"
    done = start(2, [str(EXAMPLES / "train_mnist.py"), "--kv-store", "dist_sync", "--num-epochs",
                     "1", "--model-prefix", str(prefix)])
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("validation accuracy: ") == 1 and accuracy(done) > 0.8
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net-0001.params", "net-0001.states", "net-history.json", "net-symbol.json"]
    assert "arg:digit_weight" in mx.nd.load(f"{prefix}-0001.params")


def test_workers_whose_parts_differ_by_a_sample():
    """3334 digits are two batches of 1667, and 3333 are one."""
    done = start(3, [str(EXAMPLES / "train_mnist.py"), "--kv-store", "dist_sync", "--num-epochs",
                     "2", "--batch-size", "1667", "--num-examples", "10000"])
    assert done.returncode == 0, done.stderr
    assert accuracy(done) > 0.1


@pytest.mark.parametrize("script, options, message", [
    ("image_classification.py", ["--data-train", "a.rec"], "--data-train and --data-val go tog"),
    ("image_classification.py", ["--load-epoch", "1"], "--load-epoch needs --model-prefix"),
    ("train_mnist.py", ["--load-epoch", "1"], "--load-epoch needs --model-prefix"),
    ("train_mnist.py", ["--gpus", "0,1"], "gpu(0)")])
def test_messages(script, options, message, monkeypatch):
    done = subprocess.run([sys.executable, str(EXAMPLES / script), *options], text=True,
                          capture_output=True, timeout=100, cwd=ROOT,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""})
    assert done.returncode != 0
    assert message in done.stderr
