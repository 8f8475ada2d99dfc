"""What every module has: names, shapes, parameters, and the steps of a batch."""

from __future__ import annotations

import logging
from typing import Any

from ..base import MXNetError, MXNetValueError
from ..checkpoint import read_params, write_params
from ..initializer import Uniform, Xavier
from ..ndarray import NDArray


class Scaled(Uniform):
    """Xavier() for weights of at least two axes, Uniform(0.01) for others.

    MXNet's default, Uniform(0.01) for all, hardly lets networks of three layers begin to learn.
    """

    def __init__(self) -> None:
        super().__init__(0.01)

    def _init_weight(self, name: str, arr: NDArray) -> None:
        if arr.ndim < 2:
            super()._init_weight(name, arr)
        else:
            Xavier()._init_weight(name, arr)


SCALED = Scaled()


class ModuleStateError(MXNetError, AssertionError):
    """A method was called before what it needs; an AssertionError as in MXNet."""


class ModuleInterface:
    """The methods of modules; subclasses override what raises NotImplementedError."""

    def __init__(self, logger: Any = logging) -> None:
        self.logger = logger
        self.binded = False
        self.for_training = False
        self.inputs_need_grad = False
        self.params_initialized = False
        self.optimizer_initialized = False
        self._symbol: Any = None
        self._total_exec_bytes = 0

    def _need(self, caller: str, *states: str) -> None:
        """Raise ModuleStateError, which says what to call first, unless it is in these states."""
        for state in states:
            if not getattr(self, state):
                raise ModuleStateError(f"{type(self).__name__}.{caller}: call {_SETTERS[state]} "
                                       "first")

    # What it takes and gives ---------------------------------------------------------------------

    @property
    def data_names(self) -> list[str]:
        """The names of the data."""
        raise self._lacks("data_names")

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs."""
        raise self._lacks("output_names")

    @property
    def data_shapes(self) -> Any:
        """(name, shape) of the data."""
        raise self._lacks("data_shapes")

    @property
    def label_shapes(self) -> Any:
        """(name, shape) of the labels; None or [] where there are none."""
        raise self._lacks("label_shapes")

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """(name, shape) of the outputs."""
        raise self._lacks("output_shapes")

    @property
    def symbol(self) -> Any:
        """The Symbol, or None."""
        return self._symbol

    def _lacks(self, name: str) -> NotImplementedError:
        return NotImplementedError(f"{type(self).__name__} must override {name}")

    # Parameters ----------------------------------------------------------------------------------

    def get_params(self) -> tuple[Any, Any]:
        """(arg_params, aux_params): dicts of copies of the parameters and auxiliary states."""
        raise self._lacks("get_params")

    def init_params(self, initializer: Any = SCALED,
                    arg_params: Any = None, aux_params: Any = None, allow_missing: bool = False,
                    force_init: bool = False, allow_extra: bool = False) -> None:
        """Set the parameters to given values, else by the initializer."""
        raise self._lacks("init_params")

    def set_params(self, arg_params: Any, aux_params: Any, allow_missing: bool = False,
                   force_init: bool = True, allow_extra: bool = False) -> None:
        """Set parameters and auxiliary states to the values of these dicts."""
        self.init_params(initializer=None, arg_params=arg_params, aux_params=aux_params,
                         allow_missing=allow_missing, force_init=force_init,
                         allow_extra=allow_extra)

    def save_params(self, fname: Any) -> None:
        """Write parameters and states to a file, as `mx.model.save_checkpoint` does."""
        write_params(fname, *self.get_params())

    def load_params(self, fname: Any) -> None:
        """Set parameters and states to those of a file."""
        self.set_params(*read_params(fname))

    def get_states(self, merge_multi_context: bool = True) -> list[Any]:
        """The states (see Module): none."""
        self._need("get_states", "binded", "params_initialized")
        return []

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the states (see Module), of which there are none."""
        self._need("set_states", "binded", "params_initialized")
        if states or value:
            raise MXNetValueError(f"{type(self).__name__}.set_states: it has no states")

    # Running -------------------------------------------------------------------------------------

    def bind(self, data_shapes: Any, label_shapes: Any = None,
             for_training: bool = True, inputs_need_grad: bool = False, force_rebind: bool = False,
             shared_module: Any = None, grad_req: Any = "write") -> None:
        """Take memory for inputs of these shapes, (name, shape) pairs or DataDescs."""
        raise self._lacks("bind")

    def init_optimizer(self, kvstore: Any = "local",
                       optimizer: Any = "sgd", optimizer_params: Any = (("learning_rate", 0.01),),
                       force_init: bool = False) -> None:
        """Take an optimizer, or its name and parameters."""
        raise self._lacks("init_optimizer")

    def prepare(self, data_batch: Any,
                sparse_row_id_fn: Any = None) -> None:
        """Make ready for a batch; called while the batch before may still be in use."""

    def forward(self, data_batch: Any,
                is_train: bool | None = None) -> None:
        """Compute the outputs of a batch; is_train: as bound, if None."""
        raise self._lacks("forward")

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients; out_grads: of the outputs, where they are no losses."""
        raise self._lacks("backward")

    def update(self) -> None:
        """Update the parameters by the gradients."""
        raise self._lacks("update")

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """The outputs of the last forward."""
        raise self._lacks("get_outputs")

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """The gradients of the data, of the last backward."""
        raise self._lacks("get_input_grads")

    def update_metric(self, eval_metric: Any, labels: Any,
                      pre_sliced: bool = False) -> None:
        """Take the outputs of the last forward into a metric."""
        raise self._lacks("update_metric")

    def install_monitor(self, mon: Any) -> None:
        """Let a Monitor watch."""
        raise self._lacks("install_monitor")


_SETTERS = {"binded": "bind()", "params_initialized": "init_params() or set_params()",
            "optimizer_initialized": "init_optimizer()", "for_training": "bind(for_training=True)",
            "inputs_need_grad": "bind(inputs_need_grad=True)"}
