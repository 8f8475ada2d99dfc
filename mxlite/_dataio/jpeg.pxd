from .mx_jpeg cimport mx_jpeg_library


cdef mx_jpeg_library *find_library() except? NULL      # NULL: there is none
