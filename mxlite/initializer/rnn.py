"""`FusedRNN`: first values of the one vector that holds all parameters of a recurrent network."""

from __future__ import annotations

from typing import Any

from .. import ndarray as nd
from ..arguments import check_count
from ..base import MXNetTypeError, MXNetValueError
from ..ops.rnn_layout import PackedRNN, check_mode
from .base import InitDesc, Initializer, create, register


@register
class FusedRNN(Initializer):
    """Each part of the vector of `mx.rnn.FusedRNNCell` by its name, "l0_i2h_f_weight", .... .

    init: an initializer for the parts, its name, or what its `dumps` wrote; None: that of the
    network, as InitDesc has it. In mode "lstm", biases of the gate f begin with forget_bias.
    """

    def __init__(self, init: Any, num_hidden: int, num_layers: int, mode: str,
                 bidirectional: bool = False, forget_bias: float = 1.0) -> None:
        init = create(init) if isinstance(init, (str, dict)) else init
        if init is not None and not isinstance(init, Initializer):
            raise MXNetTypeError("FusedRNN: init must be None, an Initializer, its name or what "
                                 f"its dumps wrote; got {init!r}")
        super().__init__(init=None if init is None else init.dumps(), num_hidden=num_hidden,
                         num_layers=num_layers, mode=mode, bidirectional=bidirectional,
                         forget_bias=forget_bias)
        self._init = init
        self._forget_bias = forget_bias
        self._layout = PackedRNN(check_mode("FusedRNN", mode),
                                 check_count("FusedRNN", "num_hidden", num_hidden, low=1),
                                 check_count("FusedRNN", "num_layers", num_layers, low=1),
                                 bool(bidirectional))

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        common = getattr(name, "global_init", None)
        init = self._init or common
        if init is None:
            raise MXNetValueError(f"FusedRNN: {name} needs an initializer: give init=, or use "
                                  "FusedRNN as the init of a variable in a network that has one")
        for part in self._layout.parts(self._layout.inputs(arr.size)):
            values = arr[part.start:part.stop].reshape(part.shape)
            if self._layout.mode == "lstm" and part.name.endswith("_f_bias"):
                values[:] = self._forget_bias
            else:
                init(InitDesc(part.name, global_init=common), values)

    _init_default = _init_weight
