/* The log likelihood of marked, self-exciting point processes, and its gradient, of float and double: a thread a
 * sequence, or a mark of one.  See csrc/cpu/hawkes.c. */
#include "prelude.cuh"

/* mu (N, K), alpha (K), beta (K), state (N, K), lags (N, T), marks int32 (N, T), lengths (N), ends (N) */
struct hawkes_dims { int64_t N, T, K; };
enum { MU, ALPHA, BETA, STATE, LAGS, MARKS, LENGTHS, ENDS };

static int64_t length_of(const hawkes_dims &d, const mx_args &args, int64_t n) {
  const wide length = IN(LENGTHS)[n];
  const bool is_wrong = !(length >= 0 && length <= (wide)d.T);
  if (is_wrong) WRONG(args, MX_BAD_VALUE);
  return is_wrong ? 0 : (int64_t)ceil((double)length);
}
static int64_t mark_at(const hawkes_dims &d, const mx_args &args, int64_t n, int64_t j) {
  const int32_t mark = ((const int32_t *)args.ptr[MARKS])[n * d.T + j];
  if (mark >= 0 && mark < d.K) return mark;
  WRONG_INDEX(args);
  return 0;
}

/* -> log likelihood (N), states at the ends (N, K); scratch: the times of last points and the states. */
KERNEL(hawkes, hawkes_dims) {
  EACH(n, d.N) {
    double *last = (double *)args.ptr[10] + 2 * n * d.K, *state = last + d.K, likelihood = 0, t = 0;
    for (int64_t k = 0; k < d.K; k++) last[k] = 0, state[k] = (double)IN(STATE)[n * d.K + k];
    const int64_t length = length_of(d, args, n);
    for (int64_t j = 0; j < length; j++) {
      const int64_t k = mark_at(d, args, n, j);
      const double alpha = (double)IN(ALPHA)[k], beta = (double)IN(BETA)[k], mu = (double)IN(MU)[n * d.K + k];
      t += (double)IN(LAGS)[n * d.T + j];
      const double past = t - last[k], left = state[k] * exp(-beta * past);
      likelihood += log(mu + alpha * beta * left) - mu * past - alpha * (state[k] - left);
      state[k] = 1 + left;
      last[k] = t;
    }
    for (int64_t k = 0; k < d.K; k++) {
      const double past = (double)IN(ENDS)[n] - last[k], left = state[k] * exp(-(double)IN(BETA)[k] * past);
      likelihood -= (double)IN(MU)[n * d.K + k] * past + (double)IN(ALPHA)[k] * (state[k] - left);
      OUT(9)[n * d.K + k] = (wide)left;
    }
    OUT(8)[n] = (wide)likelihood;
  }
}

/* And dy (N) -> gradients of mu, alpha and beta, of each sequence (N, K). */
KERNEL(hawkes_grad, hawkes_dims) {
  EACH(i, d.N * d.K) {
    const int64_t n = i / d.K, k = i % d.K, length = length_of(d, args, n);
    const double mu = (double)IN(MU)[i], alpha = (double)IN(ALPHA)[k], beta = (double)IN(BETA)[k];
    double last = 0, state = (double)IN(STATE)[i], slope = 0, t = 0, grads[3] = {0, 0, 0};
    for (int64_t j = 0; j <= length; j++) {           /* the last one is the end */
      if (j < length) t += (double)IN(LAGS)[n * d.T + j];
      else t = (double)IN(ENDS)[n];
      if (j < length && mark_at(d, args, n, j) != k) continue;
      const double past = t - last, decay = exp(-beta * past), left = state * decay;
      grads[0] -= past;
      grads[1] -= state * (1 - decay);
      grads[2] -= alpha * (slope * (1 - decay) + state * past * decay);
      if (j == length) break;
      slope = decay * (slope - past * state);
      const double intensity = mu + alpha * beta * left;
      grads[0] += 1 / intensity;
      grads[1] += beta * left / intensity;
      grads[2] += alpha * (left + beta * slope) / intensity;
      state = 1 + left;
      last = t;
    }
    for (int g = 0; g < 3; g++) OUT(9 + g)[i] = (wide)(grads[g] * (double)IN(8)[n]);
  }
}
