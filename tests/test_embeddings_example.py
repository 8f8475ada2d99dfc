"""examples/embeddings.py: a network is loaded, cut at an inner layer, and gives vectors."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mxlite as mx

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "examples" / "embeddings.py"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("embeddings_example", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def network(tmp_path, rng):
    """(prefix of a checkpoint, its parameters): 3 x 4 x 4 -> 5 numbers -> 2 classes."""
    inner = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=5, name="fc1")
    outer = mx.sym.FullyConnected(mx.sym.BatchNorm(inner, name="norm"), num_hidden=2, name="fc2")
    symbol = mx.sym.SoftmaxOutput(outer, name="softmax")
    shapes, _, states = symbol.infer_shape(data=(1, 3, 4, 4))
    args = {name: mx.nd.array(rng.standard_normal(shape)) for name, shape in
            zip(symbol.list_arguments(), shapes, strict=True)
            if name not in ("data", "softmax_label")}
    aux = {name: mx.nd.ones(shape) for name, shape in
           zip(symbol.list_auxiliary_states(), states, strict=True)}
    prefix = str(tmp_path / "net")
    mx.model.save_checkpoint(prefix, 7, symbol, args, aux)
    return prefix, args


def wanted(args, images):
    vectors = images.reshape(len(images), -1).astype("float64") @ args["fc1_weight"].asnumpy().T
    vectors = vectors + args["fc1_bias"].asnumpy()
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_vectors_of_an_inner_layer(example, network, rng):
    prefix, args = network
    embed = example.Embedder(prefix, 7, "fc1", (3, 4, 4))
    for count in (1, 6, 2):                     # the Module takes batches of any size
        images = rng.standard_normal((count, 3, 4, 4)).astype("float32")
        np.testing.assert_allclose(embed(mx.nd.array(images)), wanted(args, images), atol=1e-6)


def test_a_layer_that_is_not_there(example, network):
    with pytest.raises(ValueError, match="no output named 'fc3_output'; did you mean 'fc"):
        example.Embedder(network[0], 7, "fc3", (3, 4, 4))


def run(*arguments):
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], text=True,
                          capture_output=True, env=ENVIRONMENT, timeout=200)


def test_images_of_files(network, tmp_path, rng):
    prefix, args = network
    pixels = rng.integers(0, 256, (2, 4, 4, 3), "uint8")
    paths = [tmp_path / f"{i}.png" for i in range(2)]
    for path, values in zip(paths, pixels, strict=True):
        Image.fromarray(values).save(path)
    done = run("--prefix", prefix, "--epoch", 7, "--size", 4, *paths)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[-1] for line in lines] == [str(path) for path in paths]
    vectors = wanted(args, pixels.transpose(0, 3, 1, 2))
    np.testing.assert_allclose([[float(x) for x in line[:2]] for line in lines],
                               vectors @ vectors.T, atol=6e-4)
    assert "--prefix and images go together" in run("--prefix", prefix).stderr


def test_digits():
    done = run("--train-epochs", 1)
    assert done.returncode == 0, done.stderr
    assert "2000 digits that the network has not seen, as vectors of 32" in done.stdout
    assert float(done.stdout.split("of the same digit: ")[1].split()[0]) > 85
