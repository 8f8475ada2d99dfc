from libc.stdint cimport int64_t


cdef extern from "mx_crew.h" nogil:
    enum:
        MX_CREW_MESSAGE
    ctypedef struct mx_crew_error:
        int64_t task
        int status
        int64_t numbers[4]
        char message[1024]
    ctypedef struct mx_crew_work:
        void *context
        void *(*begin)(void *context)
        void (*end)(void *state)
        int (*fill)(void *state, void *batch, int64_t task, mx_crew_error *error)
        int owner_helps
    ctypedef struct mx_crew:
        pass

    mx_crew *mx_crew_new(const mx_crew_work *work, int threads, int capacity)
    void mx_crew_free(mx_crew *crew)
    int mx_crew_threads(const mx_crew *crew)
    int mx_crew_has_room(const mx_crew *crew)
    void mx_crew_submit(mx_crew *crew, void *batch, int64_t tasks)
    int mx_crew_take(mx_crew *crew, double seconds, void **batch, mx_crew_error *error)
    void mx_crew_cancel(mx_crew *crew)
