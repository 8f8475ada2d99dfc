"""Calls of image operators and of transforms that draw nothing, or draw what they must.

NumPy only: tools/record_mxnet_transforms.py runs them under MXNet, the tests under mxlite.
"""

import numpy as np

SHAPES = {"colour": (12, 10, 3), "gray": (9, 8, 1), "batch": (2, 6, 4, 3)}


def images():
    """name -> image: uint8, and float32 beyond 0..255 (`..._real`) and in 0..1 (`unit`)."""
    rng = np.random.default_rng(3)
    images_of = {}
    for name, shape in SHAPES.items():
        images_of[name] = rng.integers(0, 256, shape).astype("uint8")
        images_of[name + "_real"] = rng.uniform(-20, 280, shape).astype("float32")
    images_of["unit"] = rng.random((3, 8, 7)).astype("float32")
    images_of["units"] = rng.random((2, 3, 6, 5)).astype("float32")
    images_of["dull"] = np.repeat(rng.integers(90, 110, (5, 6, 1)), 3, 2).astype("uint8")
    images_of["dull"][0, :2] = [[0, 0, 0], [255, 255, 255]]
    return images_of


def _operator_calls():
    for name in ("colour", "gray", "batch"):
        for end in ("", "_real"):
            yield "to_tensor", name + end, {}
            yield "crop", name + end, {"x": 1, "y": 2, "width": 3, "height": 4}
            for size in ({"size": 5}, {"size": (3, 7)}, {"size": 5, "keep_ratio": True}):
                yield "resize", name + end, size
            for interp in (0, 2, 3, 4):
                yield "resize", name + end, {"size": (7, 5), "interp": interp}
    for name in ("colour", "colour_real"):     # of even sizes: MXNet leaves a middle row out
        yield "flip_left_right", name, {}
        yield "flip_top_bottom", name, {}
    for name in ("unit", "units"):
        yield "normalize", name, {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
        yield "normalize", name, {"mean": 0.5, "std": 0.25}
    yield from _colour_calls()


def _colour_calls():
    for name in ("colour", "colour_real", "dull", "gray", "gray_real"):
        for factor in (0, 0.3, 1, 1.7):
            given = {"min_factor": factor, "max_factor": factor}
            yield "random_brightness", name, given
            yield "random_contrast", name, given
            if "gray" in name:
                yield "random_saturation", name, given
            else:
                yield "random_hue", name, given
                yield "adjust_lighting", name, {"alpha": (factor, -0.1, 0.2)}


OPERATORS = list(_operator_calls())
GRADIENTS = [("normalize", "units", {"mean": 0.5, "std": (0.5, 0.25, 2.0)}),
             ("crop", "batch_real", {"x": 1, "y": 0, "width": 3, "height": 4}),
             ("crop", "colour_real", {"x": 0, "y": 3, "width": 10, "height": 9})]
TRANSFORMS = [
    ("Cast", "colour", ("float16",)), ("ToTensor", "colour", ()), ("ToTensor", "batch", ()),
    ("Normalize", "unit", (0.5, (0.5, 0.25, 2.0))), ("Resize", "colour", ((7, 9),)),
    ("Resize", "colour", (6, True, 2)), ("Resize", "batch", (3,)),
    ("CropResize", "colour", (1, 2, 6, 7)), ("CropResize", "batch", (1, 0, 3, 5, (6, 4), 1)),
    ("CenterCrop", "colour", (6,)), ("CenterCrop", "colour", ((8, 5), 1)),
    ("CenterCrop", "gray", ((4, 12), 2)), ("Rotate", "unit", (30,)),
    ("Rotate", "units", (-75, True)), ("Rotate", "unit", (10, False, True)),
]


def name_of(call):
    """The name of a call's recording."""
    return " ".join(map(str, call))
