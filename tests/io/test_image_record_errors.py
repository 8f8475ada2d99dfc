"""What ImageRecordIter says of wrong parameters and of damaged files."""

import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
from mxlite._dataio.errors import DataFileError, RecordError
from mxlite._dataio.lines import lines_of
from mxlite.base import MXNetTypeError, MXNetValueError

sys.path.insert(0, str(Path(__file__).parent))
from image_cases import SHAPE, encoded, write_records

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(recordio, tmp_path_factory.mktemp("images") / "a")


def make(path, **settings):
    return mx.io.ImageRecordIter(**{"path_imgrec": path, "data_shape": SHAPE, "batch_size": 4,
                                    **settings})


@pytest.mark.parametrize("settings, message", [
    ({"data_shape": (3, 8)}, r"data_shape must be \(channels, height, width\), positive integers; "
                             r"got \(3, 8\)"),
    ({"data_shape": (2, 8, 8)}, r"data_shape must have 1, 3 or 4 channels; got \(2, 8, 8\)"),
    ({"data_shape": 8}, "data_shape must be .*; got 8"),
    ({"batch_size": 0}, "batch_size must be an integer of at least 1; got 0"),
    ({"label_width": 0}, "label_width must be an integer of at least 1; got 0"),
    ({"preprocess_threads": 0}, "preprocess_threads must be an integer of at least 1; got 0"),
    ({"prefetch_buffer": -1}, "prefetch_buffer must be an integer of at least 0; got -1"),
    ({"resize": 2.5}, r"resize must be an integer in \[-1, 1048576\]; got 2.5"),
    ({"resize": 2 ** 62}, r"resize must be an integer in \[-1, 1048576\]; got 4611686018427387904"),
    ({"brightness": "much"}, "brightness must be a number of at least 0; got 'much'"),
    ({"fill_value": 256}, r"fill_value must be an integer in \[0, 255\]; got 256"),
    ({"pad": 32768}, r"pad must be an integer in \[0, 32767\]; got 32768"),
    ({"pad": 2 ** 60}, r"pad must be an integer in \[0, 32767\]; got 1152921504606846976"),
    ({"scale": None, "mean_r": "a"}, "mean_r must be a number; got 'a'"),
    ({"std_g": 0}, "std_g must not be 0, since the pixels are divided by it"),
    ({"inter_method": 5}, "inter_method must be 0, 1, 2, 3, 4, 9 or 10; got 5"),
    ({"max_aspect_ratio": 1.5}, "max_aspect_ratio must be below 1 where min_aspect_ratio is not"),
    ({"min_aspect_ratio": 0}, r"min_aspect_ratio must be above 0; got 0\.0"),
    ({"min_aspect_ratio": 2, "max_aspect_ratio": 1}, "min_aspect_ratio must be at most "
                                                     "max_aspect_ratio, 1; got 2"),
    ({"min_random_scale": 2}, "min_random_scale must be at most max_random_scale, 1; got 2"),
    ({"max_crop_size": 9}, "min_crop_size and max_crop_size must both be given.* got -1 and 9"),
    ({"random_resized_crop": True, "rand_crop": True}, "random_resized_crop crops and scales at "
                                                       "random by itself; leave rand_crop out"),
    ({"random_resized_crop": True, "max_random_scale": 2}, "leave max_random_scale out"),
    ({"random_resized_crop": True, "min_crop_size": 9, "max_crop_size": 9}, "leave min_crop_size "
                                                                            "out"),
    ({"aug_seq": "other"}, "aug_seq must be 'aug_default'; got 'other'"),
    ({"dtype": "int32"}, "dtype must be .*; got 'int32'"),
    ({"ctx": "tpu"}, "ctx must be 'cpu' or 'gpu'; got 'tpu'"),
    ({"seed": "x"}, "seed must be an integer; got 'x'"),
    ({"num_parts": 2, "part_index": 2}, "part_index must be below num_parts=2; got 2"),
    ({"path_imgidx": "/nowhere"}, "path_imgidx /nowhere does not exist"),
    ({"num_parts": 20}, "must have records for part 0 of 20; it has 6"),
])
def test_wrong_parameters(path, settings, message):
    with pytest.raises(MXNetValueError, match=f"ImageRecordIter: .*{message}"):
        make(path, **settings)


def test_unknown_and_missing_parameters(path):
    with pytest.raises(MXNetTypeError, match=r"Iter: unknown argument 'rand_corp'.*rand_crop"):
        make(path, rand_corp=True)
    with pytest.raises(MXNetTypeError, match="ImageRecordUInt8Iter: unknown argument 'sufle'"):
        mx.io.ImageRecordUInt8Iter(path, SHAPE, 4, sufle=True)
    with pytest.raises(MXNetValueError, match="path_imgrec /a does not exist"):
        make("/a")


@pytest.mark.parametrize("text, message", [
    ("0\t0\nno line\n", "line 2: expected a key, a tab and an offset in bytes, found 'no line'"),
    ("0\t0\n1\tx\n", "line 2: expected a key, a tab and an offset in bytes, found"),
    ("0\t3\n", "line 1: expected an offset that is a multiple of 4, found 3"),
])
def test_wrong_indices(path, tmp_path, text, message):
    index = tmp_path / "a.idx"
    index.write_text(text)
    with pytest.raises(MXNetValueError, match=f"a.idx: {message}"):
        make(path, path_imgidx=index)


@pytest.mark.parametrize("text, message", [
    ("", "expected lines of an id, labels and a path, found none"),
    ("100\t1\ta.jpg\n\n101 b.jpg\n", r"line 3: expected an id, 1 labels \(label_width\) and a "
                                     "path, with tabs between them, found '101 b.jpg'"),
    ("100\n", r"line 1: expected an id, 1 labels"),
    ("7\t1\ta\n7\t2\tb\n", "expected each id once, found 7 twice"),
])
def test_wrong_lists(path, tmp_path, text, message):
    listed = tmp_path / "a.lst"
    listed.write_text(text)
    with pytest.raises(MXNetValueError, match=f"a.lst: {message}"):
        make(path, path_imglist=listed)


def test_a_record_that_is_not_listed(path, tmp_path):
    listed = tmp_path / "a.lst"
    listed.write_text("100\t1\ta.jpg\n101\t2\tb.jpg\n")
    with pytest.raises(MXNetValueError, match=r"a.rec: record 2, at byte \d+: its id, 102, is not "
                                              "in path_imglist"):
        make(path, path_imglist=listed, batch_size=6).next()


def test_another_number_of_labels(path, tmp_path):
    with pytest.raises(MXNetValueError, match=r"a.rec: record 0, at byte 0: it has 1 labels, but "
                                              "label_width is 3"):
        make(path, label_width=3).next()


@pytest.mark.parametrize("data, message", [
    (b"no image", "its image cannot be decoded: decoding: expected an encoded image, found 8 byte"),
    (b"\xff\xd8\xff\xd9", "its image cannot be decoded: JPEG datastream contains no image"),
    (b"", "its image cannot be decoded: decoding: an encoded image must have at least one byte"),
])
def test_a_record_without_an_image_is_named_and_the_rest_goes_on(tmp_path, data, message):
    path = write_records(recordio, tmp_path / "a", [encoded(0), data, encoded(2), encoded(3)])
    iterator = make(path, batch_size=2)
    with pytest.raises(MXNetValueError, match=rf"a.rec: record 1, at byte \d+: {message}"):
        iterator.next()
    assert iterator.next().label[0].asnumpy().tolist() == [20, 30]
    with pytest.raises(StopIteration):
        iterator.next()


def test_the_first_error_in_order_is_raised(tmp_path):
    """Whichever thread fails first."""
    images = [encoded(0), b"", b"bad", encoded(1), b"worse", b""]
    path = write_records(recordio, tmp_path / "a", images)
    for _ in range(20):
        with pytest.raises(MXNetValueError, match="record 1, at byte"):
            make(path, batch_size=6, preprocess_threads=4).next()


def test_a_short_record(tmp_path):
    path = tmp_path / "a.rec"
    with recordio.MXRecordIO(path, "w") as file:
        file.write(b"short")
        file.write(recordio.pack(recordio.IRHeader(0, 1.0, 0, 0), encoded(0))[:10])
    with pytest.raises(MXNetValueError, match="record 0, at byte 0: expected a header of 24 bytes, "
                                              "found a record of 5"):
        make(path, batch_size=2).next()


def test_missing_bytes_of_a_jpeg_warn(tmp_path):
    jpeg = encoded(0)
    path = write_records(recordio, tmp_path / "a", [jpeg, jpeg[:len(jpeg) - 200]])
    iterator = make(path, batch_size=2)
    with pytest.warns(UserWarning, match="a.rec: the JPEG images of records 1 have missing or wrong"
                                         " bytes, and pixels made up for them"):
        iterator.next()


def test_a_crop_that_does_not_fit(path):
    with pytest.raises(MXNetValueError, match="record 0, at byte 0: an image of 48 x 64 pixels is "
                                              "too small for a crop of max_crop_size=50"):
        make(path, min_crop_size=9, max_crop_size=50).next()


@pytest.mark.parametrize("settings", [
    {"pad": 32767}, {"min_img_size": 1e6}, {"min_img_size": 4e9},
    {"min_img_size": 1e300, "max_img_size": 1e300},
], ids=str)
def test_an_image_that_would_take_more_than_memory(path, settings):
    with pytest.raises(mx.base.MXNetMemoryError, match="record 0, at byte 0: no memory for its "
                                                       "image"):
        make(path, **settings).next()


def test_an_image_that_is_scaled_to_nothing(path):
    with pytest.raises(MXNetValueError, match="record 0, at byte 0: an image of 48 x 64 pixels has "
                                              r"none left with min_random_scale=0\.001, "
                                              r"max_random_scale=0\.002"):
        make(path, min_random_scale=0.001, max_random_scale=0.002).next()


def test_the_largest_resize(path):
    """A crop in the middle of an edge shows one pixel of the image."""
    image = make(path, resize=1 << 20, batch_size=1).next().data[0].asnumpy()
    assert image.shape == (1, *SHAPE) and np.ptp(image, axis=(2, 3)).max() <= 1


def test_alpha_that_is_not_there(path):
    with pytest.raises(MXNetValueError, match="cannot be decoded: it has 3 channels of uint8, but "
                                              "data_shape asks for 4 of uint8"):
        make(path, data_shape=(4, 32, 32)).next()


def test_a_damaged_file_is_seen_at_the_call(path, tmp_path):
    content = Path(path).read_bytes()
    damaged = tmp_path / "a.rec"
    for cut in (3, 8, 50, len(content) - 4):
        damaged.write_bytes(content[:cut])
        with pytest.raises(RecordError, match=r"a.rec: damaged record at byte \d+: expected the "
                                              r"record to reach byte \d+, found the end of the"):
            make(damaged)
    damaged.write_bytes(b"\0" * 16)
    with pytest.raises(RecordError, match="expected the magic 0xced7230a at byte 0, found 0x0000"):
        make(damaged)


def test_a_wrong_index_is_seen_when_reading(path, tmp_path):
    index = tmp_path / "a.idx"
    index.write_text("0\t0\n1\t8\n")
    with pytest.raises(RecordError, match=r"a\.rec: damaged record at byte 8: expected the magic"):
        make(path, path_imgidx=index, batch_size=2).next()
    index.write_text(f"0\t{Path(path).stat().st_size}\n")
    with pytest.raises(RecordError, match="expected the record to reach byte"):
        make(path, path_imgidx=index, batch_size=1).next()


def test_a_folder_is_no_list(path, tmp_path):
    with pytest.raises(DataFileError, match="opening failed: "):
        list(lines_of(str(tmp_path)))


def test_a_mean_image(path, tmp_path):
    mean = tmp_path / "mean.bin"
    plain = make(path, batch_size=6, rand_crop=False).next().data[0].asnumpy()
    first = make(path, batch_size=6, mean_img=str(mean)).next().data[0].asnumpy()
    saved = mx.nd.load(str(mean))["mean_img"].asnumpy()
    np.testing.assert_allclose(saved, plain.astype("f8").mean(0), rtol=1e-6)
    np.testing.assert_allclose(first, plain - saved, atol=1e-4)
    mx.nd.save(str(mean), {"mean_img": mx.nd.zeros((3, 8, 8))})
    with pytest.raises(MXNetValueError, match=r"mean_img must hold one array of \(3, 32, 32\), as "
                                              r"data_shape is; .*mean.bin holds \[\(3, 8, 8\)\]"):
        make(path, mean_img=str(mean))
