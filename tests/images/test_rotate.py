"""imrotate and random_rotate: recordings of MXNet 1.9.1, and quarter turns."""

import numpy as np
import pytest
from augment_calls import ROTATIONS, images, name_of
from augment_recorded import RECORDED, replay

import mxlite as mx
from mxlite import image

CHW = np.ascontiguousarray(images()["real"].transpose(2, 0, 1))
LIMIT = 1e-3                                   # of 255: MXNet rounds places in [-1, 1] to float32


@pytest.mark.parametrize("call", ROTATIONS, ids=lambda call: name_of(*call))
def test_as_recorded(call):
    rotated = image.imrotate(mx.nd.array(CHW), *call)
    want = RECORDED[name_of("imrotate", *call) + " 0"]
    np.testing.assert_allclose(rotated.asnumpy(), want, rtol=0, atol=LIMIT)


def test_random_as_recorded(monkeypatch):
    with replay(monkeypatch, "random_rotate"):
        rotated = image.random_rotate(mx.nd.stack(mx.nd.array(CHW), mx.nd.array(CHW)), (-40, 40))
    np.testing.assert_allclose(rotated.asnumpy(), RECORDED["random_rotate 0"], rtol=0, atol=LIMIT)
    one = image.random_rotate(mx.nd.array(CHW), (10, 10))
    np.testing.assert_array_equal(one.asnumpy(), image.imrotate(mx.nd.array(CHW), 10).asnumpy())


@pytest.mark.parametrize("turns", range(4))
def test_quarter_turns(turns, rng):
    square = rng.uniform(0, 255, (2, 3, 9, 9)).astype("float32")
    rotated = image.imrotate(mx.nd.array(square), 90 * turns).asnumpy()
    inner = np.s_[:, :, 1:-1, 1:-1]             # a place on the edge may be rounded beyond it
    np.testing.assert_allclose(rotated[inner], np.rot90(square, turns, (2, 3))[inner], atol=1e-3)


@pytest.mark.parametrize("src, args, error, message", [
    (mx.nd.ones((3, 4, 5), dtype="uint8"), (10,), TypeError, "must be an NDArray of float32; got"),
    (CHW, (10,), TypeError, "must be an NDArray of float32; got ndarray"),
    (mx.nd.ones((3, 4, 5)), (10, True, True), ValueError, "zoom_in and zoom_out must not both"),
    (mx.nd.ones((4, 5)), (10,), ValueError, r"must have the shape \(channels, .*; got \(4, 5\)"),
    (mx.nd.ones((3, 4, 5)), (mx.nd.ones((1,)),), TypeError, "number for one image; got NDArray"),
    (mx.nd.ones((2, 3, 4, 5)), ([1, 2, 3],), ValueError, r"each of 2 images; got the shape \(3,"),
])
def test_errors(src, args, error, message):
    with pytest.raises(error, match=f"imrotate: .*{message}"):
        image.imrotate(src, *args)
