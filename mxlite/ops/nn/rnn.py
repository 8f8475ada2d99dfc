"""RNN: recurrent layers, all steps of a sequence in one call."""

from __future__ import annotations

import math

from ..dtype_rule import wide
from ..inference import common
from ..rnn_layout import GATES, PackedRNN
from ..schema import REGISTRY, Op, param, register, required
from ..trace import composed


def cast(F, ref, dtype):
    """ref in this dtype, itself where it has it."""
    return ref if ref.dtype == dtype else F.Cast(ref, dtype=dtype)


@register("RNN", inputs="data parameters state state_cell[mode=lstm] "
                        "sequence_length[use_sequence_length=True]")
class RNN(Op):
    """Recurrent layers on data (T, N, C): T steps of N sequences -> (T, N, D * state_size).

    D is 2 if bidirectional, else 1. parameters: one vector with all weights, then all biases, layer
    by layer and direction by direction, those of the inputs before those of the states; an LSTM has
    gates i, f, c, o, a GRU r, z, o. state, and state_cell of an LSTM: (num_layers * D, N,
    state_size). With state_outputs the states after the last step are outputs, too. The outputs of
    an LSTM with projection_size, and its state, have this size instead of state_size.

    With use_sequence_length, a sequence ends at its length in sequence_length (N,): its outputs
    from there on are 0, its last states are those at its end, where the reverse direction begins.
    In training, p of the outputs of every layer but the last are dropped. An LSTM's cells are
    clipped to lstm_state_clip_min..lstm_state_clip_max.
    """

    uses_train = True
    state_size: int = required("units of a layer", low=1)
    num_layers: int = required("layers", low=1)
    bidirectional: bool = param(False, "layers in both directions")
    mode: str = required("which network", choices=tuple(GATES))
    p: float = param(0.0, "probability of 0 between layers, in training", low=0, high=1)
    state_outputs: bool = param(False, "return the states as well")
    projection_size: int | None = param(None, "what an LSTM's outputs are projected to", low=1)
    lstm_state_clip_min: float | None = param(None, "least value of an LSTM's cells")
    lstm_state_clip_max: float | None = param(None, "largest value of an LSTM's cells")
    lstm_state_clip_nan: bool = param(False, "replace NaN in cells by the least value, too")
    use_sequence_length: bool = param(False, "sequences have lengths")

    def check(self):
        low, high = self.lstm_state_clip_min, self.lstm_state_clip_max
        if self.mode != "lstm":
            for name in ("projection_size", "lstm_state_clip_min", "lstm_state_clip_max"):
                if getattr(self, name) is not None:
                    raise self.value_error(name, f"None with mode={self.mode!r}; it is for "
                                                 "mode='lstm'", getattr(self, name))
        if (self.projection_size or 0) > self.state_size:
            raise self.value_error("projection_size", f"at most state_size={self.state_size}",
                                   self.projection_size)
        if (low is None) != (high is None):
            name = "lstm_state_clip_min" if low is None else "lstm_state_clip_max"
            raise self.value_error(name, "given as its counterpart is", getattr(self, name))
        if low is not None and low > high:
            raise self.value_error("lstm_state_clip_max", f"at least lstm_state_clip_min={low}",
                                   high)

    # What there is -----------------------------------------------------------------------------

    @property
    def random(self):
        return self.p > 0

    @property
    def layout(self):
        return PackedRNN(self.mode, self.state_size, self.num_layers, self.bidirectional,
                         self.projection_size or 0)

    @property
    def is_lstm(self):
        return self.mode == "lstm"

    @property
    def visible_outputs(self):
        return 1 + (1 + self.is_lstm if self.state_outputs else 0)

    def output_names(self):
        return ["output", "state_output", "statecell_output"][:self.visible_outputs]

    @property
    def kept(self):
        """How many outputs of each `_rnn_steps` the gradient reads."""
        return 2 + self.is_lstm + (self.mode == "gru") + (self.projection_size is not None)

    @property
    def num_outputs(self):
        """The visible ones; those of `_rnn_steps`, layer by layer; the masks between layers."""
        layers = self.num_layers * len(self.layout.directions)
        return self.visible_outputs + layers * self.kept + (self.num_layers - 1) * self.random

    # Inference ---------------------------------------------------------------------------------

    @property
    def dtype_rule(self):
        given = "F T T" + " T" * self.is_lstm + " T?" * self.use_sequence_length
        return f"{given} ->{' T' * self.visible_outputs} W"

    def shapes(self, data):
        """The shapes of the other inputs, and of the visible outputs."""
        if len(data) != 3:
            raise self.shape_error("data", "(steps, batch, inputs)", data)
        T, N, C = data
        layout = self.layout
        width = len(layout.directions)
        states = [(self.num_layers * width, N, layout.outputs)]
        states += [(self.num_layers * width, N, self.state_size)] * self.is_lstm
        size = None if C is None else layout.size(C)
        return ([(size,), *states, *[(N,)] * self.use_sequence_length],
                [(T, N, width * layout.outputs), *states * self.state_outputs])

    def infer_shape(self, data, *rest):
        wanted, visible = self.shapes(data)
        names = self.taken[1:]
        for entry, shape, want in zip(names, rest, wanted, strict=True):
            if shape != want:
                raise self.shape_error(entry.name, f"{want} for data {data}", shape)
        T, N, _ = data
        rows, H = len(GATES[self.mode]) * self.state_size, self.state_size
        kept = [(T + 1, N, self.layout.outputs), (T, N, rows), *[(T + 1, N, H)] * self.is_lstm,
                *[(T, N, H)] * (self.mode == "gru"), *[(T, N, H)] * bool(self.projection_size)]
        layers = self.num_layers * len(self.layout.directions)
        masks = [visible[0]] * ((self.num_layers - 1) * self.random)
        return [*visible, *kept * layers, *masks]

    def fill_shapes(self, inputs, outputs):
        data, parameters, *rest = inputs
        if data is not None and len(data) != 3:
            self.shapes(data)
        T, N, C = common(data, (None,) * 3)
        sequences = common((T, N, None), outputs[0])
        batches = [sequences, *rest[:1 + self.is_lstm], *outputs[1:self.visible_outputs]]
        batches += [(None, *shape) for shape in rest[1 + self.is_lstm:] if shape is not None]
        for shape in batches:
            if N is None and shape is not None and len(shape) > 1:
                N = shape[1]
        T = sequences[0]
        if C is None and parameters is not None and None not in parameters:
            C = self.layout.inputs(math.prod(parameters))
        wanted, visible = self.shapes((T, N, C))
        return [(T, N, C), *wanted], [*visible, *outputs[len(visible):]]

    # Forward -----------------------------------------------------------------------------------

    def prepare(self, inputs, outputs, train):
        return composed(self.forward, inputs, train)

    def forward(self, F, data, parameters, *rest):
        """All outputs."""
        arrays = self.arrays(F, cast(F, parameters, wide(data.dtype)), data.shape[2])
        return self.forward_with(F, data, arrays, rest)

    def forward_with(self, F, data, arrays, rest):
        """The same with the weights and biases by name; rest: states and lengths."""
        dtype, layout = data.dtype, self.layout
        states, lengths = self.taken_apart(F, rest)
        x = self.entered(F, data, lengths)
        kept, masks = [], []
        for layer in range(self.num_layers):
            steps = []
            for at, direction in enumerate(layout.directions):
                begin = [state[layer * len(layout.directions) + at] for state in states]
                steps.append(self.steps(F, x, arrays, direction, layer, begin, lengths))
            kept += [array for one in steps for array in one]
            x = self.joined(F, [one[0] for one in steps], lengths)
            if self.random and layer < self.num_layers - 1:
                x, mask = F.run(REGISTRY["Dropout"].make({"p": self.p}), [x], [])
                masks.append(mask)
        if layout.directions == "l" and not lengths:    # a copy: nobody sees what is kept
            x = F.identity(x)
        visible = [x]
        if self.state_outputs:
            visible += [self.last(F, kept, which) for which in (0, 2)[:len(states)]]
        return [*[cast(F, y, dtype) for y in visible], *kept, *masks]

    def taken_apart(self, F, rest):
        """Each state as a list, layer by layer, (N, size) each; and the lengths."""
        states = [[F._slice_leading(state, begin=i, end=i + 1).reshape(state.shape[1:])
                   for i in range(state.shape[0])]
                  for ref in rest[:1 + self.is_lstm]
                  for state in [cast(F, ref, wide(ref.dtype))]]
        return states, [cast(F, ref, "int64") for ref in rest[len(states):]]

    def entered(self, F, data, lengths):
        """The inputs of the first layer; what lies behind a length might be NaN."""
        x = cast(F, data, wide(data.dtype))
        return F.SequenceMask(x, lengths[0], use_sequence_length=True) if lengths else x

    def arrays(self, F, parameters, inputs):
        """The weights and biases by name."""
        return {part.name: F._slice_leading(parameters, begin=part.start,
                                            end=part.stop).reshape(part.shape)
                for part in self.layout.arrays(inputs)}

    def options(self, direction):
        return {"mode": self.mode, "reverse": direction == "r",
                "projected": self.projection_size is not None,
                "use_sequence_length": self.use_sequence_length, "low": self.lstm_state_clip_min,
                "high": self.lstm_state_clip_max, "clips_nan": self.lstm_state_clip_nan}

    def steps(self, F, x, arrays, direction, layer, begin, lengths):
        """What `_rnn_steps` gives for the inputs x (T, N, C) of a layer."""
        prefix = f"{direction}{layer}_"
        T, N, C = x.shape
        weight = arrays[f"{prefix}i2h_weight"]
        gates = F.FullyConnected(x.reshape((T * N, C)), weight, arrays[f"{prefix}i2h_bias"],
                                 num_hidden=weight.shape[0])
        projection = [arrays[f"{prefix}h2r_weight"]] if self.projection_size else []
        return F._rnn_steps(gates.reshape((T, N, weight.shape[0])), arrays[f"{prefix}h2h_weight"],
                            arrays[f"{prefix}h2h_bias"], *begin, *projection, *lengths,
                            **self.options(direction))

    def after(self, F, states, reverse):
        """A view of the states (T + 1, N, ...) after the steps: those of a layer's outputs."""
        return F._slice_leading(states, begin=0 if reverse else 1,
                                end=states.shape[0] - int(reverse))

    def joined(self, F, states, lengths):
        """The outputs of a layer, from the states of its directions; a view where there is one."""
        parts = [self.after(F, array, at == 1) for at, array in enumerate(states)]
        if lengths:
            parts = [F.SequenceMask(part, lengths[0], use_sequence_length=True) for part in parts]
        return F.Concat(*parts, dim=2) if len(parts) > 1 else parts[0]

    def last(self, F, kept, which):
        """The states after the last steps, of all layers."""
        T = kept[0].shape[0] - 1
        rows = []
        for i in range(len(kept) // self.kept):
            at = 0 if self.bidirectional and i % 2 else T
            rows.append(F._slice_leading(kept[i * self.kept + which], begin=at, end=at + 1))
        return F.Concat(*rows, dim=0) if len(rows) > 1 else F.identity(rows[0])

    # Gradient ----------------------------------------------------------------------------------

    def grad(self, F, dy, inputs, outputs):
        data, parameters, *rest = inputs
        layout, dtype = self.layout, data.dtype
        width = len(layout.directions)
        lengths = self.taken_apart(F, rest)[1]
        arrays = self.arrays(F, cast(F, parameters, wide(dtype)), data.shape[2])
        visible = self.visible_outputs
        hidden = outputs[visible:visible + self.num_layers * width * self.kept]
        kept = [hidden[i:i + self.kept] for i in range(0, len(hidden), self.kept)]
        masks = outputs[visible + len(hidden):]
        dx = cast(F, dy[0], wide(dtype))
        ends = self.end_gradients(F, dy[1:], rest)
        dstates, darrays = [[None] * len(kept) for _ in ends], {}
        for layer in reversed(range(self.num_layers)):
            x = self.below(F, data, kept, masks, layer, lengths, F.train)
            if self.draws(F.train) and layer < self.num_layers - 1:
                dx = dx * masks[layer]
            dxs = []
            for at, direction in enumerate(layout.directions):
                i = layer * width + at
                size = layout.outputs
                part = dx if width == 1 else F.slice_axis(dx, axis=2, begin=at * size,
                                                          end=(at + 1) * size)
                dgates, begin = self.step_gradients(
                    F, part, [end[i] for end in ends], kept[i], x, arrays, f"{direction}{layer}_",
                    lengths, darrays)
                for states, state in zip(dstates, begin, strict=True):
                    states[i] = state
                dxs.append(F.dot(dgates, arrays[f"{direction}{layer}_i2h_weight"]))
            dx = (dxs[0] if width == 1 else dxs[0] + dxs[1]).reshape(x.shape)
        flat = [darrays[name].reshape((math.prod(array.shape),)) for name, array in arrays.items()]
        grads = [dx, F.Concat(*flat, dim=0),
                 *[F.stack(*states, axis=0) for states in dstates]]
        return [*[cast(F, grad, dtype) for grad in grads], *[None] * len(lengths)]

    def end_gradients(self, F, given, rest):
        """The gradients of the states after the last step, as `taken_apart` gives states."""
        if given:
            return self.taken_apart(F, [*given, *rest[len(given):]])[0]
        return [[F._zeros(shape=ref.shape[1:], dtype=wide(ref.dtype))] * ref.shape[0]
                for ref in rest[:1 + self.is_lstm]]

    def below(self, F, data, kept, masks, layer, lengths, train):
        """The inputs of a layer."""
        if layer == 0:
            return self.entered(F, data, lengths)
        width = len(self.layout.directions)
        states = [one[0] for one in kept[(layer - 1) * width:layer * width]]
        x = self.joined(F, states, lengths)
        return x * masks[layer - 1] if self.draws(train) else x

    def step_gradients(self, F, dy, ends, kept, x, arrays, prefix, lengths, darrays):
        """(gradient of the gates as a matrix, of the states before the first step); those of the
        weights and biases are entered into `darrays`."""
        projected = self.projection_size is not None
        used = kept[:len(kept) - projected]
        states, gates = used[:2]
        h2h_weight = arrays[f"{prefix}h2h_weight"]
        projection = [arrays[f"{prefix}h2r_weight"]] if projected else []
        direction = prefix[0]
        dgates, *grads = F._backward_RNN(dy, *ends, gates, states, *used[2:], h2h_weight,
                                         *projection, *lengths, **self.options(direction))
        T, N, rows = dgates.shape
        dgates = dgates.reshape((T * N, rows))
        dproduct = dgates
        if self.mode == "gru":
            dproduct = grads[1].reshape((T * N, rows))
        before = self.after(F, states, direction != "r").reshape((T * N, self.layout.outputs))
        darrays[f"{prefix}i2h_weight"] = F.dot(dgates, x.reshape((T * N, x.shape[2])),
                                               transpose_a=True)
        darrays[f"{prefix}h2h_weight"] = F.dot(dproduct, before, transpose_a=True)
        darrays[f"{prefix}i2h_bias"] = F.sum(dgates, axis=0)
        darrays[f"{prefix}h2h_bias"] = (F.sum(dproduct, axis=0) if self.mode == "gru"
                                        else darrays[f"{prefix}i2h_bias"])
        if projected:
            darrays[f"{prefix}h2r_weight"] = F.dot(
                grads[-1].reshape((T * N, self.projection_size)),
                kept[-1].reshape((T * N, self.state_size)), transpose_a=True)
        return dgates, grads[:len(ends)]
