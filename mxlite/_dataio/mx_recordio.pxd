"""The C of io/recordio, as io/include/mx_recordio.h declares it."""

from libc.stdint cimport int64_t

cdef extern from "mx_recordio.h" nogil:
    enum:
        MX_REC_OK
        MX_REC_END
        MX_REC_NO_MAGIC
        MX_REC_CUT
        MX_REC_NO_START
        MX_REC_NO_CONTINUATION
        MX_REC_PART_SIZE
        MX_REC_INNER_MAGIC
        MX_REC_PADDING
        MX_REC_NO_END
        MX_REC_STRAY
        MX_REC_UNALIGNED
        MX_REC_IO
        MX_REC_MEMORY
        MX_REC_TOO_LONG
    ctypedef struct mx_rec_error:
        int64_t record
        int64_t at
        int64_t expected
        int64_t found
    ctypedef void *(*mx_rec_allocate)(void *context, int64_t size) noexcept nogil
    ctypedef struct mx_rec_source:
        void *context
        int64_t (*read)(void *context, void *buffer, int64_t size, int64_t offset) noexcept nogil
        int64_t (*size)(void *context) noexcept nogil
    ctypedef struct mx_rec_sink:
        void *context
        int (*write)(void *context, const void *head, int64_t head_size, const void *body,
                     int64_t body_size) noexcept nogil
    ctypedef struct mx_rec_reader
    ctypedef struct mx_rec_writer
    ctypedef struct mx_record:
        const void *data
        int64_t size
        int64_t offset
    int mx_rec_source_open(mx_rec_source *source, const char *path)
    int mx_rec_source_close(mx_rec_source *source)
    int mx_rec_source_join(mx_rec_source *source, mx_rec_source *files, int64_t count)
    int mx_rec_sink_open(mx_rec_sink *sink, const char *path)
    int mx_rec_sink_close(mx_rec_sink *sink)
    mx_rec_reader *mx_rec_reader_new(const mx_rec_source *source)
    void mx_rec_reader_free(mx_rec_reader *reader)
    int mx_rec_next(mx_rec_reader *reader, mx_rec_allocate allocate, void *context,
                    mx_record *record, mx_rec_error *error)
    int mx_rec_is_stream(const mx_rec_reader *reader)
    int mx_rec_is_loaded(const mx_rec_reader *reader)
    void mx_rec_seek(mx_rec_reader *reader, int64_t offset)
    int64_t mx_rec_tell(const mx_rec_reader *reader)
    int mx_rec_resync(mx_rec_reader *reader, int64_t *passed, mx_rec_error *error)
    mx_rec_writer *mx_rec_writer_new(const mx_rec_sink *sink)
    void mx_rec_writer_free(mx_rec_writer *writer)
    int mx_rec_write(mx_rec_writer *writer, const void *data, int64_t size, mx_rec_error *error)
    int mx_rec_flush(mx_rec_writer *writer, mx_rec_error *error)
    int mx_rec_writer_has_room(const mx_rec_writer *writer, int64_t size)
    int64_t mx_rec_writer_tell(const mx_rec_writer *writer)
