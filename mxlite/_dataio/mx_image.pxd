from libc.stdint cimport int64_t


cdef extern from "mx_image.h" nogil:
    enum:
        MX_IMAGE_OK
        MX_IMAGE_MEMORY
        MX_IMAGE_ARGUMENT
        MX_IMAGE_EMPTY
        MX_IMAGE_SIZE
    enum:
        MX_IMAGE_U8
        MX_IMAGE_F32
        MX_IMAGE_I8
    enum:
        MX_IMAGE_NEAREST
        MX_IMAGE_LINEAR
        MX_IMAGE_CUBIC
        MX_IMAGE_AREA
        MX_IMAGE_LANCZOS4
    enum:
        MX_IMAGE_CONSTANT
        MX_IMAGE_REPLICATE
        MX_IMAGE_REFLECT
        MX_IMAGE_WRAP
        MX_IMAGE_REFLECT101

    ctypedef struct mx_image:
        void *pixels
        int64_t height, width, channels
        int64_t stride
        int dtype

    int mx_image_resize(const mx_image *src, const mx_image *dst, int interp)
    int mx_image_resize_part(const mx_image *src, int64_t height, int64_t width, int64_t top,
                             int64_t left, const mx_image *dst, int interp)
    int mx_image_pad(const mx_image *src, const mx_image *dst, int64_t top, int64_t left, int mode,
                     const double *values)
    int mx_image_warp_affine(const mx_image *src, const mx_image *dst, const double *matrix,
                             int interp, int border, const double *values)
    int mx_image_flip(const mx_image *src, const mx_image *dst, int is_upside_down)
    int mx_image_rgb_to_hls(const mx_image *src, const mx_image *dst)
    int mx_image_hls_to_rgb(const mx_image *src, const mx_image *dst)
    int mx_image_rgb_to_gray(const mx_image *src, const mx_image *dst)
    int mx_image_blend(const mx_image *src, const mx_image *dst, float factor, const float *shift)
    int mx_image_mean_luminance(const mx_image *src, float *mean)
    int mx_image_saturate(const mx_image *src, const mx_image *dst, float factor)
    int mx_image_turn_hue(const mx_image *src, const mx_image *dst, float turn)
    int mx_image_rotate(const float *src, float *dst, int64_t planes, int64_t height,
                        int64_t width, float cos, float sin)

    ctypedef struct mx_image_planes:
        void *values
        int dtype
        bint is_mirrored
        const float *mean
        const float *mean_image
        const float *scale
        const float *shift

    int mx_image_to_planes(const mx_image *src, const mx_image_planes *out)
