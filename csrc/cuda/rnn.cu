/* The steps of a recurrent layer and their gradient, between products with the states; see
 * csrc/cpu/rnn.h for what they compute, and rnn_steps_impl.h, rnn_steps_grad_impl.h for arguments. */
#include "prelude.cuh"
#include "rnn.h"

#define restrict __restrict__
#define FN(name) name
#define SIGMOID(x) (1 / (1 + V_(exp)(-(x))))
#define TANH(x) V_(tanh)(x)
#include "rnn_rows_impl.h"

/* Step t; behind: the step behind it in the gradient, or -1. */
struct rnn_step_dims : rnn_dims { int64_t t, behind; };

/* product: in the scratch, what a product gave for the step. */
struct steps_arrays {
  const real *input, *state, *cell;
  const int64_t *length;
  real *states, *gates, *cells, *reset, *hidden;
  const real *product;
};
static steps_arrays steps_of(const rnn_dims &d, const mx_args &args) {
  void *const *ptr = args.ptr;
  steps_arrays a = {};
  a.input = (const real *)ptr[0];
  a.state = (const real *)ptr[3];
  ptr += 4;
  if (d.mode == RNN_LSTM) a.cell = (const real *)*ptr++;
  if (d.projected) ptr++;
  if (d.has_lengths) a.length = (const int64_t *)*ptr++;
  a.states = (real *)*ptr++;
  a.gates = (real *)*ptr++;
  if (d.mode == RNN_LSTM) a.cells = (real *)*ptr++;
  if (d.mode == RNN_GRU) a.reset = (real *)*ptr++;
  if (d.projected) a.hidden = (real *)*ptr++;
  a.product = (const real *)*ptr;
  return a;
}

/* The states before the first step. */
KERNEL(rnn_begin, rnn_dims) {
  const steps_arrays a = steps_of(d, args);
  const int64_t first = d.reverse ? d.T : 0;
  EACH(i, d.N * d.P) a.states[first * d.N * d.P + i] = a.state[i];
  if (d.mode == RNN_LSTM) EACH(i, d.N * d.H) a.cells[first * d.N * d.H + i] = a.cell[i];
}

/* A thread makes a unit of a step of a sequence. */
KERNEL(rnn_step, rnn_step_dims) {
  const steps_arrays a = steps_of(d, args);
  const int64_t H = d.H, G = rnn_gates(&d), t = d.t;
  const int64_t before = rnn_before(&d, t), after = rnn_after(&d, t);
  EACH(i, d.N * H) {
    const int64_t n = i / H, u = i % H, row = (t * d.N + n) * G * H + u;
    const int64_t at = t * d.N * H + i, from = before * d.N * H + i, to = after * d.N * H + i;
    real *gate = a.gates + row;
    for (int64_t g = 0; g < G; g++) {
      const real given = a.input[row + g * H], product = a.product[n * G * H + g * H + u];
      if (d.mode == RNN_GRU && g == 2) {
        gate[g * H] = given;
        a.reset[at] = product;
      } else {
        gate[g * H] = given + product;
      }
    }
    real *h = d.projected ? a.hidden + at : a.states + to;
    if (d.mode == RNN_LSTM)
      lstm_row(1, &d, gate, gate + H, gate + 2 * H, gate + 3 * H, a.cells + from, a.cells + to, h);
    else if (d.mode == RNN_GRU)
      gru_row(1, gate, gate + H, gate + 2 * H, a.reset + at, a.states + from, h);
    else rnn_row(1, d.mode == RNN_RELU, gate, h);
    if (!rnn_ended(a.length, n, t)) continue;
    if (!d.projected) *h = a.states[from];
    if (d.mode == RNN_LSTM) a.cells[to] = a.cells[from];
  }
}

/* After a projection: sequences that have ended keep their state. */
KERNEL(rnn_keep, rnn_step_dims) {
  const steps_arrays a = steps_of(d, args);
  const int64_t size = d.N * d.P, before = rnn_before(&d, d.t), after = rnn_after(&d, d.t);
  EACH(i, size)
    if (rnn_ended(a.length, i / d.P, d.t)) a.states[after * size + i] = a.states[before * size + i];
}

/* product: (N, P), from dproduct of the step behind; dhidden (N, H), behind it, if projected. */
struct grad_arrays {
  const real *dy, *given, *given_cell, *gates, *states, *cells, *reset;
  const int64_t *length;
  real *dgates, *dstate, *dcell, *dproduct, *doutput;
  const real *product;
  real *dhidden;
};
static grad_arrays grads_of(const rnn_dims &d, const mx_args &args) {
  void *const *ptr = args.ptr;
  const bool is_lstm = d.mode == RNN_LSTM, is_gru = d.mode == RNN_GRU;
  grad_arrays a = {};
  a.dy = (const real *)*ptr++;
  a.given = (const real *)*ptr++;
  if (is_lstm) a.given_cell = (const real *)*ptr++;
  a.gates = (const real *)*ptr++;
  a.states = (const real *)*ptr++;
  if (is_lstm) a.cells = (const real *)*ptr++;
  if (is_gru) a.reset = (const real *)*ptr++;
  ptr += d.projected ? 2 : 1;
  if (d.has_lengths) a.length = (const int64_t *)*ptr++;
  a.dgates = (real *)*ptr++;
  a.dstate = (real *)*ptr++;
  if (is_lstm) a.dcell = (real *)*ptr++;
  a.dproduct = is_gru ? (real *)*ptr++ : a.dgates;
  if (d.projected) a.doutput = (real *)*ptr++;
  a.product = (const real *)*ptr;
  a.dhidden = (real *)*ptr + d.N * d.P;
  return a;
}

KERNEL(rnn_grad_begin, rnn_dims) {
  const grad_arrays a = grads_of(d, args);
  EACH(i, d.N * d.P) a.dstate[i] = a.given[i];
  if (d.mode == RNN_LSTM) EACH(i, d.N * d.H) a.dcell[i] = a.given_cell[i];
}

/* The gradient of the state after step t is whole: with `behind`, and dy; if it was projected, it
 * moves to doutput.  t -1: the state before the first step. */
KERNEL(rnn_grad_state, rnn_step_dims) {
  const grad_arrays a = grads_of(d, args);
  EACH(i, d.N * d.P) {
    real dh = a.dstate[i] + (d.behind >= 0 ? a.product[i] : 0);
    if (d.t >= 0) {
      const bool is_ended = rnn_ended(a.length, i / d.P, d.t);
      if (!is_ended) dh += a.dy[d.t * d.N * d.P + i];
      if (d.projected) {
        a.doutput[d.t * d.N * d.P + i] = is_ended ? 0 : dh;
        if (!is_ended) dh = 0;
      }
    }
    a.dstate[i] = dh;
  }
}

/* The gradients of the gates, the cell, and of what reaches the state before directly. */
KERNEL(rnn_grad_step, rnn_step_dims) {
  const grad_arrays a = grads_of(d, args);
  const int64_t H = d.H, G = rnn_gates(&d), t = d.t;
  const int64_t before = rnn_before(&d, t), after = rnn_after(&d, t);
  EACH(i, d.N * H) {
    const int64_t n = i / H, at = (t * d.N + n) * G * H + i % H;
    const int64_t from = before * d.N * H + i, to = after * d.N * H + i;
    real *dh = (d.projected ? a.dhidden : a.dstate) + i;
    if (rnn_ended(a.length, n, t))
      for (int64_t g = 0; g < G; g++) a.dgates[at + g * H] = a.dproduct[at + g * H] = 0;
    else if (d.mode == RNN_LSTM)
      lstm_grad_row(1, &d, a.gates + at, a.cells + from, a.cells + to, dh, a.dcell + i, a.dgates + at);
    else if (d.mode == RNN_GRU)
      gru_grad_row(1, H, a.gates + at, a.reset + t * d.N * H + i, a.states + from, dh, a.dgates + at,
                   a.dproduct + at);
    else rnn_grad_row(1, d.mode == RNN_RELU, a.states + to, dh, a.dgates + at);
  }
}
