# cython: language_level=3, boundscheck=False, wraparound=False
"""Batches of images and their boxes from the records of a file, made by threads of C; no NumPy."""

cimport cython
from libc.stdint cimport int64_t

from .buffer cimport Buffer, buffer_of
from .crew cimport Batch
from .image_records cimport ImageRecords, open_files
from .mx_crew cimport mx_crew_error
from .mx_detection cimport (
    MX_DET_FEW, MX_DET_FIT, MX_DET_FORCE, MX_DET_HEADER, MX_DET_OBJECT, MX_DET_OTHER_WIDTH,
    MX_DET_PREFIX, MX_DET_REST, MX_DET_SHRINK, MX_DET_WIDE, mx_det_augment, mx_det_most_labels,
    mx_det_records, mx_det_records_work, mx_det_sampler,
)
from .mx_recordio cimport mx_rec_source, mx_rec_source_close

from ..base import MXNetValueError

PREFIX = MX_DET_PREFIX                   # floats before the labels of an image
cdef dict RESIZE_MODES = {"force": MX_DET_FORCE, "fit": MX_DET_FIT, "shrink": MX_DET_SHRINK}


def most_labels(list paths, offsets):
    """(the most labels of a record, the number of the first that has them).

    offsets: int64 (n,), where the records begin, as ImageRecords takes them. Raises DataFileError.
    """
    cdef Buffer places = buffer_of(offsets, "int64", 1)
    cdef const int64_t *first = <const int64_t *>places.data()
    cdef mx_rec_source source
    cdef int64_t most, record, count = places.length(0)
    open_files(&source, paths)
    with nogil:
        most = mx_det_most_labels(&source, first, count, &record)
    mx_rec_source_close(&source)
    return most, record


@cython.no_gc_clear                      # threads use what it holds until they have ended
cdef class DetectionRecords(ImageRecords):
    """Makes batches of the images with boxes in RecordIO files.

    Its ImageBatches have labels float32 (N, PREFIX + label_pad_width). settings: as ImageRecords
    takes them, and those of mx_det_augment, `samplers` a float64 (num_samplers, 11) of the fields
    of mx_det_sampler. listed: None, or (ids uint64 (m,) ascending, labels float32 (1, total), int64
    (m + 1,): where the labels of each id begin).
    """
    cdef mx_det_records detections
    cdef Buffer samplers, list_starts

    def __init__(self, list paths, offsets, dict settings, mean_image, decode, dtype, label_width,
                 label_pad_width, label_pad_value, listed, seed, int threads, int capacity):
        cdef mx_det_records *detections = &self.detections
        ImageRecords.__init__(self, paths, offsets, settings, mean_image, decode, dtype,
                              MX_DET_PREFIX + label_pad_width, listed and listed[:2], seed, threads,
                              capacity)
        detections.images = &self.records
        detections.label_width, detections.label_pad_width = label_width, label_pad_width
        detections.label_pad_value = label_pad_value
        if listed is not None:
            self.list_starts = buffer_of(listed[2], "int64", 1)
            detections.list_starts = <const int64_t *>self.list_starts.data()
        self.set_detection(settings)
        self.work = mx_det_records_work(detections)

    def __dealloc__(self):
        self.stop()                      # before what the threads use is gone

    cdef int set_detection(self, dict settings) except -1:
        cdef mx_det_augment *augment = &self.detections.augment
        augment.max_random_hue = settings["max_random_hue"]
        augment.max_random_saturation = settings["max_random_saturation"]
        augment.max_random_illumination = settings["max_random_lightness"]
        augment.random_hue_prob = settings["random_hue_prob"]
        augment.random_saturation_prob = settings["random_saturation_prob"]
        augment.random_illumination_prob = settings["random_illumination_prob"]
        augment.max_random_contrast = settings["max_contrast"]
        augment.random_contrast_prob = settings["random_contrast_prob"]
        augment.rand_mirror_prob = settings["rand_mirror_prob"]
        augment.rand_pad_prob = settings["rand_pad_prob"]
        augment.max_pad_scale = settings["max_pad_scale"]
        augment.rand_crop_prob = settings["rand_crop_prob"]
        augment.keeps_by_overlap = settings["crop_emit_mode"] == "overlap"
        augment.emit_overlap_thresh = settings["emit_overlap_thresh"]
        augment.resize_mode = RESIZE_MODES[settings["resize_mode"]]
        self.samplers = buffer_of(settings["samplers"], "float64", 2)
        augment.num_samplers = self.samplers.length(0)
        augment.samplers = <const mx_det_sampler *>self.samplers.data()
        return 0

    cdef object failure(self, Batch batch, const mx_crew_error *error):
        if error.status < MX_DET_FEW:
            return ImageRecords.failure(self, batch, error)
        count = error.numbers[3]
        found = (<bytes>error.message).decode()
        rule = {
            MX_DET_FEW: "at least 7 are needed, (header_width, object_width, ..., id, xmin, ymin, "
                        "xmax, ymax, ...)",
            MX_DET_HEADER: f"the first, header_width, must be 2 to {count}; it is {found}",
            MX_DET_OBJECT: f"the second, object_width, must be 5 to {count}; it is {found}",
            MX_DET_REST: "behind the header they must be object_width for each object; "
                         f"{found} are left over",
            MX_DET_WIDE: f"label_pad_width is {self.detections.label_pad_width}",
            MX_DET_OTHER_WIDTH: f"label_width is {self.detections.label_width}",
        }[error.status]
        path, begin = self.place(error.numbers[1])
        return MXNetValueError(f"{path}: record {error.numbers[0]}, at byte "
                               f"{error.numbers[1] - begin}: it has {count} labels, but {rule}")
