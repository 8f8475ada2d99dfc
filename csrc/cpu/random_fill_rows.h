/* How many bits a uniform number of the dtype gets: its precision; float64 has its own rule. */
#define MX_BITS_f32 24
#define MX_BITS_f64 24
#define MX_BITS_f16 11
#define MX_BITS_bf16 8
#define BITS MX_JOIN_(MX_BITS, DT)
#include "random_fill_impl.h"
