#include "row_finish.h"

#include <math.h>

#include "gemm_isa.h"

#define MX_BODY "row_finish_impl.h"
#include "mx_each_wide.h"
