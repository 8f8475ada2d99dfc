/* MULTIVERSION: compile a function for AVX2 as well, and choose when the library is loaded. */
#ifndef MX_IMAGE_MULTIVERSION_H
#define MX_IMAGE_MULTIVERSION_H

/* With glibc, this tells __GLIBC__: others have no ifunc. */
#include <stdint.h>

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__AVX2__) && !defined(__SANITIZE_ADDRESS__)
#define MULTIVERSION __attribute__((target_clones("avx2", "default")))
#else
#define MULTIVERSION
#endif

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#endif
