/* SoftmaxOutput's gradient, one dtype. */

/* How many labels do not have the value to ignore; at least 1. */
static double FN(count_valid)(const real *label, int64_t n, double ignored) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) count += (double)LOAD(label[i]) != ignored;
  return count ? (double)count : 1;
}

/* Whether all labels are classes, or ignore_label, which without use_ignore stands for no class: as
 * MXNet's iterators of sentences pad with it.  A label is cut to an integer, as in MXNet. */
static int FN(are_classes)(const softmax_output_dims *d, const real *label) {
  for (int64_t i = 0; i < d->outer * d->inner; i++) {
    const double wanted = (double)LOAD(label[i]);
    if (!(wanted > -1 && wanted < (double)d->axis) && wanted != d->ignore_label) return 0;
  }
  return 1;
}

static void FN(output_grad_row)(const output_job *job, int64_t outer) {
  const softmax_output_dims *d = job->d;
  const int64_t at = outer * d->axis * d->inner;
  const real *label = (const real *)job->label + (d->is_dense ? at : outer * d->inner);
  const real *y = (const real *)job->y + at;
  const real *dy = job->dy ? (const real *)job->dy + at : NULL;
  real *dx = (real *)job->dx + at;
  const double others = d->axis > 1 ? d->smooth_alpha / (double)(d->axis - 1) : 0;
  for (int64_t i = 0; i < d->axis; i++)
    for (int64_t c = 0; c < d->inner; c++) {
      const int64_t k = i * d->inner + c;
      const double wanted = (double)LOAD(label[d->is_dense ? k : c]);
      const int is_ignored = !d->is_dense && d->use_ignore && wanted == d->ignore_label;
      const int is_label = wanted > -1 && wanted < (double)d->axis && (int64_t)wanted == i;
      const double target =
          d->is_dense ? wanted : is_label ? 1 - d->smooth_alpha : others;
      const double error = is_ignored ? 0 : ((double)LOAD(y[k]) - target) * job->scale;
      dx[k] = STORE((wide)(dy ? error * (double)LOAD(dy[k]) : error));
    }
}

static void FN(output_grad_task)(void *context, int64_t i) {
  const output_job *job = context;
  const int64_t end = (i + 1) * job->group < job->d->outer ? (i + 1) * job->group : job->d->outer;
  for (int64_t outer = i * job->group; outer < end; outer++) FN(output_grad_row)(job, outer);
}

/* y, label, and dy if has_dy -> dx = (y - one_hot(label)) * grad_scale / norm [* dy]. */
static int FN(softmax_output_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const softmax_output_dims *d = desc;
  if (d->axis && !d->is_dense && !FN(are_classes)(d, ptr[1])) return MX_BAD_INDEX;
  double norm = d->norm;
  if (d->by_valid && !d->is_dense)
    norm = FN(count_valid)(ptr[1], d->outer * d->inner, d->ignore_label);
  output_job job = {d, ptr[0], ptr[1], d->has_dy ? ptr[2] : NULL, ptr[d->has_dy ? 3 : 2],
                    d->grad_scale / norm, 1 + OUTPUT_WORK / (1 + d->axis * d->inner)};
  const int64_t count = mx_ceil_div(d->outer, job.group);
  if (count > 1) mx_rt->parallel_for(count, FN(output_grad_task), &job);
  else if (count) FN(output_grad_task)(&job, 0);
  return MX_OK;
}
