"""`ImageRecordIter` and its kin: batches of the images in a RecordIO file."""

from __future__ import annotations

import logging
from typing import Any

from .._dataio.image_records import ImageRecords
from ..arguments import check_choice, check_count
from ..base import Shape
from .arguments import FilePath, reads_texts
from .file_iter import check_dtype, check_settings, check_threads
from .image_settings import check_augment
from .mean_image import find_mean_image
from .record_index import find_lists, find_records, read_image_list
from .record_iter import RecordIter, decode_upright, draw_seeds, written_dtype

_DTYPES = ["float32", "uint8", "int8", "float16", "bfloat16", "float64"]


class ImageRecordIter(RecordIter):
    r"""Batches of images that threads decode, augment, normalise and prefetch.

    Gives data (N, channels, height, width) and labels float32 (N,), or (N, label_width).

    The files: path_imgrec, a file, a folder (its files by name, but .idx and .lst), a folder with
    a regular expression for their names (r"a/.*\.rec"), or several of these joined by ';'.
    path_imgidx: an index, whose offsets count on from file to file; without one, the headers are
    scanned once. path_imglist: a list (id, labels, path), or several as in path_imgrec, whose
    labels replace those of the records.
    num_parts, part_index: take one of num_parts parts with about equal numbers of records.

    Order: shuffle permutes all records, in each epoch anew, by `seed` and the epoch's number.
    round_batch: the last batch is filled with the first records of the next epoch, which then
    starts after them; without it, the next epoch starts with these records again. `pad` counts
    them in both cases.

    Augmentation, in this order; random numbers depend on seed_aug (default: seed), the epoch and
    the record, never on the threads. resize: pixels of the shorter edge. Then an affine transform
    if one of max_rotate_angle, rotate (degrees), max_shear_ratio, min_ and max_aspect_ratio (width
    / height), min_ and max_random_scale, min_ and max_img_size (pixels) is set. pad: pixels of
    fill_value on each side. Then a crop of the size of data_shape: central, at random (rand_crop),
    of a random part (random_resized_crop: min_ and max_random_area, aspect ratio) or of a random
    size (min_ and max_crop_size). brightness, contrast, saturation: factors of 1 +- these.
    random_h, random_s, random_l: shifts of hue (of 180), saturation, lightness (of 255). pca_noise:
    standard deviation. mirror, rand_mirror. inter_method: 0 nearest, 1 bilinear, 2 bicubic, 3 area,
    4 Lanczos, 9 by the sizes, 10 random.

    Normalisation, of floats: ((pixel - mean) * contrast + illumination) * scale / std, by channel
    r, g, b, a. mean_img: the file of a mean image, which is computed if it is missing. For int8
    only the mean is subtracted; uint8 data are not normalised.

    preprocess_threads: the number of threads. prefetch_buffer: how many batches are prefetched.
    seed: default: drawn from mx.random. shuffle_chunk_size, shuffle_chunk_seed, ctx and device_id
    have no effect.

    Wrong parameters raise at the call. `next` raises for a damaged record or an image that cannot
    be decoded, with file, record and offset. A truncated image warns.
    """

    _default_dtype = "float32"

    @reads_texts
    def __init__(
            self, path_imgrec: FilePath, data_shape: Shape, batch_size: int,
            path_imglist: FilePath = "", path_imgidx: FilePath = "", aug_seq: str = "aug_default",
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
            mirror: bool = False, rand_mirror: bool = False, mean_img: FilePath = "",
            mean_r: float = 0, mean_g: float = 0, mean_b: float = 0, mean_a: float = 0,
            std_r: float = 1, std_g: float = 1, std_b: float = 1, std_a: float = 1,
            scale: float = 1, max_random_contrast: float = 0, max_random_illumination: float = 0,
            data_name: str = "data", label_name: str = "softmax_label") -> None:
        given = {name: value for name, value in locals().items()
                 if name not in ("self", "__class__")}
        caller = type(self).__name__
        settings = check_augment(caller, given)
        batch_size = check_count(caller, "batch_size", batch_size, low=1)
        label_width = check_count(caller, "label_width", label_width, low=1)
        threads = check_threads(caller, preprocess_threads)
        check_settings(caller, prefetch_buffer, ctx)
        check_choice(caller, "aug_seq", aug_seq, ["aug_default"])
        dtype = check_dtype(caller, self._default_dtype if dtype is None else dtype, _DTYPES)
        records = find_records(caller, path_imgrec, path_imgidx, num_parts, part_index)
        lists = find_lists(caller, path_imglist)
        listed = read_image_list(lists, label_width) if lists else None
        order_seed, augment_seed = draw_seeds(caller, seed, seed_aug)
        mean_image = find_mean_image(type(self), mean_img, settings["data_shape"], given)
        crew = ImageRecords(records.paths, records.offsets, settings, mean_image, decode_upright,
                            written_dtype(dtype), label_width, listed, augment_seed,
                            threads, max(int(prefetch_buffer), 1))
        super().__init__(
            records, crew, batch_size, settings["data_shape"],
            (label_width,) if label_width > 1 else (), dtype, (data_name, label_name), shuffle,
            order_seed, round_batch)
        if verbose:
            logging.getLogger("mxlite").info("%s: %d images of %s, %d threads", caller,
                                             records.size, path_imgrec, crew.num_threads)


class ImageRecordUInt8Iter(ImageRecordIter):
    """ImageRecordIter whose data are uint8, the pixels themselves."""

    _default_dtype = "uint8"


class ImageRecordInt8Iter(ImageRecordIter):
    """ImageRecordIter whose data are int8, the pixels less the mean, at most 127."""

    _default_dtype = "int8"
