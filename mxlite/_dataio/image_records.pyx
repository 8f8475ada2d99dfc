# cython: language_level=3, boundscheck=False, wraparound=False
"""Batches of images from the records of a file, made by threads of C; no NumPy."""

import os
from bisect import bisect_right
from itertools import accumulate

cimport cython
from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

from .buffer cimport Buffer, buffer_of
from .crew cimport Batch, Crew
from .file cimport error_of, system_error
from .jpeg cimport find_library
from .mx_crew cimport MX_CREW_MESSAGE, mx_crew_error
from .mx_image_records cimport (
    MX_IMAGE_F32, MX_IMAGE_I8, MX_IMAGE_U8,
    MX_SAMPLE_CROP, MX_SAMPLE_LABELS, MX_SAMPLE_MEMORY, MX_SAMPLE_NOT_LISTED, MX_SAMPLE_PIXELS,
    MX_SAMPLE_RECORD, MX_SAMPLE_SHORT, mx_augment, mx_image_records,
    mx_image_records_work, mx_scan_records,
)
from .mx_recordio cimport (
    MX_REC_CUT, MX_REC_END, MX_REC_OK, mx_rec_error, mx_rec_source, mx_rec_source_close,
    mx_rec_source_join, mx_rec_source_open,
)

from ..base import MXNetMemoryError, MXNetValueError

cdef extern from "Python.h":
    object PyMemoryView_FromMemory(char *memory, Py_ssize_t size, int flags)
    enum:
        PyBUF_READ

cdef dict DTYPES = {"float32": MX_IMAGE_F32, "uint8": MX_IMAGE_U8, "int8": MX_IMAGE_I8}


cdef int open_files(mx_rec_source *source, list paths) except -1:
    """Open a file, or several as one source. Raises DataFileError."""
    cdef mx_rec_source *files = <mx_rec_source *>malloc(len(paths) * sizeof(mx_rec_source))
    cdef int64_t count = 0
    cdef int reason = 0
    if not files:
        raise MXNetMemoryError(f"{paths[0]}: no memory to open {len(paths)} files")
    try:
        for path in paths:
            reason = mx_rec_source_open(&files[count], os.fsencode(path))
            if reason:
                break
            count += 1
        if not reason and count == 1:
            source[0] = files[0]
        elif not reason:
            reason = mx_rec_source_join(source, files, count)
        if reason:
            for i in range(count):
                mx_rec_source_close(&files[i])
            raise system_error(path, "opening", reason)
    finally:
        free(files)
    return 0


def scan(str path):
    """Where the records of a file begin, in bytes: a memoryview of int64. Raises RecordError."""
    cdef mx_rec_source source
    cdef mx_rec_error error
    cdef int64_t *offsets = NULL
    cdef int64_t count = 0
    cdef int status
    cdef int reason = mx_rec_source_open(&source, os.fsencode(path))
    if reason:
        raise system_error(path, "opening", reason)
    with nogil:
        status = mx_scan_records(&source, &offsets, &count, &error)
    mx_rec_source_close(&source)
    try:
        if status != MX_REC_OK:
            raise error_of(path, "reading", status, &error)
        size = count * sizeof(int64_t)
        return memoryview(PyMemoryView_FromMemory(<char *>offsets, size, PyBUF_READ).tobytes()
                          if size else b"").cast("q")
    finally:
        free(offsets)


cdef void move(mx_rec_error *damage, int status, int64_t begin) noexcept:
    """Count its bytes from the beginning of the file."""
    damage.record -= begin
    damage.at -= begin
    if status == MX_REC_CUT:
        damage.expected -= begin
        damage.found -= begin


# ---------------------------------------------------------------- other formats than JPEG

cdef int decode_other(void *context, const void *data, int64_t size, int64_t channels, void **keep,
                      const uint8_t **pixels, int64_t *height, int64_t *width,
                      char *message) noexcept with gil:
    cdef Buffer view
    try:
        encoded = PyMemoryView_FromMemory(<char *>data, size, PyBUF_READ)
        image = (<object>context)(encoded, channels)
        view = buffer_of(image, "uint8", 3)
        pixels[0] = <const uint8_t *>view.data()
        height[0], width[0] = view.length(0), view.length(1)
        keep[0] = <void *>image
        Py_INCREF(image)
        return 1
    except BaseException as error:
        text = str(error).encode()[:MX_CREW_MESSAGE - 1]
        memcpy(message, <char *>text, len(text) + 1)
        return 0


cdef void release_other(void *keep) noexcept with gil:
    Py_DECREF(<object><PyObject *>keep)


# ---------------------------------------------------------------- batches

cdef class ImageBatch(Batch):
    """Samples to make, and the memory for them, which is held until the batch is dropped.

    records: int64 (N,), numbers of records. epochs: uint64 (N,). data: (N, C, H, W). labels:
    float32 (N, label_width). ids: uint64 (N,). doubtful: uint8 (N,).
    """
    def __init__(self, records, epochs, data, labels, ids, doubtful, tag=None):
        self.held = (
            buffer_of(records, "int64", 1), buffer_of(epochs, "uint64", 1),
            buffer_of(data, None, 4, True), buffer_of(labels, "float32", 2, True),
            buffer_of(ids, "uint64", 1, True), buffer_of(doubtful, "uint8", 1, True))
        cdef Buffer numbers = self.held[0]
        self.batch.records = <const int64_t *>numbers.data()
        self.batch.epochs = <const uint64_t *>(<Buffer>self.held[1]).data()
        self.batch.data = (<Buffer>self.held[2]).data()
        self.batch.labels = <float *>(<Buffer>self.held[3]).data()
        self.batch.ids = <uint64_t *>(<Buffer>self.held[4]).data()
        self.batch.doubtful = <uint8_t *>(<Buffer>self.held[5]).data()
        self.data, self.tasks, self.tag = &self.batch, numbers.length(0), tag


@cython.no_gc_clear                      # threads use what it holds until they have ended
cdef class ImageRecords(Crew):
    """Makes batches of the images in RecordIO files.

    offsets: int64 (n,), where their records begin, in bytes from the start of the first file.
    settings: what augments, by the names of mx_augment's fields. mean_image: float32 (C, H, W), or
    None. decode: decode(bytes, channels) is a uint8 array (height, width, channels), for what is no
    JPEG. listed: None, or (ids uint64 (m,) ascending, labels float32 (m, label_width)).
    """
    def __init__(self, list paths, offsets, dict settings, mean_image, decode, dtype, label_width,
                 listed, seed, int threads, int capacity):
        cdef mx_image_records *records = &self.records
        open_files(&records.source, paths)
        self.is_open = True
        self.paths, self.decode = paths, decode
        self.offsets = buffer_of(offsets, "int64", 1)
        records.offsets = <const int64_t *>self.offsets.data()
        self.begins = list(accumulate(map(os.path.getsize, paths), initial=0))
        records.jpeg = find_library()
        records.other.context = <void *>decode
        records.other.decode, records.other.release = decode_other, release_other
        records.dtype, records.label_width, records.seed = DTYPES[dtype], label_width, seed
        self.set_augment(settings)
        if mean_image is not None:
            self.mean_image = buffer_of(mean_image, "float32", 3)
            records.augment.mean_image = <const float *>self.mean_image.data()
        if listed is not None:
            self.list_ids = buffer_of(listed[0], "uint64", 1)
            self.list_labels = buffer_of(listed[1], "float32", 2)
            records.list_size = self.list_ids.length(0)
            records.list_ids = <const uint64_t *>self.list_ids.data()
            records.list_labels = <const float *>self.list_labels.data()
        self.work = mx_image_records_work(records)
        Crew.__init__(self, threads, capacity)

    cdef int set_augment(self, dict settings) except -1:
        cdef mx_augment *augment = &self.records.augment
        augment.channels, augment.height, augment.width = settings["data_shape"]
        augment.resize, augment.inter_method = settings["resize"], settings["inter_method"]
        augment.max_rotate_angle, augment.rotate = settings["max_rotate_angle"], settings["rotate"]
        augment.max_shear_ratio = settings["max_shear_ratio"]
        augment.min_aspect_ratio, augment.max_aspect_ratio = settings["aspect_ratio"]
        augment.min_random_scale = settings["min_random_scale"]
        augment.max_random_scale = settings["max_random_scale"]
        augment.min_img_size = settings["min_img_size"]
        augment.max_img_size = settings["max_img_size"]
        augment.fill_value, augment.pad = settings["fill_value"], settings["pad"]
        augment.rand_crop = settings["rand_crop"]
        augment.random_resized_crop = settings["random_resized_crop"]
        augment.min_crop_size, augment.max_crop_size = settings["crop_size"]
        augment.min_random_area = settings["min_random_area"]
        augment.max_random_area = settings["max_random_area"]
        augment.brightness, augment.contrast = settings["brightness"], settings["contrast"]
        augment.saturation, augment.pca_noise = settings["saturation"], settings["pca_noise"]
        augment.random_h, augment.random_s = settings["random_h"], settings["random_s"]
        augment.random_l = settings["random_l"]
        augment.mirror, augment.rand_mirror = settings["mirror"], settings["rand_mirror"]
        augment.max_random_contrast = settings["max_random_contrast"]
        augment.max_random_illumination = settings["max_random_illumination"]
        augment.scale = settings["scale"]
        for i in range(4):
            augment.mean[i], augment.std[i] = settings["mean"][i], settings["std"][i]
        return 0

    def __dealloc__(self):
        self.stop()
        if self.is_open:
            mx_rec_source_close(&self.records.source)

    cdef tuple place(self, int64_t offset):
        """(path, where it begins) of the file that has this byte."""
        number = max(bisect_right(self.begins, offset, 0, len(self.paths)) - 1, 0)
        return self.paths[number], self.begins[number]

    cdef object failure(self, Batch batch, const mx_crew_error *error):
        cdef mx_rec_error damage
        cdef const int64_t *numbers = &error.numbers[0]
        cdef const mx_augment *augment = &self.records.augment
        path, begin = self.place(numbers[1])
        where = f"{path}: record {numbers[0]}, at byte {numbers[1] - begin}"
        if error.status == MX_SAMPLE_RECORD:
            memcpy(&damage, error.message, sizeof(damage))
            if numbers[2] == MX_REC_END:
                damage = mx_rec_error(numbers[1], numbers[1], numbers[1] + 8,
                                      self.records.source.size(self.records.source.context))
            status = MX_REC_CUT if numbers[2] == MX_REC_END else numbers[2]
            move(&damage, status, begin)
            return error_of(path, "reading", status, &damage)
        if error.status == MX_SAMPLE_MEMORY:
            return MXNetMemoryError(f"{where}: no memory for its image")
        if error.status == MX_SAMPLE_SHORT:
            return MXNetValueError(f"{where}: expected a header of {numbers[3]} bytes, found a "
                                   f"record of {numbers[2]}")
        if error.status == MX_SAMPLE_LABELS:
            return MXNetValueError(f"{where}: it has {numbers[3]} labels, but label_width is "
                                   f"{self.records.label_width}")
        if error.status == MX_SAMPLE_NOT_LISTED:
            return MXNetValueError(f"{where}: its id, {<uint64_t>numbers[3]}, is not in "
                                   "path_imglist")
        if error.status == MX_SAMPLE_CROP:
            image = f"{where}: an image of {numbers[2]} x {numbers[3]} pixels"
            if augment.max_crop_size != -1:
                return MXNetValueError(f"{image} is too small for a crop of max_crop_size="
                                       f"{augment.max_crop_size}")
            return MXNetValueError(
                f"{image} has none left with min_random_scale={augment.min_random_scale:g}, "
                f"max_random_scale={augment.max_random_scale:g}")
        assert error.status == MX_SAMPLE_PIXELS
        reason = (<bytes>error.message).decode(errors="replace")
        return MXNetValueError(f"{where}: its image cannot be decoded: {reason}")
