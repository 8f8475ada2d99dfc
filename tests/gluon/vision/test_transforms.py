"""Transforms: values as MXNet's, kinds, batches, seeds, data loaders, misuse."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from image_calls import TRANSFORMS, images, name_of

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon import Block, HybridBlock, data, nn
from mxlite.gluon.data.vision import transforms

IMAGES = images()
RECORDED = np.load(Path(__file__).parent / "recorded/transforms.npz")
HYBRID = {
    "Cast": (), "ToTensor": (), "Normalize": (), "CropResize": (0, 0, 2, 2), "Resize": (3,),
    "RandomFlipLeftRight": (), "RandomFlipTopBottom": (), "RandomBrightness": (0.1,),
    "RandomContrast": (0.1,), "RandomSaturation": (0.1,), "RandomHue": (0.1,),
    "RandomColorJitter": (), "RandomLighting": (0.1,),
}
PLAIN = {"CenterCrop": (3,), "RandomResizedCrop": (3,), "Rotate": (3,),
         "RandomRotation": ((-1, 1),), "Compose": ([],), "RandomApply": (abs,)}


def array(name):
    return mx.nd.array(IMAGES[name], dtype=IMAGES[name].dtype)


def make(name, *args):
    return getattr(transforms, name)(*args)


@pytest.mark.parametrize("call", TRANSFORMS, ids=name_of)
def test_as_mxnet(call):
    name, image, args = call
    result, wanted = make(name, *args)(array(image)).asnumpy(), RECORDED[name_of(call)]
    assert result.dtype == wanted.dtype and result.shape == wanted.shape
    if name in ("Cast", "ToTensor", "Normalize"):
        np.testing.assert_array_equal(result, wanted)
    else:
        atol = 1 if result.dtype == np.uint8 else 1e-5
        np.testing.assert_allclose(result.astype("f8"), wanted.astype("f8"), 0, atol)


def test_kinds():
    assert all(isinstance(make(name, *args), HybridBlock) for name, args in HYBRID.items())
    for name, args in PLAIN.items():
        transform = make(name, *args)
        assert isinstance(transform, Block) and not isinstance(transform, HybridBlock)
    public = {name for name in dir(transforms) if name[0].isupper()}
    assert public == {*HYBRID, *PLAIN}


@pytest.mark.parametrize(("name", "value", "low", "high"), [
    ("RandomBrightness", 0.25, 0.75, 1.25), ("RandomBrightness", 2, 0, 3)])
def test_factors_lie_around_one(name, value, low, high):
    result = make(name, value)(mx.nd.ones((500, 1, 1, 1))).asnumpy()
    assert low <= result.min() < low + 0.05 * (high - low)
    assert high - 0.05 * (high - low) < result.max() <= high


@pytest.mark.parametrize(("name", "params"), [
    ("RandomContrast", {"contrast": 0.5}), ("RandomSaturation", {"saturation": 0.5}),
    ("RandomHue", {"hue": 0.3}), ("RandomLighting", {"alpha": 0.5}), ("RandomFlipLeftRight", {}),
    ("RandomFlipTopBottom", {}), ("RandomColorJitter", {"brightness": 0.3, "hue": 0.1})])
def test_random_transforms_call_their_operator(name, params):
    """With the same seed, the operator gives the same."""
    operator = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
    if name in ("RandomContrast", "RandomSaturation", "RandomHue"):
        reach = next(iter(params.values()))
        given = {"min_factor": 1 - reach, "max_factor": 1 + reach}
    elif name == "RandomColorJitter":
        given = {"brightness": 0, "contrast": 0, "saturation": 0, "hue": 0, **params}
    else:
        given = {"alpha_std": params["alpha"]} if params else {}
    for image in ("colour", "batch"):
        mx.random.seed(5)
        result = getattr(transforms, name)(**params)(array(image)).asnumpy()
        mx.random.seed(5)
        wanted = getattr(mx.nd.image, operator.strip("_"))(array(image), **given).asnumpy()
        np.testing.assert_array_equal(result, wanted)
        assert "Flip" in name or (result != IMAGES[image]).any()


def test_compose_joins_hybrid_blocks_as_mxnet_does():
    blocks = [transforms.ToTensor(), transforms.CenterCrop(3), transforms.Cast(),
              transforms.ToTensor(), nn.Lambda(lambda x: x)]
    composed = transforms.Compose(blocks)
    assert [type(child).__name__ for child in composed] == [
        "ToTensor", "CenterCrop", "HybridSequential", "Lambda"]
    assert len(blocks) == 5                                 # MXNet appends None to the list
    assert list(composed[2]) == blocks[2:4]


def test_compose_runs_in_order():
    composed = transforms.Compose([transforms.CropResize(0, 2, 4, 3), transforms.ToTensor(),
                                   transforms.Normalize(0.5, 0.25)])
    for image, axes in (("colour", (2, 0, 1)), ("batch", (0, 3, 1, 2))):
        cut = IMAGES[image][..., 2:5, :4, :].transpose(axes)
        result = composed(array(image)).asnumpy()
        np.testing.assert_allclose(result, (cut / 255 - 0.5) / 0.25, 1e-6, 1e-6)


def test_random_apply():
    x = array("unit")
    block = transforms.Normalize(0.5, 1)
    for given in (block, [block], lambda x: x - 0.5):
        apply = transforms.RandomApply(given, p=0.3)
        count = sum((apply(x) != x).asnumpy().any() for _ in range(400))
        assert abs(count - 120) < 5 * np.sqrt(400 * 0.3 * 0.7)
    assert transforms.RandomApply(block, 0)(x) is x
    assert (transforms.RandomApply(block, 1)(x) == x - 0.5).asnumpy().all()


def test_crops_of_a_batch_are_those_of_its_images():
    batch = array("batch")
    result = transforms.CenterCrop((2, 3))(batch).asnumpy()
    np.testing.assert_array_equal(result, IMAGES["batch"][:, 1:4, 1:3])
    result = transforms.RandomResizedCrop((5, 4))(batch)
    assert result.shape == (2, 4, 5, 3) and result.dtype == np.uint8


def test_random_rotation():
    x = array("units")
    assert transforms.RandomRotation((-5, 5), rotate_with_proba=0)(x) is x
    turn = transforms.RandomRotation((-90, 90))
    first, second = turn(x), turn(x)
    assert first.shape == x.shape and (first != second).asnumpy().any()
    mx.random.seed(2)
    first = turn(x).asnumpy()
    mx.random.seed(2)
    np.testing.assert_array_equal(turn(x).asnumpy(), first)


def test_pickled_for_other_processes():
    change = transforms.Compose([transforms.Cast(), transforms.RandomFlipLeftRight(),
                                 transforms.ToTensor(), transforms.Normalize((0.1, 0.2, 0.3), 2)])
    again = pickle.loads(pickle.dumps(change))
    results = []
    for block in (change, again):
        mx.random.seed(1)
        results.append(block(array("batch")).asnumpy())
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("workers", [0, 2])
def test_in_a_data_loader(workers):
    pixels = np.arange(6 * 4 * 5 * 3).reshape(6, 4, 5, 3).astype("uint8")
    dataset = data.ArrayDataset(mx.nd.array(pixels, dtype="uint8"), np.arange(6))
    change = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
    loader = data.DataLoader(dataset.transform_first(change), 4, num_workers=workers)
    batches = list(loader)
    assert [batch.shape for batch, _ in batches] == [(4, 3, 4, 5), (2, 3, 4, 5)]
    wanted = (pixels.transpose(0, 3, 1, 2) / 255 - 0.5) / 0.5
    result = np.concatenate([batch.asnumpy() for batch, _ in batches])
    np.testing.assert_allclose(result, wanted, 1e-5, 1e-6)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: transforms.Resize(0)(mx.nd.ones((2, 2, 3))), "Resize: size must be a positive integer "
     r"or a pair of them, \(width, height\); got 0"),
    (lambda: transforms.Resize((2, 3, 4))(mx.nd.ones((2, 2, 3))), r"Resize: .*; got \(2, 3, 4\)"),
    (lambda: transforms.CenterCrop((3, 4, 5)), r"CenterCrop: size must be .*; got \(3, 4, 5\)"),
    (lambda: transforms.RandomResizedCrop("3"), "RandomResizedCrop: size must be"),
    (lambda: transforms.CropResize(0, 0, 1, 1, (-2, 2))(mx.nd.ones((2, 2, 3))),
     r"CropResize: size must be .*; got \(-2, 2\)"),
    (lambda: transforms.RandomBrightness(-1), "RandomBrightness: brightness must be a number of at"
     " least 0; got -1"),
    (lambda: transforms.RandomColorJitter(hue="1"), "RandomColorJitter: hue must be a number"),
    (lambda: transforms.RandomLighting(float("nan")), "RandomLighting: alpha must be a number"),
    (lambda: transforms.RandomApply(abs, 1.5), r"RandomApply: p must be in \[0, 1\]; got 1.5"),
    (lambda: transforms.Compose([abs]), "Compose: transforms must be Blocks; got builtin_function"),
    (lambda: transforms.RandomRotation((5, 5)), r"least < largest; got \(5, 5\)"),
    (lambda: transforms.RandomRotation((0, 5), rotate_with_proba=2), "proba must be in .*; got 2"),
    (lambda: transforms.Rotate(5)(array("colour")), "Rotate: x must be float32, as ToTensor makes"),
    (lambda: transforms.RandomRotation((0, 5))(array("colour")), "float32, .*; got uint8"),
    (lambda: transforms.ToTensor()(IMAGES["colour"]), "first input must be an NDArray; got ndarr"),
    (lambda: transforms.Cast("float31"), "dtype must be one of .*; got 'float31'"),
])
def test_misuse_is_named(call, message):
    with pytest.raises(MXNetError, match=message):
        call()
