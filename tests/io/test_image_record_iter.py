"""ImageRecordIter against recordings of MXNet 1.9.1 (tools/record_mxnet_image_iter.py)."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mxlite as mx
from mxlite import recordio
from mxlite._dataio import codec

sys.path.insert(0, str(Path(__file__).parent))
from image_cases import CASES, SHAPE, SIZES, encoded, write_records

RECORDED = np.load(Path(__file__).parent / "recorded" / "image_record_iter.npz")
RANDOM = {
    "crop": {"rand_crop": True, "rand_mirror": True}, "resize": {"resize": 40, "rand_crop": True},
    "methods": {"resize": 40, "inter_method": 10, "rand_crop": True},
    "area": {"random_resized_crop": True, "min_random_area": 0.2, "min_aspect_ratio": 0.75,
             "max_aspect_ratio": 1.333},
    "square": {"min_crop_size": 20, "max_crop_size": 33, "rand_crop": True},
    "warp": {"max_rotate_angle": 40, "max_shear_ratio": 0.2, "max_aspect_ratio": 0.2,
             "min_random_scale": 0.9, "max_random_scale": 1.2, "rand_crop": True, "pad": 4},
    "colours": {"brightness": 0.3, "contrast": 0.3, "saturation": 0.3, "pca_noise": 0.1,
                "random_h": 20, "random_s": 30, "random_l": 30},
    "light": {"max_random_contrast": 0.2, "max_random_illumination": 20, "scale": 0.5},
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The images as they were recorded: another version of Pillow may encode them otherwise."""
    images = [RECORDED[f"file {i}"].tobytes() for i in range(len(SIZES))]
    return write_records(recordio, tmp_path_factory.mktemp("images") / "a", images)


def batches_of(path, count=1, **settings):
    iterator = mx.io.ImageRecordIter(**{"path_imgrec": path, "batch_size": len(SIZES), "seed": 3,
                                        "data_shape": SHAPE, "verbose": False, **settings})
    batches = []
    for _ in range(count):
        batches.append(iterator.next().data[0].asnumpy())
        iterator.reset()
    return batches


@pytest.mark.parametrize("name", CASES)
def test_pixels_are_those_of_mxnet(path, name):
    batch, = batches_of(path, **CASES[name])
    want = RECORDED[name].astype(batch.dtype)
    np.testing.assert_array_equal(batch, want, strict=True)


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_bytes_are_those_of_mxnet(path, dtype):
    batch, = batches_of(path, dtype=dtype, mean_r=100.5, mean_g=20.3, mean_b=128)
    np.testing.assert_array_equal(batch, RECORDED[dtype], strict=True)


def test_the_order_and_pads_are_those_of_mxnet(path):
    iterator = mx.io.ImageRecordIter(path, SHAPE, 4)
    seen = []
    for epoch in range(3):
        seen += [[epoch, batch.pad, *batch.label[0].asnumpy()] for batch in iterator]
        iterator.reset()
    np.testing.assert_array_equal(seen, RECORDED["order"])


def test_other_dtypes_are_converted(path):
    plain, = batches_of(path, **CASES["normal"])
    for dtype in ("float16", "float64"):
        converted, = batches_of(path, dtype=dtype, **CASES["normal"])
        np.testing.assert_array_equal(converted, plain.astype(dtype), strict=True)
    for cls, dtype in ((mx.io.ImageRecordUInt8Iter, "uint8"), (mx.io.ImageRecordInt8Iter, "int8")):
        batch = cls(path, SHAPE, 6).next()
        assert batch.data[0].dtype is np.dtype(dtype).type and batch.label[0].dtype is np.float32


@pytest.mark.parametrize("name", RANDOM)
def test_any_number_of_threads_makes_the_same(path, name):
    alone = batches_of(path, 3, preprocess_threads=1, shuffle=True, **RANDOM[name])
    for threads in (2, 8):
        many = batches_of(path, 3, preprocess_threads=threads, shuffle=True, **RANDOM[name])
        np.testing.assert_array_equal(many, alone)


@pytest.mark.parametrize("name", [name for name in RANDOM if name != "light"])
def test_each_epoch_and_seed_draws_anew(path, name):
    first, second = batches_of(path, 2, **RANDOM[name])
    other, = batches_of(path, seed=4, **RANDOM[name])
    again, = batches_of(path, seed=9, seed_aug=3, **RANDOM[name])
    assert (first != second).any((1, 2, 3)).all() and (first != other).any((1, 2, 3)).all()
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("name", ["crop", "resize", "methods", "area", "square", "warp"])
def test_part_of_a_jpeg_is_as_good_as_all_of_it(tmp_path, name, rng):
    """A JPEG is decoded where it is needed; the same pixels as a PNG are decoded whole."""
    noise = rng.integers(0, 256, (20, 30, 3), "uint8").repeat(5, 0).repeat(4, 1)
    jpegs, pngs = [], []
    for quality in (60, 70, 80, 90):
        jpegs.append(codec.encode(noise, ".jpg", quality))
        pngs.append(codec.encode(codec.decode(jpegs[-1]), ".png", 1, rgb=True))
    settings = {**RANDOM[name], "batch_size": 4, "count": 5}
    if "resize" in settings:
        settings["resize"] = 60        # more than half, for which less is decoded
    fast = batches_of(write_records(recordio, tmp_path / "jpeg", jpegs), **settings)
    expected = batches_of(write_records(recordio, tmp_path / "png", pngs), **settings)
    np.testing.assert_array_equal(fast, expected)


def test_a_large_jpeg_is_decoded_smaller(tmp_path):
    """Half of its size is enough here; the difference is that of two ways to shrink."""
    y, x = np.mgrid[0:120, 0:160]
    image = np.stack([x + y // 2, 255 - x, y * 2], -1).astype("uint8")
    path = write_records(recordio, tmp_path / "a", [codec.encode(image, ".jpg", 95, rgb=True)])
    batch, = batches_of(path, batch_size=1, resize=40)
    want = image[1::3, 1::3][4:36, 10:42]                      # 120 / 40 = 3
    assert np.abs(batch[0].transpose(1, 2, 0) - want).max() < 6


def test_without_the_fast_library_the_pixels_are_the_same(path, monkeypatch):
    import os
    import subprocess

    code = ("import numpy as np, mxlite as mx; from mxlite._dataio import jpeg; "
            "assert jpeg.library() is None; "
            f"i = mx.io.ImageRecordIter({path!r}, {SHAPE}, 6, resize=36); "
            "import sys; np.save(sys.argv[1], i.next().data[0].asnumpy())")
    saved = Path(path).with_name("slow.npy")
    subprocess.run([sys.executable, "-c", code, str(saved)], check=True, timeout=120,
                   env={**os.environ, "MXLITE_LIBJPEG": ""})
    np.testing.assert_array_equal(np.load(saved), RECORDED["resize"])


def test_gray_and_alpha(tmp_path):
    file = io.BytesIO()
    pixels = np.arange(32 * 32 * 4, dtype="uint8").reshape(32, 32, 4)
    Image.fromarray(pixels).save(file, "PNG")
    path = write_records(recordio, tmp_path / "a", [file.getvalue()])
    batch, = batches_of(path, batch_size=1, data_shape=(4, 32, 32))
    np.testing.assert_array_equal(batch[0], pixels.transpose(2, 0, 1))


def test_labels_and_ids(tmp_path):
    labels = [[i, i + 0.5, -i] for i in range(len(SIZES))]
    path = write_records(recordio, tmp_path / "a", labels=labels)
    batch = mx.io.ImageRecordIter(path, SHAPE, 6, label_width=3).next()
    np.testing.assert_array_equal(batch.label[0].asnumpy(), labels)
    assert batch.index.tolist() == [100, 101, 102, 103, 104, 105]


def test_labels_of_a_list(path, tmp_path):
    listed = tmp_path / "a.lst"
    listed.write_text("".join(f"{100 + i}\t{i * i}\t{-i}\t{i}.jpg\n" for i in range(5, -1, -1)))
    batch = mx.io.ImageRecordIter(path, SHAPE, 6, path_imglist=listed, label_width=2).next()
    np.testing.assert_array_equal(batch.label[0].asnumpy(), [[i * i, -i] for i in range(6)])


def test_encoded_images_are_as_recorded():
    """That the recordings are of these images, as well as Pillow encodes them here."""
    for i in range(len(SIZES)):
        old, new = (codec.decode(data).astype(int)
                    for data in (RECORDED[f"file {i}"].tobytes(), encoded(i)))
        assert np.abs(old - new).max() <= 2
