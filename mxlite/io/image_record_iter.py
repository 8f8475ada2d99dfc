"""`ImageRecordIter` and its kin: batches of the images in a RecordIO file."""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any

import numpy as np

from .. import ndarray as nd
from .._dataio.image_records import ImageBatch, ImageRecords
from ..base import MXNetError, MXNetValueError
from ..context import cpu
from ..ndarray.array import empty_array
from ..random import numpy_generator
from .crew_iter import CrewIter
from .desc import DataDesc
from .file_iter import Batch, check_dtype, check_settings
from .image_settings import check_augment
from .iterator import check_count
from .order import Order, Turn
from .record_index import check_file, part_of, read_image_list, record_offsets

_CPU = cpu()
_NATIVE = ("float32", "uint8", "int8")         # dtypes that C writes; others are converted
_MOST_SEEDS = 1 << 63


class ImageRecordIter(CrewIter):
    """Batches of images, decoded, augmented and normalised by threads, ahead of who takes them.

    Gives data (N, channels, height, width) and labels float32 (N,), or (N, label_width).

    The file: path_imgrec. path_imgidx: its index, else it is scanned once, header by header.
    path_imglist: a list (id, labels, path) whose labels replace those of the records.
    num_parts, part_index: take one of so many parts of about equal numbers of records.

    Its order: shuffle: all records, anew in each epoch, by `seed` and the epoch's number.
    round_batch: the last batch is filled up with the beginning of the next epoch, which then goes
    on behind that; else the next epoch begins with them again. `pad` counts them either way.

    Augmentation, in this order; what is random depends on seed_aug (else seed), the epoch and the
    record, never on the threads. resize: pixels of the shorter edge. Then an affine transform where
    one of max_rotate_angle, rotate (degrees), max_shear_ratio, min_ and max_aspect_ratio (width /
    height), min_ and max_random_scale, min_ and max_img_size (pixels) asks for it. pad: pixels of
    fill_value on each side. Then a crop of the size of data_shape: central, at random (rand_crop),
    of a random part (random_resized_crop: min_ and max_random_area, aspect ratio) or of a random
    size (min_ and max_crop_size). brightness, contrast, saturation: factors of 1 +- these.
    random_h, random_s, random_l: shifts of hue (of 180), saturation, lightness (of 255). pca_noise:
    standard deviation. mirror, rand_mirror. inter_method: 0 nearest, 1 bilinear, 2 bicubic, 3 area,
    4 Lanczos, 9 by the sizes, 10 random.

    Normalisation, of floats: ((pixel - mean) * contrast + illumination) * scale / std, by channel
    r, g, b, a. mean_img: a file of a mean image, which is made if it is missing. For int8 the mean
    is taken off, and for uint8 nothing is done.

    preprocess_threads: how many. prefetch_buffer: batches made ahead. seed: else mx.random's.
    shuffle_chunk_size, shuffle_chunk_seed, ctx and device_id change nothing.

    Raises at the call for parameters, and in `next` for a record that is damaged, or whose image
    cannot be decoded, naming file, record and offset. An image with missing bytes warns.
    """

    _default_dtype = "float32"

    def __init__(
            self, path_imgrec: str, data_shape: tuple[int, int, int], batch_size: int,
            path_imglist: str = "", path_imgidx: str = "", aug_seq: str = "aug_default",
            label_width: int = 1, preprocess_threads: int = 4, verbose: bool = True,
            num_parts: int = 1, part_index: int = 0, device_id: int = 0,
            shuffle_chunk_size: int = 0, shuffle_chunk_seed: int = 0, seed_aug: int | None = None,
            shuffle: bool = False, seed: int | None = None, round_batch: bool = True,
            prefetch_buffer: int = 4, ctx: str = "gpu", dtype: Any = None, resize: int = -1,
            rand_crop: bool = False, random_resized_crop: bool = False, max_rotate_angle: int = 0,
            max_aspect_ratio: float = 0, min_aspect_ratio: float | None = None,
            max_shear_ratio: float = 0, max_crop_size: int = -1, min_crop_size: int = -1,
            max_random_scale: float = 1, min_random_scale: float = 1, max_random_area: float = 1,
            min_random_area: float = 1, max_img_size: float = 1e10, min_img_size: float = 0,
            brightness: float = 0, contrast: float = 0, saturation: float = 0,
            pca_noise: float = 0, random_h: int = 0, random_s: int = 0, random_l: int = 0,
            rotate: int = -1, fill_value: int = 255, inter_method: int = 1, pad: int = 0,
            mirror: bool = False, rand_mirror: bool = False, mean_img: str = "",
            mean_r: float = 0, mean_g: float = 0, mean_b: float = 0, mean_a: float = 0,
            std_r: float = 1, std_g: float = 1, std_b: float = 1, std_a: float = 1,
            scale: float = 1, max_random_contrast: float = 0, max_random_illumination: float = 0,
            data_name: str = "data", label_name: str = "softmax_label") -> None:
        given = dict(locals())
        where = type(self).__name__
        settings = check_augment(where, given)
        batch_size = check_count(where, "batch_size", batch_size, low=1)
        label_width = check_count(where, "label_width", label_width, low=1)
        threads = check_count(where, "preprocess_threads", preprocess_threads, low=1)
        check_settings(where, prefetch_buffer, ctx)
        if aug_seq != "aug_default":
            raise MXNetValueError(f"{where}: aug_seq must be 'aug_default'; got {aug_seq!r}")
        self._dtype = check_dtype(where, dtype or self._default_dtype,
                                  [*_NATIVE, "float16", "bfloat16", "float64"])
        path = check_file(where, "path_imgrec", path_imgrec)
        offsets = record_offsets(path, path_imgidx and check_file(where, "path_imgidx",
                                                                  path_imgidx))
        self._part = part_of(where, len(offsets), check_count(where, "num_parts", num_parts, low=1),
                             check_count(where, "part_index", part_index, low=0))
        count = self._part.stop - self._part.start
        if not count:
            raise MXNetValueError(f"{where}: {path} must have records for part {part_index} of "
                                  f"{num_parts}; it has {len(offsets)}")
        listed = path_imglist and read_image_list(check_file(where, "path_imglist", path_imglist),
                                                  label_width)
        order_seed, augment_seed = draw_seeds(where, seed, seed_aug)
        if mean_img and not os.path.exists(mean_img):
            save_mean_image(type(self), mean_img, given)
        mean_image = load_mean_image(where, mean_img, settings["data_shape"]) if mean_img else None
        crew = ImageRecords(path, offsets, settings, mean_image, decode_upright, self._written,
                            label_width, listed or None, augment_seed, threads,
                            max(int(prefetch_buffer), 1))
        self._shape = (batch_size, *settings["data_shape"])
        self._label_shape = (batch_size, label_width)
        self._path = path
        label_shape = self._label_shape if label_width > 1 else (batch_size,)
        super().__init__(
            batch_size, DataDesc(data_name, self._shape, nd.empty((0,), dtype=self._dtype).dtype),
            DataDesc(label_name, label_shape, np.float32),
            Order(count, batch_size, bool(shuffle), order_seed, bool(round_batch)), crew)
        if verbose:
            logging.getLogger("mxlite").info("%s: %d images of %s, %d threads", where, count, path,
                                             crew.num_threads)

    @property
    def _written(self) -> str:
        """The dtype that C writes."""
        return self._dtype if self._dtype in _NATIVE else "float32"

    def _make(self, turn: Turn) -> ImageBatch:
        data = empty_array(self._shape, self._written, _CPU)
        labels = empty_array(self._label_shape, "float32", _CPU)
        ids = np.zeros(self.batch_size, np.uint64)
        doubtful = np.zeros(self.batch_size, np.uint8)
        records = np.ascontiguousarray(turn.samples + self._part.start)
        return ImageBatch(records, turn.epochs, data._numpy_view(), labels._numpy_view(), ids,
                          doubtful, (turn, data, labels, records, ids, doubtful))

    def _show(self, batch: ImageBatch) -> Batch:
        turn, data, labels, records, ids, doubtful = batch.tag
        if doubtful.any():
            numbers = ", ".join(map(str, records[doubtful > 0]))
            warnings.warn(f"{self._path}: the JPEG images of records {numbers} have missing or "
                          "wrong bytes, and pixels made up for them", stacklevel=5)
        if data._dtype_name != self._dtype:
            data = data.astype(self._dtype)
        if self._label_shape[1] == 1:
            labels = labels.reshape((-1,))
        return Batch(data, labels, turn.pad, ids)


class ImageRecordUInt8Iter(ImageRecordIter):
    """ImageRecordIter whose data are uint8, the pixels themselves."""

    _default_dtype = "uint8"


class ImageRecordInt8Iter(ImageRecordIter):
    """ImageRecordIter whose data are int8, the pixels less the mean, at most 127."""

    _default_dtype = "int8"


def draw_seeds(where: str, seed: Any, seed_aug: Any) -> tuple[int, int]:
    """The seeds of the order and of the augmentation; drawn from mx.random's where not given."""
    for name, value in (("seed", seed), ("seed_aug", seed_aug)):
        if value is not None and not hasattr(value, "__index__"):
            raise MXNetValueError(f"{where}: {name} must be an integer; got {value!r}")
    order = int(numpy_generator().integers(_MOST_SEEDS)) if seed is None else int(seed)
    return order, (order if seed_aug is None else int(seed_aug)) & (1 << 64) - 1


def decode_upright(data: memoryview, channels: int) -> np.ndarray[Any, Any]:
    """An image that is no JPEG, (height, width, channels), turned as EXIF says."""
    from .._dataio import codec

    flag = {1: codec.GRAY, 3: codec.COLOUR, 4: codec.UNCHANGED}[channels]
    image = codec.decode(data, flag, where="decoding", orient=True)
    if image.shape[2] != channels or image.dtype != np.uint8:
        raise MXNetValueError(f"it has {image.shape[2]} channels of {image.dtype}, but data_shape "
                              f"asks for {channels} of uint8")
    return np.ascontiguousarray(image)


def load_mean_image(where: str, path: str, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """The mean image of a file of one NDArray, float32 of `shape`."""
    arrays = nd.load(path)
    values = list(arrays.values()) if isinstance(arrays, dict) else arrays
    found = [array.shape for array in values]
    if found != [shape]:
        raise MXNetValueError(f"{where}: mean_img must hold one array of {shape}, as data_shape is;"
                              f" {path} holds {found}")
    return np.ascontiguousarray(values[0].asnumpy(), np.float32)


def save_mean_image(cls: type, path: str, parameters: dict[str, Any]) -> None:
    """Write the mean of all images, as one epoch without normalisation gives them."""
    names = [name for name in parameters if name not in ("self", "__class__", "given")]
    plain = {name: parameters[name] for name in names} | {
        "mean_img": "", "dtype": "float32", "scale": 1, "shuffle": False, "verbose": False}
    plain |= {f"{what}_{c}": float(what == "std") for what in ("mean", "std") for c in "rgba"}
    total, count = 0.0, 0
    with_pads = cls(**plain)
    for batch in with_pads:
        images = batch.data[0].asnumpy()[:with_pads.batch_size - batch.pad]
        total, count = total + images.sum(0, dtype=np.float64), count + len(images)
    with_pads.close()
    if not count:
        raise MXNetError(f"{path}: no images to take the mean of")
    nd.save(path, {"mean_img": nd.array(total / count, dtype="float32")})
