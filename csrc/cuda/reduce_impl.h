/* One row of a reduction (NAME, ACC, START, COMBINE, MERGE, FINISH) as a kernel: the counterpart of
 * csrc/cpu/reduce_impl.h, included by the same files of rows.
 *
 * Along the innermost axis (is_row) a block makes an output, its threads side by side on the line;
 * otherwise a thread does, its neighbours side by side on the axis that is kept.  Where that would
 * leave most of the device idle, lines are cut into parts (parts_of): a first kernel makes one ACC
 * of each part, in scratch, the second one an output of them, a block each. */

/* What all threads of the block have together; thread 0 gets it. */
static ACC PASTE(merged_, NAME)(ACC total) {
  __shared__ ACC parts[32];
  for (int lane = 16; lane; lane /= 2) {
    const ACC other = (ACC)__shfl_xor_sync(0xffffffffu, total, lane);
    total = (ACC)(MERGE(total, other));
  }
  if (blockDim.x > 32) {
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = total;
    __syncthreads();
    if (threadIdx.x == 0)
      for (unsigned w = 1; w < blockDim.x / 32; w++) total = (ACC)(MERGE(total, parts[w]));
    __syncthreads();
  }
  return total;
}

/* Of the elements begin, begin + step, ... below end of a line. */
static ACC PASTE(combined_, NAME)(const reduce_plan &p, const real *x, int64_t begin, int64_t end, int64_t step) {
  ACC total = START;
  for (int64_t i = begin; i < end; i += step) {
    const wide value = LOAD(x[offset_of(i, p.num_reduced, p.reduced_size, p.reduced_stride)]);
    total = (ACC)(COMBINE(total, value));
  }
  return total;
}

KERNEL(PASTE(NAME, _first), reduce_dims) {
  const reduce_plan p = plan_of(d);
  const int64_t parts = parts_of(p, d.is_row), size = (p.count + parts - 1) / parts;
  ACC *found = (ACC *)args.ptr[2];        /* (parts, outputs) */
  const int64_t begin = d.is_row ? blockIdx.x : (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
  for (int64_t i = begin; i < parts * p.outputs; i += (int64_t)gridDim.x * (d.is_row ? 1 : blockDim.x)) {
    const int64_t output = i % p.outputs, from = i / p.outputs * size;
    const int64_t end = from + size < p.count ? from + size : p.count;
    const real *x = IN(0) + offset_of(output, p.num_kept, p.kept_size, p.kept_stride);
    if (d.is_row) {
      const ACC total =
          PASTE(merged_, NAME)(PASTE(combined_, NAME)(p, x, from + threadIdx.x, end, blockDim.x));
      if (threadIdx.x == 0) found[i] = total;
    } else {
      found[i] = PASTE(combined_, NAME)(p, x, from, end, 1);
    }
  }
}

KERNEL(NAME, reduce_dims) {
  const reduce_plan p = plan_of(d);
  const int64_t parts = parts_of(p, d.is_row), n = d.mean ? p.count : 1;
  if (parts > 1) {
    const ACC *found = (const ACC *)args.ptr[2];
    for (int64_t output = blockIdx.x; output < p.outputs; output += gridDim.x) {
      ACC total = START;
      for (int64_t k = threadIdx.x; k < parts; k += blockDim.x) {
        const ACC other = found[k * p.outputs + output];
        total = (ACC)(MERGE(total, other));
      }
      total = PASTE(merged_, NAME)(total);
      if (threadIdx.x == 0) OUT(1)[output] = STORE(FINISH(total, n));
    }
  } else if (d.is_row) {
    for (int64_t output = blockIdx.x; output < p.outputs; output += gridDim.x) {
      const real *x = IN(0) + offset_of(output, p.num_kept, p.kept_size, p.kept_stride);
      const ACC total =
          PASTE(merged_, NAME)(PASTE(combined_, NAME)(p, x, threadIdx.x, p.count, blockDim.x));
      if (threadIdx.x == 0) OUT(1)[output] = STORE(FINISH(total, n));
    }
  } else {
    EACH(output, p.outputs) {
      const real *x = IN(0) + offset_of(output, p.num_kept, p.kept_size, p.kept_stride);
      const ACC total = PASTE(combined_, NAME)(p, x, 0, p.count, 1);
      OUT(1)[output] = STORE(FINISH(total, n));
    }
  }
}
#undef NAME
#undef ACC
#undef START
#undef COMBINE
#undef MERGE
#undef FINISH
