"""What ImageDetRecordIter says of wrong parameters, labels and files."""

import inspect
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import recordio
from mxlite._dataio.detection import DetectionRecords
from mxlite._dataio.errors import DataFileError, RecordError
from mxlite._dataio.image_records import ImageBatch
from mxlite.base import MXNetMemoryError, MXNetTypeError, MXNetValueError
from mxlite.io.box_labels import read_box_list
from mxlite.io.detection_settings import check_detection
from mxlite.io.record_index import record_offsets

sys.path.insert(0, str(Path(__file__).parent))
from det_cases import LABELS, SHAPE, rectangles, write_boxes, write_list
from image_cases import encoded

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_boxes(recordio, tmp_path_factory.mktemp("boxes") / "a")


def make(path, **settings):
    return mx.io.ImageDetRecordIter(**{"path_imgrec": path, "data_shape": SHAPE, "batch_size": 4,
                                       **settings})


@pytest.mark.parametrize("settings, message", [
    ({"data_shape": (3, 8)}, r"data_shape must be \(channels, height, width\), positive integers; "
                             r"got \(3, 8\)"),
    ({"batch_size": 0}, "batch_size must be an integer of at least 1; got 0"),
    ({"label_width": -2}, "label_width must be an integer of at least -1; got -2"),
    ({"label_pad_width": -2}, "label_pad_width must be an integer of at least -1; got -2"),
    ({"label_pad_width": 16}, "label_pad_width must be at least 17, the labels of record 3 of "
                              ".*a.rec; got 16"),
    ({"label_pad_value": "x"}, "label_pad_value must be a number; got 'x'"),
    ({"preprocess_threads": 0}, "preprocess_threads must be an integer of at least 1; got 0"),
    ({"prefetch_buffer": -1}, "prefetch_buffer must be an integer of at least 0; got -1"),
    ({"aug_seq": "aug_default"}, "aug_seq must be 'det_aug_default'; got 'aug_default'"),
    ({"resize": 2.5}, r"resize must be an integer in \[-1, 1048576\]; got 2.5"),
    ({"resize": 2 ** 62}, r"resize must be an integer in \[-1, 1048576\]; got 4611686018427387904"),
    ({"rand_crop_prob": 1.5}, r"rand_crop_prob must be a number in \[-1, 1\]; got 1.5"),
    ({"rand_mirror_prob": 2}, r"rand_mirror_prob must be a number in \[-1, 1\]; got 2"),
    ({"rand_pad_prob": True}, r"rand_pad_prob must be a number in \[-1, 1\]; got True"),
    ({"max_pad_scale": -1}, r"max_pad_scale must be a number in \[0, 1000\]; got -1"),
    ({"max_random_hue": 181}, r"max_random_hue must be an integer in \[0, 180\]; got 181"),
    ({"max_random_illumination": 2.5}, r"max_random_illumination must be an integer in \[0, 255\]"),
    ({"max_random_contrast": -1}, "max_random_contrast must be a number of at least 0; got -1"),
    ({"fill_value": 256}, r"fill_value must be an integer in \[0, 255\]; got 256"),
    ({"inter_method": 5}, "inter_method must be 0, 1, 2, 3, 4, 9 or 10; got 5"),
    ({"crop_emit_mode": "centre"}, "crop_emit_mode must be 'center' or 'overlap'; got 'centre'"),
    ({"resize_mode": "crop"}, "resize_mode must be 'force', 'fit' or 'shrink'; got 'crop'"),
    ({"emit_overlap_thresh": 2}, r"emit_overlap_thresh must be a number in \[0, 1\]; got 2"),
    ({"num_crop_sampler": -1}, r"num_crop_sampler must be an integer in \[0, 1000\]; got -1"),
    ({"min_crop_scales": (.1, .2)}, r"min_crop_scales must be one number, or one for each of "
                                    r"num_crop_sampler=1; got \(0.1, 0.2\)"),
    ({"min_crop_scales": (.1, .2, .3), "num_crop_sampler": 2},
     r"min_crop_scales must be one number, or one for each of num_crop_sampler=2; got \(0.1, 0.2"),
    ({"min_crop_scales": .5, "max_crop_scales": .4}, "min_crop_scales must be at most "
                                                     "max_crop_scales, 0.4; got 0.5"),
    ({"max_crop_scales": 2}, r"max_crop_scales must be a number in \[0, 1\]; got 2"),
    ({"max_crop_aspect_ratios": .5}, "min_crop_aspect_ratios must be at most "
                                     "max_crop_aspect_ratios, 0.5; got 1"),
    ({"min_crop_overlaps": -1}, r"min_crop_overlaps must be a number in \[0, 1\]; got -1"),
    ({"max_crop_trials": (2.5,)}, "max_crop_trials must be an integer in .*; got 2.5"),
    ({"std_r": -1}, "std_r must be a number of at least 0; got -1"),
    ({"mean_g": "a"}, "mean_g must be a number; got 'a'"),
    ({"dtype": "int8"}, "dtype must be .*; got 'int8'"),
    ({"ctx": "tpu"}, "ctx must be 'cpu' or 'gpu'; got 'tpu'"),
    ({"seed": "x"}, "seed must be an integer; got 'x'"),
    ({"num_parts": 2, "part_index": 2}, "part_index must be below num_parts=2; got 2"),
    ({"num_parts": 20}, "must have records for part 0 of 20; it has 6"),
    ({"path_imglist": "/nowhere"}, "path_imglist /nowhere does not exist"),
    ({"path_imgrec": "/a"}, "path_imgrec /a does not exist"),
])
def test_wrong_parameters(path, settings, message):
    with pytest.raises(MXNetValueError, match=f"ImageDetRecordIter: .*{message}"):
        make(path, **settings)


def test_unknown_parameters(path):
    with pytest.raises(MXNetTypeError, match=r"ImageDetRecordIter: unknown argument "
                                             r"'min_crop_scale'.*min_crop_scales"):
        make(path, min_crop_scale=.5)


@pytest.mark.parametrize("label, message", [
    (3.0, r"it has 1 labels, but at least 7 are needed, \(header_width, object_width, ..., id, "),
    ([2, 5, 1, .1, .1, .2], "it has 6 labels, but at least 7 are needed"),
    ([1, 5, 1, .1, .1, .2, .3], "the first, header_width, must be 2 to 7; it is 1"),
    ([9, 5, 1, .1, .1, .2, .3], "the first, header_width, must be 2 to 7; it is 9"),
    ([-3e9, 5, 1, .1, .1, .2, .3], r"header_width, must be 2 to 7; it is -3e\+09"),
    ([float("nan"), 5, 1, .1, .1, .2, .3], "header_width, must be 2 to 7; it is -?nan"),
    ([2, 4, 1, .1, .1, .2, .3, .4], "the second, object_width, must be 5 to 8; it is 4"),
    ([2, 0, 1, .1, .1, .2, .3], "the second, object_width, must be 5 to 7; it is 0"),
    ([2, 5, 1, .1, .1, .2, .3, .4], "it has 8 labels, but behind the header they must be "
                                    "object_width for each object; 1 are left over"),
])
def test_wrong_labels_are_named_and_the_rest_goes_on(tmp_path, label, message):
    path = write_boxes(recordio, tmp_path / "a", [LABELS[0], label, *LABELS[2:]])
    iterator = make(path, batch_size=2)
    with pytest.raises(MXNetValueError, match=rf"a.rec: record 1, at byte \d+: .*{message}"):
        iterator.next()
    assert iterator.next().index.tolist() == [102, 103]


def test_records_of_one_label_each(tmp_path):
    path = write_boxes(recordio, tmp_path / "a", [1.0, 2.0], [encoded(0)] * 2)
    with pytest.raises(MXNetValueError, match="record 0, at byte 0: it has 1 labels, but at least"):
        make(path, batch_size=2).next()


def test_another_number_of_labels(path):
    with pytest.raises(MXNetValueError, match=r"a.rec: record 1, at byte \d+: it has 12 labels, but"
                                              " label_width is 7"):
        make(path, label_width=7).next()


def test_more_labels_than_there_is_room_for(path):
    """The iterator makes room for all; what it is made of, does not trust in that."""
    parameters = inspect.signature(mx.io.ImageDetRecordIter).parameters
    settings = check_detection("here", {name: p.default for name, p in parameters.items()}
                               | {"data_shape": SHAPE})
    crew = DetectionRecords([path], record_offsets([path], None), settings, None, None, "uint8",
                            -1, 9, 0, None, 0, 2, 1)
    crew.submit(ImageBatch(np.arange(2), np.zeros(2, "u8"), np.zeros((2, *SHAPE), "u1"),
                           np.zeros((2, 13), "f4"), np.zeros(2, "u8"), np.zeros(2, "u1")))
    with pytest.raises(MXNetValueError, match=r"a.rec: record 1, at byte \d+: it has 12 labels, but"
                                              " label_pad_width is 9"):
        crew.take()
    crew.close()


def test_a_record_that_begins_with_the_magic(tmp_path):
    """Its first part is empty, so its labels are not counted beforehand."""
    with recordio.MXRecordIO(tmp_path / "a.rec", "w") as file:
        file.write(recordio.pack(recordio.IRHeader(0, LABELS[0], 0, 0), encoded(0)))
        magic = struct.pack("<IfQQ", 0xced7230a, 0, 0, 0)
        file.write(magic + b"rest")
    with pytest.raises(MXNetValueError, match=r"record 1, at byte \d+: expected a header of \d{11} "
                                              "bytes, found a record of 28"):
        make(tmp_path / "a.rec", batch_size=2).next()


def test_damaged_records(path, tmp_path):
    content, damaged = Path(path).read_bytes(), tmp_path / "a.rec"
    damaged.write_bytes(content[:8] + b"\xff\xff\xff\x7f" + content[12:])       # so many labels
    with pytest.raises(MXNetValueError, match=r"a.rec: record 0, at byte 0: expected a header of "
                                              r"8589934612 bytes, found a record of \d+"):
        make(damaged).next()
    damaged.write_bytes(content[:-40])
    with pytest.raises(RecordError, match=r"a.rec: .*at byte \d+"):
        make(damaged)
    damaged.write_bytes(b"")
    with pytest.raises(MXNetValueError, match="must have records for part 0 of 1; it has 0"):
        make(damaged)


def test_a_record_without_an_image(tmp_path):
    path = write_boxes(recordio, tmp_path / "a", LABELS[:2], [encoded(0), b"no image"])
    with pytest.raises(MXNetValueError, match=r"a.rec: record 1, at byte \d+: its image cannot be "
                                              "decoded: decoding: expected an encoded image"):
        make(path, batch_size=2).next()
    path = write_boxes(recordio, tmp_path / "a", LABELS[:2], [encoded(0), b"\xff\xd8\xff\xd9"])
    with pytest.raises(MXNetValueError, match="its image cannot be decoded: JPEG datastream"):
        make(path, batch_size=2).next()


def test_missing_bytes_of_a_jpeg_warn(tmp_path):
    jpeg = encoded(0)
    path = write_boxes(recordio, tmp_path / "a", LABELS[:2], [jpeg, jpeg[:len(jpeg) - 200]])
    with pytest.warns(UserWarning, match="a.rec: the JPEG images of records 1 have missing or"):
        make(path, batch_size=2).next()


def test_a_border_without_end(tmp_path, rng):
    """More than 4 GiB are refused."""
    image, label = rectangles(rng, 3, 500, 500)
    path = write_boxes(recordio, tmp_path / "a", [label], [image])
    with pytest.raises(MXNetMemoryError, match="record 0, at byte 0: no memory for its image"):
        make(path, batch_size=1, rand_pad_prob=1, max_pad_scale=1000).next()


@pytest.mark.parametrize("text, message", [
    ("", "expected lines of an id, labels and a path, found none"),
    ("100\t1\ta.jpg\n\n101 b.jpg\n", "line 3: expected an id, labels and a path, with tabs "
                                     "between them, found '101 b.jpg'"),
    ("100\ta.jpg\n", "line 1: expected an id, labels"),
    ("-1\t1\ta.jpg\n", "line 1: expected an id, labels"),
    ("100\t1\tx\ta.jpg\n", "line 1: expected an id, labels"),
    ("7\t1\ta\n7\t2\tb\n", "expected each id once, found 7 twice"),
])
def test_wrong_lists(path, tmp_path, text, message):
    listed = tmp_path / "a.lst"
    listed.write_text(text)
    with pytest.raises(MXNetValueError, match=f"a.lst: {message}"):
        make(path, path_imglist=listed)
    with pytest.raises(DataFileError, match="opening failed"):
        read_box_list([str(tmp_path)])


def test_lists_that_do_not_fit(path, tmp_path):
    listed = write_list(tmp_path / "a.lst", LABELS[:2])
    with pytest.raises(MXNetValueError, match=r"a.rec: record 2, at byte \d+: its id, 102, is not "
                                              "in path_imglist"):
        make(path, path_imglist=listed).next()
    with pytest.raises(MXNetValueError, match=r"label_pad_width must be at least 12, the labels of "
                                              r"id 101 in .*a.lst; got 8"):
        make(path, path_imglist=listed, label_pad_width=8)


def test_a_mean_image_of_another_shape(path, tmp_path):
    mean = str(tmp_path / "mean.bin")
    mx.nd.save(mean, {"mean_img": mx.nd.zeros((3, 8, 8))})
    with pytest.raises(MXNetValueError, match=r"ImageDetRecordIter: mean_img must hold one array of"
                                              r" \(3, 32, 32\), as data_shape is; .*\(3, 8, 8\)"):
        make(path, mean_img=mean)
