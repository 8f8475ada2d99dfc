"""Modules whose computation is written in Python: `PythonModule`, and `PythonLossModule`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .. import ndarray as nd
from ..base import MXNetError, MXNetNotImplementedError, MXNetTypeError
from .base_module import BaseModule
from .inputs import name_list
from .interface import SCALED, ModuleStateError


class PythonModule(BaseModule):
    """Base of modules without parameters: override forward, backward, get_outputs,
    get_input_grads and _compute_output_shapes.
    """

    def __init__(self, data_names: Any, label_names: Any, output_names: Any,
                 logger: Any = logging) -> None:
        super().__init__(logger)
        self._data_names, self._label_names = name_list(data_names), name_list(label_names)
        self._output_names = name_list(output_names)
        self._data_shapes: Any = None
        self._label_shapes: Any = None
        self._output_shapes: Any = None

    @property
    def data_names(self) -> list[str]:
        """The names of the data."""
        return self._data_names

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs."""
        return self._output_names

    @property
    def data_shapes(self) -> Any:
        """(name, shape) of the data."""
        return self._data_shapes

    @property
    def label_shapes(self) -> Any:
        """(name, shape) of the labels; None if it is bound without."""
        return self._label_shapes

    @property
    def output_shapes(self) -> Any:
        """(name, shape) of the outputs."""
        return self._output_shapes

    def get_params(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """({}, {})."""
        return {}, {}

    def init_params(self, initializer: Any = SCALED, arg_params: Any = None,
                    aux_params: Any = None, allow_missing: bool = False, force_init: bool = False,
                    allow_extra: bool = False) -> None:
        """There is nothing to do."""
        self.params_initialized = True

    def init_optimizer(self, kvstore: Any = "local", optimizer: Any = "sgd",
                       optimizer_params: Any = (("learning_rate", 0.01),),
                       force_init: bool = False) -> None:
        """There is nothing to do."""
        self.optimizer_initialized = True

    def update(self) -> None:
        """There is nothing to do."""

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Take the outputs into a metric; nothing if it is bound without labels."""
        if self._label_shapes is None:
            return
        if pre_sliced:
            raise MXNetError("PythonModule.update_metric: pre_sliced must be False")
        eval_metric.update(labels, self.get_outputs())

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
             inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
             grad_req: Any = "write") -> None:
        """Take the shapes, whose names must be data_names and label_names, in their order."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if grad_req != "write":
            raise ModuleStateError(f"PythonModule.bind: grad_req must be 'write'; got {grad_req!r}")
        for names, shapes, kind in ((self._data_names, data_shapes, "data"),
                                    (self._label_names, label_shapes, "label")):
            found = names if shapes is None else [shape[0] for shape in shapes]
            if found != names:
                raise ModuleStateError(f"PythonModule.bind: {kind}_shapes must describe "
                                       f"{', '.join(names) or 'nothing'}; it describes "
                                       f"{', '.join(found) or 'nothing'}")
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._data_shapes, self._label_shapes = data_shapes, label_shapes
        self._output_shapes = self._compute_output_shapes()
        self.binded = True

    def _compute_output_shapes(self) -> Any:
        """(name, shape) of the outputs, from _data_shapes and _label_shapes."""
        raise self._lacks("_compute_output_shapes")


class PythonLossModule(PythonModule):
    """A loss: its output is its data, the scores.

    grad_func(scores, labels): the gradient of the loss by the scores, an array of their shape;
    or override _backward_impl, which sets _scores_grad.
    """

    def __init__(self, name: str = "pyloss", data_names: Any = ("data",),
                 label_names: Any = ("softmax_label",), logger: Any = logging,
                 grad_func: Callable[[Any, Any], Any] | None = None) -> None:
        super().__init__(data_names, label_names, [f"{name}_output"], logger)
        if len(self._data_names) != 1 or len(self._label_names) != 1:
            raise ModuleStateError("PythonLossModule: data_names and label_names must have one "
                                   f"name each; got {self._data_names}, {self._label_names}")
        if grad_func is not None and not callable(grad_func):
            raise MXNetTypeError("PythonLossModule: grad_func must be a function; got "
                                 f"{type(grad_func).__name__}")
        self._name, self._grad_func = name, grad_func
        self._scores: Any = None
        self._labels: Any = None
        self._scores_grad: Any = None

    def _compute_output_shapes(self) -> Any:
        return [(f"{self._name}_output", self._data_shapes[0][1])]

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Keep the scores, and in training the labels."""
        self._scores = data_batch.data[0]
        if self.for_training if is_train is None else is_train:
            self._labels = data_batch.label[0]

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """[scores]."""
        return [self._scores]

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradient of the loss."""
        if out_grads is not None:
            raise ModuleStateError("PythonLossModule.backward: out_grads must be None, as of any "
                                   "loss")
        self._need("backward", "for_training")
        self._backward_impl()

    def _backward_impl(self) -> None:
        if self._grad_func is None:
            raise MXNetNotImplementedError("PythonLossModule: give a grad_func, or override "
                                           "_backward_impl")
        grad = self._grad_func(self._scores, self._labels)
        self._scores_grad = grad if isinstance(grad, nd.NDArray) else nd.array(grad)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """[the gradient of the scores]."""
        return [self._scores_grad]

    def install_monitor(self, mon: Any) -> None:
        """There are no executors to watch."""
