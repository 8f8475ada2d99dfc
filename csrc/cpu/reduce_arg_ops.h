/* The two rows of reduce_arg.c, for one dtype. */
#define NAME argmax
#define BEATS(x, best) ((x) > (best))
#include "reduce_arg_impl.h"

#define NAME argmin
#define BEATS(x, best) ((x) < (best))
#include "reduce_arg_impl.h"
