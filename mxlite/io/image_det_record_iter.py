"""`ImageDetRecordIter`: batches of images and of the boxes in them, for object detection."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._dataio.detection import PREFIX, DetectionRecords
from ..arguments import check_choice, check_count
from ..base import Shape
from .arguments import FilePath, reads_texts
from .box_labels import find_labels
from .detection_settings import check_detection, check_number
from .file_iter import check_dtype, check_settings, check_threads
from .mean_image import find_mean_image
from .record_index import find_lists, find_records
from .record_iter import RecordIter, decode_upright, draw_seeds, written_dtype

_DTYPES = ["float32", "uint8", "float16", "bfloat16", "float64"]
Each = float | Sequence[float]                 # of all crop samplers, or of each


class ImageDetRecordIter(RecordIter):
    """Batches of images and their boxes, which threads augment together and prefetch.

    Gives data (N, channels, height, width) and labels float32 (N, 4 + label_pad_width). A row of
    labels is: channels, height and width of the image (less than those of data_shape with
    resize_mode "fit" and "shrink"), the number of labels that follow, these, and label_pad_value.
    The labels are those of the record: header_width, object_width, more of the header, and for each
    object its class, xmin, ymin, xmax, ymax (of the image, 0 to 1) and more. Objects without an
    area are left out.

    path_imgrec, path_imglist, num_parts, part_index, shuffle, round_batch: as in ImageRecordIter. A
    list has a line for each image: id, labels, path. label_width: how many labels each image has;
    -1: any number. label_pad_width: at least the largest number of labels; -1 or 0: that number.

    Augmentation, in this order; random numbers depend on seed, epoch and record, never on the
    threads. Each step has a probability, rand_..._prob or random_..._prob.
    resize: pixels of the shorter edge.
    max_random_hue (of 180), _saturation, _illumination (of 255): shifts; max_random_contrast:
    a factor of 1 +- this.
    Mirroring, left to right.
    Padding by fill_value, to 1 to max_pad_scale times the height and width.
    A crop: the samplers are asked in random order, each max_crop_trials times. Its area is the
    square of its scale, of the image's; its aspect ratio (width / height) is changed where it does
    not fit. One object must have an overlap (intersection / union), a sample coverage (/ crop) and
    an object coverage (/ object) within the limits. Objects stay whose centre is in the crop, with
    crop_emit_mode "overlap" those of which more than emit_overlap_thresh is; one at least. Boxes
    are cut to the crop.
    resize_mode: "force" resizes to data_shape, "fit" to as much of it as keeps the aspect ratio,
    "shrink" does so only if the image is larger; what is left of data_shape is 0.

    Normalisation, of floats: (pixel - mean) * scale / std, by channel r, g, b, a; std 0 does not
    divide. mean_img: the file of a mean image, computed if it is missing; not used with mean_....

    min_ and max_crop_..., max_crop_trials: of all samplers, or one for each of num_crop_sampler.
    preprocess_threads: the number of threads. prefetch_buffer: how many batches are prefetched.
    shuffle_chunk_size, shuffle_chunk_seed and ctx have no effect.

    Wrong parameters raise at the call. `next` raises for a damaged record, for malformed labels and
    for an image that cannot be decoded, with file, record and offset.
    """

    @reads_texts
    def __init__(
            self, path_imgrec: FilePath, data_shape: Shape, batch_size: int,
            path_imglist: FilePath = "", aug_seq: str = "det_aug_default", label_width: int = -1,
            preprocess_threads: int = 4, verbose: bool = True, num_parts: int = 1,
            part_index: int = 0, shuffle_chunk_size: int = 0, shuffle_chunk_seed: int = 0,
            label_pad_width: int = 0, label_pad_value: float = -1, shuffle: bool = False,
            seed: int = 0, round_batch: bool = True, prefetch_buffer: int = 4, ctx: str = "gpu",
            dtype: Any = None, resize: int = -1, rand_crop_prob: float = 0,
            min_crop_scales: Each = (0.0,), max_crop_scales: Each = (1.0,),
            min_crop_aspect_ratios: Each = (1.0,), max_crop_aspect_ratios: Each = (1.0,),
            min_crop_overlaps: Each = (0.0,), max_crop_overlaps: Each = (1.0,),
            min_crop_sample_coverages: Each = (0.0,), max_crop_sample_coverages: Each = (1.0,),
            min_crop_object_coverages: Each = (0.0,), max_crop_object_coverages: Each = (1.0,),
            num_crop_sampler: int = 1, crop_emit_mode: str = "center",
            emit_overlap_thresh: float = 0.3, max_crop_trials: Each = (25,),
            rand_pad_prob: float = 0, max_pad_scale: float = 1, max_random_hue: int = 0,
            random_hue_prob: float = 0, max_random_saturation: int = 0,
            random_saturation_prob: float = 0, max_random_illumination: int = 0,
            random_illumination_prob: float = 0, max_random_contrast: float = 0,
            random_contrast_prob: float = 0, rand_mirror_prob: float = 0, fill_value: int = 127,
            inter_method: int = 1, resize_mode: str = "force", mean_img: FilePath = "",
            mean_r: float = 0, mean_g: float = 0, mean_b: float = 0, mean_a: float = 0,
            std_r: float = 0, std_g: float = 0, std_b: float = 0, std_a: float = 0,
            scale: float = 1, data_name: str = "data", label_name: str = "softmax_label") -> None:
        given = {name: value for name, value in locals().items()
                 if name not in ("self", "__class__")}
        caller = type(self).__name__
        settings = check_detection(caller, given)
        batch_size = check_count(caller, "batch_size", batch_size, low=1)
        label_width = check_count(caller, "label_width", label_width, low=-1)
        threads = check_threads(caller, preprocess_threads)
        pad_value = check_number(caller, "label_pad_value", label_pad_value, float, -np.inf, np.inf)
        check_settings(caller, prefetch_buffer, ctx)
        check_choice(caller, "aug_seq", aug_seq, ["det_aug_default"])
        dtype = check_dtype(caller, dtype, _DTYPES)
        records = find_records(caller, path_imgrec, "", num_parts, part_index)
        listed, pad_width = find_labels(
            caller, records.paths, records.offsets,
            find_lists(caller, path_imglist),
            check_count(caller, "label_pad_width", label_pad_width, low=-1))
        order_seed, augment_seed = draw_seeds(caller, seed, None)
        mean_image = find_mean_image(type(self), "" if any(settings["mean"]) else mean_img,
                                     settings["data_shape"], given)
        crew = DetectionRecords(records.paths, records.offsets, settings, mean_image,
                                decode_upright, written_dtype(dtype), label_width, pad_width,
                                pad_value, listed, augment_seed, threads,
                                max(int(prefetch_buffer), 1))
        super().__init__(
            records, crew, batch_size, settings["data_shape"], (PREFIX + pad_width,), dtype,
            (data_name, label_name), shuffle, order_seed, round_batch)
        if verbose:
            logging.getLogger("mxlite").info(
                "%s: %d images of %s with at most %d labels, %d threads", caller, records.size,
                path_imgrec, pad_width, crew.num_threads)
