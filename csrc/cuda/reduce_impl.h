/* One row of a reduction (NAME, ACC, START, COMBINE, MERGE, FINISH) as a kernel: the counterpart of
 * csrc/cpu/reduce_impl.h, included by the same files of rows.
 *
 * Along the innermost axis (is_row) a block makes an output, its threads side by side on the line;
 * otherwise a thread does, its neighbours side by side on the axis that is kept. */
KERNEL(NAME, reduce_dims) {
  const reduce_plan p = plan_of(d);
  if (d.is_row) {
    for (int64_t output = blockIdx.x; output < p.outputs; output += gridDim.x) {
      const real *x = IN(0) + offset_of(output, p.num_kept, p.kept_size, p.kept_stride);
      ACC total = START;
      for (int64_t i = threadIdx.x; i < p.count; i += blockDim.x) {
        const int64_t at = offset_of(i, p.num_reduced, p.reduced_size, p.reduced_stride);
        const wide value = LOAD(x[at]);
        total = (ACC)(COMBINE(total, value));
      }
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
      }
      if (threadIdx.x == 0) {
        const int64_t n = d.mean ? p.count : 1;
        OUT(1)[output] = STORE(FINISH(total, n));
      }
      __syncthreads();
    }
  } else {
    EACH(output, p.outputs) {
      const real *x = IN(0) + offset_of(output, p.num_kept, p.kept_size, p.kept_stride);
      ACC total = START;
      for (int64_t i = 0; i < p.count; i++) {
        const int64_t at = offset_of(i, p.num_reduced, p.reduced_size, p.reduced_stride);
        const wide value = LOAD(x[at]);
        total = (ACC)(COMBINE(total, value));
      }
      const int64_t n = d.mean ? p.count : 1;
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
