from libc.stdint cimport int64_t, uint64_t

from .mx_crew cimport mx_crew_work


cdef extern from "mx_text.h" nogil:
    enum:
        MX_TEXT_F32
        MX_TEXT_F64
        MX_TEXT_I32
        MX_TEXT_I64
    enum:
        MX_TEXT_CSV
        MX_TEXT_LIBSVM
    enum:
        MX_TEXT_FIELD
        MX_TEXT_COUNT
        MX_TEXT_LABEL
        MX_TEXT_PAIR
        MX_TEXT_INDEX
        MX_TEXT_LONG
        MX_TEXT_IO
        MX_TEXT_MEMORY
        MX_TEXT_NO_ROWS
        MX_TEXT_UNEVEN
    ctypedef struct mx_text_file:
        const char *path
        int64_t begin, end
    ctypedef struct mx_text_table:
        const mx_text_file *files
        int64_t num_files
        int64_t columns
    ctypedef struct mx_text_settings:
        mx_text_table tables[2]
        int format, dtype, is_round
        int64_t block, longest
    ctypedef struct mx_text_state:
        pass
    ctypedef struct mx_text:
        pass
    ctypedef struct mx_text_pairs:
        int64_t *starts
        int64_t *columns
        void *values
        int64_t count, room
    ctypedef struct mx_text_batch:
        mx_text *text
        int64_t number, size
        void *data
        void *labels
        mx_text_pairs pairs[2]
        uint64_t *index
        int64_t rows, pad
        mx_text_state after

    mx_text *mx_text_new(const mx_text_settings *settings)
    void mx_text_free(mx_text *text)
    void mx_text_pairs_free(mx_text_pairs *pairs)
    void mx_text_seek(mx_text *text, const mx_text_state *state)
    mx_crew_work mx_text_work(mx_text *text)
