"""Cells of convolutions, whose states are images: `ConvRNNCell`, `ConvLSTMCell`, `ConvGRUCell`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import symbol
from ..arguments import check_count
from ..base import MXNetValueError, Shape
from ..symbol import Symbol
from .base_cell import BaseRNNCell, RNNParams
from .cells import gru_step, lstm_step


def leaky(x: Symbol, **kwargs: Any) -> Symbol:
    """The usual activation of states that are images."""
    result: Symbol = symbol.LeakyReLU(x, act_type="leaky", slope=0.2, **kwargs)
    return result


class BaseConvRNNCell(BaseRNNCell):
    """Base of cells whose input (N, C, H, W) and states go through a convolution each.

    input_shape: of one step's input, with the batch. num_hidden: channels of the states. i2h_...:
    the convolution of the input; h2h_...: that of the state, whose kernel must be odd, and which
    is padded so that the state keeps its size. ..._initializer: of the variables. activation: a
    name as Activation takes it, or a function of a Symbol, by default LeakyReLU of slope 0.2.
    conv_layout: as Convolution's layout, "NCHW". prefix: what the names begin with.
    """

    _default_prefix = ""

    def __init__(self, input_shape: Shape, num_hidden: int,
                 h2h_kernel: Shape = (3, 3), h2h_dilate: Shape = (1, 1),
                 i2h_kernel: Shape = (3, 3), i2h_stride: Shape = (1, 1),
                 i2h_pad: Shape = (1, 1), i2h_dilate: Shape = (1, 1),
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 activation: Any = leaky, prefix: str | None = None,
                 params: RNNParams | None = None, conv_layout: str = "NCHW") -> None:
        super().__init__(self._default_prefix if prefix is None else prefix, params)
        name = type(self).__name__
        if any(length % 2 == 0 for length in h2h_kernel):
            raise MXNetValueError(f"{name}: h2h_kernel must be odd, so that states keep their "
                                  f"size; got {tuple(h2h_kernel)}")
        self._num_hidden = check_count(name, "num_hidden", num_hidden, low=1)
        self._conv_layout = conv_layout
        self._activation = activation
        self._i2h = {"kernel": i2h_kernel, "stride": i2h_stride, "pad": i2h_pad,
                     "dilate": i2h_dilate, "layout": conv_layout}
        self._h2h = {"kernel": h2h_kernel, "stride": (1,) * len(h2h_kernel),
                     "pad": tuple([d * (k - 1) // 2 for d, k in
                                   zip(h2h_dilate, h2h_kernel, strict=True)]),
                     "dilate": h2h_dilate, "layout": conv_layout}
        outputs = symbol.Convolution(symbol.var("data"), num_filter=num_hidden, **self._i2h)
        self._state_shape: Shape = (0, *outputs.infer_shape(data=input_shape)[1][0][1:])
        self._iW = self.params.get("i2h_weight", init=i2h_weight_initializer)
        self._hW = self.params.get("h2h_weight", init=h2h_weight_initializer)
        self._iB = self.params.get("i2h_bias", init=i2h_bias_initializer)
        self._hB = self.params.get("h2h_bias", init=h2h_bias_initializer)

    @property
    def state_info(self) -> list[Any]:
        """One state (0, num_hidden, H, W)."""
        return [{"shape": self._state_shape, "__layout__": self._conv_layout}]

    def _convolutions(self, inputs: Symbol, state: Symbol, name: str) -> tuple[Any, Any]:
        """The convolutions of inputs and state, for all gates."""
        filters = self._num_hidden * len(self._gate_names)
        i2h = symbol.Convolution(inputs, self._iW, self._iB, num_filter=filters,
                                 name=f"{name}i2h", **self._i2h)
        h2h = symbol.Convolution(state, self._hW, self._hB, num_filter=filters,
                                 name=f"{name}h2h", **self._h2h)
        return i2h, h2h

    @property
    def _channels(self) -> int:
        return self._conv_layout.find("C")

    def _transform(self, inputs: Symbol, **kwargs: Any) -> Symbol:
        return self._get_activation(inputs, self._activation, **kwargs)


class ConvRNNCell(BaseConvRNNCell):
    """`RNNCell` with convolutions in place of matrix products."""

    _default_prefix = "ConvRNN_"

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("",)

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (h', [h'])."""
        name = self._step_name()
        i2h, h2h = self._convolutions(inputs, states[0], name)
        output = self._transform(i2h + h2h, name=f"{name}out")
        return output, [output]


class ConvLSTMCell(BaseConvRNNCell):
    """`LSTMCell` with convolutions in place of matrix products."""

    _default_prefix = "ConvLSTM_"

    @property
    def state_info(self) -> list[Any]:
        """Two states (0, num_hidden, H, W)."""
        return super().state_info * 2

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("_i", "_f", "_c", "_o")

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (h', [h', c'])."""
        name = self._step_name()
        i2h, h2h = self._convolutions(inputs, states[0], name)
        return lstm_step(i2h + h2h, states[1], name, self._transform, axis=self._channels)


class ConvGRUCell(BaseConvRNNCell):
    """`GRUCell` with convolutions in place of matrix products."""

    _default_prefix = "ConvGRU_"

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("_r", "_z", "_o")

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (h', [h'])."""
        name = self._step_name()
        i2h, h2h = self._convolutions(inputs, states[0], name)
        axis = {} if self._channels == 1 else {"axis": self._channels}        # as MXNet's files
        return gru_step(i2h, h2h, states[0], name, self._transform, **axis)
