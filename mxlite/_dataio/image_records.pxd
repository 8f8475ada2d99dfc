from libc.stdint cimport int64_t, uint64_t

from .buffer cimport Buffer
from .crew cimport Batch, Crew
from .mx_crew cimport mx_crew_error
from .mx_image_records cimport mx_image_batch, mx_image_records
from .mx_recordio cimport mx_rec_source


cdef int open_files(mx_rec_source *source, list paths) except -1


cdef class ImageBatch(Batch):
    cdef mx_image_batch batch
    cdef tuple held


cdef class ImageRecords(Crew):
    cdef mx_image_records records
    cdef readonly list paths
    cdef list begins
    cdef object decode
    cdef Buffer offsets, mean_image, list_ids, list_labels
    cdef bint is_open

    cdef int set_augment(self, dict settings) except -1
    cdef tuple place(self, int64_t offset)
    cdef object failure(self, Batch batch, const mx_crew_error *error)
