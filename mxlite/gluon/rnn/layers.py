"""Recurrent layers, on the operator RNN: `RNN`, `LSTM`, `GRU`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ... import ndarray as nd
from ... import symbol as sym
from ...arguments import check_choice, check_count
from ...base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError
from ...ops.placeholder import Placeholder
from ...ops.rnn_layout import PackedRNN
from ...wording import no_array
from ..hybrid_block import HybridBlock
from .cells import GRUCell, LSTMCell, RNNCell
from .containers import BidirectionalCell, HybridSequentialRNNCell
from .modifiers import DropoutCell
from .recurrent_cell import made
from .sequence import is_array

PARAMETER = re.compile(r"([lr])(\d+)_(\w+)")


class _RNNLayer(HybridBlock):
    """Base of recurrent layers: what RNN, LSTM and GRU share."""

    _mode = ""
    _clips: dict[str, Any] = {}

    def __init__(self, hidden_size: int, num_layers: int, layout: str, dropout: float,
                 bidirectional: bool, input_size: int, i2h_weight_initializer: Any,
                 h2h_weight_initializer: Any, i2h_bias_initializer: Any,
                 h2h_bias_initializer: Any, dtype: Any, use_sequence_length: bool = False,
                 projection_size: int | None = None, h2r_weight_initializer: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self._hidden_size = check_count(name, "hidden_size", hidden_size, 1)
        self._num_layers = check_count(name, "num_layers", num_layers, 1)
        self._layout = check_choice(name, "layout", layout, ("TNC", "NTC"))
        self._input_size = check_count(name, "input_size", input_size, 0)
        if not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise MXNetValueError(f"{name}: dropout must be between 0 and 1; got {dropout!r}")
        self._dropout, self._dtype = dropout, dtype
        self._use_sequence_length = bool(use_sequence_length)
        self._packed = PackedRNN(self._mode, hidden_size, num_layers, bool(bidirectional),
                                 projection_size or 0)
        self._initializers = {
            "i2h_weight": i2h_weight_initializer, "h2h_weight": h2h_weight_initializer,
            "i2h_bias": i2h_bias_initializer, "h2h_bias": h2h_bias_initializer,
            "h2r_weight": h2r_weight_initializer}
        found = {part.name: part.shape for part in self._packed.arrays(input_size)}
        for layer in range(num_layers):         # in the order of layers, as in MXNet
            for direction in self._packed.directions:
                for kind, init in self._initializers.items():
                    full = f"{direction}{layer}_{kind}"
                    if full in found:
                        setattr(self, full, self.params.get(
                            full, shape=found[full], init=init, dtype=dtype,
                            allow_deferred_init=True))

    @property
    def _dir(self) -> int:
        return len(self._packed.directions)

    def _name_in_files(self, attribute: str) -> str:
        """As if the layer were a stack of cells, with which it shares files."""
        match = PARAMETER.fullmatch(attribute)
        if match is None:
            return attribute
        direction, layer, name = match.groups()
        cell = f"{direction}_cell." if self._dir == 2 else ""
        return f"_unfused.{layer}.{cell}{name}"

    def __repr__(self) -> str:
        rows, inputs = self._reg_params["l0_i2h_weight"].shape or (0, 0)
        text = f"{inputs or None} -> {rows // len(self._packed.gates)}, {self._layout}"
        text += f", num_layers={self._num_layers}" if self._num_layers != 1 else ""
        text += f", dropout={self._dropout}" if self._dropout else ""
        text += ", bidirectional" if self._dir == 2 else ""
        return f"{type(self).__name__}({text})"

    # States --------------------------------------------------------------------------------------

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """A dict for each state: its `shape`, (num_layers * directions, N, size), `__layout__`
        and `dtype`."""
        rows = self._num_layers * self._dir
        sizes = [self._packed.outputs] + [self._hidden_size] * (self._mode == "lstm")
        return [{"shape": (rows, batch_size, size), "__layout__": "LNC", "dtype": self._dtype}
                for size in sizes]

    def begin_state(self, batch_size: int = 0, func: Callable[..., Any] = nd.zeros,
                    **kwargs: Any) -> list[Any]:
        """The states before the first step: func(name=..., shape=..., **kwargs).

        func: mx.nd.zeros, which it is by default, mx.nd.ones, mx.sym.zeros or another that takes a
        shape. kwargs: for func, as `dtype` and `ctx`.
        """
        return [made(func, name=f"{self.prefix}h0_{i}", **{**info, **kwargs})
                for i, info in enumerate(self.state_info(batch_size))]

    def _begun(self, inputs: Any) -> list[Any]:
        if isinstance(inputs, sym.Symbol):
            return self.begin_state(0, sym.zeros)
        if not is_array(inputs):
            raise MXNetTypeError(f"{type(self).__name__}: inputs must be an NDArray; got "
                                 f"{no_array(inputs)}")
        batch = self._layout.find("N")
        if inputs.ndim != 3:
            raise MXNetValueError(f"{type(self).__name__}: inputs must have the layout "
                                  f"{self._layout}; got the shape {inputs.shape}")
        ctx = {} if isinstance(inputs, Placeholder) else {"ctx": inputs.ctx}
        return self.begin_state(inputs.shape[batch], dtype=inputs.dtype, **ctx)

    # Running -------------------------------------------------------------------------------------

    def cast(self, dtype: Any) -> None:
        """Convert all parameters to another dtype; states begin with it, too."""
        super().cast(dtype)
        self._dtype = dtype

    def __call__(self, inputs: Any, states: Any = None,  # type: ignore[override]
                 sequence_length: Any = None) -> Any:
        """output (T, N, directions * hidden_size), or in the layout NTC, for inputs (T, N, C); with
        states, (output, states after the last step).

        states: a list as `begin_state` gives, or the one state. sequence_length (N,): with
        use_sequence_length=True, the lengths of the sequences.
        """
        given = states is not None
        states = self._begun(inputs) if states is None else states
        states = [states] if is_array(states) else list(states)
        if self._use_sequence_length and sequence_length is None:
            raise MXNetValueError(f"{type(self).__name__}: with use_sequence_length=True, the "
                                  "call needs sequence_length")
        lengths = [sequence_length] if self._use_sequence_length else []
        output, after = super().__call__(inputs, states, *lengths)
        return (output, after) if given else output

    def infer_shape(self, inputs: Any, *args: Any) -> None:
        """The first layer's weights have as many columns as the last axis of the inputs."""
        for direction in self._packed.directions:
            weight = getattr(self, f"{direction}0_i2h_weight")
            weight.shape = (weight.shape[0], inputs.shape[2])

    def hybrid_forward(self, F: Any, inputs: Any, states: Any,  # type: ignore[override]
                       sequence_length: Any = None, **params: Any) -> Any:
        """(output, states after the last step) of the operator RNN."""
        if isinstance(inputs, nd.NDArray):
            self._check_states(inputs, states)
        if self._layout == "NTC":
            inputs = F.swapaxes(inputs, 0, 1)
        flat = [params[part.name].reshape((-1,)) for part in self._packed.arrays(1)]
        vector = F._internal._rnn_param_concat(*flat, dim=0)
        named = dict(zip(("state", "state_cell"), states, strict=False))
        if sequence_length is not None:
            named["sequence_length"] = sequence_length
        output, *after = F.RNN(
            inputs, vector, **named, state_size=self._hidden_size, num_layers=self._num_layers,
            bidirectional=self._dir == 2, p=self._dropout, state_outputs=True, mode=self._mode,
            projection_size=self._packed.projection or None,
            use_sequence_length=sequence_length is not None, **self._clips)
        if self._layout == "NTC":
            output = F.swapaxes(output, 0, 1)
        return output, after

    def _check_states(self, inputs: Any, states: Any) -> None:
        infos = self.state_info(inputs.shape[self._layout.find("N")])
        if len(states) != len(infos):
            raise MXNetValueError(f"{type(self).__name__}: states must be {len(infos)}; got "
                                  f"{len(states)}")
        for state, info in zip(states, infos, strict=True):
            if state.shape != info["shape"]:
                raise MXNetValueError(f"{type(self).__name__}: Invalid recurrent state shape. "
                                      f"Expecting {info['shape']}, got {state.shape}.")

    # Cells ---------------------------------------------------------------------------------------

    def _unfuse(self) -> HybridSequentialRNNCell:
        """Cells that compute the same, and share the parameters."""
        if self._packed.projection or any(self._clips.values()):
            raise MXNetNotImplementedError(
                f"{type(self).__name__}: there are no cells of projections and clipped states")
        stack = HybridSequentialRNNCell(prefix=self.prefix, params=self.params)
        with stack.name_scope():
            width = self._input_size
            for layer in range(self._num_layers):
                cells = [self._cell(f"{direction}{layer}_", width)
                         for direction in self._packed.directions]
                stack.add(BidirectionalCell(*cells) if self._dir == 2 else cells[0])
                if self._dropout > 0 and layer != self._num_layers - 1:
                    stack.add(DropoutCell(self._dropout))
                width = self._hidden_size * self._dir
        return stack

    def _cell(self, prefix: str, input_size: int) -> Any:
        make: dict[str, Callable[..., Any]] = {"lstm": LSTMCell, "gru": GRUCell}
        activation = {} if self._mode in make else {
            "activation": self._mode.removeprefix("rnn_")}
        inits = {f"{name}_initializer": init for name, init in self._initializers.items()
                 if name != "h2r_weight"}
        return make.get(self._mode, RNNCell)(
            self._hidden_size, input_size=input_size, prefix=prefix, **activation, **inits)


class RNN(_RNNLayer):
    """Layers of h' = activation(W x + b + R h + c): inputs (T, N, C) -> (T, N, D * hidden_size).

    D is 2 if bidirectional, else 1. activation: relu or tanh. layout: TNC, or NTC of inputs and
    outputs. dropout: probability of 0 between layers, in training. input_size: C; 0 waits for the
    first inputs. use_sequence_length: calls take the lengths of the sequences. Parameters of the
    first layer: l0_i2h_weight (hidden_size, C), l0_h2h_weight (hidden_size, hidden_size),
    l0_i2h_bias, l0_h2h_bias; of the reverse direction r0_....
    """

    def __init__(self, hidden_size: int, num_layers: int = 1, activation: str = "relu",
                 layout: str = "TNC", dropout: float = 0, bidirectional: bool = False,
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 input_size: int = 0, dtype: Any = "float32", **kwargs: Any) -> None:
        self._mode = "rnn_" + check_choice("RNN", "activation", activation, ("relu", "tanh"))
        super().__init__(hidden_size, num_layers, layout, dropout, bidirectional, input_size,
                         i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer,
                         h2h_bias_initializer, dtype, **kwargs)


class LSTM(_RNNLayer):
    """Layers of long short-term memory: inputs (T, N, C) -> (T, N, D * hidden_size).

    As `RNN`, with 4 * hidden_size rows in the weights: the gates i, f, c, o. States are h and c.
    projection_size: outputs and h are projected to it, by l0_h2r_weight (projection_size,
    hidden_size). state_clip_min, state_clip_max: c is clipped to them; state_clip_nan: NaN becomes
    the least of them.
    """

    _mode = "lstm"

    def __init__(self, hidden_size: int, num_layers: int = 1, layout: str = "TNC",
                 dropout: float = 0, bidirectional: bool = False, input_size: int = 0,
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 projection_size: int | None = None, h2r_weight_initializer: Any = None,
                 state_clip_min: float | None = None, state_clip_max: float | None = None,
                 state_clip_nan: bool = False, dtype: Any = "float32", **kwargs: Any) -> None:
        super().__init__(hidden_size, num_layers, layout, dropout, bidirectional, input_size,
                         i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer,
                         h2h_bias_initializer, dtype, projection_size=projection_size,
                         h2r_weight_initializer=h2r_weight_initializer, **kwargs)
        self._clips = {"lstm_state_clip_min": state_clip_min,
                       "lstm_state_clip_max": state_clip_max,
                       "lstm_state_clip_nan": state_clip_nan}


class GRU(_RNNLayer):
    """Layers of gated recurrent units: inputs (T, N, C) -> (T, N, D * hidden_size).

    As `RNN`, with 3 * hidden_size rows in the weights: the gates r, z, o.
    """

    _mode = "gru"

    def __init__(self, hidden_size: int, num_layers: int = 1, layout: str = "TNC",
                 dropout: float = 0, bidirectional: bool = False, input_size: int = 0,
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 dtype: Any = "float32", **kwargs: Any) -> None:
        super().__init__(hidden_size, num_layers, layout, dropout, bidirectional, input_size,
                         i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer,
                         h2h_bias_initializer, dtype, **kwargs)
