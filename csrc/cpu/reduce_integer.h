/* The rows of the integer reductions.  Sums and products wrap around, as int64 does and as the
 * narrower types do when stored; they are computed unsigned, where wrapping is defined. */
#define AS_U64(x) ((uint64_t)(int64_t)(x))

#define NAME sum
#define ACC uint64_t
#define START 0
#define COMBINE(a, x) ((a) + AS_U64(x))
#define MERGE(a, b) ((a) + (b))
#define FINISH(a, n) ((n) == 1 ? (real)(a) : (n) == 0 ? (real)0 : (real)((int64_t)(a) / (n)))
#include "reduce_impl.h"

#define NAME prod
#define ACC uint64_t
#define START 1
#define COMBINE(a, x) ((a) * AS_U64(x))
#define MERGE(a, b) ((a) * (b))
#define FINISH(a, n) ((void)(n), (real)(a))
#include "reduce_impl.h"

#define NAME norm1
#define ACC uint64_t
#define START 0
#define COMBINE(a, x) ((a) + ((int64_t)(x) < 0 ? 0 - AS_U64(x) : AS_U64(x)))
#define MERGE(a, b) ((a) + (b))
#define FINISH(a, n) ((void)(n), (real)(a))
#include "reduce_impl.h"

#define NAME norm2
#define ACC double
#define START 0
#define COMBINE(a, x) ((a) + (double)(x) * (double)(x))
#define MERGE(a, b) ((a) + (b))
#define FINISH(a, n) ((void)(n), (real)sqrt(a))
#include "reduce_impl.h"

#define SMALLEST ((real)-1 > 0 ? (real)0 : (real)(INT64_MIN >> (64 - 8 * (int)sizeof(real))))

#define NAME max
#define ACC real
#define START SMALLEST
#define COMBINE(a, x) ((x) > (a) ? (x) : (a))
#define MERGE(a, b) COMBINE(a, b)
#define FINISH(a, n) ((void)(n), (a))
#include "reduce_impl.h"

#define NAME min
#define ACC real
#define START ((real)~SMALLEST)
#define COMBINE(a, x) ((x) < (a) ? (x) : (a))
#define MERGE(a, b) COMBINE(a, b)
#define FINISH(a, n) ((void)(n), (a))
#include "reduce_impl.h"

#undef SMALLEST
#undef AS_U64
