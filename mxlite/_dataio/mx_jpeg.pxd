from libc.stdint cimport int64_t, uint8_t


cdef extern from "mx_jpeg.h" nogil:
    ctypedef struct mx_jpeg_library:
        pass
    ctypedef struct mx_jpeg_decoder:
        pass
    ctypedef struct mx_jpeg_info:
        int64_t height, width, channels
        int orientation
    ctypedef struct mx_jpeg_window:
        int eighths
        int64_t top, left, height, width
    enum:
        MX_JPEG_OK
        MX_JPEG_DAMAGED
        MX_JPEG_MEMORY
        MX_JPEG_UNSUPPORTED

    mx_jpeg_library *mx_jpeg_open(const char *path, char *reason)
    int mx_jpeg_version(const mx_jpeg_library *library)
    mx_jpeg_decoder *mx_jpeg_decoder_new(const mx_jpeg_library *library)
    void mx_jpeg_decoder_free(mx_jpeg_decoder *decoder)
    int mx_jpeg_start(mx_jpeg_decoder *decoder, const void *data, int64_t size, mx_jpeg_info *info)
    int mx_jpeg_eighths(const mx_jpeg_info *info, int64_t height, int64_t width)
    int64_t mx_jpeg_scaled(int64_t length, int eighths)
    int mx_jpeg_decode(mx_jpeg_decoder *decoder, const mx_jpeg_window *window, int64_t channels,
                       uint8_t *pixels, int64_t stride, int64_t *warnings)
    const char *mx_jpeg_message(const mx_jpeg_decoder *decoder)
