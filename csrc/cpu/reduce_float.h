/* The rows of the floating reductions: sums in double, extremes in `wide`. */
#define NAME sum
#define ACC double
#define START 0
#define OF_VECTOR(x) (x)
#define COMBINE(a, x) ((a) + (double)(x))
#define MERGE(a, b) ((a) + (b))
#define FINISH(a, n) ((wide)((a) / (double)(n)))
#include "reduce_impl.h"

#define NAME nansum
#define ACC double
#define START 0
#define COMBINE(a, x) ((x) == (x) ? (a) + (double)(x) : (a))
#define MERGE(a, b) ((a) + (b))
#define FINISH(a, n) ((wide)((a) / (double)(n)))
#include "reduce_impl.h"

#define NAME prod
#define ACC double
#define START 1
#define COMBINE(a, x) ((a) * (double)(x))
#define MERGE(a, b) ((a) * (b))
#define FINISH(a, n) ((void)(n), (wide)(a))
#include "reduce_impl.h"

#define NAME nanprod
#define ACC double
#define START 1
#define COMBINE(a, x) ((x) == (x) ? (a) * (double)(x) : (a))
#define MERGE(a, b) ((a) * (b))
#define FINISH(a, n) ((void)(n), (wide)(a))
#include "reduce_impl.h"

#define NAME norm1
#define ACC double
#define START 0
#define COMBINE(a, x) ((a) + fabs((double)(x)))
#define MERGE(a, b) ((a) + (b))
#define FINISH(a, n) ((void)(n), (wide)(a))
#include "reduce_impl.h"

#define NAME norm2
#define ACC double
#define START 0
#define OF_VECTOR(x) ((x) * (x))
#define COMBINE(a, x) ((a) + (double)(x) * (double)(x))
#define MERGE(a, b) ((a) + (b))
#define FINISH(a, n) ((void)(n), (wide)sqrt(a))
#include "reduce_impl.h"

/* A NaN replaces what is there, being neither below nor above it, and then stays. */
#define NAME max
#define ACC wide
#define START (-(wide)INFINITY)
#define COMBINE(a, x) (((x) <= (a)) | ((a) != (a)) ? (a) : (x))
#define MERGE(a, b) COMBINE(a, b)
#define FINISH(a, n) ((void)(n), (a))
#include "reduce_impl.h"

#define NAME min
#define ACC wide
#define START ((wide)INFINITY)
#define COMBINE(a, x) (((x) >= (a)) | ((a) != (a)) ? (a) : (x))
#define MERGE(a, b) COMBINE(a, b)
#define FINISH(a, n) ((void)(n), (a))
#include "reduce_impl.h"
