/* The body of conv.c for one dtype: stored as `real`, computed in `wide`. */

#define WIDE(name) MX_JOIN_(name, wide)
enum { FN(COLS) = TILE_COLS(wide), FN(IS_WIDE) = sizeof(real) == sizeof(wide) };

#include "gemm_pack_impl.h"
#include "conv_copy_impl.h"
#include "conv_image_impl.h"
#include "conv_taps_impl.h"
#include "conv_weight_impl.h"

#undef WIDE
