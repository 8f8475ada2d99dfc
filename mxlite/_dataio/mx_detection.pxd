from libc.stdint cimport int64_t

from .mx_crew cimport mx_crew_work
from .mx_image_records cimport mx_image_records
from .mx_recordio cimport mx_rec_source


cdef extern from "mx_detection.h" nogil:
    ctypedef struct mx_det_sampler:
        double min_scale
    ctypedef struct mx_det_augment:
        int64_t max_random_hue, max_random_saturation, max_random_illumination
        double random_hue_prob, random_saturation_prob, random_illumination_prob
        double max_random_contrast, random_contrast_prob, rand_mirror_prob
        double rand_pad_prob, max_pad_scale, rand_crop_prob
        int64_t num_samplers
        const mx_det_sampler *samplers
        int64_t keeps_by_overlap
        double emit_overlap_thresh
        int64_t resize_mode
    ctypedef struct mx_det_records:
        const mx_image_records *images
        const int64_t *list_starts
        int64_t label_width, label_pad_width
        float label_pad_value
        mx_det_augment augment
    enum:
        MX_DET_PREFIX
        MX_DET_FORCE
        MX_DET_FIT
        MX_DET_SHRINK
    enum:
        MX_DET_FEW
        MX_DET_HEADER
        MX_DET_OBJECT
        MX_DET_REST
        MX_DET_WIDE
        MX_DET_OTHER_WIDTH

    int64_t mx_det_most_labels(const mx_rec_source *source, const int64_t *offsets, int64_t count,
                               int64_t *record)
    mx_crew_work mx_det_records_work(const mx_det_records *records)
