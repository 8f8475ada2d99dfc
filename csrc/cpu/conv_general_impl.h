/* The body of conv_general.c for one dtype: stored as `real`, computed in `wide`. */

#define WIDE(name) MX_JOIN_(name, wide)
enum { FN(COLS) = TILE_COLS(wide), FN(IS_WIDE) = sizeof(real) == sizeof(wide) };

#include "gemm_pack_impl.h"
#include "conv_copy_impl.h"
#include "conv_image_impl.h"
#include "conv_columns_impl.h"
#include "conv_taps_impl.h"
#include "conv_weight_impl.h"

static int64_t FN(general_scratch)(const conv_dims *d, conv_pass pass) {
  mx_scratch scratch = {0};
  if (pass == CONV_GRAD_WEIGHT) FN(begin_weight)(d, &scratch);
  else FN(begin_taps)(d, pass, &scratch);
  return scratch.size;
}

static void FN(general_run)(const conv_dims *d, conv_pass pass, const conv_arrays *arrays) {
  if (pass == CONV_GRAD_WEIGHT) FN(run_weight)(d, arrays->ptr, arrays->scratch);
  else FN(run_taps)(d, pass, arrays);
}

const conv_way FN(conv_general) = {FN(general_scratch), FN(general_run)};

#undef WIDE
