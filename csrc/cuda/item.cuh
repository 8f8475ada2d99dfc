/* Kernels that only move items are compiled for sizes of them, not for dtypes: -DDTYPE_<bytes>. */
#if defined(DTYPE_1)
typedef uint8_t item;
#elif defined(DTYPE_2)
typedef uint16_t item;
#elif defined(DTYPE_4)
typedef uint32_t item;
#else
typedef uint64_t item;
#endif
