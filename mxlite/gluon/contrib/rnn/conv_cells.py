"""Cells of convolutions, whose inputs and states are images of one to three dimensions."""

from __future__ import annotations

from typing import Any

from ....arguments import check_count, check_shape
from ....base import MXNetValueError, Shape
from ...rnn.cells import gru_step, lstm_step
from ...rnn.recurrent_cell import HybridRecurrentCell

Window = int | Shape


class _ConvCell(HybridRecurrentCell):
    """Base of cells whose input (N, *input_shape) and states go through a convolution each.

    input_shape: of a step's input, without the batch. hidden_channels: of the states. i2h_...: the
    convolution of the input; h2h_...: that of the state, whose kernel must be odd, and which is
    padded so that the state keeps its size. conv_layout: as Convolution's layout. activation: a
    name as Activation takes it, a layer, or a function of an array.
    """

    _gates = 1
    _name = ""
    _states = 1
    _dims = 0

    def __init__(self, input_shape: Shape, hidden_channels: int, i2h_kernel: Window,
                 h2h_kernel: Window, i2h_pad: Window, i2h_dilate: Window, h2h_dilate: Window,
                 i2h_weight_initializer: Any, h2h_weight_initializer: Any,
                 i2h_bias_initializer: Any, h2h_bias_initializer: Any, conv_layout: str,
                 activation: Any, prefix: str | None, params: Any) -> None:
        super().__init__(prefix=prefix, params=params)
        self._input_shape = self._window("input_shape", input_shape, 0, self._dims + 1)
        self._hidden_channels = check_count(type(self).__name__, "hidden_channels",
                                            hidden_channels, 1)
        self._conv_layout, self._activation = conv_layout, activation
        self._channel_axis = conv_layout.find("C")
        i2h: dict[str, Any] = {"kernel": self._window("i2h_kernel", i2h_kernel),
                               "pad": self._window("i2h_pad", i2h_pad, 0),
                               "dilate": self._window("i2h_dilate", i2h_dilate)}
        kernel = self._window("h2h_kernel", h2h_kernel)
        if any(length % 2 == 0 for length in kernel):
            raise MXNetValueError(f"{type(self).__name__}: h2h_kernel must be odd, so that states "
                                  f"keep their size; got {kernel}")
        dilate = self._window("h2h_dilate", h2h_dilate)
        h2h: dict[str, Any] = {
            "kernel": kernel, "dilate": dilate,
            "pad": tuple([d * (k - 1) // 2 for d, k in zip(dilate, kernel, strict=True)])}
        self._i2h, self._h2h = [{**each, "stride": (1,) * self._dims, "layout": conv_layout}
                                for each in (i2h, h2h)]
        filters = self._gates * hidden_channels
        in_channels = self._input_shape[self._channel_axis - 1]
        for name, shape, init in (
                ("i2h_weight", self._image(i2h["kernel"], in_channels), i2h_weight_initializer),
                ("h2h_weight", self._image(kernel, hidden_channels), h2h_weight_initializer),
                ("i2h_bias", (), i2h_bias_initializer), ("h2h_bias", (), h2h_bias_initializer)):
            setattr(self, name, self.params.get(name, shape=(filters, *shape), init=init,
                                                allow_deferred_init=True))

    def _window(self, name: str, value: Any, low: int = 1, count: int = 0) -> Shape:
        return check_shape(type(self).__name__, name, value, low, count or self._dims)

    def _image(self, lengths: Shape, channels: int) -> Shape:
        """The shape of an image with so many channels in this layout."""
        return (channels, *lengths) if self._channel_axis == 1 else (*lengths, channels)

    def _state_shape(self) -> Shape:
        at = self._channel_axis - 1
        spatial = self._input_shape[:at] + self._input_shape[at + 1:]
        lengths = [n and n + 2 * pad - dilate * (kernel - 1) for n, pad, dilate, kernel in zip(
            spatial, self._i2h["pad"], self._i2h["dilate"], self._i2h["kernel"], strict=True)]
        return self._image(tuple(lengths), self._hidden_channels)

    def _alias(self) -> str:
        return self._name

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """The states, of the input's size after its convolution."""
        return [{"shape": (batch_size, *self._state_shape()), "__layout__": self._conv_layout}
                for _ in range(self._states)]

    def hybrid_forward(self, F: Any, inputs: Any, states: Any,  # type: ignore[override]
                       i2h_weight: Any, h2h_weight: Any, i2h_bias: Any, h2h_bias: Any) -> Any:
        """One step: (h', states after it)."""
        prefix = f"t{self._counter}_"
        filters = self._gates * self._hidden_channels
        i2h = F.Convolution(inputs, i2h_weight, i2h_bias, num_filter=filters,
                            name=f"{prefix}i2h", **self._i2h)
        h2h = F.Convolution(states[0], h2h_weight, h2h_bias, num_filter=filters,
                            name=f"{prefix}h2h", **self._h2h)

        def activated(x: Any, name: str) -> Any:
            return self._get_activation(F, x, self._activation, name=name)

        after = self._step(F, i2h, h2h, states, prefix, activated)
        return after[0], after

    def _step(self, F: Any, i2h: Any, h2h: Any, states: Any, prefix: str,
              activated: Any) -> list[Any]:
        """The states after a step, from the convolutions."""
        raise NotImplementedError

    def __repr__(self) -> str:
        shape = self._reg_params["i2h_weight"].shape or (0,)
        channels = shape[1 if self._channel_axis == 1 else -1]
        return (f"{type(self).__name__}({channels or None} -> {shape[0]}, {self._activation}, "
                f"{self._conv_layout})")


class _ConvRNNCell(_ConvCell):
    _name = "conv_rnn"

    def _step(self, F: Any, i2h: Any, h2h: Any, states: Any, prefix: str,
              activated: Any) -> list[Any]:
        return [activated(i2h + h2h, name=f"{prefix}out")]


class _ConvLSTMCell(_ConvCell):
    _name = "conv_lstm"
    _gates = 4
    _states = 2

    def _step(self, F: Any, i2h: Any, h2h: Any, states: Any, prefix: str,
              activated: Any) -> list[Any]:
        gates = F.elemwise_add(i2h, h2h, name=f"{prefix}plus0")
        return list(lstm_step(
            F, gates, states[1], prefix,
            lambda x, name: F.Activation(x, act_type="sigmoid", name=name), activated, activated,
            axis=self._channel_axis))


class _ConvGRUCell(_ConvCell):
    _name = "conv_gru"
    _gates = 3

    def _step(self, F: Any, i2h: Any, h2h: Any, states: Any, prefix: str,
              activated: Any) -> list[Any]:
        return [gru_step(F, i2h, h2h, states[0], prefix, activated, axis=self._channel_axis)]


class _Dims1(_ConvCell):
    _dims = 1

    def __init__(self, input_shape: Shape, hidden_channels: int, i2h_kernel: Window,
                 h2h_kernel: Window, i2h_pad: Window = (0,),
                 i2h_dilate: Window = (1,), h2h_dilate: Window = (1,),
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 conv_layout: str = "NCW", activation: Any = "tanh",
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(input_shape, hidden_channels, i2h_kernel, h2h_kernel, i2h_pad, i2h_dilate,
                         h2h_dilate, i2h_weight_initializer, h2h_weight_initializer,
                         i2h_bias_initializer, h2h_bias_initializer, conv_layout, activation,
                         prefix, params)


class _Dims2(_ConvCell):
    _dims = 2

    def __init__(self, input_shape: Shape, hidden_channels: int, i2h_kernel: Window,
                 h2h_kernel: Window, i2h_pad: Window = (0, 0),
                 i2h_dilate: Window = (1, 1), h2h_dilate: Window = (1, 1),
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 conv_layout: str = "NCHW", activation: Any = "tanh",
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(input_shape, hidden_channels, i2h_kernel, h2h_kernel, i2h_pad, i2h_dilate,
                         h2h_dilate, i2h_weight_initializer, h2h_weight_initializer,
                         i2h_bias_initializer, h2h_bias_initializer, conv_layout, activation,
                         prefix, params)


class _Dims3(_ConvCell):
    _dims = 3

    def __init__(self, input_shape: Shape, hidden_channels: int, i2h_kernel: Window,
                 h2h_kernel: Window, i2h_pad: Window = (0, 0, 0),
                 i2h_dilate: Window = (1, 1, 1), h2h_dilate: Window = (1, 1, 1),
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 conv_layout: str = "NCDHW", activation: Any = "tanh",
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(input_shape, hidden_channels, i2h_kernel, h2h_kernel, i2h_pad, i2h_dilate,
                         h2h_dilate, i2h_weight_initializer, h2h_weight_initializer,
                         i2h_bias_initializer, h2h_bias_initializer, conv_layout, activation,
                         prefix, params)


class Conv1DRNNCell(_Dims1, _ConvRNNCell):
    """A plain recurrent cell of convolutions; input_shape as (C, W)."""


class Conv1DLSTMCell(_Dims1, _ConvLSTMCell):
    """Long short-term memory of convolutions; input_shape as (C, W)."""


class Conv1DGRUCell(_Dims1, _ConvGRUCell):
    """A gated recurrent unit of convolutions; input_shape as (C, W)."""


class Conv2DRNNCell(_Dims2, _ConvRNNCell):
    """A plain recurrent cell of convolutions; input_shape as (C, H, W)."""


class Conv2DLSTMCell(_Dims2, _ConvLSTMCell):
    """Long short-term memory of convolutions; input_shape as (C, H, W)."""


class Conv2DGRUCell(_Dims2, _ConvGRUCell):
    """A gated recurrent unit of convolutions; input_shape as (C, H, W)."""


class Conv3DRNNCell(_Dims3, _ConvRNNCell):
    """A plain recurrent cell of convolutions; input_shape as (C, D, H, W)."""


class Conv3DLSTMCell(_Dims3, _ConvLSTMCell):
    """Long short-term memory of convolutions; input_shape as (C, D, H, W)."""


class Conv3DGRUCell(_Dims3, _ConvGRUCell):
    """A gated recurrent unit of convolutions; input_shape as (C, D, H, W)."""
