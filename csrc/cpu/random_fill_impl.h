/* uniform and normal numbers of one dtype: each group of words makes GROUP elements. */

/* One group of `wide` uniform numbers in [0, 1), with no more bits than the dtype holds. */
static void FN(uniform_group)(const uint32_t *words, wide *values) {
  if (sizeof(wide) == 8) {
    for (int i = 0; i < MX_WORDS / 2; i++) {
      const int at = i % MX_BLOCKS + i / MX_BLOCKS * 2 * MX_BLOCKS;
      const uint64_t bits = (uint64_t)words[at] << 32 | words[at + MX_BLOCKS];
      values[i] = (wide)mx_unit_f64(bits);
    }
  } else {
    for (int i = 0; i < MX_WORDS; i++)
      values[i] = (wide)mx_unit_f32(words[i], BITS);
  }
}

/* One group of standard normal numbers, by Box and Muller: two words make a radius and an angle. */
static void FN(normal_group)(const uint32_t *words, wide *values) {
  if (sizeof(wide) == 8) {
    for (int i = 0; i < MX_BLOCKS; i++) {
      const uint64_t first = (uint64_t)words[i] << 32 | words[i + MX_BLOCKS];
      const uint64_t second = (uint64_t)words[i + 2 * MX_BLOCKS] << 32 | words[i + 3 * MX_BLOCKS];
      double one, other;
      mx_normal_pair_f64(first, second, &one, &other);
      values[i] = (wide)one;
      values[i + MX_BLOCKS] = (wide)other;
    }
  } else {
    for (int half = 0; half < MX_WORDS; half += 2 * MX_BLOCKS)
      MX_ROLLED for (int b = half; b < half + MX_BLOCKS; b++) {
        float one, other;
        mx_normal_pair_f32(words[b], words[b + MX_BLOCKS], &one, &other);
        values[b] = (wide)one;
        values[b + MX_BLOCKS] = (wide)other;
      }
  }
}

#define FILL(name, group_of, offset, factor)                                                \
  static void FN(name##_task)(void *context, int64_t i) {                                   \
    const fill_job *job = context;                                                          \
    const int64_t group = sizeof(wide) == 8 ? MX_WORDS / 2 : MX_WORDS;                      \
    const int64_t end = (i + 1) * FILL_CHUNK < job->n ? (i + 1) * FILL_CHUNK : job->n;      \
    const wide a = (wide)(offset), b = (wide)(factor);                                      \
    uint32_t words[MX_WORDS];                                                               \
    wide values[MX_WORDS];                                                                  \
    real *y = job->y;                                                                       \
    for (int64_t at = i * FILL_CHUNK; at < end; at += group) {                              \
      mx_philox(job->seed, job->stream, (uint64_t)(at / group * MX_BLOCKS), words);         \
      FN(group_of)(words, values);                                                          \
      const int64_t n = end - at < group ? end - at : group;                                \
      for (int64_t k = 0; k < n; k++) y[at + k] = STORE(a + values[k] * b);                 \
    }                                                                                       \
  }                                                                                         \
  static int FN(name)(const void *desc, void *const *ptr, const mx_scalar *scalars) {       \
    return fill_run(((const fill_dims *)desc)->n, ptr[((const fill_dims *)desc)->output],   \
                    scalars, FN(name##_task));                                              \
  }

/* low + (high - low) * unit, and loc + scale * normal; scalars: key, then a, b. */
FILL(random_uniform, uniform_group, job->a, job->b - job->a)
FILL(random_normal, normal_group, job->a, job->b)
#undef FILL
#undef BITS
