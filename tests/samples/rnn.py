"""Samples of RNN: every mode, layers, directions, states, lengths, projections, clipped cells."""

import numpy as np

from .sample import Fixed, Sample

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step(mode, x, h, c, weights, biases, clip):
    """(h, c) after a step; x, h, c: vectors of one sequence."""
    i2h, h2h, *projection = weights
    a, b = i2h @ x + biases[0], h2h @ h + biases[1]
    if mode == "gru":
        (ar, az, an), (br, bz, bn) = np.split(a, 3), np.split(b, 3)
        z = sigmoid(az + bz)
        return (1 - z) * np.tanh(an + sigmoid(ar + br) * bn) + z * h, c
    if mode == "lstm":
        i, f, g, o = np.split(a + b, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        c = c if clip is None else np.clip(c, *clip)
        h = sigmoid(o) * np.tanh(c)
        return (projection[0] @ h if projection else h), c
    return np.maximum(a + b, 0) if mode == "rnn_relu" else np.tanh(a + b), c


def arrays(parameters, mode, C, H, layers, width, P):
    """(weights, biases) of every layer and direction."""
    rows, at, found = GATES[mode] * H, 0, []

    def take(*shape):
        nonlocal at
        at += int(np.prod(shape))
        return parameters[at - int(np.prod(shape)):at].reshape(shape)

    for layer in range(layers):
        for _ in range(width):
            found.append([take(rows, width * (P or H) if layer else C), take(rows, P or H)])
            if P:
                found[-1].append(take(P, H))
    biases = [[take(rows), take(rows)] for _ in found]
    if at != len(parameters):
        raise ValueError(f"{at} parameters, not {len(parameters)}")
    return list(zip(found, biases, strict=True))


def rnn(x, parameters, state, *rest, state_size, num_layers, mode, bidirectional=False,
        state_outputs=False, projection_size=None, lstm_state_clip_min=None,
        lstm_state_clip_max=None, use_sequence_length=False, p=0.0):
    T, N, C = x.shape
    width = 2 if bidirectional else 1
    cells = rest[0] if mode == "lstm" else np.zeros_like(state)
    lengths = np.minimum(rest[-1].astype(int), T) if use_sequence_length else [T] * N
    clip = None if lstm_state_clip_min is None else (lstm_state_clip_min, lstm_state_clip_max)
    all_arrays = arrays(parameters, mode, C, state_size, num_layers, width, projection_size)
    last_h, last_c = state.copy(), cells.copy()
    for layer in range(num_layers):
        y = np.zeros((T, N, width * state.shape[2]))
        for way in range(width):
            at, columns = layer * width + way, slice(way * state.shape[2], None)
            for n in range(N):
                h, c = state[at, n], cells[at, n]
                for t in range(lengths[n])[::-1 if way else 1]:
                    h, c = step(mode, x[t, n], h, c, *all_arrays[at], clip)
                    y[t, n, columns][:len(h)] = h
                last_h[at, n], last_c[at, n] = h, c
        x = y
    if not state_outputs:
        return x
    return [x, last_h, last_c] if mode == "lstm" else [x, last_h]


def sample(mode, lengths=None, T=3, N=2, C=3, H=4, num_layers=1, recorded=True, **params):
    """A call with the inputs that it takes; lengths: of the sequences."""
    width, P = 1 + params.get("bidirectional", False), params.get("projection_size")
    rows = GATES[mode] * H
    size = rows * width * ((C + 2 + (P or H)) + (num_layers - 1) * ((width + 1) * (P or H) + 2))
    size += num_layers * width * (P or 0) * H
    inputs = [(T, N, C), (size,), (num_layers * width, N, P or H)]
    inputs += [(num_layers * width, N, H)] * (mode == "lstm")
    if lengths is not None:
        inputs.append(Fixed(lengths))
        params["use_sequence_length"] = True
    recorded = recorded and lengths is None and P is None and "lstm_state_clip_min" not in params
    # MXNet's float64 has float32 in its relu, and other gradients of a third layer's weights
    recorded_in = ("float32",) if mode == "rnn_relu" or num_layers > 2 else ("float32", "float64")
    return Sample("RNN", tuple(inputs), rnn,
                  {"state_size": H, "num_layers": num_layers, "mode": mode, **params},
                  domain=(-1, 1), slack=8, recorded=recorded, recorded_in=recorded_in)


CLIP = {"lstm_state_clip_min": -0.2, "lstm_state_clip_max": 0.3}
SAMPLES = [
    *[sample(mode, **params) for mode in GATES for params in (
        {}, {"state_outputs": True}, {"num_layers": 3, "state_outputs": True},
        {"num_layers": 2, "bidirectional": True, "state_outputs": True})],
    sample("lstm", T=1, N=1, C=1, H=1), sample("gru", T=2, N=7, C=2, H=19),
    sample("lstm", T=2, N=5, C=4, H=33, bidirectional=True),
    *[sample(mode, [2, 0, 3], N=3, state_outputs=True, bidirectional=bidirectional, num_layers=2)
      for mode in GATES for bidirectional in (False, True)],
    *[sample("lstm", lengths, projection_size=2, state_outputs=True, bidirectional=bidirectional,
             num_layers=2) for lengths in (None, [3, 1]) for bidirectional in (False, True)],
    *[sample("lstm", state_outputs=True, **CLIP, **params)
      for params in ({"num_layers": 2}, {"projection_size": 3}, {"bidirectional": True})],
]
