/* The steps of one layer of a recurrent network, in one direction, and their gradient.
 *
 * gates (T, N, G H): what the inputs give each gate, one product for all steps, made before.
 * states (T + 1, N, P) and cells (T + 1, N, H) hold those before and after every step, in the
 * order of time: step t goes from row t to t + 1, or with `reverse` from t + 1 to t.
 *
 * Gates as in MXNet: LSTM i f g o, GRU r z n.  P = H unless the output is projected.
 *   relu, tanh  h' = act(gates + R h)
 *   lstm        c' = f c + i g, h' = o tanh(c'); projected: W (o tanh(c'))
 *   gru         n = tanh(gates_n + r (R_n h)), h' = (1 - z) n + z h */
#ifndef RNN_H
#define RNN_H
#include <stdint.h>

/* mode: rnn_mode.  has_lengths: a sequence keeps its state from its length on. */
typedef struct {
  int64_t T, N, H, P, mode, reverse, projected, has_lengths, clips, clips_nan;
  double low, high;      /* of cells, if `clips` */
} rnn_dims;

#define RNN_FIELDS "T N H P mode reverse projected has_lengths clips clips_nan low:d high:d"

enum rnn_mode { RNN_RELU, RNN_TANH, RNN_LSTM, RNN_GRU };

static inline int64_t rnn_gates(const rnn_dims *d) {
  return d->mode == RNN_LSTM ? 4 : d->mode == RNN_GRU ? 3 : 1;
}

/* The place of the states before step t, and after it. */
static inline int64_t rnn_before(const rnn_dims *d, int64_t t) { return d->reverse ? t + 1 : t; }
static inline int64_t rnn_after(const rnn_dims *d, int64_t t) { return d->reverse ? t : t + 1; }

/* The time of the step that comes `step`-th. */
static inline int64_t rnn_time(const rnn_dims *d, int64_t step) {
  return d->reverse ? d->T - 1 - step : step;
}
#endif
