from libc.stdint cimport int64_t, uint8_t, uint64_t

from .mx_crew cimport mx_crew_work
from .mx_jpeg cimport mx_jpeg_library
from .mx_recordio cimport mx_rec_error, mx_rec_source


cdef extern from "mx_image.h" nogil:
    enum:
        MX_IMAGE_U8
        MX_IMAGE_F32
        MX_IMAGE_I8

cdef extern from "mx_image_records.h" nogil:
    ctypedef struct mx_augment:
        int64_t channels, height, width, resize, inter_method, max_rotate_angle, rotate
        double max_shear_ratio, min_aspect_ratio, max_aspect_ratio
        double min_random_scale, max_random_scale, min_img_size, max_img_size
        int64_t fill_value, pad, rand_crop, random_resized_crop, min_crop_size, max_crop_size
        double min_random_area, max_random_area, brightness, contrast, saturation, pca_noise
        int64_t random_h, random_s, random_l, mirror, rand_mirror
        double max_random_contrast, max_random_illumination, scale
        double mean[4]
        double std[4]
        const float *mean_image
    ctypedef struct mx_other_decoder:
        void *context
        int (*decode)(void *context, const void *data, int64_t size, int64_t channels, void **keep,
                      const uint8_t **pixels, int64_t *height, int64_t *width, char *message)
        void (*release)(void *keep)
    ctypedef struct mx_image_records:
        mx_rec_source source
        const int64_t *offsets
        const mx_jpeg_library *jpeg
        mx_other_decoder other
        mx_augment augment
        uint64_t seed
        int dtype
        int64_t label_width, list_size
        const uint64_t *list_ids
        const float *list_labels
    ctypedef struct mx_image_batch:
        const int64_t *records
        const uint64_t *epochs
        void *data
        float *labels
        uint64_t *ids
        uint8_t *doubtful
    enum:
        MX_SAMPLE_RECORD
        MX_SAMPLE_MEMORY
        MX_SAMPLE_SHORT
        MX_SAMPLE_LABELS
        MX_SAMPLE_NOT_LISTED
        MX_SAMPLE_PIXELS
        MX_SAMPLE_CROP

    mx_crew_work mx_image_records_work(const mx_image_records *records)
    int mx_scan_records(const mx_rec_source *source, int64_t **offsets, int64_t *count,
                        mx_rec_error *error)
